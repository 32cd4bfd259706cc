"""The texts people read, in their language. English in the source is the key; Dutch is in `cards/locale/nl/*.po`.

    t = texts_for(person.language)
    t("Approve {amount}", amount=money(17000, person.language))     # "€ 170,00 goedkeuren"
    t.plural("{n} ticket", "{n} tickets", 3)                        # "3 tickets"; {n} is always there

    STATES = {State.NEW: message("New"), ...}                       # a text that is kept in a table
    t(STATES[ticket.state])

There is one catalogue a subject (`welcome.po`), all of them are one when read. A text without translation is shown in
English; a test finds it, as it finds translations that nobody uses and placeholders that differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from babel.messages.pofile import read_po

from contract.people import Language

Catalogue = Mapping[str, str | tuple[str, ...]]
"""English text → translation; for a plural its forms, singular first, under the English singular."""


class Texts:
    """All texts in one language."""

    def __init__(self, language: Language, catalogue: Catalogue) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, english: str, /, **values: Any) -> str:
        """The text with its `{placeholders}` filled in."""
        found = self._catalogue.get(english)
        return (found if isinstance(found, str) else english).format(**values)

    def plural(self, one: str, many: str, n: int, /, **values: Any) -> str:
        """`one` for exactly one, `many` otherwise, with `{n}` and the other placeholders filled in."""
        found = self._catalogue.get(one)
        forms = found if isinstance(found, tuple) else (one, many)
        return forms[0 if n == 1 else 1].format(n=n, **values)


def language_of_locale(locale: str) -> Language:
    """The first guess for a person of whom nothing is known: Dutch for "nl-NL" and its like, English otherwise."""
    return Language.NL if locale.lower().partition("-")[0] == "nl" else Language.EN


def message(english: str) -> str:
    """`english` itself: marks a text kept in a table and translated later, so that tests look for it."""
    return english


@cache
def texts_for(language: Language) -> Texts:
    """The texts in `language`."""
    catalogue: dict[str, str | tuple[str, ...]] = {}
    for source in catalogue_files(language):
        catalogue |= read_catalogue(source)
    return Texts(language, catalogue)


def catalogue_files(language: Language) -> list[Traversable]:
    """The catalogues of `language`, by name; none for English."""
    folder = files("cards") / "locale" / language.value
    if not folder.is_dir():
        return []
    return sorted((found for found in folder.iterdir() if found.name.endswith(".po")), key=lambda found: found.name)


def read_catalogue(source: Traversable) -> Catalogue:
    """The translations in one file. Raises babel.messages.pofile.PoFileError when it is not one."""
    with source.open("rb") as opened:
        entries = read_po(opened, abort_invalid=True)
    catalogue: dict[str, str | tuple[str, ...]] = {}
    for entry in entries:
        if entry.id and not entry.fuzzy:  # the header has no id
            one = entry.id if isinstance(entry.id, str) else entry.id[0]
            catalogue[one] = entry.string if isinstance(entry.string, str) else tuple(entry.string or ())
    return {one: translated for one, translated in catalogue.items() if translated and all(translated)}
