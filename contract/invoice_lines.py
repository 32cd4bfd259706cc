"""The lines of an invoice: the fee, then by ticket the work, the minimum and the costs (R14, R26, R31, D5-D10, D22).

Every line says what it rests on: the ticket's subject and the pieces of its entries. A minimum that would have been
charged and was waived is shown as a line of no minutes, with the reason (D5):

    Ticket 1001 of November 2026, 5 minutes of work, minimum waived "our own mistake": 5 x 8500 / 60 = € 7.08, and a
    line "minimum" of 0 minutes, € 0.00, our own mistake. With 15 minutes of work there is no such line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.billing import ticket_bill
from contract.lines import MINIMUM, Line, LineKind
from contract.minimum import shortfall_minutes
from contract.months import issued_at, month_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract.holidays import Calendar
    from contract.lines import Piece, TicketBill, TicketRecord
    from contract.months import Month
    from contract.prices import PriceBook


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line of the document.

    The quantity is minutes at a price an hour, or pieces (the fee: one month) at a price for one. Negative for a
    set-off (D5); on a credit note positive for what is given back.
    """

    kind: LineKind
    month: Month
    """The month it was or is billed with."""
    ticket_number: int | None = None
    subject: str = ""
    """The ticket's subject then; of a cost or a fee empty."""
    price_year: int
    quantity: int
    price_cents: int
    amount_cents: int
    pieces: tuple[Piece, ...] = ()
    what: str = ""
    """What a cost is for, and why a minimum was waived."""
    charged_in: Month | None = None
    """The month whose invoice charged the minimum that this one sets off (D5)."""
    id: int = 0
    original_id: int | None = None
    """Of a credit note: the `id` of the line it takes back from."""


def invoice_lines(
    month: Month,
    records: Iterable[TicketRecord],
    prices: PriceBook,
    *,
    calendar: Calendar | None = None,
    has_fee: bool,
) -> tuple[InvoiceLine, ...]:
    """Return the lines of a month: the fee, then by ticket the work, the minimum and the costs (R14, D6, D10).

    `records` are the customer's tickets, as they are known at the issue moment or at any later instant: what was
    recorded after it changes nothing (D9). `has_fee` tells whether a contract covers the month.
    """
    lines: list[InvoiceLine] = []
    if has_fee:
        year, fee = month[0], prices.for_year(month[0]).fee_cents
        kind = LineKind.FEE
        lines.append(
            InvoiceLine(kind=kind, month=month, price_year=year, quantity=1, price_cents=fee, amount_cents=fee)
        )
    for record in sorted(records, key=lambda one: one.ticket.number):
        bill = ticket_bill(record, prices, calendar, through=month)
        billed = (line for line in bill.lines if line.month == month)
        lines += [as_invoice_line(line, record, charged_in=bill.charged_in(line)) for line in billed]
        waived = _waived(record, bill, month, prices)
        lines += [waived] if waived is not None else []
    return tuple(lines)


def as_invoice_line(line: Line, record: TicketRecord, *, charged_in: Month | None = None) -> InvoiceLine:
    """Return a ticket's line as a document shows it."""
    return InvoiceLine(
        kind=line.kind,
        month=line.month,
        ticket_number=line.ticket_number,
        subject=record.ticket.subject,
        price_year=line.price_year,
        quantity=line.minutes,
        price_cents=line.rate_cents,
        amount_cents=line.amount_cents,
        pieces=line.pieces,
        what=line.what,
        charged_in=charged_in,
    )


def _waived(record: TicketRecord, bill: TicketBill, month: Month, prices: PriceBook) -> InvoiceLine | None:
    """Return the line of the month of creation that says why the minimum is not charged; None where none was due."""
    at = issued_at(month)
    if month_of(record.ticket.created_at) != month or record.is_void(at) or not record.is_waived(at):
        return None
    worked = sum(line.minutes for line in bill.lines if line.kind.is_minutes and line.kind is not MINIMUM)
    if not shortfall_minutes(worked):
        return None
    line = Line(record.ticket.number, month, MINIMUM, month[0], 0, prices.for_year(month[0]).office_cents, 0)
    return as_invoice_line(replace(line, what=record.ticket.minimum_waived_reason or ""), record)
