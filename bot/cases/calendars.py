"""Sections `holidays` and `dst_dates`: the days of a year on which a rate, or the length of a day, changes (D1, D3)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cases.comparing import Difference, compare_value, shown
from bot.cases.reading import Given
from contract.holidays import holidays
from contract.local_time import clock_changes
from contract.prices import PriceBook


def holiday_differences(year: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare the holidays of the year that the case is named after: its dates, not its names."""
    number = Given(year.place.rpartition(".")[2], year.place).year()
    dates = [Given(name, value.place) for name, value in year.fields()] if year.is_mapping else year.items()
    expected, found = {date.day() for date in dates}, holidays(number)
    for day in sorted(expected | found):
        if (day in expected) != (day in found):
            yield Difference(shown(day), _word(is_holiday=day in expected), _word(is_holiday=day in found))


def _word(*, is_holiday: bool) -> str:
    return "a holiday" if is_holiday else "no holiday"


def clock_differences(year: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare the days on which the clock changes, as `03-29`."""
    number = Given(year.place.rpartition(".")[2], year.place).year()
    found = [f"{day:%m-%d}" for day in clock_changes(number)]
    for change in year.items():
        Given(f"{number}-{change.text()}", change.place).day()
    yield from compare_value("days", year, found)
