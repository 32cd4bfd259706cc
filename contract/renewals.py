"""When a renewal is offered, and what it becomes on the day it is signed (R27-R30, D16-D18).

Nothing goes on tacitly. Of every contract that ends with the year both sides are warned on 1 November, 1 December and
15 December at 9:00, with the renewal to sign. It starts the day after the running contract, or the month after its
signature where that is later; the months between are not covered. It is for the year after: signed so late that it
would start in another year it is no longer on offer.

    A contract ends on 31 December 2026. Signed through that day its renewal runs from 1 January to 31 December 2027;
    signed on 1 January 2027, 0:00, from 1 February, and January is not covered; from 1 December 2027 on there is
    nothing to sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from contract.local_time import DAY, at_local, local
from contract.periods import Month, Term, contract_course, month_end, year_end

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from contract.contracts import Contract

WARNING_DAYS = ((11, 1), (12, 1), (12, 15))
"""Month and day on which both sides are warned (D17)."""

MORNING = time(9)
"""When the calendar says something to people, local time: as office hours begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a renewal becomes when it is signed in one month (D16, D17)."""

    term: Term
    uncovered: tuple[Month, ...]
    """The months between the contract that ends and the renewal."""
    signed_through: date
    """The last day on which a signature leads to this term."""

    @property
    def is_gapless(self) -> bool:
        """Whether the renewal follows the contract without a gap: tickets simply go on (D17, D28)."""
        return not self.uncovered


def next_yearly(after: datetime, days: Iterable[tuple[int, int]], clock_time: time = MORNING) -> datetime:
    """Return the first instant (UTC) after another that falls on one of these days of a year (month, day), local."""
    year = local(after).year
    instants = (at_local(date(one, *day), clock_time) for one in (year, year + 1) for day in days)
    return min(instant for instant in instants if instant > after)


def next_warning(after: datetime) -> datetime:
    """Return when both sides are warned next (D17)."""
    return next_yearly(after, WARNING_DAYS)


def offered_from(ends_on: date) -> datetime:
    """Return when contacts find the renewal of a contract by themselves: with the first warning (D17)."""
    return at_local(date(ends_on.year, *WARNING_DAYS[0]), MORNING)


def offered_renewal(ends_on: date, signed_at: datetime) -> Renewal | None:
    """Return what the renewal of a contract becomes when it is signed at an instant (D16, D17).

    None where there is nothing to offer: the contract does not end with its year (D18), or it is too late.
    """
    course = contract_course(signed_at, (), ends_on)
    if ends_on != year_end(ends_on) or course.agreed.starts_on.year != ends_on.year + 1:
        return None
    signed_through = max(ends_on, month_end(local(signed_at).date()))
    return Renewal(term=course.agreed, uncovered=course.uncovered, signed_through=signed_through)


def later_renewal(renewal: Renewal, ends_on: date) -> Renewal | None:
    """Return what it becomes when it is signed after `signed_through` (D17); None where that is too late."""
    return offered_renewal(ends_on, at_local(renewal.signed_through + DAY, time()))


def renewing(contract: Contract, contracts: Iterable[Contract]) -> Contract | None:
    """Return the contract that follows another of the same customer, the next one that starts (D17, D18)."""
    later = (one for one in contracts if contract.ends_on < one.starts_on <= one.ends_on)
    return min(later, key=lambda one: one.starts_on, default=None)


def renewal_number(number: str, starts_on: date, taken: Collection[str] = ()) -> str:
    """Return a number for the renewal: the contract's with the new year in it, one that nobody has yet.

    "2026-007" becomes "2027-007", "Four Star 12" becomes "Four Star 12-2027".
    """
    old, new = str(starts_on.year - 1), str(starts_on.year)
    found = number.replace(old, new, 1) if old in number else f"{number}-{new}"
    count, free = 1, found
    while free in taken:
        count += 1
        free = f"{found}-{count}"
    return free


def is_overtaken(slot: datetime, now: datetime) -> bool:
    """Tell whether a warning that was missed has been overtaken by the next one (D17): one of them is enough."""
    return next_warning(slot) <= now
