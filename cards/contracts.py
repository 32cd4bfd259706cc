"""The contract as its contacts read it: term, prices, rules in plain words, access, who they are, how it ends (R1-R34).

Before the start and after the end it says from when, or why (R27, R28, D28).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cards.clicks.contracts import ShowEvaluation, ShowRenewal
from cards.clicks.invoices import ShowCosts, ShowInvoices
from cards.clicks.tickets import ShowTickets
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
    action_row,
    badge,
    card,
    execute,
    facts,
    heading,
    panel,
    section,
    text,
    wrote,
)
from cards.contract_terms import cancel_text, holiday_line, price_rows, rule_rows, term_text
from cards.formats import calendar_date, money, stamp
from cards.language import Texts, texts_for
from contract.contracts import Contract
from contract.holidays import Holiday
from contract.local_time import local
from contract.people import Language, Person
from contract.periods import Cancellation, Side
from contract.prices import PriceList


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSheet:
    """Everything a contact sees of the contract. `contract` is the one of today, else the next, else the last."""

    contract: Contract | None
    following: Contract | None
    """The one that is signed for after it."""
    customer_name: str
    prices: PriceList
    holidays: tuple[tuple[dt.date, Holiday], ...]
    has_access: bool
    access_until: dt.date | None = None
    contacts: tuple[Person, ...]
    can_renew: bool = False
    """Whether there is a renewal to sign."""
    provider_name: str
    provider_email: str
    provider_phone: str
    pickup_in_working_days: bool = False
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The local day."""
        return local(self.now).date()


def contract_card(sheet: ContractSheet, language: Language) -> Card:
    """The contract for a contact."""
    t = texts_for(language)
    contract, state = sheet.contract, _state(t, sheet, language)
    title = t("Contract {number}", number=contract.number) if contract else t("Contract")
    return card(
        heading(title),
        badge(state, _ground(sheet)),
        wrote(sheet.customer_name, subtle=True),
        *(_term(t, sheet, contract, language) if contract else (text(t("Call us to agree on one.")),)),
        _renewal(t, sheet, contract) if contract else None,
        _prices(t, sheet, language),
        section(
            _title(t("What we agreed")),
            facts(*rule_rows(t, pickup_in_working_days=sheet.pickup_in_working_days), *_on_site(t, sheet, language)),
        )
        if contract
        else None,
        _around(t, sheet, language),
        action_row(
            execute(t("My tickets"), ShowTickets()),
            execute(t("Costs of this month"), ShowCosts()),
            execute(t("Invoices"), ShowInvoices()),
            execute(t("In numbers"), ShowEvaluation())
            if contract and sheet.today >= contract.starts_on and not contract.never_starts
            else None,
        ),
        fallback_text=f"{title}: {state}. {t('Questions? Call {phone}.', phone=sheet.provider_phone)}",
        language=language,
    )


def _title(value: str) -> Element:
    return heading(value, size=FontSize.MEDIUM)


def _state(t: Texts, sheet: ContractSheet, language: Language) -> str:
    contract = sheet.contract
    if contract is None:
        return t("There is no contract yet")
    first, last = (calendar_date(day, language) for day in (contract.starts_on, contract.ends_on))
    if contract.never_starts:
        return t("Cancelled before it began")
    if sheet.today < contract.starts_on:
        return t("Starts on {day}", day=first)
    if sheet.today > contract.ends_on:
        return t("Ended on {day}", day=last)
    if contract.cancellation is not None:
        return t("Cancelled, runs through {day}", day=last)
    return t("Runs through {day}", day=last)


def _ground(sheet: ContractSheet) -> ContainerStyle:
    contract = sheet.contract
    if contract is None or not contract.starts_on <= sheet.today <= contract.ends_on:
        return ContainerStyle.WARNING
    return ContainerStyle.EMPHASIS if contract.cancellation else ContainerStyle.GOOD


