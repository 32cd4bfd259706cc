"""The price list of a calendar year (R13, R21-R23, R29, D10, D34).

A minute takes the list of the year in which it was worked, the monthly fee that of its month, the minimum of a ticket
that of the year in which it was created. Where a year has no list, the last one holds and the manager is warned.

    2026: fee € 275.00, office € 85.00, after hours € 110.00, weekend and holidays € 130.00 an hour, all excluding VAT.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.holidays import CONTRACT_HOLIDAYS, HolidayProfile
from contract.rate_bands import RateBand

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """What holds in one calendar year: cents a month or an hour, excluding VAT, and the holidays (R29, D3)."""

    year: int
    fee_cents: int
    office_cents: int
    after_hours_cents: int
    weekend_holiday_cents: int
    holidays: HolidayProfile = CONTRACT_HOLIDAYS

    def rate_cents(self, band: RateBand) -> int:
        """Return the cents an hour of one band (R21-R23)."""
        return {
            RateBand.OFFICE: self.office_cents,
            RateBand.AFTER_HOURS: self.after_hours_cents,
            RateBand.WEEKEND_HOLIDAY: self.weekend_holiday_cents,
        }[band]


def contract_prices(year: int) -> PriceList:
    """Return the prices as the contract states them, for one year (R13, R21-R23)."""
    return PriceList(
        year=year, fee_cents=27500, office_cents=8500, after_hours_cents=11000, weekend_holiday_cents=13000
    )


class PriceBook:
    """The price lists by year; there is at least one, and one a year. Immutable."""

    def __init__(self, lists: Iterable[PriceList]) -> None:
        """Keep the lists by year; raises ValueError for none at all or two of the same year."""
        ordered = sorted(lists, key=lambda prices: prices.year)
        self._by_year = {prices.year: prices for prices in ordered}
        if not ordered or len(self._by_year) < len(ordered):
            msg = "one price list a year, and at least one"
            raise ValueError(msg)

    @property
    def lists(self) -> tuple[PriceList, ...]:
        """The lists, oldest first."""
        return tuple(self._by_year.values())

    def for_year(self, year: int) -> PriceList:
        """Return the list of a year, else the last before it, else the first; dated that year (D10, D34)."""
        if own := self._by_year.get(year):
            return own
        before = [prices for prices in self.lists if prices.year < year]
        return replace(before[-1] if before else self.lists[0], year=year)

    def is_missing(self, year: int) -> bool:
        """Tell whether the year has no list of its own, of which the manager is warned (D34)."""
        return year not in self._by_year

    def profile(self, year: int) -> HolidayProfile:
        """Return the holidays of a year; hand this method on where a `Calendar` is asked for (D3)."""
        return self.for_year(year).holidays
