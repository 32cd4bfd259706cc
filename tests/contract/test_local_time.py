"""Amsterdam's wall clock and elapsed time (D1, D4, D23)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import SkippedLocalTime
from contract.local_time import (
    MINUTE,
    LocalReading,
    at_local,
    clock_changes,
    day_start,
    instant_from_local,
    local,
    read_local_span,
    read_local_times,
    truncate,
)
from tests.contract.builders import at, instants

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
CLOCK_TIMES = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 30)) | st.sampled_from(
    [SPRING, AUTUMN, SPRING - timedelta(days=1), AUTUMN - timedelta(days=1)]
)


def test_worked_example() -> None:
    """The two clock changes of 2026."""
    assert (at("2026-10-25 03:30") - at("2026-10-25 01:30")) // MINUTE == 180
    span = read_local_span(AUTUMN, time(1, 30), time(2, 30))
    assert (span.minutes, span.was_repeated) == (60, True)
    with pytest.raises(SkippedLocalTime) as refused:
        read_local_span(SPRING, time(2, 30), time(4))
    assert (refused.value.day, refused.value.clock_time) == (SPRING, time(2, 30))


@pytest.mark.parametrize(
    "spring,autumn",
    [("2024-03-31", "2024-10-27"), ("2027-03-28", "2027-10-31"), ("2028-03-26", "2028-10-29")],
)
def test_days_of_the_clock_changes(spring: str, autumn: str) -> None:
    """The last Sundays of March and October have 23 and 25 hours (D1)."""
    for text, hours in ((spring, 23), (autumn, 25)):
        day = date.fromisoformat(text)
        assert day_start(day + timedelta(days=1)) - day_start(day) == timedelta(hours=hours)
    assert clock_changes(int(spring[:4])) == (date.fromisoformat(spring), date.fromisoformat(autumn))


@pytest.mark.parametrize("year", [1976, 2000, 2096])
def test_a_year_without_or_with_clock_changes(year: int) -> None:
    """Days with a change are found whatever the year has: there was none in 1976, and leap years are whole (D1)."""
    found = clock_changes(year)
    assert len(found) == (0 if year == 1976 else 2)
    assert all(day.year == year and day.weekday() == 6 for day in found)


@pytest.mark.parametrize(
    "day,begin,end,start,minutes,was_repeated",
    [
        (date(2026, 11, 23), time(9), time(10, 15), "2026-11-23 09:00", 75, False),
        (date(2026, 11, 23), time(23, 50), time(0, 10), "2026-11-23 23:50", 20, False),
        (AUTUMN, time(2, 15), time(2, 45), "2026-10-25T02:15+02:00", 30, True),
        (AUTUMN, time(2, 30), time(3, 30), "2026-10-25T02:30+01:00", 60, True),
        (AUTUMN, time(1, 30), time(3, 30), "2026-10-25T01:30+02:00", 180, False),
        (AUTUMN, time(2, 30), time(2, 15), "2026-10-25T02:30+02:00", 45, True),
        (AUTUMN, time(4), time(2, 30), "2026-10-25T04:00+01:00", 1350, False),
        (AUTUMN - timedelta(days=1), time(23), time(2, 30), "2026-10-24T23:00+02:00", 210, True),
        (SPRING, time(1, 30), time(3, 30), "2026-03-29T01:30+01:00", 60, False),
        (SPRING, time(23), time(2, 30), "2026-03-29T23:00+02:00", 210, False),
        (AUTUMN, time(2, 30), time(2, 30), "2026-10-25T02:30+02:00", 0, True),
        (date(2026, 11, 23), time(9, 0, 10), time(9, 0, 50), "2026-11-23 09:00", 0, False),
    ],
)
def test_spans(day: date, begin: time, end: time, start: str, minutes: int, *, was_repeated: bool) -> None:
    """An end before the begin is on the next day; of two readings the shorter counts, and it is said (D23)."""
    span = read_local_span(day, begin, end)
    assert (span.start, span.minutes, span.was_repeated) == (at(start), minutes, was_repeated)


@pytest.mark.parametrize("day,begin", [(SPRING, time(1)), (SPRING - timedelta(days=1), time(23))])
def test_skipped_end(day: date, begin: time) -> None:
    """An end that the clock change skips is refused, also when it lies on the next day (D23)."""
    with pytest.raises(SkippedLocalTime):
        read_local_span(day, begin, time(2, 30))


@given(DAYS, CLOCK_TIMES, CLOCK_TIMES)
def test_spans_say_what_was_typed(day: date, begin: time, end: time) -> None:
    """A span reads back as the typed clock times, is shorter than 25 hours, and no other reading is shorter (D23)."""
    try:
        span = read_local_span(day, begin, end)
    except SkippedLocalTime:
        assert time(2) <= begin < time(3) or time(2) <= end < time(3)
        return
    assert local(span.start).date() == day
    assert (local(span.start).time(), local(span.end).time()) == (begin, end)
    assert 0 <= span.minutes < 25 * 60
    if begin <= end:
        assert span.minutes <= (datetime.combine(day, end) - datetime.combine(day, begin)) // MINUTE + 60


@given(instants())
def test_clock_time_of_an_instant_reads_back(instant: datetime) -> None:
    """Reading what the clock shows at an instant gives that minute, or the hour before it when it comes twice (D23)."""
    shown = local(instant)
    reading = instant_from_local(shown.date(), shown.time())
    assert reading.is_repeated == (shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset())
    assert reading.instant == truncate(instant) - timedelta(hours=shown.fold)


def test_repeated_reading_is_the_first() -> None:
    """A time that comes twice is read as the first one where no entry decides (D23)."""
    assert instant_from_local(AUTUMN, time(2, 30)) == LocalReading(at("2026-10-25T02:30+02:00"), is_repeated=True)


def test_truncation() -> None:
    """Seconds are cut off, in UTC, whatever the zone of the instant (D4)."""
    foreign = datetime(2026, 11, 23, 15, 45, 59, 999, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert truncate(foreign) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert at_local(date(2026, 7, 1), time(12)) == datetime(2026, 7, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("function", [truncate, local])
def test_naive_is_no_instant(function: object) -> None:
    """A datetime without a zone is refused: it would be read in the machine's zone (D1)."""
    assert callable(function)
    with pytest.raises(ValueError, match="naive"):
        function(datetime(2026, 11, 23, 10))  # noqa: DTZ001 - the very thing that is refused


