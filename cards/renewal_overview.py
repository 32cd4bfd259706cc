"""The year's end for managers: whose contracts end, who has renewed, and whose prices are still last year's (D17, D34).

Both cards follow: a signature or a new price list brings every copy up to date.
"""

from __future__ import annotations

from dataclasses import dataclass

from cards.clicks.contracts import SendRenewals, ShowRenewals
from cards.clicks.customers import StartPrices
from cards.clicks.people import ShowCustomer, ShowCustomers
from cards.components import (
    Card,
    ContainerStyle,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    facts,
    heading,
    panel,
    section,
    text,
    wrote,
)
from cards.language import Texts, texts_for
from contract.people import Language

PAGE_LINES = 8
SHOWN_CUSTOMERS = 12


@dataclass(frozen=True, slots=True)
class UnrenewedLine:
    """A contract that nobody has renewed or cancelled yet."""

    contract_id: int
    number: str
    customer_id: int
    customer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalOverview:
    """What became of the contracts that end with `year`, and a page of those that still need a signature."""

    year: int
    ending: int
    renewed: int
    cancelled: int
    lines: tuple[UnrenewedLine, ...]
    page: int = 1
    without_prices: int
    """Customers whose own price list ends with the year (D34)."""
    form_id: str

    @property
    def open(self) -> int:
        """How many still need a signature."""
        return self.ending - self.renewed - self.cancelled


def renewal_overview_card(found: RenewalOverview, language: Language, *, notice: str = "") -> Card:
    """Who has renewed and who has not, with the button that sends the offer again."""
    t = texts_for(language)
    year = found.year
    title = t("Contracts that end on 31 December {year}", year=year)
    pages = max(1, -(-found.open // PAGE_LINES))
    return card(
        panel(text(notice), style=ContainerStyle.GOOD) if notice else None,
        heading(title),
        facts(
            (t("Renewed"), t("{n} of {all}", n=found.renewed, all=found.ending)),
            (t("Not yet"), str(found.open)),
            (t("Cancelled"), str(found.cancelled)) if found.cancelled else None,
        ),
        _prices_warning(t, found.without_prices, year + 1),
        *(_line(t, found, line) for line in found.lines),
        text(t("Everybody has decided.")) if found.ending and not found.open else None,
        text(t("No contract ends with this year.")) if not found.ending else None,
        action_row(
            execute(t("Previous"), ShowRenewals(year=year, page=found.page - 1)) if found.page > 1 else None,
            execute(t("Next"), ShowRenewals(year=year, page=found.page + 1)) if found.page < pages else None,
            execute(t("Send it again to all who have not"), SendRenewals(form_id=found.form_id, year=year))
            if found.open
            else None,
            execute(t("Refresh"), ShowRenewals(year=year)),
        ),
        fallback_text=t(
            "{title}: {renewed} of {all} renewed, {open} not yet.",
            title=title,
            renewed=found.renewed,
            all=found.ending,
            open=found.open,
        ),
        language=language,
        # Only the first page follows: another one is read and left.
        subject=f"renewals:{year}" if found.page == 1 else None,
    )


def _line(t: Texts, found: RenewalOverview, line: UnrenewedLine) -> Element:
    again = SendRenewals(form_id=found.form_id, year=found.year, contract=line.contract_id)
    return section(
        columns(
            [
                wrote(clip(line.customer_name, 80), bold=True),
                wrote(t("Contract {number}", number=line.number), subtle=True, spacing=Spacing.NONE),
            ],
            [
                action_row(
                    execute(t("Send again"), again),
                    execute(t("Open"), ShowCustomer(customer=line.customer_id)),
                )
            ],
            widths=("stretch", "auto"),
        )
    )


def _prices_warning(t: Texts, count: int, year: int) -> Element | None:
    if not count:
        return None
    line = t.plural(
        "{n} customer has no price list of its own for {year} yet: the last one holds.",
        "{n} customers have no price list of their own for {year} yet: the last one holds.",
        count,
        year=year,
    )
    return panel(text(line), style=ContainerStyle.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPrices:
    """Customers who had a price list of their own for the year before and have none for `year` (D34)."""

    year: int
    customers: tuple[tuple[int, str], ...]
    count: int


def missing_prices_card(found: MissingPrices, language: Language) -> Card:
    """Whose prices of a year nobody recorded: the last list holds (D34)."""
    t = texts_for(language)
    year, more = found.year, found.count - len(found.customers)
    title = t("Prices of {year}", year=year)
    done = t("Every customer with prices of its own has them for {year}.", year=year)
    return card(
        heading(title),
        _prices_warning(t, found.count, year) or panel(text(done), style=ContainerStyle.GOOD),
        *(
            section(
                columns(
                    [wrote(clip(name, 80), bold=True)],
                    [action_row(execute(title, StartPrices(customer=customer_id, year=year)))],
                    widths=("stretch", "auto"),
                )
            )
            for customer_id, name in found.customers
        ),
        text(t.plural("and {n} more", "and {n} more", more), subtle=True) if more > 0 else None,
        action_row(execute(t("All customers"), ShowCustomers())),
        fallback_text=t.plural(
            "{title}: missing for {n} customer, the last list holds.",
            "{title}: missing for {n} customers, the last list holds.",
            found.count,
            title=title,
        ),
        language=language,
        subject=f"missing_prices:{year}",
    )
