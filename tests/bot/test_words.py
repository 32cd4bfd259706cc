"""Typed words: what they ask for, whatever somebody types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words import Typed, understand
from cards.clicks.access import ShowAccess
from cards.clicks.base import Click
from cards.clicks.people import ShowHelp
from cards.clicks.tickets import LONGEST_WORDS, ShowTicket, ShowTickets, StartTicket
from contract.people import Language

_COMMANDS = ("", "new ", "nieuw: ", "zoek ", "search ", "queue ", "customers: ", "1001 ", "0000", "#", "ticket ")


@given(command=st.sampled_from(_COMMANDS), text=st.text(max_size=60), times=st.integers(min_value=1, max_value=300))
def test_nothing_that_can_be_typed_fails(command: str, text: str, times: int) -> None:
    """Every text means something: a command, a ticket, or words, however long and whatever is in it."""
    assert isinstance(understand(command + text * times, Language.NL), (Click, Typed))


@pytest.mark.parametrize("text", ["hi?", "Hoi!", "HELP!!", "help...", "/help", "😀", "", "  \n "])
def test_a_greeting_gets_help_whatever_stands_behind_it(text: str) -> None:
    """A greeting is a greeting with a question mark or an exclamation mark too; emoji and nothing get help."""
    assert understand(text, Language.EN) == ShowHelp()


@pytest.mark.parametrize("text", ["tickets?", "Mijn tickets!", "MY TICKETS", "overzicht."])
def test_a_command_is_known_in_capitals_and_with_punctuation(text: str) -> None:
    """Commands work in both languages, in capitals and with punctuation behind them."""
    assert understand(text, Language.EN) == ShowTickets()


@pytest.mark.parametrize("text", ["toegang", "Access?", "toestemming", "remote access"])
def test_who_had_access_is_asked_for_in_either_language(text: str) -> None:
    """The card of remote access also answers to what it is about: the consent (R25)."""
    assert understand(text, Language.EN) == ShowAccess()


@pytest.mark.parametrize("text", ["1001", "#1001", "Ticket 1001", "ticket #1001", "1001?", "1001!", "1001 👍"])
def test_a_number_without_words_asks_for_the_ticket(text: str) -> None:
    """A ticket's number shows the ticket; a question mark or an emoji behind it is no answer to anybody."""
    assert understand(text, Language.NL) == ShowTicket(ticket=1001)


@pytest.mark.parametrize("text", ["0000", "0000 abc", "999 abc", "3 pcs are broken", "0612345678 graag bellen"])
def test_a_number_that_no_ticket_has_is_a_part_of_the_words(text: str) -> None:
    """Tickets are numbered from 1001; other numbers belong to what was written."""
    assert understand(text, Language.NL) == Typed(text=text)


def test_words_too_long_for_a_command_stay_words() -> None:
    """A new ticket takes as many words as its form; what is too long for that, or to search for, is kept as words."""
    long = "x" * LONGEST_WORDS
    assert understand(f"nieuw {long}", Language.NL) == StartTicket(text=long)
    assert understand(f"nieuw {long}x", Language.NL) == Typed(text=f"nieuw {long}x")
    assert understand("zoek " + "y" * 201, Language.NL) == Typed(text="zoek " + "y" * 201)
