"""The clock of the machine."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import SystemClock


def test_the_present_is_aware_and_in_utc() -> None:
    """The system clock tells UTC and never stands still for long."""
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second < first + timedelta(minutes=1)
