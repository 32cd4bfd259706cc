"""What a contact may still do whom nobody could check for a day: read, and nothing that writes (D15, D32).

By the name of the payload, which says what its button does: `ShowTicket` shows. Whatever is added later is refused
until its name says that it only shows something.
"""

from __future__ import annotations

from bot.turn import Answer, Notice, Turn
from bot.words import Edited, Installed, Uninstalled
from cards.clicks.people import SetLanguage

SHOWING = ("Show", "Search", "Get")
"""How the names begin of payloads that only show something."""
_THE_CHAT = (Installed, Uninstalled, SetLanguage)
"""Events of the chat itself, and how it is read."""


def is_reading(act: type) -> bool:
    """Whether this only shows something, or is about the chat itself."""
    return act.__name__.startswith(SHOWING) or act in _THE_CHAT


def only_reading(turn: Turn, act: object) -> Answer:
    """Why that is not possible now, and whom to call instead."""
    if isinstance(act, Edited):
        return None
    provider = turn.policy.provider
    text = turn.texts(
        "Microsoft has not confirmed for a day who you are, so for now you can only read. Nothing was changed. "
        "Is it urgent? Call {provider}: {phone}.",
        provider=provider.name,
        phone=provider.phone,
    )
    return Notice(text, is_error=True)
