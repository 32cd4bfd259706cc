"""Which estimate allowed which minute of a ticket (R18, R32, D12, D13).

The first 120 billable minutes need no permission. Each approval allows the minutes after those allowed before it, at
most at the prices its card showed; a stop ends what is allowed at the minutes logged by then.

    An approval of 240 minutes: minutes 121 to 360 are by estimate 1001-1. Stopped at 180 logged: through 180. An
    approval of 60 more then allows 181 to 240 by estimate 1001-2.

What was billed before a stop was allowed then, and stays billed at that price; so what a stop ends is kept, with when
it ended:

    200 logged and invoiced, corrected to 150, then stopped at 150: minutes 151 to 200 of the invoice were by estimate
    1001-1, and what is due back of them is due back at its price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.allowance import FREE_MINUTES
from contract.estimates import Estimate, EstimateState
from contract.rate_bands import BandCents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """Minutes of a ticket from the `from_minutes`-th on, before the `until_minutes`-th, counted from 0 (D12)."""

    from_minutes: int
    until_minutes: int
    estimate: str | None = None
    """The number of the estimate that allows them; None for those that need no permission."""
    rates: BandCents | None = None
    """The most they cost an hour, by band."""
    ended_at: datetime | None = None
    """When a stop ended it, or what of it was not logged; until then it allowed all of it (D13)."""

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it was not yet ended just before an instant."""
        return self.ended_at is None or at <= self.ended_at


def grants_of(estimates: Iterable[Estimate], stops: Iterable[tuple[datetime, int]] = ()) -> tuple[Grant, ...]:
    """Return what allows which minute, in order, also what a stop ended: it comes before what is left of it (D13).

    `stops` are instants with the minutes allowed from then on.
    """
    changes: list[tuple[datetime, Estimate | int]] = [*stops]
    changes += [
        (one.decided_at, one) for one in estimates if one.state is EstimateState.APPROVED and one.decided_at is not None
    ]
    found = [Grant(0, FREE_MINUTES)]
    total = FREE_MINUTES
    for at, change in sorted(changes, key=lambda pair: pair[0]):
        if isinstance(change, Estimate):
            found.append(Grant(total, total + change.minutes, change.number, change.rates))
            total += change.minutes
        else:
            total = min(total, change)
            found = [part for one in found for part in _stopped(one, at, total)]
    return tuple(found)


def standing_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return what allows minutes now: without what stops ended (D13)."""
    return tuple(one for one in grants if one.ended_at is None)


def _stopped(grant: Grant, at: datetime, total: int) -> Iterator[Grant]:
    """Return a grant as a stop leaves it that allows `total` minutes of the ticket."""
    if grant.ended_at is not None or grant.until_minutes <= total:
        yield grant
        return
    yield replace(grant, ended_at=at)
    if grant.from_minutes < total:
        yield replace(grant, until_minutes=total)
