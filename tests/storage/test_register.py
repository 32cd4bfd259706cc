"""The register of a year: every invoice and credit note, and numbers without a gap (D6-D9)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from storage.billing_tables import invoices
from storage.database import Database
from storage.register import load_register, number_faults
from tests.bot.archive import make_archive


async def test_every_invoice_and_credit_note_is_registered(database: Database) -> None:
    """In order of date and number, credit notes negative, with what was paid and what is open (D9, R15)."""
    await make_archive(database)
    found = await database.read(lambda session: list(load_register(session, 2026)))
    assert [one.number for one in found] == ["2026-0001", "C2026-0001", "2026-0002", "C2026-0002"]
    invoice, note = found[:2]
    assert (invoice.customer, invoice.registration) == ("krentenbol-geheim B.V.", "12345678")
    assert (invoice.year, invoice.month, invoice.contract) == (2026, 11, "C-1")
    assert invoice.gross_cents == invoice.net_cents + invoice.vat_cents
    assert (note.original_number, note.is_credit_note) == ("2026-0001", True)
    assert note.gross_cents < 0 == note.open_cents == invoice.open_cents
    assert invoice.paid_cents == invoice.gross_cents + note.gross_cents
    assert invoice.paid_on == date(2026, 12, 1)
    assert await database.read(lambda session: list(load_register(session, 2025))) == []


async def test_a_gap_is_seen(database: Database) -> None:
    """A number that is missing, also the last one, and one of another series are named; nothing else is."""
    await make_archive(database)
    assert await database.read(lambda session: number_faults(session, 2026)) == []
    assert await database.read(lambda session: number_faults(session, 2025)) == []

    def spoil(session: Session) -> None:
        session.execute(
            update(invoices)
            .where(invoices.c.number == "C2026-0002")
            .values(number="X-1", invoice_date=date(2025, 1, 1))
        )
        session.execute(update(invoices).where(invoices.c.number == "2026-0001").values(number="2025-0001"))
        session.execute(update(invoices).where(invoices.c.number == "2026-0002").values(number="2026-0003"))

    await database.write(spoil)
    assert await database.read(lambda session: number_faults(session, 2026)) == [
        "2025-0001 is not a number of series 2026",
        "2026-0001 is missing",
        "2026-0002 is missing",
        "2026-0003 lies beyond the counter",
        "C2026-0002 is missing",
    ]
