"""By when a ticket should be picked up (R9, R10, R34, D19, D20)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import ResponseTooSlow
from contract.holidays import HolidayProfile, is_working_day
from contract.local_time import local
from contract.pickup import (
    SHIPPED_RESPONSE_MINUTES,
    ceiling_due,
    check_response_table,
    due,
    is_on_time,
    priority_due,
)
from contract.tickets import Urgency
from tests.contract.builders import at, instants, profiles


def test_worked_example() -> None:
    """Monday 15:00: Thursday 17:00, or Tuesday 11:00 with 240 office minutes (D19, D20)."""
    created_at = at("2026-11-23 15:00")
    assert due(created_at, None) == at("2026-11-26 17:00")
    assert due(created_at, 240) == at("2026-11-24 11:00")


@pytest.mark.parametrize(
    "created,calendar_days,working_days",
    [
        ("2026-11-29 23:59", "2026-12-02 17:00", "2026-12-02 17:00"),
        ("2026-11-29T23:30:00Z", "2026-12-03 17:00", "2026-12-03 17:00"),
        ("2026-11-25 10:00", "2026-11-30 17:00", "2026-11-30 17:00"),
        ("2026-11-27 10:00", "2026-11-30 17:00", "2026-12-02 17:00"),
        ("2026-12-23 12:00", "2026-12-28 17:00", "2026-12-29 17:00"),
        ("2026-10-22 10:00", "2026-10-26 17:00", "2026-10-27 17:00"),
        ("2027-04-24 10:00", "2027-04-28 17:00", "2027-04-29 17:00"),
    ],
)
def test_ceilings(created: str, calendar_days: str, working_days: str) -> None:
    """Three calendar days rolled to a working day, or three working days; always 17:00 local (D1, D19)."""
    assert ceiling_due(at(created)) == at(calendar_days)
    assert ceiling_due(at(created), working_days=True) == at(working_days)


@pytest.mark.parametrize(
    "created,office_minutes,expected",
    [
        ("2026-11-23 09:00", 480, "2026-11-23 17:00"),
        ("2026-11-21 12:00", 240, "2026-11-23 13:00"),
        ("2026-11-23 10:00", 1920, "2026-11-27 10:00"),
        ("2026-12-24 16:00", 120, "2026-12-28 10:00"),
    ],
)
def test_response_times(created: str, office_minutes: int, expected: str) -> None:
    """Office minutes from creation; a span that ends at 17:00 is due that day (D20)."""
    assert priority_due(at(created), office_minutes) == at(expected)


def test_slow_urgency_is_capped() -> None:
    """A response time beyond three days does not move the target of every ticket (D20)."""
    created_at = at("2026-11-23 10:00")
    assert due(created_at, 1920) == ceiling_due(created_at)
    assert due(created_at, 1920, working_days=True) == ceiling_due(created_at, working_days=True)


def test_at_the_due_instant() -> None:
    """At the due instant is in time, a second later is not (D20)."""
    due_at = at("2026-11-26 17:00")
    assert is_on_time(due_at, due_at)
    assert not is_on_time(due_at + timedelta(seconds=1), due_at)


@given(instants(), st.integers(1, 3000), profiles(), st.booleans())
def test_the_earlier_counts(created_at: datetime, minutes: int, profile: HolidayProfile, working_days: bool) -> None:
    """The target lies after the creation, on a working day, and is never later than three days allow (D19, D20)."""
    ceiling = ceiling_due(created_at, profile, working_days=working_days)
    target = due(created_at, minutes, profile, working_days=working_days)
    assert target == min(ceiling, priority_due(created_at, minutes, profile))
    assert is_working_day(local(ceiling).date(), profile)
    assert local(ceiling).hour == 17
    assert created_at < ceiling


@given(instants(), profiles(), st.booleans())
def test_allowed_settings_never_exceed_the_ceiling(
    created_at: datetime, profile: HolidayProfile, working_days: bool
) -> None:
    """What loading a setting lets through is never later than the target of every ticket (D20)."""
    most = 1440 if working_days else 480
    check_response_table({Urgency.HIGH: most}, working_days=working_days)
    assert priority_due(created_at, most, profile) <= ceiling_due(created_at, profile, working_days=working_days)


@pytest.mark.parametrize("minutes,working_days,most", [(481, False, 480), (1441, True, 1440), (0, False, 480)])
def test_settings_that_are_refused(minutes: int, working_days: bool, most: int) -> None:
    """A response time that could exceed the target, or is none, is refused with its urgency (D20)."""
    with pytest.raises(ResponseTooSlow) as refused:
        check_response_table({Urgency.LOW: None, Urgency.HIGH: minutes}, working_days=working_days)
    assert (refused.value.urgency, refused.value.minutes, refused.value.most) == (Urgency.HIGH, minutes, most)


def test_the_shipped_table() -> None:
    """Critical 240, high 480 office minutes, the others none; it passes its own check (D20)."""
    check_response_table(SHIPPED_RESPONSE_MINUTES)
    assert [SHIPPED_RESPONSE_MINUTES[urgency] for urgency in Urgency] == [240, 480, None, None]
