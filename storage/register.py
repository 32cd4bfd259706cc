"""The register of a year for the accountant: every invoice and credit note, by its date (D6-D9, D21).

Amounts of credit notes are negative, so that a column can be added up. A year's numbers run 1, 2, 3 ... in each
series; what is missing or stands twice is named, up to the counter that gives the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from contract.invoices import InvoiceKind
from storage.billing_tables import invoice_counters, invoices, payments
from storage.payments import load_balances

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One invoice or credit note as the register has it; amounts in cents, of a credit note negative.

    `open_cents` is what is left to pay: of an invoice after its credit notes and payments, of a credit note nothing.
    """

    number: str
    is_credit_note: bool
    invoice_date: date
    due_date: date
    customer: str
    registration: str
    vat_id: str
    contract: str
    year: int
    month: int
    net_cents: int
    vat_percent: int
    is_reverse_charge: bool
    vat_cents: int
    gross_cents: int
    original_number: str | None
    paid_cents: int
    paid_on: date | None
    open_cents: int


_originals = invoices.alias("originals")


def load_register(session: Session, year: int) -> Iterator[Registered]:
    """Every invoice and credit note dated in a year, by date and number; read a page at a time."""
    paid_on = select(func.max(payments.c.paid_on)).where(payments.c.invoice_id == invoices.c.id).scalar_subquery()
    query = (
        select(invoices, _originals.c.number.label("original_number"), paid_on.label("paid_on"))
        .outerjoin(_originals, _originals.c.id == invoices.c.original_id)
        .where(invoices.c.invoice_date >= date(year, 1, 1), invoices.c.invoice_date <= date(year, 12, 31))
        .order_by(invoices.c.invoice_date, invoices.c.id)
        .limit(PAGE)
    )
    skipped = 0
    while rows := session.execute(query.offset(skipped)).all():
        balances = load_balances(session, [row.id for row in rows])
        for row in rows:
            yield _registered(row, balances[row.id].paid_cents, balances[row.id].open_cents)
        skipped += len(rows)


def _registered(row: Row[Any], paid_cents: int, open_cents: int) -> Registered:
    is_credit_note = row.kind == InvoiceKind.CREDIT_NOTE.value
    sign = -1 if is_credit_note else 1
    return Registered(
        number=row.number,
        is_credit_note=is_credit_note,
        invoice_date=row.invoice_date,
        due_date=row.due_date,
        customer=row.buyer["name"],
        registration=row.buyer["registration"],
        vat_id=row.buyer["vat_id"],
        contract=row.contract_number,
        year=row.year,
        month=row.month,
        net_cents=sign * row.net_cents,
        vat_percent=row.vat_percent,
        is_reverse_charge=row.is_reverse_charge,
        vat_cents=sign * row.vat_cents,
        gross_cents=sign * row.gross_cents,
        original_number=row.original_number,
        paid_cents=sign * paid_cents,
        paid_on=row.paid_on,
        # What a credit note gives back is taken off what is open of its invoice.
        open_cents=0 if is_credit_note else open_cents,
    )


def number_faults(session: Session, year: int) -> list[str]:
    """What is wrong with the numbers of a year: numbers that are missing, and those that stand in no series."""
    faults = []
    for kind, series in ((InvoiceKind.INVOICE, str(year)), (InvoiceKind.CREDIT_NOTE, f"C{year}")):
        last = session.scalar(select(invoice_counters.c.last).where(invoice_counters.c.series == series)) or 0
        given = session.scalars(
            select(invoices.c.number).where(
                invoices.c.kind == kind.value,
                invoices.c.invoice_date >= date(year, 1, 1),
                invoices.c.invoice_date <= date(year, 12, 31),
            )
        )
        found: set[int] = set()
        for number in given:
            begin, _, rest = number.partition("-")
            if begin == series and rest.isdecimal():
                found.add(int(rest))
            else:
                faults.append(f"{number} is not a number of series {series}")
        missing = sorted(set(range(1, max([last, *found]) + 1)) - found)
        faults += [f"{series}-{number:04} is missing" for number in missing]
        faults += [f"{series}-{number:04} lies beyond the counter" for number in sorted(found) if number > last]
    return faults
