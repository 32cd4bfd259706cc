"""Section `pickup`: by when a ticket should be picked up, and whether it was (D19, D20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.cases.comparing import Difference, compare, unknown_keys
from bot.cases.reading import Given
from contract.pickup import ceiling_due, due, is_on_time, priority_due
from contract.prices import PriceBook


def pickup_differences(case: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare both readings of the three days, the target of the priority, the earlier of them, and the pick-up."""
    yield from unknown_keys(case, "id", "input", "expected")
    given = case.field("input")
    yield from unknown_keys(given, "created", "priority_office_minutes", "picked_up")
    created = _instant(given.field("created"))
    minutes = given.maybe("priority_office_minutes")
    office_minutes = None if minutes is None else minutes.whole()
    if minutes is not None and minutes.whole() < 0:
        minutes.refuse("minutes of zero or more")
    due_at = due(created, office_minutes)
    found: dict[str, Any] = {
        "ceiling_due": ceiling_due(created),
        "ceiling_due_if_working_days": ceiling_due(created, working_days=True),
        "priority_due": None if office_minutes is None else priority_due(created, office_minutes),
        "due": due_at,
        "on_time": None,
    }
    if (picked_up := given.maybe("picked_up")) is not None:
        found["on_time"] = is_on_time(_instant(picked_up), due_at)
    yield from compare(case.field("expected"), found)


def _instant(given: Given) -> datetime:
    return given.instant().astimezone(UTC)
