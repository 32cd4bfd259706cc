"""Comparing what a case expects with what the rules return, key by key; only the keys that a case gives are compared.

Reasons are never compared: their wording is the product's own. Instants are the same when they are the same moment,
however they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.cases.reading import Given
from contract.local_time import local

NOT_COMPARED = frozenset({"reason"})

NOTHING = "nothing"
"""What stands for a result that is not there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a case on which the case and the product do not agree, or that the product does not know."""

    field: str
    expected: str
    found: str

    @property
    def text(self) -> str:
        """What differs, as a line."""
        return f"{self.field}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class UnknownKey(Difference):
    """A key that the format does not have: what it asks for was not looked at, so nothing is said to hold."""

    expected: str = ""
    found: str = ""

    @property
    def text(self) -> str:
        """Which key it is."""
        return f"{self.field}: unknown key, not taken into account"


def unknown_keys(given: Given, *known: str) -> Iterator[UnknownKey]:
    """The keys that the format does not have at this place."""
    return (UnknownKey(place) for place in given.unknown(*known))


def compare(expected: Given, found: Mapping[str, Any], inside: str = "") -> Iterator[Difference]:
    """Every key of `expected` whose value is not the one found; a key that is no result differs too."""
    for name, wanted in expected.fields():
        if name in NOT_COMPARED:
            continue
        field = f"{inside}.{name}" if inside else name
        if name not in found:
            yield Difference(field, shown(wanted.value), "no such result")
        else:
            yield from compare_value(field, wanted, found[name])


def compare_value(field: str, wanted: Given, found: Any) -> Iterator[Difference]:
    """The field, where its value is another. Days and instants are read first."""
    if wanted.is_null or found is None:
        same = wanted.is_null and found is None
    elif isinstance(found, datetime):
        same = wanted.instant() == found
    elif isinstance(found, date):
        same = wanted.day() == found
    elif isinstance(found, list):
        same = wanted.value == [plain(one) for one in found]
    else:
        same = type(wanted.value) is type(found) and wanted.value == found
    if not same:
        yield Difference(field, shown(wanted.value), shown(found))


def plain(value: Any) -> Any:
    """A value as JSON has it: instants on Amsterdam's clock."""
    if isinstance(value, datetime):
        return local(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def shown(value: Any) -> str:
    """A value as a person reads it in a report."""
    value = plain(value)
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items()) or "none"
    return str(value)
