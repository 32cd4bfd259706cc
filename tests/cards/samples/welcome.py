"""Samples of the first cards."""

from __future__ import annotations

from dataclasses import dataclass

from cards.components import Card
from cards.welcome import contacts_card, help_card, no_longer_yours, stranger_card, welcome_card
from contract.people import Language, Person, Role
from tests.cards.samples import sample


@dataclass(frozen=True)
class Desk:
    """The provider of the samples."""

    name: str = "Oxineo"
    email: str = "info@oxineo.example"
    phone: str = "+31 85 000 0000"
    chat_url: str = "https://teams.microsoft.com/l/chat/0/0?users=28:bot"


DESK = Desk()
CUSTOMER = "Bakker & Zn. [Noord]"


def reader(language: Language, name: str = "Sanne de Boer") -> Person:
    """Somebody who reads `language`."""
    return Person(id=1, tenant_id="t", object_id="o", name=name, email=None, language=language)


def _register(role: Role) -> None:
    @sample(f"welcome: {role}")
    def _(language: Language) -> Card:
        return welcome_card(reader(language), role, DESK, CUSTOMER)

    @sample(f"help: {role}")
    def _(language: Language) -> Card:
        return help_card(reader(language), role, DESK)


for _role in (Role.CONTACT, Role.ENGINEER, Role.MANAGER):
    _register(_role)


@sample("contacts: two")
def _(language: Language) -> Card:
    other = Person(id=2, tenant_id="t", object_id="p", name="John Smith", email="j_s@x.example", language=language)
    return contacts_card(reader(language), DESK, CUSTOMER, (reader(language), other))


@sample("contacts: none")
def _(language: Language) -> Card:
    return contacts_card(reader(language), DESK, CUSTOMER, ())


@sample("stranger: two contacts")
def _(language: Language) -> Card:
    return stranger_card(reader(language, "*Piet*"), DESK, CUSTOMER, ("Sanne de Boer", "John Smith"))


@sample("stranger: one contact")
def _(language: Language) -> Card:
    return stranger_card(reader(language), DESK, CUSTOMER, ("Sanne de Boer",))


@sample("stranger: no contact")
def _(language: Language) -> Card:
    return stranger_card(reader(language), DESK, CUSTOMER, ())


@sample("no longer yours")
def _(language: Language) -> Card:
    return no_longer_yours(language, None)
