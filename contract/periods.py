"""From when until when a contract runs, and how it ends before its last day (R6-R8, R27, R28, D16-D18).

A contract starts on the first day of the calendar month after the local date of the last signature, a renewal at the
earliest the day after the running contract. It ends on 31 December of the year it starts in; nothing goes on tacitly.

It is cancelled per the last day of the local month in which the cancellation is received, or per a later month end
that it names; by the provider per the end of the month after. What the customer cancels before the start never starts
and costs nothing. The first cancellation that is accepted stands. Every month that it runs is billed
whole, on the first day of the next.

    Signed on 23 November 2026: from 1 to 31 December 2026, one month, invoiced on 1 January 2027. Signed on 10
    December 2026: 2027, twelve months. Its cancellation of 1 April 2027, 0:00, ends it on 30 April after four months;
    by the provider on 31 May. One of 15 March per 30 June ends it on 30 June. One of 20 December 2026: it never
    starts. A renewal of 2026 that is signed on 10 January 2027 leaves January uncovered and starts on 1 February.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.local_time import DAY, local
from contract.term_errors import (
    AlreadyCancelled,
    CancellationRefusal,
    EndsTooLate,
    EndsTooSoon,
    NoMonthEnd,
    ReceivedAfterEnd,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_DECEMBER = 12

Month = tuple[int, int]
"""Year and month of the local calendar."""


class Side(StrEnum):
    """Who cancels: the customer, or the provider with a month's more notice (R8, D18)."""

    CUSTOMER = "customer"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A cancellation as it came in; `requested_end` where it names a later month end (R8, D18)."""

    received_at: datetime
    requested_end: date | None = None
    by: Side = Side.CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The days of a contract, both inclusive; whole calendar months of one year (R6-R8, R28).

    A contract that never starts ends the day before its start: no day is covered (D18).
    """

    starts_on: date
    ends_on: date

    @property
    def never_starts(self) -> bool:
        """Whether it was cancelled per a day before its start (D18)."""
        return self.ends_on < self.starts_on

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that are billed, each with its whole fee (R7, R13)."""
        return months_between(self.starts_on, self.ends_on + DAY)

    @property
    def first_invoice_on(self) -> date | None:
        """The date of its first invoice: the 1st of the month after its first month; None where it never starts."""
        return None if self.never_starts else month_after(self.starts_on)

    @property
    def last_invoice_on(self) -> date | None:
        """The date of its last invoice with a fee: the day after its last (R14, D8)."""
        return None if self.never_starts else self.ends_on + DAY

    def is_active(self, instant: datetime) -> bool:
        """Tell whether the contract covers the local day of an instant (R27, R28, D1)."""
        return self.starts_on <= local(instant).date() <= self.ends_on


Outcome = Term | CancellationRefusal
"""What came of a cancellation: the term as it is since then, or why it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The whole course of a contract from its signature to its end (D16-D18)."""

    agreed: Term
    """As signed."""
    term: Term
    """As the cancellation left it; the same where there was none."""
    outcomes: tuple[Outcome, ...]
    """One for each cancellation, in the order in which they were given."""
    uncovered: tuple[Month, ...]
    """The months between the end of the contract before and this one's start (D17)."""

    @property
    def start(self) -> date | None:
        """The first day; None where it never starts (D18)."""
        return None if self.term.never_starts else self.term.starts_on

    @property
    def end(self) -> date | None:
        """The last day; None where it never starts (D18)."""
        return None if self.term.never_starts else self.term.ends_on

    @property
    def months_billed(self) -> int:
        """How many fees are invoiced (R13)."""
        return len(self.term.months)


def month_after(day: date) -> date:
    """Return the first day of the next calendar month."""
    return date(day.year + 1, 1, 1) if day.month == _DECEMBER else date(day.year, day.month + 1, 1)


def month_end(day: date) -> date:
    """Return the last day of the calendar month."""
    return month_after(day) - DAY


def year_end(starts_on: date) -> date:
    """Return the last possible day of a contract that starts on `starts_on` (R28, D17)."""
    return date(starts_on.year, _DECEMBER, 31)


def months_between(first: date, until: date) -> tuple[Month, ...]:
    """Return the calendar months from that of `first` to before that of `until`; none where that is no later."""
    begin, end = (12 * day.year + day.month - 1 for day in (first, until))
    return tuple((count // 12, count % 12 + 1) for count in range(begin, end))


def starts_after_signing(signed_at: datetime, running_end: date | None = None) -> date:
    """Return the first day of a month after the last signature, and after the contract that runs (R27, D16, D17)."""
    first = month_after(local(signed_at).date())
    return first if running_end is None else max(first, month_after(running_end))


def earliest_end(term: Term, received_at: datetime, by: Side = Side.CUSTOMER) -> date:
    """Return the last day at the earliest when cancelled now; it may lie before the start (R8, D18)."""
    end = month_end(local(received_at).date())
    if by is Side.PROVIDER:
        end = month_end(end + DAY)
    return min(end, term.ends_on)


def cancelled(term: Term, cancellation: Cancellation, *, is_cancelled: bool = False) -> Term:
    """Return the term as a cancellation leaves it; raises a CancellationRefusal (R8, D18).

    `is_cancelled`: an earlier cancellation was accepted, and that one stands.
    """
    received_at, requested = cancellation.received_at, cancellation.requested_end
    if is_cancelled:
        raise AlreadyCancelled(term.ends_on)
    if local(received_at).date() > term.ends_on:
        raise ReceivedAfterEnd(term.ends_on)
    if cancellation.by is Side.CUSTOMER and local(received_at).date() < term.starts_on:
        # Whatever later day it names: what did not begin costs nothing.
        return replace(term, ends_on=term.starts_on - DAY)
    earliest = earliest_end(term, received_at, cancellation.by)
    end = earliest if requested is None else requested
    if end != month_end(end):
        raise NoMonthEnd(end)
    if end < earliest:
        raise EndsTooSoon(end, earliest)
    if end > term.ends_on:
        raise EndsTooLate(end, term.ends_on)
    return replace(term, ends_on=max(end, term.starts_on - DAY))


def contract_course(
    signed_at: datetime, cancellations: Sequence[Cancellation] = (), running_contract_end: date | None = None
) -> Course:
    """Return the course of a contract from its last signature on (D16-D18).

    `running_contract_end` is the last day of the contract that this one renews. The first cancellation is the one
    that was received first, whatever the order here.
    """
    start = starts_after_signing(signed_at, running_contract_end)
    agreed = Term(starts_on=start, ends_on=year_end(start))
    term, outcomes = agreed, dict[int, Outcome]()
    for index in sorted(range(len(cancellations)), key=lambda index: cancellations[index].received_at):
        try:
            accepted = cancelled(term, cancellations[index], is_cancelled=_has_accepted(outcomes.values()))
        except CancellationRefusal as refusal:
            outcomes[index] = refusal
        else:
            outcomes[index] = term = accepted
    return Course(
        agreed=agreed,
        term=term,
        outcomes=tuple(outcomes[index] for index in range(len(cancellations))),
        uncovered=months_between(month_after(running_contract_end), start) if running_contract_end else (),
    )


def _has_accepted(outcomes: Iterable[Outcome]) -> bool:
    return any(isinstance(outcome, Term) for outcome in outcomes)
