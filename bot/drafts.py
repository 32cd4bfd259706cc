"""A mail that is ready but for its sending: what it says, in which language, to whom, and what goes along."""

from __future__ import annotations

from dataclasses import dataclass

from cards.mails import Letter
from contract.people import Language


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along: its bytes are kept under this SHA-256."""

    name: str
    content_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail, and the address it goes to; empty: the one it was asked for."""

    letter: Letter
    language: Language
    to: str = ""
    attached: tuple[Enclosure, ...] = ()