def _term(t: Texts, sheet: ContractSheet, contract: Contract, language: Language) -> tuple[Element | None, ...]:
    signed = [
        *([contract.signatory] if contract.signatory else []),
        *([calendar_date(local(contract.signed_at).date(), language)] if contract.signed_at else []),
    ]
    return (
        facts(
            (t("Term"), _term_text(t, contract, language)),
            (t("Signed"), ", ".join(signed)) if signed else None,
            (t("Cancelled"), _cancelled(t, sheet, contract.cancellation, language)) if contract.cancellation else None,
            _following(t, sheet, language),
        ),
        _consequence(t, sheet, contract, language),
    )


def _term_text(t: Texts, contract: Contract, language: Language) -> str:
    if contract.never_starts:
        return t("would have started on {day}", day=calendar_date(contract.starts_on, language))
    return term_text(t, contract.starts_on, contract.ends_on, language)


def _cancelled(t: Texts, sheet: ContractSheet, cancellation: Cancellation, language: Language) -> str:
    when = stamp(cancellation.received_at, sheet.now, language)
    if cancellation.by is Side.PROVIDER:
        return t("by {provider}, {when}", provider=sheet.provider_name, when=when)
    return t("by your organisation, {when}", when=when)


def _following(t: Texts, sheet: ContractSheet, language: Language) -> tuple[str, str] | None:
    if sheet.following is None:
        return None
    term = term_text(t, sheet.following.starts_on, sheet.following.ends_on, language)
    return t("After that"), t("contract {number}: {term}", number=sheet.following.number, term=term)


def _consequence(t: Texts, sheet: ContractSheet, contract: Contract, language: Language) -> Element | None:
    """What can and can't be done where the contract does not cover today (R27, D28)."""
    if contract.never_starts or sheet.today > contract.ends_on:
        return text(t("Your tickets can still be read; new ones need a contract. Call us."))
    if sheet.today < contract.starts_on:
        day = calendar_date(contract.starts_on, language)
        return text(t("Tickets can be opened from {day} on. Nothing is charged before.", day=day))
    return None


def _renewal(t: Texts, sheet: ContractSheet, contract: Contract) -> Element | None:
    if not sheet.can_renew:
        return None
    return panel(
        text(t("It is not renewed by itself.")),
        action_row(
            execute(t("See the renewal"), ShowRenewal(contract=contract.id), style=ActionStyle.POSITIVE),
        ),
    )


def _prices(t: Texts, sheet: ContractSheet, language: Language) -> Element:
    holidays = holiday_line(t, sheet.holidays, sheet.today, language)
    return section(
        _title(t("Prices {year}, excl. VAT", year=sheet.prices.year)),
        facts(*price_rows(t, sheet.prices, language), (t("Next holidays"), holidays)),
    )


def _on_site(t: Texts, sheet: ContractSheet, language: Language) -> tuple[tuple[str, str], ...]:
    """The addenda that are not over, and what they charge beside hours (R26, D25)."""
    contract = sheet.contract
    if contract is None:
        return ()
    addenda = [one for one in contract.on_site_addenda if one.ends_on >= sheet.today]
    terms = [term_text(t, one.starts_on, one.ends_on, language) for one in addenda]
    costs = [
        t("{what} {amount}", what=item.what, amount=money(item.price_cents, language))
        for one in addenda
        for item in one.items
    ]
    return (
        *(((t("On site"), "; ".join(terms)),) if terms else ()),
        *(((t("Costs on site"), ", ".join(costs)),) if costs else ()),
    )


def _around(t: Texts, sheet: ContractSheet, language: Language) -> Element:
    until = calendar_date(sheet.access_until, language) if sheet.access_until else ""
    given = t("given, through {day}", day=until) if until else t("given, until you withdraw it")
    names = ", ".join(person.name for person in sheet.contacts)
    contract = sheet.contract
    can_cancel = contract is not None and contract.cancellation is None and sheet.today <= contract.ends_on
    return section(
        _title(t("Access and people")),
        facts(
            (
                t("Remote access"),
                given if sheet.has_access else t("not given: tickets that need it wait. Call us."),
            ),
            (t("Contacts"), names or t("Nobody yet.")),
            (t("To cancel"), cancel_text(t, _reach(sheet))) if can_cancel else None,
        ),
    )


def _reach(sheet: ContractSheet) -> str:
    return f"{sheet.provider_name} ({sheet.provider_email}, {sheet.provider_phone})"
