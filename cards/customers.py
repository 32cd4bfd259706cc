"""Everything about one customer, for the staff (R4, R6, R25, R29)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cards.accounts import AccountLine, WatchSheet, account_text, watch_section
from cards.billing import billing_section
from cards.clicks.access import ShowAccess
from cards.clicks.consents import ShowConsents
from cards.clicks.customers import StartConsent, StartConsentWithdrawal, StartPrices
from cards.clicks.people import ShowCustomers, StartRemoval
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
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
from cards.customer_contracts import contracts_section, verdict
from cards.formats import calendar_date, money, rate, stamp
from cards.language import Texts, texts_for
from cards.people import knock_line
from cards.reachability import reach_text, refusal_text
from contract.access import AccessConsent, ConsentState
from contract.contracts import Contract
from contract.local_time import DAY, local
from contract.parties import BillingDetails
from contract.people import MAX_CONTACTS, Customer, Language, Person
from contract.prices import PriceList
from contract.reachability import Reachability

SHOWN_CONTRACTS, SHOWN_CONSENTS, SHOWN_KNOCKS = 3, 3, 6
NOT_WATCHED = WatchSheet(is_on=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """A contact, and whether messages arrive there."""

    person: Person
    reach: Reachability
    install_error: str | None = None
    """Why the app could not be brought."""
    account: AccountLine | None = None
    """What the directory says; None where it never said anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSheet:
    """Everything the staff sees of a customer. `is_manager`: the reader may change it."""

    customer: Customer
    contacts: tuple[ContactLine, ...]
    contracts: tuple[Contract, ...]
    prices: PriceList
    has_own_prices: bool
    """Whether a list of its own holds, of this year or an earlier one; otherwise the contract's prices do."""
    is_year_missing: bool
    """Whether an earlier year's list has to do (D34)."""
    consents: tuple[AccessConsent, ...]
    has_access: bool = True
    """Whether anything covers remote work now."""
    billing: BillingDetails
    knocks: tuple[tuple[int, str], ...]
    is_manager: bool
    watch: WatchSheet = NOT_WATCHED
    sends_mail: bool = True
    """Whether there is a server that takes mails."""
    now: dt.datetime


def customer_card(sheet: CustomerSheet, language: Language, *, notice: str = "", is_warning: bool = False) -> Card:
    """Contacts and whether they can be reached, contract, prices, access, and who knocked."""
    t = texts_for(language)
    names = ", ".join(line.person.name for line in sheet.contacts) or t("no contacts")
    style = ContainerStyle.WARNING if is_warning else ContainerStyle.GOOD
    return card(
        panel(text(notice), style=style) if notice else None,
        heading(sheet.customer.name),
        _contacts(t, sheet, language),
        contracts_section(
            t,
            sheet.customer.id,
            sheet.contracts,
            local(sheet.now).date(),
            language,
            is_manager=sheet.is_manager,
        ),
        _prices(t, sheet, language),
        _access(t, sheet, language),
        billing_section(
            t, sheet.customer, sheet.billing, language, is_manager=sheet.is_manager, sends_mail=sheet.sends_mail
        ),
        action_row(execute(t("All customers"), ShowCustomers())),
        fallback_text=t(
            "Customer {number}: {name}. Contacts: {names}.",
            number=sheet.customer.id,
            name=sheet.customer.name,
            names=names,
        ),
        language=language,
        subject=f"customer:{sheet.customer.id}",
    )


def _title(value: str) -> Element:
    return heading(value, size=FontSize.MEDIUM)


def _contacts(t: Texts, sheet: CustomerSheet, language: Language) -> Element:
    return section(
        _title(t("Contacts ({n} of {most})", n=len(sheet.contacts), most=MAX_CONTACTS)),
        *(_contact(t, sheet, line, language) for line in sheet.contacts),
        text(t("Nobody has been appointed yet. Who writes to the bot appears here.")) if not sheet.contacts else None,
        *_knocks(t, sheet),
        watch_section(
            t,
            sheet.customer,
            sheet.watch,
            contacts=len(sheet.contacts),
            now=sheet.now,
            language=language,
            may=sheet.is_manager,
        ),
    )


