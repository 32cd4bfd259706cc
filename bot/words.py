"""What typed words mean: the same payloads that buttons carry.

Both languages always work, whatever language the person reads: Teams sends the localised title of a suggested command,
and people type what they are used to. Whatever is no command is `Typed`: a problem, an answer, or a greeting lost in a
longer sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.wire import Attachment
from cards.clicks.access import ShowAccess
from cards.clicks.base import Click
from cards.clicks.consents import ListConsents
from cards.clicks.contracts import ShowContract, ShowRenewals
from cards.clicks.invoices import ShowCosts, ShowInvoices
from cards.clicks.people import SetLanguage, ShowContacts, ShowCustomers, ShowHelp
from cards.clicks.queue import ShowQueue
from cards.clicks.tickets import LONGEST_WORDS, ShowTicket, ShowTickets, StartTicket
from contract.people import Language


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that are no command, with whatever files came along. `ticket` where they begin with a ticket's number."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """The app arrived in the person's chat."""


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """The app was taken out of the person's chat."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The person changed a message sent before."""

    activity_id: str
    text: str


_HELP = {"help", "hulp", "hi", "hello", "hey", "hallo", "hoi", "hai", "dag", "start", "menu", "?", "info"} | {
    "goedemorgen",
    "goedemiddag",
    "goedenavond",
    "good morning",
    "good afternoon",
    "commands",
    "opdrachten",
}
_NEW = ("new ticket", "nieuw ticket", "nieuwe ticket", "new", "nieuw", "nieuwe melding", "ticket openen", "open ticket")
_LIST = ("my tickets", "mijn tickets", "tickets", "overview", "overzicht", "status")
_SEARCH = ("search", "zoek", "zoeken", "find", "vind")
_QUEUE = ("queue", "wachtrij", "werkvoorraad")
_CONTACTS = {"contacts", "contactpersonen", "contacten"}
_CONTRACT = {"contract", "my contract", "mijn contract", "overeenkomst", "supportcontract"}
_INVOICES = {"invoices", "invoice", "facturen", "factuur", "my invoices", "mijn facturen", "onze facturen"}
_COSTS = {"costs", "kosten", "cost", "spend", "verbruik"}
_ACCESS = {"access", "toegang", "remote access", "toegang op afstand", "consent", "toestemming"}
_CONSENTS = {"consents", "toestemmingen"}
_RENEWALS = {"renewals", "verlengingen"}
_EXACT: dict[str, Click] = {
    word: click
    for words, click in (
        (_CONTACTS, ShowContacts()),
        (_CONTRACT, ShowContract()),
        (_INVOICES, ShowInvoices()),
        (_COSTS, ShowCosts()),
        (_RENEWALS, ShowRenewals()),
        (_ACCESS, ShowAccess()),
        (_CONSENTS, ListConsents()),
    )
    for word in words
}
"""Words that are a command only when nothing else is said."""
_CUSTOMERS = ("customers", "klanten", "customer", "klant")
_LANGUAGES = {
    "nederlands": Language.NL,
    "dutch": Language.NL,
    "nl": Language.NL,
    "taal": None,
    "english": Language.EN,
    "engels": Language.EN,
    "en": Language.EN,
    "language": None,
}
FIRST_NUMBER = 1000
"""Tickets are numbered from 1001: "3 pcs are broken" and "0612345678" name none."""

LONGEST_QUERY = 200
"""Characters of what is searched for; more than that is no search."""

_ENDS = "!.?… "
"""What people put behind a command."""

_INVOICE_NUMBER = re.compile(r"^(?:invoice|factuur|credit note|creditnota)?\s*#?\s*(c?20\d\d-\d{4,7})$")
"""Such as "2026-0001": no ticket 2026 with words behind it."""

_NUMBER = re.compile(r"^#?\s*(?:ticket\s*)?#?(\d{1,9})\b[\s:,.–-]*(.*)$", re.IGNORECASE | re.DOTALL)


def understand(text: str, language: Language, attachments: tuple[Attachment, ...] = ()) -> Click | Typed:
    """What a message asks for. Never fails: what is no command is `Typed`."""
    words = " ".join(text.split())
    plain = words.casefold().rstrip(_ENDS).lstrip("/")
    if attachments:
        number, said = _numbered(text)
        return Typed(text=said, attachments=attachments, ticket=number)
    if plain in _HELP or not any(char.isalnum() for char in words):
        return ShowHelp()
    if plain in _LANGUAGES:
        other = Language.EN if language is Language.NL else Language.NL
        return SetLanguage(language=_LANGUAGES[plain] or other)
    if (exact := _EXACT.get(plain)) is not None:
        return exact
    if (invoice := _INVOICE_NUMBER.match(plain)) is not None:
        return ShowInvoices(number=invoice[1].upper())
    for names, most, make in (
        (_NEW, LONGEST_WORDS, lambda rest: StartTicket(text=rest)),
        (_LIST, LONGEST_QUERY, lambda rest: ShowTickets(query=rest)),
        (_SEARCH, LONGEST_QUERY, lambda rest: ShowTickets(query=rest)),
        (_QUEUE, LONGEST_QUERY, lambda rest: ShowQueue(query=rest)),
        # Words behind it need a colon: "customers can't reach us" is a problem.
        (_CUSTOMERS, LONGEST_QUERY, lambda rest: ShowCustomers(query=rest)),
    ):
        rest = _after(words, names)
        if rest is not None and len(rest) <= most:
            return make(rest)
    number, said = _numbered(text)
    if number is None:
        return Typed(text=text.strip())
    # "1001?" and "1001 👍" ask for the ticket; they say nothing that could be kept as an answer.
    return Typed(text=said, ticket=number) if any(char.isalnum() for char in said) else ShowTicket(ticket=number)


def _after(words: str, names: tuple[str, ...]) -> str | None:
    """What follows a command that stands alone, has a colon, or is a single imperative word with more behind it."""
    folded = words.casefold()
    for name in sorted(names, key=len, reverse=True):
        if folded.rstrip(_ENDS) == name:
            return ""
        if folded.startswith(name + ":"):
            return words[len(name) + 1 :].strip()
        if folded.startswith(name + " ") and name in {"new", "nieuw", "new ticket", "nieuw ticket", *_SEARCH, *_QUEUE}:
            return words[len(name) :].strip()
    return None


def _numbered(text: str) -> tuple[int | None, str]:
    """A leading ticket number and what follows it."""
    found = _NUMBER.match(text.strip())
    if found is None or int(found[1]) <= FIRST_NUMBER:
        return None, text.strip()
    return int(found[1]), found[2].strip()
