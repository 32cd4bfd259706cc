"""Invoices as they are kept: the round trip, the numbers, what can not happen twice (R14, D6-D9, D33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from contract.invoices import CreditCause, Invoice, InvoiceLine, credit_note, due_date
from contract.lines import Approval, LineKind, Piece
from contract.people import Language
from contract.rate_bands import BandCents
from storage.contracts import load_contracts
from storage.database import Database
from storage.errors import Conflict, NotFound
from storage.invoices import (
    credit_notes_of,
    find_invoice,
    is_year_invoiced,
    issue,
    issue_all,
    load_invoice,
    load_invoices_of,
)
from tests.bot.billing import NOVEMBER, SELLER, add_billed_customer, add_engineer, add_worked_ticket, details

NOW = datetime(2026, 12, 1, 11, 0, 0, 123456, tzinfo=UTC)
BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FEE = InvoiceLine(kind=LineKind.FEE, month=NOVEMBER, price_year=2026, quantity=1, price_cents=27500, amount_cents=27500)


def draft(customer: int, contract: int, **fields: Any) -> Invoice:
    """An invoice of November with the fee."""
    dated = fields.get("invoice_date", date(2026, 12, 1))
    made: dict[str, Any] = {
        "customer_id": customer,
        "contract_id": contract,
        "contract_number": "2026-001",
        "month": NOVEMBER,
        "invoice_date": dated,
        "due_date": due_date(dated),
        "language": Language.EN,
        "seller": SELLER,
        "buyer": details("Customer 1 B.V.", reference="PO-77", vat_id="NL123456782B90").buyer,
        "lines": (FEE,),
    }
    return Invoice(**{**made, **fields})


def contract_of(session: Any, customer: int) -> int:
    """The id of a customer's contract."""
    return load_contracts(session, customer)[0].id


def full(session: Any) -> Invoice:
    """An invoice with every kind of line and everything that a line can rest on."""
    customer = add_billed_customer(session, 1)
    ticket = add_worked_ticket(session, customer, add_engineer(session), BEGIN, [130]).number
    line = replace(FEE, ticket_number=ticket, subject="Outlook “é”")
    pieces = (
        Piece(1, BEGIN, BEGIN + timedelta(minutes=120)),
        Piece(1, BEGIN + timedelta(minutes=120), BEGIN + timedelta(minutes=130), f"{ticket}-1"),
    )
    approval = Approval(f"{ticket}-1", 60, BandCents(8500, 11000, 13000), "Anna", BEGIN - timedelta(hours=1), True)
    unused = replace(approval, estimate=f"{ticket}-2")
    return draft(
        customer,
        contract_of(session, customer),
        lines=(
            FEE,
            replace(line, kind=LineKind.OFFICE, quantity=130, price_cents=8500, amount_cents=18417, pieces=pieces),
            replace(line, kind=LineKind.MINIMUM, quantity=-15, amount_cents=-2125, charged_in=(2026, 10)),
            replace(line, kind=LineKind.MINIMUM, quantity=0, amount_cents=0, what="Our own mistake"),
            replace(line, kind=LineKind.COST, quantity=2, price_cents=4500, amount_cents=9000, what="Travel"),
        ),
        approvals=(approval, unused),
    )


async def test_read_back_it_is_what_was_issued(database: Database) -> None:
    """An invoice equals what was issued, to the piece of an entry, with the approvals that it rests on."""
    issued = await database.write(lambda session: issue(session, full(session), now=NOW))
    kept = await database.read(lambda session: load_invoice(session, issued.id))
    assert kept == issued
    assert kept.approvals == issued.approvals
    assert [approval.estimate for approval in kept.approvals] == ["1001-1"]
    assert (kept.number, kept.reference) == ("2026-0001", "PO-77")
    found = await database.read(lambda session: find_invoice(session, " 2026-0001 "))
    assert found == issued
    assert await database.read(lambda session: load_invoices_of(session, issued.customer_id)) == (issued,)
    assert await database.read(lambda session: find_invoice(session, "2026-0002")) is None
    with pytest.raises(NotFound):
        await database.read(lambda session: load_invoice(session, issued.id + 1))


async def test_a_credit_note_reads_back_with_its_invoice(database: Database) -> None:
    """It names the invoice and the lines that it takes back from, in a series of its own (D9)."""
    issued = await database.write(lambda session: issue(session, full(session), now=NOW))
    back = replace(issued.lines[1], id=0, original_id=issued.lines[1].id, pieces=(), quantity=10, amount_cents=1417)
    drafted = credit_note(issued, [back], dated=date(2026, 12, 9), cause=CreditCause.CORRECTION, reason="Corrected")
    note = await database.write(lambda session: issue(session, drafted, now=NOW))
    assert note.number == "C2026-0001"
    assert await database.read(lambda session: load_invoice(session, note.id)) == note
    assert await database.read(lambda session: credit_notes_of(session, issued.id)) == (note,)


async def test_numbers_begin_anew_with_a_year(database: Database) -> None:
    """Each year of the invoice date has its own series, in the order in which they were issued (D33)."""

    def many(session: Any) -> list[Invoice]:
        customers = [add_billed_customer(session, number) for number in (1, 2, 3)]
        drafts = [
            draft(customers[0], contract_of(session, customers[0])),
            draft(customers[1], contract_of(session, customers[1]), invoice_date=date(2027, 1, 4)),
            draft(customers[2], contract_of(session, customers[2])),
        ]
        return issue_all(session, drafts, now=NOW)

    issued = await database.write(many)
    assert [invoice.number for invoice in issued] == ["2026-0001", "2027-0001", "2026-0002"]
    for invoice in issued:
        assert await database.read(partial(load_invoice, invoice_id=invoice.id)) == invoice


async def test_undone_is_unnumbered(database: Database) -> None:
    """What is rolled back gives its number back: there is no gap (D33)."""

    def fail(session: Any) -> None:
        customer = add_billed_customer(session, 9)
        issue(session, draft(customer, contract_of(session, customer)), now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(fail)
    issued = await database.write(lambda session: issue(session, full(session), now=NOW))
    assert issued.number == "2026-0001"


async def test_once_a_contract_and_month(database: Database) -> None:
    """A second invoice of the same contract and month is refused by the database itself; its number is not lost."""
    issued = await database.write(lambda session: issue(session, full(session), now=NOW))
    with pytest.raises(Conflict):
        await database.write(lambda session: issue(session, replace(issued, id=0), now=NOW))
    later = replace(issued, month=(2026, 12), lines=(replace(FEE, month=(2026, 12)),))
    assert (await database.write(lambda session: issue(session, later, now=NOW))).number == "2026-0002"


async def test_a_year_that_was_invoiced(database: Database) -> None:
    """The prices of a year rest once an invoice of the customer is based on them (R29)."""
    issued = await database.write(lambda session: issue(session, full(session), now=NOW))

    def asked(customer: int, year: int) -> Any:
        return database.read(lambda session: is_year_invoiced(session, customer, year))

    assert await asked(issued.customer_id, 2026)
    assert not await asked(issued.customer_id, 2027)
    assert not await asked(issued.customer_id + 1, 2026)
