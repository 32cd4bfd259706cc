"""Which estimate allowed which minute of a ticket (R18, R32, D12, D13).

The first 120 billable minutes need no permission. Each approval allows the minutes after those allowed before it, at
most at the prices its card showed; a stop ends what is allowed at the minutes logged by then.

    An approval of 240 minutes: minutes 121 to 360 are by estimate 1001-1. Stopped at 180 logged: through 180. An
    approval of 60 more then allows 181 to 240 by estimate 1001-2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.allowance import FREE_MINUTES
from contract.estimates import Estimate, EstimateState
from contract.rate_bands import BandCents

if TYPE_CHECKING:
    from collections.abc import Iterable
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


def grants_of(estimates: Iterable[Estimate], stops: Iterable[tuple[datetime, int]] = ()) -> tuple[Grant, ...]:
    """Return what allows which minute, in order; `stops` are instants with the minutes allowed from then on (D13)."""
    changes: list[tuple[datetime, Estimate | int]] = [*stops]
    changes += [
        (one.decided_at, one) for one in estimates if one.state is EstimateState.APPROVED and one.decided_at is not None
    ]
    found = [Grant(0, FREE_MINUTES)]
    total = FREE_MINUTES
    for _, change in sorted(changes, key=lambda pair: pair[0]):
        if isinstance(change, Estimate):
            found.append(Grant(total, total + change.minutes, change.number, change.rates))
            total += change.minutes
        else:
            total = min(total, change)
            found = [replace(one, until_minutes=min(one.until_minutes, total)) for one in found]
    return tuple(one for one in found if one.from_minutes < one.until_minutes)
