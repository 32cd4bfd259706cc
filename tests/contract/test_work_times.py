"""How an engineer says when the work was (D1, D4, D23)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from contract.errors import SkippedLocalTime, UnclearTimes
from contract.local_time import Span
from contract.work_times import clock_of, is_shown_as, read_work_times

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 13, 50, 40, tzinfo=UTC)  # 14:50 in Amsterdam


def at(hour: int, minute: int) -> datetime:
    """A time of the day on Amsterdam's clock, as an instant."""
    return datetime(2026, 11, 23, hour - 1, minute, tzinfo=UTC)


def test_worked_example() -> None:
    """The calculation at the top of the rule, to the minute."""
    half_past = Span(at(14, 0), at(14, 30), was_repeated=False)
    assert read_work_times(DAY, time(14), time(14, 30), None, NOW) == half_past
    assert read_work_times(DAY, time(14), time(14, 30), 30, NOW) == half_past
    assert read_work_times(DAY, None, None, 20, NOW) == Span(at(14, 30), at(14, 50), was_repeated=False)
    assert read_work_times(DAY, time(14), None, 20, NOW) == Span(at(14, 0), at(14, 20), was_repeated=False)
    assert read_work_times(DAY, None, time(14, 10), 20, NOW) == Span(at(13, 50), at(14, 10), was_repeated=False)
    with pytest.raises(UnclearTimes):
        read_work_times(DAY, time(14), time(14, 30), 20, NOW)


@pytest.mark.parametrize("begin, end", [(None, None), (time(9), None), (None, time(9))])
def test_too_little_is_refused(begin: time | None, end: time | None) -> None:
    """Begin alone, end alone, or nothing does not tell when the work was."""
    with pytest.raises(UnclearTimes):
        read_work_times(DAY, begin, end, None, NOW)


def test_minutes_until_now_are_of_today() -> None:
    """Minutes alone end now, which is not on another day."""
    with pytest.raises(UnclearTimes):
        read_work_times(date(2026, 11, 20), None, None, 20, NOW)


def test_minutes_are_elapsed_time_over_a_clock_change() -> None:
    """From 1:30 on 25 October 2026, 60 minutes end at the first 2:30, which is 0:30 in UTC (D1)."""
    span = read_work_times(date(2026, 10, 25), time(1, 30), None, 60, NOW)
    assert span.end == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not span.was_repeated


def test_a_repeated_hour_is_said() -> None:
    """A clock time that comes twice says so, whichever way the length is given (D23)."""
    day = date(2026, 10, 25)
    assert read_work_times(day, time(2, 15), None, 10, NOW).was_repeated
    assert read_work_times(day, None, time(2, 15), 10, NOW).was_repeated
    assert read_work_times(day, time(2, 15), time(2, 25), None, NOW).was_repeated


def test_a_skipped_hour_is_refused() -> None:
    """There is no 2:30 on 29 March 2026 (D23)."""
    with pytest.raises(SkippedLocalTime):
        read_work_times(date(2026, 3, 29), time(2, 30), None, 10, NOW)


def test_what_a_form_still_shows_is_taken_exactly() -> None:
    """Instants count as long as the form shows their clock times; after an edit what was typed counts (D23)."""
    start, end = datetime(2026, 10, 25, 1, 15, 30, tzinfo=UTC), datetime(2026, 10, 26, 2, 0, tzinfo=UTC)
    day, begin = clock_of(start)
    assert (day, begin) == (date(2026, 10, 25), time(2, 15))
    assert is_shown_as(start, end, day, begin, time(3, 0))
    assert not is_shown_as(start, end, day, begin, time(2, 59))
    assert not is_shown_as(start, end, date(2026, 10, 26), begin, time(3, 0))
