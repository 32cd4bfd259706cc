"""The price list of a calendar year (R13, R21-R23, R29, D10, D34)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.holidays import CONTRACT_HOLIDAYS, HolidayProfile
from contract.prices import PriceBook, contract_prices
from contract.rate_bands import RateBand

NEWER = replace(contract_prices(2028), office_cents=9000, holidays=HolidayProfile(dec_24=True))
BOOK = PriceBook([NEWER, contract_prices(2026)])


def test_worked_example() -> None:
    """The prices of the contract (R13, R21-R23)."""
    prices = contract_prices(2026)
    assert prices.fee_cents == 27500
    assert [prices.rate_cents(band) for band in RateBand] == [8500, 11000, 13000]


@pytest.mark.parametrize("year,cents", [(2024, 8500), (2026, 8500), (2027, 8500), (2028, 9000), (2031, 9000)])
def test_the_last_list_holds(year: int, cents: int) -> None:
    """A year without a list takes the last one before it, dated that year, and is reported as missing (D34)."""
    found = BOOK.for_year(year)
    assert (found.year, found.office_cents) == (year, cents)
    assert BOOK.is_missing(year) == (year not in {2026, 2028})


def test_holidays_go_by_year() -> None:
    """The holidays are part of the year's list (D3)."""
    assert BOOK.profile(2027) == CONTRACT_HOLIDAYS
    assert BOOK.profile(2028).dec_24
    assert [prices.year for prices in BOOK.lists] == [2026, 2028]


def test_one_list_a_year() -> None:
    """No list, or two of one year, leave a rate open: refused (R29)."""
    for lists in ([], [contract_prices(2026), contract_prices(2026)]):
        with pytest.raises(ValueError, match="one price list a year"):
            PriceBook(lists)
