"""Three rate bands: which minute costs what (R20-R23, D1, D2, D4, D7).

Office is 9:00 to 17:00 on a working day, the rest of that calendar day is after hours, Saturday, Sunday and holidays
are weekend_holiday around the clock. Bands are half-open, so each minute has exactly one; begin and end are truncated
to the minute.

    Friday 27 March 2026 16:30 to Monday 10:00, over the Sunday of 23 hours: 30 + 60 = 90 minutes office; Friday 17-24
    and Monday 0-9 are 420 + 540 = 960 after hours; Saturday 1440 and Sunday 1380 are 2820 weekend. Together 3870
    elapsed minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.holidays import CONTRACT_HOLIDAYS, Calendar, is_working_day, next_working_day
from contract.local_time import DAY, MINUTE, at_local, day_start, local, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

OFFICE_OPENS = time(9)
OFFICE_CLOSES = time(17)
OFFICE_DAY_MINUTES = 480


class RateBand(StrEnum):
    """The three rates of the contract, in the order in which they are shown (R21-R23)."""

    OFFICE = "office"
    AFTER_HOURS = "after_hours"
    WEEKEND_HOLIDAY = "weekend_holiday"


@dataclass(frozen=True, slots=True)
class BandCents:
    """Cents in each rate band, excluding VAT: the price of an hour, or the most that something costs (D13)."""

    office: int
    after_hours: int
    weekend_holiday: int

    def of(self, band: RateBand) -> int:
        """Return the cents in one band."""
        return {
            RateBand.OFFICE: self.office,
            RateBand.AFTER_HOURS: self.after_hours,
            RateBand.WEEKEND_HOLIDAY: self.weekend_holiday,
        }[band]


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch (UTC, whole minutes, half-open) of one band within one local day.

    `month` is the local (year, month) (D7).
    """

    start: datetime
    end: datetime
    band: RateBand
    month: tuple[int, int]

    @property
    def minutes(self) -> int:
        """Elapsed minutes."""
        return (self.end - self.start) // MINUTE


def slices(start: datetime, end: datetime, calendar: Calendar = CONTRACT_HOLIDAYS) -> tuple[Slice, ...]:
    """Cut a stretch of time at local midnight, 9:00 and 17:00; nothing when it has no whole minute (D2, D4, D7)."""
    start, end = truncate(start), truncate(end)
    found: list[Slice] = []
    day = local(start).date()
    while day_start(day) < end:
        for band_start, band_end, band in _bands_of(day, calendar):
            first, last = max(start, band_start), min(end, band_end)
            if first < last:
                found.append(Slice(first, last, band, (day.year, day.month)))
        day += DAY
    return tuple(found)


def minutes_by_band(start: datetime, end: datetime, calendar: Calendar = CONTRACT_HOLIDAYS) -> dict[RateBand, int]:
    """Return the elapsed minutes of every band, zeros included; together they are the elapsed time (D1, D2)."""
    minutes = dict.fromkeys(RateBand, 0)
    for piece in slices(start, end, calendar):
        minutes[piece.band] += piece.minutes
    return minutes


def is_office_time(instant: datetime, calendar: Calendar = CONTRACT_HOLIDAYS) -> bool:
    """Tell whether the instant lies in office hours (R20, D2); 17:00 does not."""
    here = local(instant)
    return is_working_day(here.date(), calendar) and OFFICE_OPENS <= here.time() < OFFICE_CLOSES


def next_office_start(instant: datetime, calendar: Calendar = CONTRACT_HOLIDAYS) -> datetime:
    """Return from when (UTC) work is done in office hours: now when they run, otherwise the next opening (R20)."""
    here = local(instant)
    day = here.date()
    if not is_working_day(day, calendar) or here.time() >= OFFICE_CLOSES:
        return at_local(next_working_day(day, calendar), OFFICE_OPENS)
    return max(truncate(instant), at_local(day, OFFICE_OPENS))


def add_office_minutes(instant: datetime, minutes: int, calendar: Calendar = CONTRACT_HOLIDAYS) -> datetime:
    """Return the earliest instant (UTC) by which `minutes` office minutes have passed since `instant` (D20).

    A span that ends exactly at 17:00 ends on that day. Raises ValueError for negative minutes.
    """
    if minutes < 0:
        raise ValueError(minutes)
    at = truncate(instant)
    left = timedelta(minutes=minutes)
    while left:
        at = next_office_start(at, calendar)
        today = min(left, at_local(local(at).date(), OFFICE_CLOSES) - at)
        at, left = at + today, left - today
    return at


def _bands_of(day: date, calendar: Calendar) -> Iterator[tuple[datetime, datetime, RateBand]]:
    begins, ends = day_start(day), day_start(day + DAY)
    if not is_working_day(day, calendar):
        yield begins, ends, RateBand.WEEKEND_HOLIDAY
        return
    opens, closes = at_local(day, OFFICE_OPENS), at_local(day, OFFICE_CLOSES)
    yield begins, opens, RateBand.AFTER_HOURS
    yield opens, closes, RateBand.OFFICE
    yield closes, ends, RateBand.AFTER_HOURS
