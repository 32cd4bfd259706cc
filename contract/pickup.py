"""By when a ticket should be picked up: a target, not a guarantee (R9, R10, R34, D19, D20).

Every ticket: within three days, which is the local creation date plus three calendar days, rolled to the next working
day, 17:00 (a setting makes it three working days). A ticket with an urgency: also within that urgency's office
minutes from creation, even when the urgency is set later. The earlier of the two counts, and at that very instant is
still in time.

    Created Monday 23 November 2026 15:00: Thursday 17:00. With 240 office minutes: two hours on Monday, two on
    Tuesday, 11:00.
"""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from contract.errors import ResponseTooSlow
from contract.holidays import CONTRACT_HOLIDAYS, Calendar, next_working_day, working_day_from
from contract.local_time import at_local, local
from contract.rate_bands import OFFICE_CLOSES, OFFICE_DAY_MINUTES, add_office_minutes
from contract.tickets import Urgency

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PICKUP_DAYS = 3
"""Days within which every ticket should be picked up (R10)."""

SHIPPED_RESPONSE_MINUTES: Mapping[Urgency, int | None] = MappingProxyType(
    {Urgency.CRITICAL: 240, Urgency.HIGH: 480, Urgency.NORMAL: None, Urgency.LOW: None}
)
"""Office minutes by urgency; an example that the provider confirms or changes (R34, D20)."""


def ceiling_due(
    created_at: datetime, calendar: Calendar = CONTRACT_HOLIDAYS, *, working_days: bool = False
) -> datetime:
    """Return the target (UTC) of every ticket, whatever its urgency (R10, D19)."""
    day = local(created_at).date()
    if working_days:
        for _ in range(PICKUP_DAYS):
            day = next_working_day(day, calendar)
    else:
        day = working_day_from(day + timedelta(days=PICKUP_DAYS), calendar)
    return at_local(day, OFFICE_CLOSES)


def priority_due(created_at: datetime, office_minutes: int, calendar: Calendar = CONTRACT_HOLIDAYS) -> datetime:
    """Return the target (UTC) of an urgency's response time in office minutes (R34, D20)."""
    return add_office_minutes(created_at, office_minutes, calendar)


def due(
    created_at: datetime,
    office_minutes: int | None,
    calendar: Calendar = CONTRACT_HOLIDAYS,
    *,
    working_days: bool = False,
) -> datetime:
    """Return the earlier of both targets (UTC); `office_minutes` is None where the urgency has none (D20)."""
    ceiling = ceiling_due(created_at, calendar, working_days=working_days)
    return ceiling if office_minutes is None else min(ceiling, priority_due(created_at, office_minutes, calendar))


def is_on_time(picked_up_at: datetime, due_at: datetime) -> bool:
    """Tell whether a pick-up made the target; at the due instant is in time (D20)."""
    return picked_up_at <= due_at


def check_response_table(table: Mapping[Urgency, int | None], *, working_days: bool = False) -> None:
    """Refuse a setting that could exceed the target of every ticket: raises ResponseTooSlow (D20).

    480 office minutes never do, 1440 where the target is three working days; the rule itself takes any value.
    """
    most = OFFICE_DAY_MINUTES * (PICKUP_DAYS if working_days else 1)
    for urgency, minutes in table.items():
        if minutes is not None and not 1 <= minutes <= most:
            raise ResponseTooSlow(urgency, minutes, most)
