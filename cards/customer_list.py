"""The list of customers, for the staff: a page at a time, with a search box (R4)."""

from __future__ import annotations

from dataclasses import dataclass

from cards.clicks.people import SearchCustomers, ShowCustomer, ShowCustomers
from cards.components import (
    Card,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    heading,
    section,
    text,
    text_input,
    wrote,
)
from cards.language import Texts, texts_for
from contract.people import Customer, Language

PAGE_CUSTOMERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLine:
    """One customer of the list."""

    customer: Customer
    contacts: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerList:
    """A page of the customers."""

    lines: tuple[CustomerLine, ...]
    page: int
    has_more: bool
    query: str
    form_id: str


def customer_list_card(found: CustomerList, language: Language) -> Card:
    """All customers, a page at a time, with a search box."""
    t = texts_for(language)
    title = t("Customers with “{query}”", query=clip(found.query, 40)) if found.query else t("Customers")
    nothing = t("Nothing found.") if found.query else t("There are no customers yet.")
    page, query = found.page, found.query
    return card(
        heading(title),
        *(_line(t, line) for line in found.lines),
        text(nothing) if not found.lines else None,
        action_row(
            execute(t("Previous"), ShowCustomers(page=page - 1, query=query)) if page > 1 else None,
            execute(t("Next"), ShowCustomers(page=page + 1, query=query)) if found.has_more else None,
            execute(t("All customers"), ShowCustomers()) if query else None,
        )
        if page > 1 or found.has_more or query
        else None,
        section(
            text_input("query", t("Search customers and contacts"), value=query, max_length=200),
            action_row(execute(t("Search"), SearchCustomers(form_id=found.form_id))),
        ),
        fallback_text=f"{title}: {', '.join(line.customer.name for line in found.lines) or nothing}",
        language=language,
    )


def _line(t: Texts, line: CustomerLine) -> Element:
    waiting = t.plural("{n} person asks to become a contact", "{n} people ask to become a contact", line.waiting)
    return section(
        columns(
            [
                wrote(clip(line.customer.name, 80), bold=True),
                text(", ".join(line.contacts) or t("no contacts"), subtle=True, spacing=Spacing.NONE),
                text(waiting, spacing=Spacing.NONE) if line.waiting else None,
            ],
            [action_row(execute(t("Open"), ShowCustomer(customer=line.customer.id)))],
            widths=("stretch", "auto"),
        )
    )
