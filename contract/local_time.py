"""Local time is Europe/Amsterdam's wall clock; how long something took is elapsed time (D1, D4, D23).

Never subtract two local datetimes: Python subtracts their wall times. On 25 October 2026 the hour from 2 to 3 comes
twice, so 01:30 to 03:30 is 3:00 hours. When both readings of a clock time are possible, the one that makes the entry
shorter counts:

    25 October 2026, begin 01:30, end 02:30 -> 60 minutes (not 120), and it is said that a reading was chosen.
    29 March 2026, begin 02:30 -> refused, the clock goes from 02:00 to 03:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contract.errors import SkippedLocalTime

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LocalReading:
    """The instant (UTC) a local clock time stands for; the first one when the clock shows it twice."""

    instant: datetime
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end` (UTC, whole minutes).

    `was_repeated`: a clock time came twice and the shorter reading was taken.
    """

    start: datetime
    end: datetime
    was_repeated: bool

    @property
    def minutes(self) -> int:
        """Elapsed whole minutes."""
        return (self.end - self.start) // MINUTE


def truncate(instant: datetime) -> datetime:
    """Return the begin of the instant's minute in UTC (D4). Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        msg = "a naive datetime is no instant"
        raise ValueError(msg)
    return instant.astimezone(UTC).replace(second=0, microsecond=0)


def local(instant: datetime) -> datetime:
    """Return the instant on Amsterdam's clock, to show it or to take its day (D1).

    Raises ValueError for a naive datetime.
    """
    if instant.tzinfo is None:
        msg = "a naive datetime is no instant"
        raise ValueError(msg)
    return instant.astimezone(AMSTERDAM)


def at_local(day: date, clock_time: time) -> datetime:
    """Return the instant (UTC) of a clock time that each day has exactly once: 0:00, 9:00, 12:00, 17:00 (D2, D8)."""
    return datetime.combine(day, clock_time, AMSTERDAM).astimezone(UTC)


def day_start(day: date) -> datetime:
    """Return the instant (UTC) at which the local day begins; the end of a day is the start of the next (D1)."""
    return at_local(day, time())


def clock_changes(year: int) -> tuple[date, ...]:
    """Return the days of a year that have no 24 hours, as the zone's data says: in spring and in autumn (D1)."""
    days = (date(year, 1, 1) + count * DAY for count in range(366))
    return tuple(day for day in days if day.year == year and day_start(day + DAY) - day_start(day) != DAY)


def instant_from_local(day: date, clock_time: time) -> LocalReading:
    """Read a clock time that a person typed, to the minute (D4, D23).

    Raises SkippedLocalTime when the clock change skips it. A time that comes twice is read as the first one; to
    choose by the length of an entry use `read_local_span`.
    """
    instants = _readings(day, clock_time)
    return LocalReading(instants[0], len(instants) > 1)


def read_local_span(day: date, begin: time, end: time) -> Span:
    """Read begin and end of an entry as a person types them; an end before the begin lies on the next day (D23).

    Of clock times that come twice the readings are taken that make the entry shortest (and of equally short ones the
    earliest). Equal times are zero minutes, not a day. Raises SkippedLocalTime.
    """
    begin, end = _to_minute(begin), _to_minute(end)
    begins = _readings(day, begin)
    if begin == end:
        return Span(begins[0], begins[0], len(begins) > 1)
    if begin < end:
        ends = _readings(day, end)
    else:
        ends = tuple(at for at in _possible(day, end) if at > begins[0]) or _readings(day + DAY, end)
    pairs = ((first, last) for first in begins for last in ends if first < last)
    start, stop = min(pairs, key=lambda pair: (pair[1] - pair[0], pair[0]))
    return Span(start, stop, len(begins) > 1 or len(_possible(local(stop).date(), end)) > 1)


def read_local_times(begin: datetime, end: datetime) -> Span:
    """Read two local times that are written with their days, as another program keeps them (D4, D23).

    Of times that come twice the readings are taken that make the entry shortest, as in `read_local_span`; where none
    makes a positive entry, the last begin and the first end. Raises SkippedLocalTime, and ValueError for an instant.
    """
    if begin.tzinfo is not None or end.tzinfo is not None:
        msg = "an instant needs no reading"
        raise ValueError(msg)
    begins, ends = _readings(begin.date(), begin.time()), _readings(end.date(), end.time())
    pairs = [(first, last) for first in begins for last in ends if first < last]
    start, stop = min(pairs, key=lambda pair: (pair[1] - pair[0], pair[0])) if pairs else (begins[-1], ends[0])
    return Span(start, stop, len(begins) > 1 or len(ends) > 1)


def _readings(day: date, clock_time: time) -> tuple[datetime, ...]:
    """Return the one or two instants (UTC) at which the local clock shows this minute, earliest first."""
    if not (instants := _possible(day, _to_minute(clock_time))):
        raise SkippedLocalTime(day, clock_time)
    return instants


def _possible(day: date, minute: time) -> tuple[datetime, ...]:
    """As `_readings`, but nothing for a time that is skipped: it does not come back as itself from UTC."""
    wall = datetime.combine(day, minute)
    instants = {wall.replace(tzinfo=AMSTERDAM, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(at for at in instants if local(at).replace(tzinfo=None, fold=0) == wall))


def _to_minute(clock_time: time) -> time:
    return time(clock_time.hour, clock_time.minute)
