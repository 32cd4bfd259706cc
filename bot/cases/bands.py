"""Section `bands`: how many minutes of a stretch of time fall in which rate band, and in which month (D1-D4, D7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.cases.comparing import Difference, compare, unknown_keys
from bot.cases.reading import Given
from contract.holidays import HolidayProfile, LiberationDay
from contract.prices import PriceBook
from contract.rate_bands import RateBand, minutes_by_band, slices

_SWITCHES = ("good_friday", "liberation_day", "dec_24", "dec_31")


def band_differences(case: Given, _prices: PriceBook) -> Iterator[Difference]:
    """Compare minutes per band and in total, and per band and month where the case says so."""
    yield from unknown_keys(case, "id", "start", "end", "holiday_profile", "expected", "expected_by_month")
    start, end = case.field("start").instant(), case.field("end").instant()
    profile = HolidayProfile()
    if (asked := case.maybe("holiday_profile")) is not None:
        yield from unknown_keys(asked, *_SWITCHES)
        profile = read_profile(asked)
    minutes = minutes_by_band(start, end, profile)
    found = {band.value: minutes[band] for band in RateBand} | {"total": sum(minutes.values())}
    yield from compare(case.field("expected"), found)
    if (by_month := case.maybe("expected_by_month")) is not None:
        for name, expected in by_month.fields():
            month = Given(name, expected.place).month()
            inside: Counter[RateBand] = Counter()
            for piece in slices(start, end, profile):
                inside[piece.band] += piece.minutes if piece.month == month else 0
            total = {"total": inside.total()}
            yield from compare(expected, {band.value: inside[band] for band in RateBand} | total, name)


def read_profile(given: Given) -> HolidayProfile:
    """The switches of D3; those that are left out stand as the contract has them."""
    liberation_day = given.maybe("liberation_day")
    return HolidayProfile(
        good_friday=_switch(given, "good_friday"),
        liberation_day=LiberationDay.LUSTRUM if liberation_day is None else liberation_day.choice(LiberationDay),
        dec_24=_switch(given, "dec_24"),
        dec_31=_switch(given, "dec_31"),
    )


def _switch(given: Given, name: str) -> bool:
    found = given.maybe(name)
    return found is not None and found.yes()
