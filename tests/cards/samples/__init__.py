"""Cards to look at: every view in every state worth testing, registered by the tests of its subject.

    @sample("ticket: new, unclaimed")
    def _(language: Language) -> Card:
        return ticket_card(NEW_TICKET, reader=..., language=language, now=NOW)

`tests/cards/test_matrix.py` holds every one of them, in every language, against what clients demand of a card.
`every_sample()` is also where whoever draws pictures of the cards gets them: `(name, language, card)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache

from cards.components import Card
from contract.people import Language

MakeCard = Callable[[Language], Card]
_makers: dict[str, MakeCard] = {}


def sample(name: str) -> Callable[[MakeCard], MakeCard]:
    """Register the decorated function's card under `name`, "subject: state"."""

    def register(make: MakeCard) -> MakeCard:
        if name in _makers:
            raise ValueError(f"two samples are called {name!r}")
        _makers[name] = make
        return make

    return register


@cache
def samples() -> dict[str, MakeCard]:
    """Every sample by name; all modules of this folder are read for it."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return _makers


def every_sample() -> Iterator[tuple[str, Language, Card]]:
    """Every sample in every language: name, language, card."""
    for name, make in sorted(samples().items()):
        for language in Language:
            yield name, language, make(language)
