"""The evaluation of a contract at the end of its year, for both sides to look at together (R30).

Counted are the tickets that were opened in the contract's term, the time that was worked in it on whatever ticket, and
what was invoiced for its months. A pick-up is measured by the target that held when the ticket was picked up: an
urgency that was set later does not make it late. Minutes beyond the allowance are those after the first 120 of a
ticket, in the order in which they were worked.

    Two tickets in a contract of twelve months: 150 minutes in office hours on one, of which 30 beyond the allowance,
    after one approval; none on the other, which a contact withdrew, so that its 15 minutes were charged. Together 150
    minutes, on average 13 a month (150 / 12 = 12.5).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from contract.allowance import FREE_MINUTES
from contract.estimates import Estimate, EstimateState
from contract.hours import WorkEntry, billed_minutes_by_band, standing
from contract.local_time import DAY, day_start, local
from contract.minimum import shortfall_minutes
from contract.money import round_half_up
from contract.pickup import is_on_time
from contract.rate_bands import RateBand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from contract.holidays import Calendar
    from contract.outcomes import Outcome
    from contract.periods import Month, Term
    from contract.tickets import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedTicket:
    """A ticket with what the evaluation looks at: when it was due to be picked up, its time, its estimates."""

    ticket: Ticket
    pickup_due_at: datetime
    """The target that held when it was picked up, or that holds while it was not (D19, D20)."""
    entries: Sequence[WorkEntry] = ()
    estimates: Sequence[Estimate] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUps:
    """How the tickets of the term were picked up (R10, R34, D20)."""

    in_time: int
    late: int
    """Also those that nobody has picked up although the target is over."""
    waiting: int
    """Open, and the target still to come."""
    not_needed: int
    """Closed before anybody had to: withdrawn, or a duplicate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Estimates that were decided in the term, and their minutes (R18, D13)."""

    count: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The contract's year in numbers (R30)."""

    term: Term
    through: date
    """The last day that was looked at: the term's last, or today."""
    months: tuple[Month, ...]
    """The months of the term that have begun."""
    tickets: int
    open_tickets: int
    outcomes: Mapping[Outcome, int]
    pick_ups: PickUps
    minutes: Mapping[RateBand, int]
    """Billable minutes worked in the term, by the band at which they are billed (D26)."""
    unbilled_minutes: int
    """Worked, and not charged (D11, D27)."""
    minimum_minutes: int
    """Charged for tickets with less than fifteen minutes of work (R31, D5)."""
    beyond_minutes: int
    """Of the billable minutes those after the first 120 of their ticket (R18, D12)."""
    approved: Decided
    declined: Decided
    spend_cents: Mapping[Month, int]
    """What was invoiced for each month, less what was credited, excluding VAT."""

    @property
    def billable_minutes(self) -> int:
        """All bands together."""
        return sum(self.minutes.values())

    @property
    def average_minutes(self) -> int:
        """Billable minutes a month, over the months that have begun; half a minute is rounded up."""
        return round_half_up(self.billable_minutes, len(self.months)) if self.months else 0

    @property
    def total_cents(self) -> int:
        """What was invoiced together, excluding VAT."""
        return sum(self.spend_cents.values())


def evaluate(
    term: Term,
    tickets: Iterable[EvaluatedTicket],
    net_cents: Mapping[Month, int],
    calendar: Calendar,
    now: datetime,
) -> Evaluation:
    """Return the evaluation of a term as of now; `net_cents` is what was invoiced by month, excluding VAT (R30).

    `tickets` are all that were opened or worked on in the term; what lies outside of it is not counted.
    """
    known = tuple(tickets)
    opened = [one for one in known if term.is_active(one.ticket.created_at)]
    begin, end = day_start(term.starts_on), day_start(term.ends_on + DAY)
    minutes: Counter[RateBand] = Counter(dict.fromkeys(RateBand, 0))
    for one in known:
        for entry in _within(one, begin, end):
            minutes.update(billed_minutes_by_band(entry, calendar))
    decided = [estimate for one in known for estimate in one.estimates if _is_decided_in(estimate, term)]
    today = local(now).date()
    return Evaluation(
        term=term,
        through=min(today, term.ends_on),
        months=tuple(month for month in term.months if date(*month, 1) <= today),
        tickets=len(opened),
        open_tickets=sum(one.ticket.is_open for one in opened),
        outcomes=Counter(
            one.ticket.outcome for one in opened if one.ticket.outcome is not None and not one.ticket.is_open
        ),
        pick_ups=_pick_ups(opened, now),
        minutes=dict(minutes),
        unbilled_minutes=sum(_unbilled(one, begin, end) for one in known),
        minimum_minutes=sum(_minimum(one) for one in opened),
        beyond_minutes=sum(_beyond(one, end) - _beyond(one, begin) for one in known if not one.ticket.is_void),
        approved=_sum(decided, EstimateState.APPROVED),
        declined=_sum(decided, EstimateState.DECLINED),
        spend_cents={month: net_cents.get(month, 0) for month in term.months if month in net_cents},
    )


def _pick_ups(opened: Iterable[EvaluatedTicket], now: datetime) -> PickUps:
    found: Counter[str] = Counter()
    for one in opened:
        ticket = one.ticket
        if ticket.claimed_at is not None:
            found["in_time" if is_on_time(ticket.claimed_at, one.pickup_due_at) else "late"] += 1
        elif not ticket.is_open:
            found["not_needed"] += 1
        else:
            found["waiting" if is_on_time(now, one.pickup_due_at) else "late"] += 1
    return PickUps(
        in_time=found["in_time"], late=found["late"], waiting=found["waiting"], not_needed=found["not_needed"]
    )


def _within(one: EvaluatedTicket, begin: datetime, end: datetime) -> Iterable[WorkEntry]:
    """The parts of a ticket's entries that lie in a time; nothing of a void ticket, which costs nothing (D22)."""
    if one.ticket.is_void:
        return
    for entry in standing(one.entries):
        if (part := _cut(entry, begin, end)) is not None:
            yield part


def _cut(entry: WorkEntry, begin: datetime, end: datetime) -> WorkEntry | None:
    start, stop = max(entry.started_at, begin), min(entry.ended_at, end)
    return replace(entry, started_at=start, ended_at=stop) if start < stop else None


def _unbilled(one: EvaluatedTicket, begin: datetime, end: datetime) -> int:
    parts = (_cut(entry, begin, end) for entry in standing(one.entries))
    return sum(part.minutes for part in parts if part is not None and (one.ticket.is_void or not part.is_billable))


def _minimum(one: EvaluatedTicket) -> int:
    if one.ticket.is_void or one.ticket.is_minimum_waived:
        return 0
    return shortfall_minutes(sum(entry.billable_minutes for entry in standing(one.entries)))


def _beyond(one: EvaluatedTicket, until: datetime) -> int:
    """Return the billable minutes worked before an instant, less those that need no permission (R32)."""
    parts = (_cut(entry, entry.started_at, until) for entry in standing(one.entries))
    return max(0, sum(part.billable_minutes for part in parts if part is not None) - FREE_MINUTES)


def _is_decided_in(estimate: Estimate, term: Term) -> bool:
    return estimate.decided_at is not None and term.is_active(estimate.decided_at)


def _sum(decided: Iterable[Estimate], state: EstimateState) -> Decided:
    minutes = [estimate.minutes for estimate in decided if estimate.state is state]
    return Decided(count=len(minutes), minutes=sum(minutes))
