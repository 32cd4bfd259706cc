"""The first card, help, and the refusals: what the bot says before there is a ticket to speak of (R1, R4).

A contact and the provider's people are told what they can do. A stranger of a known customer is told who the contacts
are (R4) and nothing else; somebody of an unknown tenant is told nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from cards.clicks.access import ShowAccess
from cards.clicks.contracts import ShowContract
from cards.clicks.people import SetLanguage, ShowContacts, ShowCustomers, ShowHelp
from cards.clicks.queue import ShowQueue
from cards.clicks.tickets import ShowTickets, StartTicket
from cards.components import (
    Action,
    ActionStyle,
    Card,
    Element,
    action_row,
    card,
    execute,
    facts,
    heading,
    panel,
    text,
)
from cards.language import Texts, message, texts_for
from contract.allowance import FREE_MINUTES
from contract.people import MAX_CONTACTS, Language, Person, Role

LANGUAGE_NAMES = {Language.NL: "Nederlands", Language.EN: "English"}
"""Each language in its own words, so that who reads only that one finds it."""


class Provider(Protocol):
    """Who gives the support (R1); a frozen value, because cards that depend on nothing else are kept by it."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str:
        """The company's name."""

    @property
    def email(self) -> str:
        """Where to write."""

    @property
    def phone(self) -> str:
        """Where to call."""

    @property
    def chat_url(self) -> str:
        """Opens the chat with the bot in Teams; empty where none is shown."""


@dataclass(frozen=True, slots=True)
class Command:
    """Words that can be typed, in both languages, and what they do."""

    nl: str
    en: str
    meaning: str

    def words(self, language: Language) -> str:
        """The words, those of the reader's language first."""
        first, second = (self.nl, self.en) if language is Language.NL else (self.en, self.nl)
        return first if first == second else f"{first} / {second}"


_TICKET = Command("1001", "1001", message("Shows ticket 1001. With words behind it, the words become an answer."))
_LANGUAGE = Command("english", "nederlands", message("Continues in the other language."))
_HELP = Command("hulp", "help", message("Shows this card."))
_INVOICES = Command("facturen", "invoices", message("The invoices, and what is still to be paid."))
_ACCESS = Command("toegang", "access", message("What remote access is consented, and who had it when."))
_CONSENTS = Command("toestemmingen", "consents", message("Whose consent is missing, ends soon or can't be seen."))
_QUEUE = Command("wachtrij", "queue", message("The tickets of all customers. With words behind it, those that match."))

COMMANDS: dict[Role, tuple[Command, ...]] = {
    Role.CONTACT: (
        Command("nieuw", "new", message("A new ticket. You can also simply type what is wrong.")),
        Command("tickets", "tickets", message("All tickets of your organisation, open and closed.")),
        Command("zoek", "search", message("Finds tickets by the words behind it.")),
        _TICKET,
        Command("contract", "contract", message("What was agreed: term, prices, rules, and how it ends.")),
        Command("kosten", "costs", message("What this month costs so far, per ticket.")),
        _INVOICES,
        _ACCESS,
        Command("contactpersonen", "contacts", message("Who may open tickets for your organisation.")),
        _LANGUAGE,
        _HELP,
    ),
    Role.ENGINEER: (_QUEUE, _TICKET, _ACCESS, _CONSENTS, _LANGUAGE, _HELP),
    Role.MANAGER: (
        _QUEUE,
        _TICKET,
        Command("klanten", "customers", message("Customers, their contacts, and who asked to become one.")),
        _INVOICES,
        _ACCESS,
        _CONSENTS,
        Command("verlengingen", "renewals", message("Whose contracts end with the year, and who has renewed.")),
        _LANGUAGE,
        _HELP,
    ),
}


def welcome_card(reader: Person, role: Role, provider: Provider, customer_name: str = "") -> Card:
    """The one card that greets a person when the app arrives. `role` is a contact's or a staff member's."""
    t = texts_for(reader.language)
    title = t("Welcome to the support of {provider}", provider=provider.name)
    return card(
        heading(title),
        *(_staff_welcome(t, reader, role) if role.is_staff else _contact_welcome(t, reader, customer_name)),
        _provider_panel(t, provider),
        action_row(*_buttons(t, role), _switch(reader.language)),
        fallback_text=t(
            "{title}. Type what is wrong, or type help. Phone {phone}, e-mail {email}.",
            title=title,
            phone=provider.phone,
            email=provider.email,
        ),
        language=reader.language,
    )


def help_card(reader: Person, role: Role, provider: Provider) -> Card:
    """What this person can do here, and the words to type for it in both languages."""
    return _help_card(reader.language, role, provider)


@cache
def _help_card(language: Language, role: Role, provider: Provider) -> Card:
    """Drawn once for each language and role: it says nothing about the reader."""
    t = texts_for(language)
    commands = COMMANDS[role]
    words = [command.words(language) for command in commands]
    return card(
        heading(t("What you can do here")),
        text(_staff_hint(t) if role.is_staff else _contact_hint(t)),
        facts(*((typed, t(command.meaning)) for typed, command in zip(words, commands, strict=True))),
        _provider_panel(t, provider),
        action_row(
            *_buttons(t, role)[:-1],
            None if role.is_staff else execute(t("My contract"), ShowContract()),
            None if role.is_staff else execute(t("Contacts"), ShowContacts()),
            None if role.is_staff else execute(t("Remote access"), ShowAccess()),
            _switch(language),
        ),
        fallback_text=t("What you can type: {words}", words=", ".join(words)),
        language=language,
    )


