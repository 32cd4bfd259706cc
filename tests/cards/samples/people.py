"""Samples of the cards about contacts and who knocked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cards.components import Card
from cards.people import (
    ContactChange,
    ContactsSheet,
    KnockSheet,
    RemovalSheet,
    contact_changed_card,
    knock_card,
    knock_refused_card,
    removal_card,
)
from contract.people import Language, Person
from tests.cards.samples import sample

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CUSTOMER = "Bakkerij Brood & Zo [*Noord*]"
CONTACTS = (
    Person(id=1, tenant_id="t", object_id="o1", name="Anna de Vries", email="anna@brood.example", language=Language.NL),
    Person(id=2, tenant_id="t", object_id="o2", name="Bram Bakker", email=None, language=Language.EN),
)
STEVEN = Person(
    id=9, tenant_id="t", object_id="o9", name="Steven van der Stranger", email="s@brood.example", language=Language.NL
)
KNOCK = KnockSheet(
    knock_id=4,
    customer_id=12,
    person=STEVEN,
    customer_name=CUSTOMER,
    knocked_at=NOW - timedelta(minutes=20),
    times=1,
    state="waiting",
    contacts=CONTACTS[:1],
)
KNOCKS = {
    "a place is left": KNOCK,
    "no place is left": replace(KNOCK, contacts=CONTACTS, times=3),
    "nobody yet": replace(KNOCK, contacts=(), person=replace(STEVEN, email=None)),
    "appointed": replace(
        KNOCK, state="appointed", contacts=(CONTACTS[0], STEVEN), decided_by="Mia Manager", decided_at=NOW
    ),
    "refused": replace(KNOCK, state="refused", decided_by="Mia Manager", decided_at=NOW),
    "refused, no place left": replace(
        KNOCK, state="refused", contacts=CONTACTS, decided_by="Mia Manager", decided_at=NOW
    ),
    "removed": replace(KNOCK, state="removed", decided_by="Mia Manager", decided_at=NOW),
}
SHEET = ContactsSheet(
    customer_id=12,
    customer_name=CUSTOMER,
    contacts=CONTACTS,
    provider_name="Oxineo",
    provider_phone="+31 85 000 0000",
)
CHANGES = {
    "appointed": ContactChange(appointed="Bram Bakker", removed=None, sheet=SHEET, is_staff=False),
    "removed": ContactChange(
        appointed=None, removed="Bram Bakker", sheet=replace(SHEET, contacts=CONTACTS[:1]), is_staff=True
    ),
    "replaced": ContactChange(appointed="Bram Bakker", removed="Steven", sheet=SHEET, is_staff=True),
    "was removed": ContactChange(
        appointed=None, removed="Bram Bakker", sheet=replace(SHEET, contacts=()), is_staff=False, is_removed_one=True
    ),
}
REMOVAL = RemovalSheet(
    form_id="removal-form-1",
    customer_id=12,
    customer_name=CUSTOMER,
    person=CONTACTS[1],
    others=CONTACTS[:1],
    knocks=(),
)


def _knock(name: str, sheet: KnockSheet) -> None:
    sample(f"knock: {name}")(lambda language: knock_card(sheet, language, NOW))


def _change(name: str, change: ContactChange) -> None:
    sample(f"contacts: changed, {name}")(lambda language: contact_changed_card(change, language))


for _name, _sheet in KNOCKS.items():
    _knock(_name, _sheet)
for _name, _found in CHANGES.items():
    _change(_name, _found)


@sample("knock: too late")
def _(language: Language) -> Card:
    notice = {Language.NL: "Er zijn al twee contactpersonen.", Language.EN: "There are two contacts already."}
    return knock_card(KNOCKS["no place is left"], language, NOW, notice=notice[language])


@sample("contacts: removing")
def _(language: Language) -> Card:
    return removal_card(REMOVAL, language)


@sample("contacts: replacing")
def _(language: Language) -> Card:
    sheet = replace(REMOVAL, knocks=((4, STEVEN.name), (5, "*Piet*, de ander")), chosen=4)
    return removal_card(sheet, language)


@sample("contacts: refused")
def _(language: Language) -> Card:
    return knock_refused_card(SHEET, language)


@sample("contacts: refused, nobody to turn to")
def _(language: Language) -> Card:
    return knock_refused_card(replace(SHEET, contacts=()), language)
