"""Money, durations, dates and times as people write them in each language (D1, D6).

Money is exact: whole cents shown with two decimals, nothing is rounded here. Instants are shown on Amsterdam's clock.

    money(17000, Language.NL)    "€ 170,00"         duration(85)                       "1:25"
    rate(8500, Language.EN)      "€ 85 per hour"    moment(instant, now, Language.NL)  "vandaag 14:05"

What stays in a chat says `stamp`; "today" is only for what is read at once, such as why a form came back.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from cards.language import texts_for
from contract.local_time import local
from contract.people import Language

_CENTS = 100
_EUROS = "¤\N{NO-BREAK SPACE}#,##0.00"
"""The sign is never left behind at the end of a line."""
_KILOBYTE = 1024
_MEGABYTE = 1024 * 1024


@lru_cache(maxsize=4096)
def money(cents: int, language: Language) -> str:
    """An amount in euros: "€ 1,234.56" or "€ 1.234,56", "-€ 21.25" below nothing."""
    return _euros(cents, f"{_EUROS};-{_EUROS}", language)


@lru_cache(maxsize=256)
def rate(cents: int, language: Language) -> str:
    """A price an hour: "€ 85 per hour", "€ 87,50 per uur"."""
    pattern = _EUROS if cents % _CENTS else _EUROS.removesuffix(".00")
    return texts_for(language)("{amount} per hour", amount=_euros(cents, pattern, language))


def duration(minutes: int) -> str:
    """Hours and minutes: "1:25", "0:05", "-0:15"."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02}"


def date(day: dt.date, language: Language) -> str:
    """A day of this year: "Tue 24 Nov". An instant counts as its day in Amsterdam."""
    return _date(_day(day), "EEE d MMM", language)


def long_date(day: dt.date, language: Language) -> str:
    """A day with its year, for agreements: "Tuesday 24 November 2026"."""
    return _date(_day(day), "EEEE d MMMM y", language)


def calendar_date(day: dt.date, language: Language) -> str:
    """A day with its year and without its weekday, for terms: "24 November 2026"."""
    return _date(_day(day), "d MMMM y", language)


def time(instant: dt.datetime) -> str:
    """A time of day: "9:00"."""
    at = local(instant)
    return f"{at.hour}:{at.minute:02}"


def date_time(instant: dt.datetime, language: Language) -> str:
    """A day of this year and a time: "Tue 24 Nov 14:05"."""
    return f"{date(instant, language)} {time(instant)}"


def long_date_time(instant: dt.datetime, language: Language) -> str:
    """A day with its year, and a time: "Tuesday 24 November 2026 14:05"."""
    return f"{long_date(instant, language)} {time(instant)}"


def weekday_time(instant: dt.datetime, language: Language) -> str:
    """A day of the coming week and a time: "Tuesday 9:00"."""
    return f"{_date(_day(instant), 'EEEE', language)} {time(instant)}"


def month(day: dt.date, language: Language) -> str:
    """A calendar month: "November 2026"."""
    return _date(_day(day), "MMMM y", language)


def moment(instant: dt.datetime, now: dt.datetime, language: Language) -> str:
    """A time as seen from `now`: "today 14:05", "yesterday 9:00", "Tue 24 Nov 14:05", with the year if another."""
    t = texts_for(language)
    day, today = _day(instant), _day(now)
    match (day - today).days:
        case 0:
            return t("today {time}", time=time(instant))
        case -1:
            return t("yesterday {time}", time=time(instant))
        case 1:
            return t("tomorrow {time}", time=time(instant))
    return stamp(instant, now, language)


def stamp(instant: dt.datetime, now: dt.datetime, language: Language) -> str:
    """A time on a card that is read days later: "Mon 23 Nov 10:30", with the year if it is not the present one."""
    pattern = "EEE d MMM" if _day(instant).year == _day(now).year else "EEE d MMM y"
    return f"{_date(_day(instant), pattern, language)} {time(instant)}"


def size(size_bytes: int, language: Language) -> str:
    """The size of a file: "1 KB" at least, "340 KB", "2.5 MB"."""
    if size_bytes < _MEGABYTE:
        return f"{max(1, round(size_bytes / _KILOBYTE))} KB"
    return format_decimal(round(Decimal(size_bytes) / _MEGABYTE, 1), locale=language.value) + " MB"


def _euros(cents: int, pattern: str, language: Language) -> str:
    return format_currency(Decimal(cents).scaleb(-2), "EUR", pattern, locale=language.value, currency_digits=False)


def _day(day: dt.date) -> dt.date:
    return local(day).date() if isinstance(day, dt.datetime) else day


@lru_cache(maxsize=4096)
def _date(day: dt.date, pattern: str, language: Language) -> str:
    return format_date(day, pattern, locale=language.value)