def contacts_card(reader: Person, provider: Provider, customer_name: str, contacts: Sequence[Person]) -> Card:
    """Who the contacts of the reader's organisation are, and how they are replaced (R4, D32)."""
    t = texts_for(reader.language)
    title = t("Contacts of {customer}", customer=customer_name)
    return card(
        heading(title),
        facts(*((contact.name, contact.email or "–") for contact in contacts)) if contacts else text(t("Nobody yet.")),
        text(
            t(
                "They open tickets and decide on estimates; there can be {most}. Write to {provider} to replace one.",
                most=MAX_CONTACTS,
                provider=provider.name,
            )
        ),
        _provider_panel(t, provider),
        action_row(*_buttons(t, Role.CONTACT)),
        fallback_text=f"{title}: {', '.join(contact.name for contact in contacts) or t('Nobody yet.')}",
        language=reader.language,
    )


def stranger_card(reader: Person, provider: Provider, customer_name: str, contacts: Sequence[str]) -> Card:
    """The refusal for somebody who is no contact: it names the contacts of the organisation, and that is all (R4)."""
    t = texts_for(reader.language)
    if contacts:
        names = t(" and ").join(contacts)
        who = t("Tickets of {customer} are opened by its contacts: {names}.", customer=customer_name, names=names)
        advice = t("Ask a contact to report your problem, or have your organisation appoint you.")
    else:
        who = t("Nobody of {customer} has been appointed to open tickets yet.", customer=customer_name)
        advice = t("Ask your organisation to appoint you. It may appoint two contacts.")
    return card(
        heading(t("Hello {name}", name=reader.name)),
        text(who),
        text(advice),
        text(t("{provider} sees that you wrote here.", provider=provider.name), subtle=True),
        _provider_panel(t, provider),
        action_row(_switch(reader.language)),
        fallback_text=f"{who} {advice}",
        language=reader.language,
    )


def no_longer_yours(language: Language, subject: str | None) -> Card:
    """What takes the place of a card whose reader may not see it any more: nothing of what it showed (D32)."""
    t = texts_for(language)
    title = t("No longer available")
    reason = t("You do not have access to this any more.")
    return card(heading(title), text(reason), fallback_text=f"{title}. {reason}", language=language, subject=subject)


def outsider_refusal(language: Language, provider_name: str) -> str:
    """The refusal for somebody of a tenant that nobody knows: no data, not even who the customers are."""
    t = texts_for(language)
    return t("This is the support desk of {provider}, for its customers only.", provider=provider_name)


def group_hint(language: Language) -> str:
    """The answer in a group or a channel, where everybody would read along."""
    t = texts_for(language)
    return t("I only work in a chat with just the two of us, so that nobody reads along. Open one and type help.")


def _contact_welcome(t: Texts, reader: Person, customer_name: str) -> tuple[Element, ...]:
    return (
        text(
            t(
                "Hello {name}. You are a contact of {customer}: report problems here, and follow them to the end.",
                name=reader.name,
                customer=customer_name,
            )
        ),
        facts(
            (t("Report"), _contact_hint(t)),
            (t("Follow"), t("You hear who works on it, what happens, and how much time it takes.")),
            (
                t("Decide"),
                t(
                    "Up to {hours} hours a ticket may be spent without asking. Beyond that you first get an estimate.",
                    hours=FREE_MINUTES // 60,
                ),
            ),
            (t("Good to know"), t("Both contacts of your organisation see every ticket. Confidential? Call us.")),
        ),
    )


def _staff_welcome(t: Texts, reader: Person, role: Role) -> tuple[Element | None, ...]:
    return (
        text(t("Hello {name}. You work on the tickets of all customers here.", name=reader.name)),
        facts(
            (t("Hear"), t("New tickets reach all engineers; answers and decisions reach who has the ticket.")),
            (t("Work"), _staff_hint(t)),
            (
                t("Stop in time"),
                t(
                    "At {hours} hours the work stops until the customer approves an estimate.",
                    hours=FREE_MINUTES // 60,
                ),
            ),
            (t("Customers"), t("You appoint and replace their contacts.")) if role is Role.MANAGER else None,
        ),
    )


def _contact_hint(t: Texts) -> str:
    return t("Type what is wrong in your own words. Files and screenshots can come along.")


def _staff_hint(t: Texts) -> str:
    return t("Everything about a ticket is done on its card: claim, answer, log time, send an estimate, resolve.")


def _provider_panel(t: Texts, provider: Provider) -> Element:
    return panel(text(provider.name, bold=True), facts((t("Phone"), provider.phone), (t("E-mail"), provider.email)))


def _buttons(t: Texts, role: Role) -> list[Action]:
    """The buttons of the reader's main jobs; help is the last."""
    help_button = execute(t("Help"), ShowHelp())
    if not role.is_staff:
        return [
            execute(t("New ticket"), StartTicket(), style=ActionStyle.POSITIVE),
            execute(t("My tickets"), ShowTickets()),
            help_button,
        ]
    queue = execute(t("Queue"), ShowQueue())
    return [queue, *([execute(t("Customers"), ShowCustomers())] if role is Role.MANAGER else []), help_button]


def _switch(language: Language) -> Action:
    other = Language.EN if language is Language.NL else Language.NL
    return execute(LANGUAGE_NAMES[other], SetLanguage(language=other))
