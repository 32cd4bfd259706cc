"""Samples of the reminder that records were kept long enough."""

from __future__ import annotations

from cards.components import Card
from cards.keeping import kept_over_card
from contract.people import Customer, Language
from tests.cards.samples import sample

ENDED = tuple(Customer(id=n, name=f"Bakkerij [*{n}*] & Zo", tenant_id=f"tenant-{n}") for n in range(1, 14))


@sample("kept long enough: one customer")
def _(language: Language) -> Card:
    return kept_over_card(ENDED[:1], language)


@sample("kept long enough: more than fit")
def _(language: Language) -> Card:
    return kept_over_card(ENDED, language)