@pytest.mark.parametrize(
    "begin,end,minutes,was_repeated",
    [
        ("2026-11-23 10:00", "2026-11-23 10:30:59", 30, False),
        ("2026-11-23 23:30", "2026-11-24 00:30", 60, False),
        ("2026-10-25 01:30", "2026-10-25 02:30", 60, True),
        ("2026-10-25 02:30", "2026-10-25 03:30", 60, True),
        ("2026-10-25 02:15", "2026-10-25 02:45", 30, True),
        ("2026-10-25 02:45", "2026-10-25 02:15", 30, True),
        ("2026-10-25 01:30", "2026-10-25 03:30", 180, False),
        ("2026-11-23 10:00", "2026-11-23 09:00", -60, False),
        ("2026-11-23 10:00", "2026-11-23 10:00", 0, False),
    ],
)
def test_times_with_their_days(begin: str, end: str, minutes: int, was_repeated: bool) -> None:
    """Two local times with days are read to the shortest entry; an end before the begin stays one (D23)."""
    span = read_local_times(datetime.fromisoformat(begin), datetime.fromisoformat(end))
    assert (span.minutes, span.was_repeated) == (minutes, was_repeated)


def test_times_with_their_days_that_do_not_exist() -> None:
    """A time that the clock skips is refused; an instant is not read as a local time (D23)."""
    with pytest.raises(SkippedLocalTime):
        read_local_times(datetime.fromisoformat("2026-03-29 02:30"), datetime.fromisoformat("2026-03-29 04:00"))
    with pytest.raises(ValueError, match="instant"):
        read_local_times(at("2026-11-23 10:00"), datetime.fromisoformat("2026-11-23 10:30"))