def _contact(t: Texts, sheet: CustomerSheet, line: ContactLine, language: Language) -> Element:
    person = line.person
    languages = {Language.NL: t("reads Dutch"), Language.EN: t("reads English")}
    parts = [*([person.email] if person.email else []), languages[person.language]]
    remove = execute(t("Remove"), StartRemoval(customer=sheet.customer.id, contact=person.id))
    shown: list[Element | None] = [
        wrote(person.name, bold=True),
        text(" · ".join(parts), subtle=True, spacing=Spacing.NONE),
        text(reach_text(t, line.reach, sheet.now, language), spacing=Spacing.NONE),
        text(refusal_text(t, line.install_error), subtle=True, spacing=Spacing.NONE)
        if line.install_error and not line.reach.reach.is_good
        else None,
        text(account_text(t, line.account, sheet.now, language), spacing=Spacing.NONE),
    ]
    if not sheet.is_manager:
        return columns(shown)
    return columns(shown, [action_row(remove)], widths=("stretch", "auto"))


def _knocks(t: Texts, sheet: CustomerSheet) -> Sequence[Element | None]:
    if not sheet.knocks or not sheet.is_manager:
        return ()
    shown = sheet.knocks[:SHOWN_KNOCKS]
    asks = t.plural("{n} person asks to become a contact", "{n} people ask to become a contact", len(sheet.knocks))
    return (
        panel(
            text(asks, bold=True),
            action_row(*(knock_line(t, knock_id, name) for knock_id, name in shown)),
            style=ContainerStyle.ACCENT,
        ),
    )


def _prices(t: Texts, sheet: CustomerSheet, language: Language) -> Element:
    prices, customer_id = sheet.prices, sheet.customer.id
    origin = t("As in the standard contract.") if not sheet.has_own_prices else None
    if sheet.is_year_missing and sheet.has_own_prices:
        origin = t("There is no list for {year}: the one of an earlier year holds.", year=prices.year)
    this, following = (
        execute(t("Prices of {year}", year=year), StartPrices(customer=customer_id, year=year))
        for year in (prices.year, prices.year + 1)
    )
    return section(
        _title(t("Prices {year}, excl. VAT", year=prices.year)),
        facts(
            (t("Monthly fee"), money(prices.fee_cents, language)),
            (t("Office hours"), rate(prices.office_cents, language)),
            (t("Evening and night"), rate(prices.after_hours_cents, language)),
            (t("Weekend and holidays"), rate(prices.weekend_holiday_cents, language)),
        ),
        text(origin, subtle=True) if origin else None,
        action_row(this if sheet.is_year_missing else None, following) if sheet.is_manager else None,
    )


def _access(t: Texts, sheet: CustomerSheet, language: Language) -> Element:
    is_valid = any(consent.state(sheet.now) is ConsentState.VALID for consent in sheet.consents)
    is_coming = any(consent.state(sheet.now) is ConsentState.FUTURE for consent in sheet.consents)
    customer_id = sheet.customer.id
    withdraw = execute(
        t("Withdraw consent"), StartConsentWithdrawal(customer=customer_id), style=ActionStyle.DESTRUCTIVE
    )
    return section(
        _title(t("Remote access")),
        verdict(t("Consented"), is_good=True) if sheet.has_access else verdict(t("No consent today"), is_good=False),
        *(_consent(t, consent, sheet.now, language) for consent in sheet.consents[-SHOWN_CONSENTS:]),
        text(t("Without it no remote work can be logged.")) if not sheet.has_access else None,
        action_row(
            execute(t("Consents"), ShowConsents(customer=customer_id)),
            execute(t("Who had access"), ShowAccess(customer=customer_id)),
            execute(t("Record consent"), StartConsent(customer=customer_id)) if sheet.is_manager else None,
            withdraw if sheet.is_manager and (is_valid or is_coming) else None,
        ),
    )


def _consent(t: Texts, consent: AccessConsent, now: dt.datetime, language: Language) -> Element:
    start = calendar_date(local(consent.valid_from).date(), language)
    if consent.revoked_at is not None:
        term = t("withdrawn {when}", when=stamp(consent.revoked_at, now, language))
    elif consent.valid_until is not None:
        # The instant is the first that is no longer covered; people name the last day.
        term = f"{start} – {calendar_date(local(consent.valid_until).date() - DAY, language)}"
    else:
        term = t("from {start}, until withdrawn", start=start)
    return wrote(f"{clip(consent.document, 160)} · {term}", spacing=Spacing.SMALL)
