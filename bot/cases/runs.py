"""Running a file of worked cases: every section, every case, whatever went wrong before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.cases.allowance import allowance_differences
from bot.cases.amounts import money_differences, vat_differences
from bot.cases.bands import band_differences
from bot.cases.calendars import clock_differences, holiday_differences
from bot.cases.comparing import Difference
from bot.cases.contracts import contract_differences
from bot.cases.invoices import invoice_differences
from bot.cases.pickup import pickup_differences
from bot.cases.prices import price_list_differences, read_prices
from bot.cases.reading import Given, Unreadable
from contract.prices import PriceBook

Check = Callable[[Given, PriceBook], Iterator[Difference]]
"""Compares one case."""

SECTIONS: dict[str, Check] = {
    "holidays": holiday_differences,
    "dst_dates": clock_differences,
    "money": money_differences,
    "vat_21": vat_differences,
    "bands": band_differences,
    "invoices": invoice_differences,
    "contracts": contract_differences,
    "allowance": allowance_differences,
    "pickup": pickup_differences,
}
"""Section → what compares a case of it; the first two are named by year, the others are lists."""

PRICES = "price_lists"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case: nothing where it holds, differences, or why it can't be read."""

    section: str
    case: str
    differences: tuple[Difference, ...] = ()
    unreadable: Unreadable | None = None

    @property
    def holds(self) -> bool:
        """Whether the product does what the case says."""
        return not self.differences and self.unreadable is None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file."""

    results: tuple[CaseResult, ...]
    unknown: tuple[str, ...] = field(default=())
    """Sections that the format does not have; nothing in them was looked at."""

    @property
    def unreadable(self) -> list[Unreadable]:
        """Everything that is not as the format says."""
        return [result.unreadable for result in self.results if result.unreadable is not None]

    @property
    def holds(self) -> bool:
        """Whether something was run, and all of it agrees."""
        return bool(self.results) and not self.unknown and all(result.holds for result in self.results)

    def counts(self) -> Iterator[tuple[str, int, int]]:
        """Every section with its cases, and how many of them hold."""
        for section in dict.fromkeys(result.section for result in self.results):
            inside = [result for result in self.results if result.section == section]
            yield section, len(inside), sum(result.holds for result in inside)


def run_cases(given: Given) -> Report:
    """Run every case of a file. Raises Unreadable where a whole section or the price lists are not of this format."""
    lists = given.maybe(PRICES)
    prices = read_prices(lists)
    results = []
    # A price list holds by itself: it is a result only where something in it is not known.
    if lists is not None:
        results += [one for one in _results(PRICES, lists, price_list_differences, prices) if not one.holds]
    sections = [(name, section) for name, section in given.fields() if name in SECTIONS]
    for name, section in sections:
        results += _results(name, section, SECTIONS[name], prices)
    unknown = [name for name, _ in given.fields() if name not in SECTIONS and name != PRICES]
    return Report(tuple(results), tuple(unknown))


def _results(name: str, section: Given, check: Check, prices: PriceBook) -> list[CaseResult]:
    return [_result(name, case, one, check, prices) for case, one in _cases(section)]


def _result(section: str, case: str, given: Given, check: Check, prices: PriceBook) -> CaseResult:
    try:
        return CaseResult(section, case, tuple(check(given, prices)))
    except Unreadable as error:
        return CaseResult(section, case, unreadable=error)
    except OverflowError:
        return CaseResult(section, case, unreadable=Unreadable(given.place, "minutes that no calendar has"))


def _cases(section: Given) -> list[tuple[str, Given]]:
    """The cases of a section with what each is called: its year, its id, or its place in the list."""
    if section.is_mapping:
        return list(section.fields())
    return [(_name(one, count), one) for count, one in enumerate(section.items(), start=1)]


def _name(case: Given, count: int) -> str:
    named = case.value.get("id") if case.is_mapping else None
    return named if isinstance(named, str) else f"#{count}"
