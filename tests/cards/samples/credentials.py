"""Samples of the warning about the bot's own secret."""

from __future__ import annotations

from datetime import UTC, datetime

from cards.components import Card
from cards.credentials import credential_card
from contract.people import Language
from tests.cards.samples import sample

ENDS_AT = datetime(2026, 12, 1, tzinfo=UTC)


@sample("credential: a week")
def _(language: Language) -> Card:
    return credential_card(ENDS_AT, 7, language)


@sample("credential: a day")
def _(language: Language) -> Card:
    return credential_card(ENDS_AT, 1, language)


@sample("credential: over")
def _(language: Language) -> Card:
    return credential_card(ENDS_AT, -1, language)
