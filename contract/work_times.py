"""When the work was, as an engineer says it (D1, D4, D23).

Begin and end; or minutes until now; or minutes from a begin, or up to an end. What says too little, or contradicts
itself, is refused. Clock times are Amsterdam's; an end before the begin lies on the next day.

    It is 14:50. Begin 14:00 and end 14:30: 30 minutes. 20 minutes, nothing else: 14:30 to 14:50. Begin 14:00 and 20
    minutes: 14:00 to 14:20. Begin 14:00, end 14:30 and 20 minutes: refused.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contract.errors import UnclearTimes
from contract.local_time import Span, instant_from_local, local, read_local_span, truncate

if TYPE_CHECKING:
    from datetime import date, datetime, time


def read_work_times(day: date, begin: time | None, end: time | None, minutes: int | None, now: datetime) -> Span:
    """Return from when to when the work was. Raises UnclearTimes, and SkippedLocalTime (D23).

    Minutes alone are the minutes until `now`, so `day` has to be today then.
    """
    if begin is not None and end is not None:
        span = read_local_span(day, begin, end)
        if minutes not in (None, span.minutes):
            raise UnclearTimes
        return span
    if minutes is None:
        raise UnclearTimes
    length = timedelta(minutes=minutes)
    if begin is not None:
        reading = instant_from_local(day, begin)
        return Span(reading.instant, reading.instant + length, reading.is_repeated)
    if end is not None:
        reading = instant_from_local(day, end)
        return Span(reading.instant - length, reading.instant, reading.is_repeated)
    if day != local(now).date():
        raise UnclearTimes
    return Span(truncate(now) - length, truncate(now), was_repeated=False)


def clock_of(instant: datetime) -> tuple[date, time]:
    """Return the day and the minute that the clock in Amsterdam shows, as `read_work_times` takes them (D1)."""
    here = local(truncate(instant))
    return here.date(), here.time()


def is_shown_as(start: datetime, end: datetime, day: date, begin: time | None, clock_end: time | None) -> bool:
    """Tell whether a form that was filled in with these instants still shows them.

    Then the instants count: a clock time can stand for two of them, or for one of another day (D23).
    """
    shown_day, shown_begin = clock_of(start)
    return (shown_day, shown_begin, clock_of(end)[1]) == (day, begin, clock_end)
