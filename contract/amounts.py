"""What a running ticket and its entries cost so far, as cards show it (R31, D5, D6, D33).

Provisional until invoiced: what the invoices will have if nothing more happens. What an entry costs is the line after
it minus the line before it, so that preview, estimate and invoice agree:

    10 minutes in office hours: € 14.17. A second entry of 1 minute: 1558 - 1417 = € 1.41, though one minute alone is
    € 1.42.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.billing import ticket_bill
from contract.lines import MINIMUM, Line, TicketRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contract.costs import Cost
    from contract.grants import Grant
    from contract.holidays import Calendar
    from contract.hours import WorkEntry
    from contract.prices import PriceBook
    from contract.tickets import Ticket


def ticket_lines(
    ticket: Ticket, entries: Iterable[WorkEntry], prices: PriceBook, calendar: Calendar | None = None
) -> tuple[Line, ...]:
    """Return all lines of a ticket over its life, by month; nothing for a void one (D5, D6, D22)."""
    return ticket_bill(TicketRecord(ticket=ticket, entries=tuple(entries)), prices, calendar).lines


def ticket_amount_cents(
    ticket: Ticket,
    entries: Iterable[WorkEntry],
    prices: PriceBook,
    calendar: Calendar | None = None,
    *,
    grants: Sequence[Grant] = (),
    costs: Sequence[Cost] = (),
) -> int:
    """Return what the ticket costs so far, work and minimum, excluding VAT; provisional until invoiced (D5, D6)."""
    record = TicketRecord(ticket=ticket, entries=tuple(entries), grants=grants, costs=costs)
    return ticket_bill(record, prices, calendar).amount_cents


def entry_amount_cents(
    ticket: Ticket,
    entries: Iterable[WorkEntry],
    entry: WorkEntry,
    prices: PriceBook,
    calendar: Calendar | None = None,
    *,
    grants: Sequence[Grant] = (),
) -> int:
    """Return the amount shown for an entry: its lines after it minus its lines before it (D33).

    `entries` are the ticket's logged before it. The minimum is a line of its own and not part of it.
    """
    before = tuple(entries)

    def work_cents(worked: tuple[WorkEntry, ...]) -> int:
        bill = ticket_bill(TicketRecord(ticket=ticket, entries=worked, grants=grants), prices, calendar)
        billed = sum(line.amount_cents for line in bill.lines if line.kind is not MINIMUM)
        return billed - sum(line.amount_cents for line in bill.due_back if line.kind is not MINIMUM)

    return work_cents((*before, entry)) - work_cents(before)
