"""The file's own `price_lists`: cents a month and an hour by calendar year (R29, D10, D34)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cases.comparing import Difference, unknown_keys
from bot.cases.reading import Given
from contract.holidays import CONTRACT_HOLIDAYS
from contract.prices import PriceBook, PriceList, contract_prices

FIRST_YEAR = 2000
"""From then on the contract's own prices hold in a file that brings none."""

_NAMES = ("fee", "office", "after_hours", "weekend_holiday")


def read_prices(given: Given | None) -> PriceBook:
    """The price lists of the file; where it has none, the prices that the contract states."""
    if given is None:
        return PriceBook([contract_prices(FIRST_YEAR)])
    lists = [_price_list(name, one) for name, one in given.fields()]
    if not lists:
        given.refuse("at least one price list")
    return PriceBook(lists)


def price_list_differences(year: Given, _prices: PriceBook) -> Iterator[Difference]:
    """A price list says nothing that could differ, but it may have keys that are not known."""
    yield from unknown_keys(year, *_NAMES)


def _price_list(name: str, given: Given) -> PriceList:
    fee, office, after_hours, weekend_holiday = (given.field(key).whole() for key in _NAMES)
    return PriceList(
        year=Given(name, given.place).year(),
        fee_cents=fee,
        office_cents=office,
        after_hours_cents=after_hours,
        weekend_holiday_cents=weekend_holiday,
        holidays=CONTRACT_HOLIDAYS,
    )
