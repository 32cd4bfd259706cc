"""Files and pasted pictures: to which ticket they belong, fetched in the background (a picture never ends a conversation)."""

from __future__ import annotations

from bot.turn import Answer, Notice, Turn
from bot.words import Typed
from contract.tickets import Ticket


def received(turn: Turn, words: Typed) -> Answer:
    """Keep what was sent along with a message."""
    return Notice(turn.texts("Files are not kept yet."), is_error=True)


def attach_from(turn: Turn, ticket: Ticket) -> None:
    """Give the files of the same message to the ticket its words went to."""
