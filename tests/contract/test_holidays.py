"""Which days are holidays and working days (R21-R23, D2, D3)."""

from __future__ import annotations

from datetime import date, timedelta

import holidays as independent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.holidays import (
    Holiday,
    HolidayProfile,
    LiberationDay,
    easter_sunday,
    holidays,
    is_working_day,
    named_holidays,
    next_working_day,
    working_day_from,
)
from tests.contract.builders import profiles

YEARS = st.integers(1990, 2199)


def days(*texts: str) -> set[date]:
    """Dates from month-day of 2027, or from full dates."""
    return {date.fromisoformat(text if len(text) > 5 else f"2027-{text}") for text in texts}


def test_worked_example() -> None:
    """The holidays of 2027, and King's Day 2025."""
    assert holidays(2027) == days("01-01", "03-28", "03-29", "04-27", "05-06", "05-16", "05-17", "12-25", "12-26")
    assert named_holidays(2025)[date(2025, 4, 26)] is Holiday.KINGS_DAY
    assert date(2025, 4, 27) not in holidays(2025)


@pytest.mark.parametrize(
    "text", ["2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2026-04-05", "2038-04-25", "2049-04-18"]
)
def test_easter(text: str) -> None:
    """Easter Sunday, also in the years in which the simple algorithms fail (D3)."""
    easter = date.fromisoformat(text)
    assert easter_sunday(easter.year) == easter


@given(st.integers(2014, 2100))
def test_agrees_with_an_independent_calendar(year: int) -> None:
    """Since there is a King's Day an independent package lists the same days, and Good Friday; 5 May aside (D3)."""
    liberation_day = date(year, 5, 5)
    theirs = set(independent.country_holidays("NL", years=year))
    assert holidays(year, HolidayProfile(good_friday=True)) - {liberation_day} == theirs - {liberation_day}


@pytest.mark.parametrize(
    "profile,added",
    [
        (HolidayProfile(good_friday=True), "2026-04-03"),
        (HolidayProfile(liberation_day=LiberationDay.YEARLY), "2026-05-05"),
        (HolidayProfile(dec_24=True), "2026-12-24"),
        (HolidayProfile(dec_31=True), "2026-12-31"),
    ],
)
def test_switches(profile: HolidayProfile, added: str) -> None:
    """Each switch adds exactly its own day (D3)."""
    assert holidays(2026, profile) - holidays(2026) == {date.fromisoformat(added)}


@given(YEARS)
def test_liberation_day(year: int) -> None:
    """By contract 5 May counts in years divisible by five; Ascension Day can fall on it (D3)."""
    day = date(year, 5, 5)
    is_ascension = easter_sunday(year) + timedelta(days=39) == day
    assert (day in holidays(year)) == (year % 5 == 0 or is_ascension)
    assert (day in holidays(year, HolidayProfile(liberation_day=LiberationDay.NEVER))) == is_ascension


def test_two_holidays_on_one_day() -> None:
    """On 5 May 2005, a lustrum year, Ascension Day gives the name (D3)."""
    assert named_holidays(2005)[date(2005, 5, 5)] is Holiday.ASCENSION_DAY


def test_no_substitute_days() -> None:
    """5 May 2030 is a Sunday: the Monday after it is a working day (D3)."""
    assert is_working_day(date(2030, 5, 6))
    assert not is_working_day(date(2030, 5, 5))


@given(st.dates(date(1990, 1, 1), date(2199, 12, 1)), profiles())
def test_working_days(day: date, profile: HolidayProfile) -> None:
    """Exactly Monday to Friday without holidays; the next one is the first after the day (D2)."""
    assert is_working_day(day, profile) == (day.isoweekday() <= 5 and day not in holidays(day.year, profile))
    following = next_working_day(day, profile)
    between = [day + timedelta(days=n) for n in range(1, (following - day).days)]
    assert is_working_day(following, profile)
    assert not any(is_working_day(other, profile) for other in between)
    assert working_day_from(day, profile) == (day if is_working_day(day, profile) else following)


def test_calendar_by_year() -> None:
    """The profile can differ by year: it is part of the year's price list (D3)."""

    def calendar(year: int) -> HolidayProfile:
        return HolidayProfile(dec_31=year == 2026)

    assert not is_working_day(date(2026, 12, 31), calendar)
    assert is_working_day(date(2027, 12, 31), calendar)
