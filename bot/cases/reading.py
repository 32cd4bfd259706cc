"""A file of worked cases, read strictly: every value knows its place, so that what can't be read is said exactly there.

given = read_cases(path); given.field("pickup").items()[0].field("created").instant()
Unreadable: "pickup[0].created: no instant with an offset, such as 2026-11-23T10:00:00+01:00, but '2026-11-23'"
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

E = TypeVar("E", bound=StrEnum)

PROSE = frozenset({"title", "decisions", "note", "comment"})
"""Keys that are for people and never looked at."""

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Days outside are typing errors."""

_MOST = 10**18 - 1
"""Minutes and cents beyond are typing errors."""

_SHOWN = 60


class Unreadable(Exception):
    """Something in the file is not what the format says: where, and what."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(place, what)
        self.place, self.what = place, what

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" if self.place else self.what


@dataclass(frozen=True, slots=True)
class Given:
    """A value of the file, and where it stands."""

    value: Any
    place: str = ""

    def field(self, name: str) -> Given:
        """A key that has to be there."""
        inside = self._mapping()
        if name not in inside:
            raise Unreadable(self.place, f"{name} is missing")
        return Given(inside[name], self._below(name))

    def maybe(self, name: str) -> Given | None:
        """A key that may be left out, or be null."""
        value = self._mapping().get(name)
        return None if value is None else Given(value, self._below(name))

    def has(self, name: str) -> bool:
        """Whether the key is there, null or not."""
        return name in self._mapping()

    def fields(self) -> Iterator[tuple[str, Given]]:
        """Every key with its value, but for prose."""
        for name, value in self._mapping().items():
            if name not in PROSE:
                yield name, Given(value, self._below(name))

    def items(self) -> list[Given]:
        """The values of a list."""
        if not isinstance(self.value, list):
            self.refuse("a list")
        return [Given(value, f"{self.place}[{count}]") for count, value in enumerate(self.value)]

    def unknown(self, *known: str) -> list[str]:
        """The places of keys that are neither known nor prose."""
        return [found.place for name, found in self.fields() if name not in known]

    @property
    def is_null(self) -> bool:
        """Whether it is null."""
        return self.value is None

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.value, Mapping)

    def text(self) -> str:
        """Words."""
        if not isinstance(self.value, str):
            self.refuse("a text")
        return self.value

    def whole(self) -> int:
        """A whole number: minutes and cents are never anything else."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.refuse("a whole number")
        if abs(self.value) > _MOST:
            self.refuse("a whole number of at most 18 digits")
        return self.value

    def yes(self) -> bool:
        """Yes or no."""
        if not isinstance(self.value, bool):
            self.refuse("true or false")
        return self.value

    def choice(self, kind: type[E]) -> E:
        """One of some words."""
        if self.value not in list(kind):
            self.refuse(f"one of {', '.join(kind)}")
        return kind(self.value)

    def instant(self) -> datetime:
        """An instant: ISO 8601 with an offset or Z."""
        try:
            found = datetime.fromisoformat(self.value)
        except (TypeError, ValueError):
            found = None
        if found is None or found.tzinfo is None:
            self.refuse("an instant with an offset, such as 2026-11-23T10:00:00+01:00")
        self._check_year(found.year)
        return found

    def day(self) -> date:
        """A calendar day."""
        try:
            found = date.fromisoformat(self.value)
        except (TypeError, ValueError):
            self.refuse("a day, such as 2026-11-23")
        self._check_year(found.year)
        return found

    def month(self) -> tuple[int, int]:
        """A calendar month."""
        try:
            found = date.fromisoformat(f"{self.text()}-01")
        except ValueError:
            self.refuse("a month, such as 2026-11")
        self._check_year(found.year)
        return found.year, found.month

    def year(self) -> int:
        """A calendar year, written as a number or in quotes."""
        text = str(self.value) if not isinstance(self.value, bool) else ""
        if not text.isascii() or not text.isdigit() or len(text) > len(str(LAST_YEAR)):
            self.refuse("a year, such as 2026")
        self._check_year(int(text))
        return int(text)

    def refuse(self, wanted: str) -> NoReturn:
        """Say that something else was expected here."""
        shown = json.dumps(self.value, ensure_ascii=False)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
        raise Unreadable(self.place, f"not {wanted}, but {shown}")

    def _check_year(self, year: int) -> None:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            self.refuse(f"of a year from {FIRST_YEAR} to {LAST_YEAR}")

    def _mapping(self) -> Mapping[str, Any]:
        if not isinstance(self.value, Mapping):
            self.refuse("an object with keys")
        return self.value

    def _below(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name


def read_cases(path: Path) -> Given:
    """The whole file. Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unreadable(str(path), error.strerror or type(error).__name__) from None
    except UnicodeDecodeError as error:
        raise Unreadable(str(path), f"byte {error.start} is not UTF-8") from None
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Unreadable(str(path), "half of a character, which nobody could be shown") from None
    except json.JSONDecodeError as error:
        raise Unreadable(str(path), f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise Unreadable(str(path), "nested too deeply") from None
    except ValueError:
        raise Unreadable(str(path), "a number of more digits than can be read") from None
    given = Given(value)
    if not given.is_mapping:
        raise Unreadable(str(path), "not an object with a key per section")
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys come once: of two cases under one key one would silently not be run."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        raise Unreadable("", f"the key {json.dumps(twice, ensure_ascii=False)} comes twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise Unreadable("", f"{word} is no number")
