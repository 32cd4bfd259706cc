"""Samples of contacts out of the directory: searches, proposals, the watch, and a directory that is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cards.accounts import (
    AccountLine,
    SilenceSheet,
    WatchSheet,
    guest_contact_card,
    silence_card,
    watch_stop_form,
)
from cards.components import Card
from cards.contact_searches import (
    ContactSearchSheet,
    ProposalSheet,
    contact_search_card,
    contact_search_form,
    proposal_form,
)
from cards.customers import customer_card
from cards.people import contact_changed_card
from contract.accounts import AccountState, WhyNot
from contract.people import Language
from tests.cards.samples import sample
from tests.cards.samples.customers import CUSTOMER
from tests.cards.samples.customers import SHEET as CUSTOMER_SHEET
from tests.cards.samples.people import CHANGES, CONTACTS, NOW, STEVEN

SEARCH = ContactSearchSheet(
    search_id=3,
    customer=CUSTOMER,
    state="proposed",
    address="s@brood.example",
    name=STEVEN.name,
    asked_by="Anna de Vries",
    replaces="Bram Bakker",
    contacts=CONTACTS,
    provider_phone="+31 85 000 0000",
)
ASKED = replace(SEARCH, asked_by="Mia Manager", replaces=None, name=None)
SEARCHES = {
    "proposed": SEARCH,
    "proposed, not known yet who": replace(SEARCH, name=None),
    "proposed, picked, not known yet who": replace(SEARCH, name=None, address=""),
    "proposed, as the contact sees it": replace(SEARCH, is_manager=False),
    "the account is back": replace(SEARCH, is_return=True, asked_by=None, replaces=None, name="Bram Bakker"),
    "looking": replace(ASKED, state="looking"),
    "no answer yet": replace(ASKED, state="failed"),
    "appointed": replace(SEARCH, state="appointed", decided_by="Mia Manager"),
    "dropped": replace(ASKED, state="dropped", decided_by="Mia Manager"),
    "declined, as the contact sees it": replace(SEARCH, state="refused", reason=WhyNot.DECLINED, is_manager=False),
    "refused, reason unknown": replace(ASKED, state="refused"),
    **{f"refused, {why.value}": replace(ASKED, state="refused", reason=why) for why in WhyNot},
}
WATCHED = WatchSheet(is_on=True, looked_at=NOW - timedelta(minutes=4))
ENABLED = AccountLine(state=AccountState.ENABLED, checked_at=NOW - timedelta(minutes=4))
OLD = replace(ENABLED, checked_at=NOW - timedelta(hours=26))
WATCHES = {
    "watched": (WATCHED, ENABLED),
    "watched for the first time": (WatchSheet(is_on=True), None),
    "the directory is silent": (
        replace(WATCHED, failing_since=NOW - timedelta(hours=26), error="403 Authorization_RequestDenied"),
        replace(OLD, only_reads=True),
    ),
    "a contact is a guest": (WATCHED, replace(ENABLED, is_guest=True)),
    "not watched any more": (
        WatchSheet(
            is_on=False,
            stopped_at=NOW - timedelta(days=2),
            stopped_by="Mia Manager",
            stopped_why="De klant stapt over naar een andere tenant",
        ),
        replace(OLD, state=AccountState.DISABLED),
    ),
    "somebody is to become contact": (replace(WATCHED, searches=((3, STEVEN.name), (4, "new@brood.example"))), ENABLED),
}
SILENCE = SilenceSheet(
    customer=CUSTOMER,
    since=NOW - timedelta(hours=25),
    is_over=False,
    is_staff=False,
    provider_name="Oxineo",
    provider_phone="+31 85 000 0000",
    now=NOW,
)
LOST = replace(CHANGES["removed"], why=AccountState.DISABLED)
LOSSES = {
    "for the other contact": replace(
        LOST, is_staff=False, form_id="proposal-form-1", knocks=((4, STEVEN.name), (5, "*Piet*"))
    ),
    "for a manager": LOST,
    "deleted, for the contact": replace(CHANGES["was removed"], why=AccountState.DELETED),
}


def _search(name: str, sheet: ContactSearchSheet) -> None:
    sample(f"contact search: {name}")(lambda language: contact_search_card(sheet, language))


def _watch(name: str, watch: WatchSheet, line: AccountLine | None) -> None:
    contacts = (replace(CUSTOMER_SHEET.contacts[0], account=line), CUSTOMER_SHEET.contacts[1])
    sheet = replace(CUSTOMER_SHEET, watch=watch, contacts=contacts)
    sample(f"customer: accounts, {name}")(lambda language: customer_card(sheet, language))


for _name, _sheet in SEARCHES.items():
    _search(_name, _sheet)
for _name, (_found, _line) in WATCHES.items():
    _watch(_name, _found, _line)


@sample("customer: accounts, as an engineer sees it")
def _(language: Language) -> Card:
    return customer_card(replace(CUSTOMER_SHEET, watch=WATCHED, is_manager=False), language)


@sample("contacts: lost, for the other contact")
def _(language: Language) -> Card:
    return contact_changed_card(LOSSES["for the other contact"], language)


@sample("contacts: lost, for a manager")
def _(language: Language) -> Card:
    return contact_changed_card(LOSSES["for a manager"], language)


@sample("contacts: lost, deleted, for the contact")
def _(language: Language) -> Card:
    return contact_changed_card(LOSSES["deleted, for the contact"], language)


@sample("contacts: directory silent")
def _(language: Language) -> Card:
    return silence_card(SILENCE, language)


@sample("contacts: directory silent, for a manager")
def _(language: Language) -> Card:
    return silence_card(replace(SILENCE, is_staff=True), language)


@sample("contacts: directory answers again")
def _(language: Language) -> Card:
    return silence_card(replace(SILENCE, is_over=True, since=None), language)


@sample("contacts: one is a guest, for a manager")
def _(language: Language) -> Card:
    return guest_contact_card(CUSTOMER, STEVEN, language)


@sample("contact search: form")
def _(language: Language) -> Card:
    return contact_search_form(CUSTOMER, "search-form-1", language)


@sample("contact search: form, no address")
def _(language: Language) -> Card:
    notice = {Language.NL: "Dat is geen e-mailadres.", Language.EN: "That is no e-mail address."}
    return contact_search_form(CUSTOMER, "search-form-1", language, email="piet", notice=notice[language])


@sample("contact search: proposing again")
def _(language: Language) -> Card:
    notice = {Language.NL: "Kies een collega.", Language.EN: "Choose a colleague."}
    sheet = ProposalSheet(form_id="proposal-form-1", customer_name=CUSTOMER.name, email="piet")
    return proposal_form(sheet, language, notice=notice[language])


@sample("customer form: stop watching")
def _(language: Language) -> Card:
    return watch_stop_form(CUSTOMER, "watch-form-1", language)
