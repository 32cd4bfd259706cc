"""Price lists of customers: kept for one, or raised for everybody once a year (R29, D10, D34).

The same from chat and from the command line. A list is immutable once its year has begun.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.renewal_cards import follow_prices
from bot.terms import NotKept, Reason, follow_tickets
from contract.holidays import LiberationDay
from contract.local_time import local
from contract.prices import PriceList
from storage import prices
from storage.contacts import load_customer
from storage.invoices import is_year_invoiced
from storage.signatures import is_signed_in_chat

HOLIDAYS = ("good_friday", "dec_24", "dec_31", "liberation_day")
PAGE = 500
"""Customers looked at with one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrices:
    """What a new list changes, amounts in cents and holidays; None where it stays what it is."""

    fee_cents: int | None = None
    office_cents: int | None = None
    after_hours_cents: int | None = None
    weekend_holiday_cents: int | None = None
    good_friday: bool | None = None
    dec_24: bool | None = None
    dec_31: bool | None = None
    liberation_day: LiberationDay | None = None

    def over(self, before: PriceList) -> PriceList:
        """The list with these amounts and holidays in it."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        asked = {name: value for name, value in given.items() if value is not None}
        holidays = {name: asked.pop(name) for name in HOLIDAYS if name in asked}
        return replace(before, **asked, holidays=replace(before.holidays, **holidays))


def keep_prices(
    session: Session, customer_id: int, asked: PriceList, now: datetime, *, is_correction: bool = False
) -> None:
    """Keep the price list of a year; one that holds already is changed only to put a mistake right. Raises NotKept.

    A list is immutable once its year has begun (R29, D10). `is_correction` is for what was typed wrongly, as long as
    nothing of that year was invoiced; nor can a first list of a year change what was invoiced. What a customer signed
    in chat is what the card showed, and stays.
    """
    load_customer(session, customer_id, lock=True)
    book = prices.load_prices(session, customer_id, (asked.year,))
    is_kept = asked.year in prices.price_years(session, customer_id)
    if is_kept and book.for_year(asked.year) == asked:
        return
    if is_signed_in_chat(session, customer_id, asked.year):
        raise NotKept(Reason.AGREED)
    if asked.year <= local(now).year:
        if is_kept and not is_correction:
            raise NotKept(Reason.YEAR_BEGAN)
        if is_year_invoiced(session, customer_id, asked.year):
            raise NotKept(Reason.INVOICED)
    prices.set_prices(session, customer_id, asked)
    follow_tickets(session, customer_id, now)
    follow_prices(session, customer_id, asked.year, now)


def keep_prices_of_all(session: Session, year: int, asked: NewPrices, now: datetime) -> int:
    """Keep a list of a year that has not begun for every customer that has none of its own; returns how many (R29).

    What `asked` leaves out stays as that customer has it. Lists that are kept already were agreed one by one, and stay.
    Raises NotKept.
    """
    if year <= local(now).year:
        raise NotKept(Reason.YEAR_BEGAN)
    done = 0
    for customer_id in _customers_without_list(session, year):
        before = prices.load_prices(session, customer_id, (year,)).for_year(year)
        keep_prices(session, customer_id, asked.over(before), now)
        done += 1
    return done


def _customers_without_list(session: Session, year: int) -> Iterator[int]:
    after = 0
    while page := prices.customers_without_list(session, year, after=after, limit=PAGE):
        yield from page
        after = page[-1]
