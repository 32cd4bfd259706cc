"""What a ticket costs, to the cent (R14, R31, D5-D7, D9-D11, D22, D26, D33).

One line per billing month, ticket, band and price year: minutes times rate, rounded half up. Beside the work the
minimum of fifteen minutes. A minute is billed with the month in which it was worked, or with a later one when it was
recorded after that month's invoice (the 1st of the next month, 12:00 local time).

    1:25 hours in office hours in November 2026: 85 x 8500 / 60 = € 120.42, no minimum. One entry of 10 minutes: €
    14.17 office and 5 minutes minimum, € 7.08. A second entry of 1 minute is shown as the line after minus the line
    before: 1558 - 1417 = 141.

The amounts of a running ticket are provisional: they are those its invoices will have if nothing more happens.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal

from contract.contracts import month_after
from contract.hours import OutsideHoursReason, WorkEntry, standing
from contract.local_time import at_local, local
from contract.minimum import set_off_minutes, shortfall_minutes
from contract.money import amount_cents
from contract.rate_bands import RateBand, slices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract.holidays import Calendar
    from contract.prices import PriceBook, PriceList
    from contract.tickets import Ticket

MINIMUM: Literal["minimum"] = "minimum"
"""The kind of the lines of D5."""

LineKind = RateBand | Literal["minimum"]

ISSUE_TIME = time(12)
"""When the invoice of a month is issued, local time, on the 1st of the next (D8)."""

Month = tuple[int, int]
"""Year and month of the local calendar."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice.

    `month` is the month it is billed with; minutes and amount of a set-off are negative (D5, D6).
    """

    ticket_number: int
    month: Month
    kind: LineKind
    price_year: int
    minutes: int
    rate_cents: int
    amount_cents: int


def month_of(instant: datetime) -> Month:
    """Return the local calendar month of an instant (D1, D7)."""
    here = local(instant)
    return here.year, here.month


def issued_at(month: Month) -> datetime:
    """Return when (UTC) the invoice of a month is issued: the 1st of the next month, 12:00 local (D8, D9)."""
    return at_local(month_after(date(*month, 1)), ISSUE_TIME)


def billing_month(worked_in: Month, recorded_at: datetime) -> Month:
    """Return the month with which work is billed: its own, or the first whose invoice was not issued yet (D9)."""
    month = worked_in
    while recorded_at >= issued_at(month):
        after = month_after(date(*month, 1))
        month = after.year, after.month
    return month


def ticket_lines(
    ticket: Ticket, entries: Iterable[WorkEntry], prices: PriceBook, calendar: Calendar | None = None
) -> tuple[Line, ...]:
    """Return all lines of a ticket over its life, by month; nothing for a void one (D5, D6, D22).

    `entries` are the ticket's; `calendar` replaces the price lists' holidays where a contract has its own (D3).
    """
    if ticket.is_void:
        return ()
    work = _work_minutes(entries, calendar or prices.profile)
    created_in = month_of(ticket.created_at)
    lines: list[Line] = []
    billed = 0
    for month in sorted({created_in, *(month for month, _, _ in work)}):
        rows = sorted((year, list(RateBand).index(band), band) for in_month, year, band in work if in_month == month)
        before = billed
        for year, _, band in rows:
            minutes = work[month, year, band]
            billed += minutes
            lines.append(_line(ticket, month, band, prices.for_year(year), minutes))
        minimum = shortfall_minutes(ticket, billed) if month == created_in else set_off_minutes(ticket, before, billed)
        if minimum:
            lines.append(_line(ticket, month, MINIMUM, prices.for_year(created_in[0]), minimum))
    return tuple(lines)


def ticket_amount_cents(
    ticket: Ticket, entries: Iterable[WorkEntry], prices: PriceBook, calendar: Calendar | None = None
) -> int:
    """Return what the ticket costs so far, work and minimum, excluding VAT; provisional until invoiced (D5, D6)."""
    return sum(line.amount_cents for line in ticket_lines(ticket, entries, prices, calendar))


def entry_amount_cents(
    ticket: Ticket, entries: Iterable[WorkEntry], entry: WorkEntry, prices: PriceBook, calendar: Calendar | None = None
) -> int:
    """Return the amount shown for an entry: its lines after it minus its lines before it (D33).

    `entries` are the ticket's logged before it. The minimum is a line of its own and not part of it.
    """
    before = tuple(entries)

    def work_cents(worked: tuple[WorkEntry, ...]) -> int:
        lines = ticket_lines(ticket, worked, prices, calendar)
        return sum(line.amount_cents for line in lines if line.kind != MINIMUM)

    return work_cents((*before, entry)) - work_cents(before)


def _work_minutes(entries: Iterable[WorkEntry], calendar: Calendar) -> Counter[tuple[Month, int, RateBand]]:
    """Return the billable minutes by billing month, price year and band; own choice is office (D9-D11, D26)."""
    work: Counter[tuple[Month, int, RateBand]] = Counter()
    for entry in standing(entries):
        if not entry.is_billable:
            continue
        is_override = entry.outside_hours_reason is OutsideHoursReason.OWN_CHOICE
        for piece in slices(entry.started_at, entry.ended_at, calendar):
            band = RateBand.OFFICE if is_override else piece.band
            work[billing_month(piece.month, entry.recorded_at), piece.month[0], band] += piece.minutes
    return work


def _line(ticket: Ticket, month: Month, kind: LineKind, prices: PriceList, minutes: int) -> Line:
    rate_cents = prices.office_cents if kind == MINIMUM else prices.rate_cents(kind)
    return Line(ticket.number, month, kind, prices.year, minutes, rate_cents, amount_cents(minutes, rate_cents))
