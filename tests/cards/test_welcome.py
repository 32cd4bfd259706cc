"""What the bot says before there is a ticket to speak of."""

from __future__ import annotations

import pytest

from bot.words import Typed, understand
from cards.welcome import (
    COMMANDS,
    contacts_card,
    group_hint,
    help_card,
    no_longer_yours,
    outsider_refusal,
    stranger_card,
    welcome_card,
)
from contract.people import Language, Role
from tests.cards.samples.welcome import CUSTOMER, DESK, reader
from tests.cards.walk import buttons, read, texts

WELCOMED = (Role.CONTACT, Role.ENGINEER, Role.MANAGER)


def verbs(card_of: object) -> list[str]:
    """The verbs of a card's buttons, in order."""
    return [str(button.action["verb"]) for button in buttons(read(card_of))]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", WELCOMED)
def test_welcome_has_the_providers_phone_and_address(role: Role, language: Language) -> None:
    """R1: whoever is welcomed can call and write, also where no card is shown."""
    made = welcome_card(reader(language), role, DESK, CUSTOMER)
    shown = " ".join(texts(read(made)))
    assert DESK.phone in shown
    assert DESK.email in shown
    assert DESK.phone in made.fallback_text
    assert DESK.email in made.fallback_text


def test_a_contact_starts_from_the_welcome() -> None:
    """The main jobs of a contact are one click away, and the language is another."""
    made = welcome_card(reader(Language.NL), Role.CONTACT, DESK, CUSTOMER)
    assert verbs(made) == ["start_ticket", "show_tickets", "show_help", "set_language"]
    switch = list(buttons(read(made)))[-1].action
    assert (switch["title"], switch["data"]) == ("English", {"language": "en"})


def test_staff_start_from_the_queue() -> None:
    """An engineer's first button is the queue; a manager has the customers beside it."""
    english = reader(Language.EN)
    assert verbs(welcome_card(english, Role.ENGINEER, DESK)) == ["show_queue", "show_help", "set_language"]
    assert verbs(help_card(english, Role.MANAGER, DESK)) == ["show_queue", "show_customers", "set_language"]


def test_the_allowance_is_named() -> None:
    """R32: a contact reads at the start that 2 hours may be spent without asking."""
    shown = " ".join(texts(read(welcome_card(reader(Language.EN), Role.CONTACT, DESK, CUSTOMER))))
    assert "Up to 2 hours" in shown


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", WELCOMED)
def test_every_command_of_the_help_card_is_understood(role: Role, language: Language) -> None:
    """What help tells people to type is no mere text, in either language, whatever language they read."""
    for command in COMMANDS[role]:
        for typed in (command.nl, command.en):
            assert not isinstance(understand(typed, language), Typed), typed
            assert typed in " ".join(texts(read(help_card(reader(language), role, DESK))))


@pytest.mark.parametrize("language", Language)
def test_a_stranger_is_told_the_contacts(language: Language) -> None:
    """R4: the refusal names the contacts, and offers nothing but the other language."""
    made = stranger_card(reader(language, "Piet"), DESK, "Bakker", ("Sanne", "John"))
    assert "Sanne" in made.fallback_text
    assert "John" in made.fallback_text
    assert verbs(made) == ["set_language"]


def test_the_contacts_are_named() -> None:
    """R4: a contact sees who the contacts are; without any the card says so."""
    english = reader(Language.EN)
    made = contacts_card(english, DESK, "Bakker", (english, reader(Language.NL, "John Smith")))
    assert made.fallback_text == "Contacts of Bakker: Sanne de Boer, John Smith"
    assert contacts_card(english, DESK, "Bakker", ()).fallback_text == "Contacts of Bakker: Nobody yet."


def test_a_stranger_without_contacts_to_ask() -> None:
    """An organisation that appointed nobody yet is told how to."""
    made = stranger_card(reader(Language.EN, "Piet"), DESK, "Bakker", ())
    assert "Nobody of Bakker has been appointed" in made.fallback_text


def test_what_is_no_longer_yours_shows_nothing() -> None:
    """D32: a removed contact's card keeps its place and loses everything else."""
    made = no_longer_yours(Language.EN, "ticket:1001")
    assert made.subject == "ticket:1001"
    assert b"1001" not in made.json
    assert verbs(made) == []


def test_an_outsider_is_told_nothing() -> None:
    """Somebody of an unknown tenant learns whose desk it is, and no more."""
    assert outsider_refusal(Language.EN, "Oxineo") == "This is the support desk of Oxineo, for its customers only."
    assert outsider_refusal(Language.NL, "Oxineo") == "Dit is de supportdesk van Oxineo, alleen voor eigen klanten."


def test_a_group_is_told_where_to_go() -> None:
    """No data in a group: only the hint to open a chat."""
    assert "help" in group_hint(Language.EN)
    assert "hulp" in group_hint(Language.NL)
