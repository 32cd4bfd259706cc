"""Which minute costs what (R20-R23, D1, D2, D4, D7)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.holidays import HolidayProfile, is_working_day
from contract.local_time import MINUTE, local, truncate
from contract.rate_bands import (
    RateBand,
    add_office_minutes,
    is_office_time,
    minutes_by_band,
    next_office_start,
    slices,
)
from tests.contract.builders import at, instants, profiles

LENGTHS = st.timedeltas(timedelta(0), timedelta(days=9))


def minutes(start: str, end: str) -> tuple[int, ...]:
    """Office, after hours and weekend minutes."""
    return tuple(minutes_by_band(at(start), at(end)).values())


def test_worked_example() -> None:
    """A weekend in which the clock goes forward."""
    assert minutes("2026-03-27 16:30", "2026-03-30 10:00") == (90, 960, 2820)


@pytest.mark.parametrize(
    "start,end,expected",
    [
        ("2026-11-23 08:59", "2026-11-23 09:01", (1, 1, 0)),
        ("2026-11-23 16:59", "2026-11-23 17:01", (1, 1, 0)),
        ("2026-11-20 23:59", "2026-11-21 00:01", (0, 1, 1)),
        ("2026-11-22 23:59", "2026-11-23 00:01", (0, 1, 1)),
        ("2026-10-25 00:00", "2026-10-26 00:00", (0, 0, 1500)),
        ("2025-04-26 10:00", "2025-04-26 12:00", (0, 0, 120)),
        ("2025-04-28 10:00", "2025-04-28 12:00", (120, 0, 0)),
        ("2027-04-26 16:30", "2027-04-28 09:30", (60, 960, 1440)),
        ("2026-06-30T22:30:00Z", "2026-06-30T23:30:00Z", (0, 60, 0)),
        ("2026-11-23T18:00:00+09:00", "2026-11-23T18:30:00+09:00", (30, 0, 0)),
        ("2026-11-23 10:00:05", "2026-11-23 10:00:55", (0, 0, 0)),
        ("2026-11-23 10:00:59", "2026-11-23 10:01:00", (1, 0, 0)),
        ("2026-11-23 11:00", "2026-11-23 10:00", (0, 0, 0)),
    ],
)
def test_bands(start: str, end: str, expected: tuple[int, int, int]) -> None:
    """Midnight, 9:00, 17:00, holidays, clock changes, foreign zones, truncated seconds (D1-D4)."""
    assert minutes(start, end) == expected


def test_months() -> None:
    """A slice belongs to the local month in which it lies, not to the one UTC has (D7)."""
    pieces = slices(at("2026-12-31 16:30"), at("2027-01-01 01:00"))
    assert [(piece.band, piece.minutes, piece.month) for piece in pieces] == [
        (RateBand.OFFICE, 30, (2026, 12)),
        (RateBand.AFTER_HOURS, 420, (2026, 12)),
        (RateBand.WEEKEND_HOLIDAY, 60, (2027, 1)),
    ]


@given(instants(), LENGTHS, profiles())
def test_bands_sum_to_elapsed_time(start: datetime, length: timedelta, profile: HolidayProfile) -> None:
    """Every minute has exactly one band, and the slices follow one another without a gap (D1, D2)."""
    end = start + length
    pieces = slices(start, end, profile)
    elapsed = (truncate(end) - truncate(start)) // MINUTE
    assert sum(minutes_by_band(start, end, profile).values()) == sum(piece.minutes for piece in pieces) == elapsed
    edges = [truncate(start), *(piece.end for piece in pieces)]
    assert [piece.start for piece in pieces] == edges[:-1]
    assert edges[-1] == truncate(end) or not pieces


@given(instants(), LENGTHS, LENGTHS, profiles())
def test_cutting_changes_nothing(start: datetime, first: timedelta, second: timedelta, profile: HolidayProfile) -> None:
    """Two entries that meet have together the minutes of the whole, band by band (D2, D4)."""
    cut, end = start + first, start + first + second
    left, right = minutes_by_band(start, cut, profile), minutes_by_band(cut, end, profile)
    assert minutes_by_band(start, end, profile) == {band: left[band] + right[band] for band in RateBand}


@given(instants(), profiles())
def test_each_minute_by_the_clock(instant: datetime, profile: HolidayProfile) -> None:
    """The band of one minute is what the wall clock and the calendar say (D2)."""
    here = local(instant)
    if not is_working_day(here.date(), profile):
        band = RateBand.WEEKEND_HOLIDAY
    else:
        band = RateBand.OFFICE if 9 <= here.hour < 17 else RateBand.AFTER_HOURS
    assert minutes_by_band(truncate(instant), truncate(instant) + MINUTE, profile)[band] == 1
    assert is_office_time(instant, profile) == (band is RateBand.OFFICE)


@pytest.mark.parametrize(
    "now,start",
    [
        ("2026-11-23 08:00", "2026-11-23 09:00"),
        ("2026-11-23 10:30:20", "2026-11-23 10:30"),
        ("2026-11-23 17:00", "2026-11-24 09:00"),
        ("2026-11-20 18:00", "2026-11-23 09:00"),
        ("2026-12-24 17:00", "2026-12-28 09:00"),
    ],
)
def test_next_office_start(now: str, start: str) -> None:
    """Outside office hours work starts when the office opens next (R20)."""
    assert next_office_start(at(now)) == at(start)


@pytest.mark.parametrize(
    "start,amount,end",
    [
        ("2026-11-23 15:00", 120, "2026-11-23 17:00"),
        ("2026-11-23 15:00", 121, "2026-11-24 09:01"),
        ("2026-11-20 18:00", 480, "2026-11-23 17:00"),
        ("2026-11-20 18:00", 0, "2026-11-20 18:00"),
    ],
)
def test_office_minutes(start: str, amount: int, end: str) -> None:
    """A span that ends at 17:00 ends that day; none at all ends where it starts (D20)."""
    assert add_office_minutes(at(start), amount) == at(end)


@given(instants(), st.integers(0, 5000), profiles())
def test_office_minutes_are_what_passed(start: datetime, amount: int, profile: HolidayProfile) -> None:
    """Between begin and end lie exactly the office minutes asked for, and the last one is worked (D20)."""
    end = add_office_minutes(start, amount, profile)
    assert minutes_by_band(start, end, profile)[RateBand.OFFICE] == amount
    assert amount == 0 or is_office_time(end - MINUTE, profile)


def test_negative_office_minutes() -> None:
    """Time does not run back."""
    with pytest.raises(ValueError, match="-1"):
        add_office_minutes(at("2026-11-23 10:00"), -1)
