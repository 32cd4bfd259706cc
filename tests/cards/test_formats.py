"""Amounts, times and sizes as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import formats
from contract.people import Language

EN, NL = Language.EN, Language.NL
NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "cents,english,dutch",
    [
        (17000, "€\xa0170.00", "€\xa0170,00"),
        (0, "€\xa00.00", "€\xa00,00"),
        (5, "€\xa00.05", "€\xa00,05"),
        (-2125, "-€\xa021.25", "-€\xa021,25"),
        (123456789, "€\xa01,234,567.89", "€\xa01.234.567,89"),
        (10**22 + 1, "€\xa0100,000,000,000,000,000,000.01", "€\xa0100.000.000.000.000.000.000,01"),
    ],
)
def test_money(cents: int, english: str, dutch: str) -> None:
    """Cents are shown exactly, in the reader's notation, and no line ends between the sign and the amount."""
    assert formats.money(cents, EN) == english
    assert formats.money(cents, NL) == dutch


@given(st.integers(-(10**18), 10**18))
def test_money_loses_nothing(cents: int) -> None:
    """The digits shown are the digits of the amount (D6: nothing is rounded for show)."""
    shown = formats.money(cents, NL)
    assert int(shown.replace("€\xa0", "").replace(".", "").replace(",", "")) == cents


def test_rate() -> None:
    """A price an hour has decimals only where it needs them."""
    assert formats.rate(8500, EN) == "€\xa085 per hour"
    assert formats.rate(8750, NL) == "€\xa087,50 per uur"


@pytest.mark.parametrize("minutes,shown", [(0, "0:00"), (85, "1:25"), (120, "2:00"), (-15, "-0:15"), (6005, "100:05")])
def test_duration(minutes: int, shown: str) -> None:
    """Minutes are shown as hours and minutes."""
    assert formats.duration(minutes) == shown


def test_dates() -> None:
    """Days and times are Amsterdam's (D1): 23:30 UTC is the next day there."""
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert formats.date(late, EN) == "Tue 24 Nov"
    assert formats.date(date(2026, 11, 24), NL) == "di 24 nov"
    assert formats.time(late) == "0:30"
    assert formats.date_time(NOW, NL) == "di 24 nov 14:05"
    assert formats.long_date(NOW, EN) == "Tuesday 24 November 2026"
    assert formats.calendar_date(NOW, NL) == "24 november 2026"
    assert formats.long_date_time(NOW, NL) == "dinsdag 24 november 2026 14:05"
    assert formats.weekday_time(datetime(2026, 11, 24, 8, 0, tzinfo=UTC), NL) == "dinsdag 9:00"
    assert formats.month(NOW, NL) == "november 2026"
    assert formats.time(datetime(2026, 7, 1, 7, 0, tzinfo=UTC)) == "9:00"


@pytest.mark.parametrize(
    "days,english,dutch",
    [
        (0, "today 14:05", "vandaag 14:05"),
        (-1, "yesterday 14:05", "gisteren 14:05"),
        (1, "tomorrow 14:05", "morgen 14:05"),
        (3, "Fri 27 Nov 14:05", "vr 27 nov 14:05"),
        (-30, "Sun 25 Oct 14:05", "zo 25 okt 14:05"),
        (60, "Sat 23 Jan 2027 14:05", "za 23 jan 2027 14:05"),
    ],
)
def test_moment(days: int, english: str, dutch: str) -> None:
    """A time near now is told by its day's name, one in another year with that year."""
    assert formats.moment(NOW + timedelta(days=days), NOW, EN) == english
    assert formats.moment(NOW + timedelta(days=days), NOW, NL) == dutch


def test_moment_goes_by_the_local_day() -> None:
    """Half past midnight in Amsterdam is tomorrow, although it is still today in UTC."""
    assert formats.moment(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), NOW, EN) == "tomorrow 0:30"


def test_naive_times_are_refused() -> None:
    """A time without a zone is no instant."""
    with pytest.raises(ValueError, match="naive"):
        formats.time(datetime(2026, 11, 24, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    "size_bytes,english,dutch",
    [
        (0, "1 KB", "1 KB"),
        (340 * 1024, "340 KB", "340 KB"),
        (2_621_440, "2.5 MB", "2,5 MB"),
        (10 * 1024**2, "10 MB", "10 MB"),
    ],
)
def test_size(size_bytes: int, english: str, dutch: str) -> None:
    """A file's size is told in KB or MB, never as nothing."""
    assert formats.size(size_bytes, EN) == english
    assert formats.size(size_bytes, NL) == dutch
