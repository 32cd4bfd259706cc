"""Which days are holidays and which are working days (R21-R23, D2, D3).

The rule is our own and frozen: it decides rates, so no library may change it. It is part of a year's price list and
can be switched per contract. There are no substitute days: a holiday in the weekend gives no other day off.

    2027: 1 January, Easter on 28 and 29 March, King's Day on 27 April, Ascension on 6 May, Whitsun on 16 and 17 May,
    25 and 26 December. 5 May only in years divisible by five; King's Day 2025 is 26 April because the 27th is a
    Sunday.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = timedelta(days=1)
_SATURDAY = 5
_SUNDAY = 6


class LiberationDay(StrEnum):
    """When 5 May is a holiday (D3): in years divisible by five, every year, or never."""

    LUSTRUM = "lustrum"
    YEARLY = "yearly"
    NEVER = "never"


class Holiday(StrEnum):
    """The name of a holiday, for the edge to say in the reader's language."""

    NEW_YEAR = "new_year"
    GOOD_FRIDAY = "good_friday"
    EASTER_SUNDAY = "easter_sunday"
    EASTER_MONDAY = "easter_monday"
    KINGS_DAY = "kings_day"
    LIBERATION_DAY = "liberation_day"
    ASCENSION_DAY = "ascension_day"
    WHIT_SUNDAY = "whit_sunday"
    WHIT_MONDAY = "whit_monday"
    CHRISTMAS_EVE = "christmas_eve"
    CHRISTMAS_DAY = "christmas_day"
    SECOND_CHRISTMAS_DAY = "second_christmas_day"
    NEW_YEARS_EVE = "new_years_eve"


@dataclass(frozen=True, slots=True)
class HolidayProfile:
    """The switches of D3; the default is what the contract says."""

    good_friday: bool = False
    liberation_day: LiberationDay = LiberationDay.LUSTRUM
    dec_24: bool = False
    dec_31: bool = False


CONTRACT_HOLIDAYS = HolidayProfile()

Calendar = HolidayProfile | Callable[[int], HolidayProfile]
"""One profile for every year, or the profile by year, such as `PriceBook.profile`."""


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon_shift + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=1024)
def named_holidays(year: int, profile: HolidayProfile = CONTRACT_HOLIDAYS) -> Mapping[date, Holiday]:
    """Return the holidays of a year by date, with their names (D3); of two on one day the movable one gives it."""
    easter = easter_sunday(year)
    liberation_day = profile.liberation_day is LiberationDay.YEARLY or (
        profile.liberation_day is LiberationDay.LUSTRUM and year % 5 == 0
    )
    kings_day = date(year, 4, 27)
    days = [
        (date(year, 1, 1), Holiday.NEW_YEAR, True),
        (kings_day - _DAY if kings_day.weekday() == _SUNDAY else kings_day, Holiday.KINGS_DAY, True),
        (date(year, 5, 5), Holiday.LIBERATION_DAY, liberation_day),
        (easter - 2 * _DAY, Holiday.GOOD_FRIDAY, profile.good_friday),
        (easter, Holiday.EASTER_SUNDAY, True),
        (easter + _DAY, Holiday.EASTER_MONDAY, True),
        (easter + 39 * _DAY, Holiday.ASCENSION_DAY, True),
        (easter + 49 * _DAY, Holiday.WHIT_SUNDAY, True),
        (easter + 50 * _DAY, Holiday.WHIT_MONDAY, True),
        (date(year, 12, 24), Holiday.CHRISTMAS_EVE, profile.dec_24),
        (date(year, 12, 25), Holiday.CHRISTMAS_DAY, True),
        (date(year, 12, 26), Holiday.SECOND_CHRISTMAS_DAY, True),
        (date(year, 12, 31), Holiday.NEW_YEARS_EVE, profile.dec_31),
    ]
    return MappingProxyType({day: name for day, name, counts in sorted(days, key=lambda row: row[0]) if counts})


def holidays(year: int, profile: HolidayProfile = CONTRACT_HOLIDAYS) -> frozenset[date]:
    """Return the holidays of a year (D3)."""
    return frozenset(named_holidays(year, profile))


def is_working_day(day: date, calendar: Calendar = CONTRACT_HOLIDAYS) -> bool:
    """Tell whether a day is Monday to Friday and no holiday (D2, D3)."""
    if day.weekday() >= _SATURDAY:
        return False
    profile = calendar if isinstance(calendar, HolidayProfile) else calendar(day.year)
    return day not in named_holidays(day.year, profile)


def working_day_from(day: date, calendar: Calendar = CONTRACT_HOLIDAYS) -> date:
    """Return the day itself when it is a working day, otherwise the next one (D19)."""
    while not is_working_day(day, calendar):
        day += _DAY
    return day


def next_working_day(day: date, calendar: Calendar = CONTRACT_HOLIDAYS) -> date:
    """Return the first working day after `day` (R15, D19)."""
    return working_day_from(day + _DAY, calendar)
