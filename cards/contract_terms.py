"""What was agreed, in plain words: prices, hours, holidays and rules of the contract (R9-R33, D2, D3, D21).

Each is a label with its text, so that a card shows them as rows and a document as lines, with the same words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from cards.formats import calendar_date, date, money, month, rate
from cards.language import Texts, message
from contract.allowance import FREE_MINUTES
from contract.estimates import VALID_DAYS, WORK_ORDER_MINUTES
from contract.holidays import Calendar, Holiday, HolidayProfile, named_holidays
from contract.invoices import PAYMENT_DAYS
from contract.minimum import MINIMUM_MINUTES
from contract.people import Language
from contract.periods import Month
from contract.pickup import PICKUP_DAYS
from contract.prices import PriceList

Rows = tuple[tuple[str, str], ...]
"""Labels with their texts."""

HOLIDAYS: dict[Holiday, str] = {
    Holiday.NEW_YEAR: message("New Year’s Day"),
    Holiday.GOOD_FRIDAY: message("Good Friday"),
    Holiday.EASTER_SUNDAY: message("Easter Sunday"),
    Holiday.EASTER_MONDAY: message("Easter Monday"),
    Holiday.KINGS_DAY: message("King’s Day"),
    Holiday.LIBERATION_DAY: message("Liberation Day"),
    Holiday.ASCENSION_DAY: message("Ascension Day"),
    Holiday.WHIT_SUNDAY: message("Whit Sunday"),
    Holiday.WHIT_MONDAY: message("Whit Monday"),
    Holiday.CHRISTMAS_EVE: message("Christmas Eve"),
    Holiday.CHRISTMAS_DAY: message("Christmas Day"),
    Holiday.SECOND_CHRISTMAS_DAY: message("Boxing Day"),
    Holiday.NEW_YEARS_EVE: message("New Year’s Eve"),
}


def price_rows(t: Texts, prices: PriceList, language: Language) -> Rows:
    """The fee and the three bands, with when each holds (R13, R21-R23)."""
    return (
        (t("Fee"), t("{amount} a month, without hours", amount=money(prices.fee_cents, language))),
        (t("Office hours"), t("{rate}: working days 9–17", rate=rate(prices.office_cents, language))),
        (t("Evening and night"), t("{rate}: working days 17–9", rate=rate(prices.after_hours_cents, language))),
        (
            t("Weekend and holidays"),
            t("{rate}: the whole day", rate=rate(prices.weekend_holiday_cents, language)),
        ),
    )


def next_holidays(today: dt.date, calendar: Calendar, most: int) -> list[tuple[dt.date, Holiday]]:
    """The holidays from today on (D3)."""

    def profile(year: int) -> HolidayProfile:
        return calendar if isinstance(calendar, HolidayProfile) else calendar(year)

    found = ((day, name) for year in (today.year, today.year + 1) for day, name in _of(year, profile(year)))
    return [(day, name) for day, name in found if day >= today][:most]


def _of(year: int, profile: HolidayProfile) -> Iterable[tuple[dt.date, Holiday]]:
    return named_holidays(year, profile).items()


def holiday_line(t: Texts, days: Sequence[tuple[dt.date, Holiday]], today: dt.date, language: Language) -> str:
    """Holidays with their days, those of another year with it: "Fri 25 Dec Christmas Day, 1 January 2027 New Year"."""
    named = (
        f"{date(day, language) if day.year == today.year else calendar_date(day, language)} ({t(HOLIDAYS[name])})"
        for day, name in days
    )
    return ", ".join(named)


def term_text(t: Texts, first: dt.date, last: dt.date, language: Language) -> str:
    """From the first through the last day."""
    return t("{first} through {last}", first=calendar_date(first, language), last=calendar_date(last, language))


def months_text(t: Texts, months: Sequence[Month], language: Language) -> str:
    """Months of one year, from the first through the last: "January 2027", "January 2027 through March 2027"."""
    first, last = (month(dt.date(*one, 1), language) for one in (months[0], months[-1]))
    return first if len(months) == 1 else t("{first} through {last}", first=first, last=last)


def rule_rows(t: Texts, *, pickup_in_working_days: bool = False) -> Rows:
    """The rules that decide what a ticket costs and what may be expected (R9, R10, R13-R20, R24, R29-R33)."""
    days = (
        t("We aim to pick up every ticket within {days} working days. We set its urgency.", days=PICKUP_DAYS)
        if pickup_in_working_days
        else t("We aim to pick up every ticket within {days} days. We set its urgency.", days=PICKUP_DAYS)
    )
    return (
        (
            t("A ticket"),
            t(
                "At least {minutes} minutes are charged over its whole life, at the office rate. Open as many as you "
                "need.",
                minutes=MINIMUM_MINUTES,
            ),
        ),
        (
            t("Without asking"),
            t("Up to {hours} hours a ticket may be spent. They are charged.", hours=FREE_MINUTES // 60),
        ),
        (
            t("Beyond that"),
            t(
                "First an estimate, valid {days} days: a work order, or a quote for more than {hours} extra hours. "
                "Without your approval the work stops.",
                days=VALID_DAYS,
                hours=WORK_ORDER_MINUTES // 60,
            ),
        ),
        (t("Pick-up"), days),
        (t("When"), t("In office hours, unless we agree on another time.")),
        (t("Where"), t("Remote only. Work at your place needs a signed addendum.")),
        (
            t("Result"),
            t(
                "We do our best; a solution can’t be guaranteed. Where there is none we look at a workaround, a "
                "redesign, or an escalation to Microsoft."
            ),
        ),
        (
            t("Invoice"),
            t(
                "On the 1st of a month for the month before: the fee and all hours. Pay within {days} days.",
                days=PAYMENT_DAYS,
            ),
        ),
        (
            t("Prices and terms"),
            t("Fixed for a calendar year. All prices exclude VAT."),
        ),
    )


def cancel_text(t: Texts, provider: str) -> str:
    """How the customer ends the contract (R8, D18)."""
    return t(
        "Any month: tell {provider}. It ends on the last day of the month in which we receive it, or a later month’s "
        "end that you name.",
        provider=provider,
    )


def as_lines(title: str, *parts: Rows) -> str:
    """The same words as a text to be kept."""
    return "\n".join([title, *(f"{label}: {text}" for rows in parts for label, text in rows), ""])
