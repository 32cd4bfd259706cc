"""Buttons about the reader: language and help."""

from __future__ import annotations

from cards.clicks.base import Click
from contract.people import Language


class SetLanguage(Click):
    """Speak `language` to this person from now on."""

    language: Language


class ShowHelp(Click):
    """Show what the bot can do for this person."""
