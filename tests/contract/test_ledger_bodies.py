"""The one way to write an entry of the ledger, and what is no entry (R25)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.ledger import Entry, EntryKind
from contract.ledger_bodies import UnreadableEntry, read_entry, write_entry
from contract.receipt_bodies import canonical
from tests.consent_ledgers import note, sealed_ledger

BODIES = [sealed.body for sealed in sealed_ledger(3)]
SAID = [json.loads(body) for body in BODIES]
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("body", BODIES)
def test_read_and_written_again(body: str) -> None:
    """Of every kind: the same bytes."""
    assert write_entry(read_entry(body)) == body


@given(st.dictionaries(st.text("abc", max_size=4), PLAIN, max_size=4))
def test_any_details(details: dict[str, Any]) -> None:
    """Texts, whole numbers, true, false, null, and lists and objects of them come back as they were."""
    entry = Entry(1, "0" * 64, "ab" * 32, replace(note(EntryKind.ASKED), details=details))
    assert read_entry(write_entry(entry)) == entry


def changed(number: int, path: tuple[str | int, ...], value: Any) -> str:
    """A body that says something else in one place."""
    said = json.loads(BODIES[number])
    place = said
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return canonical(said)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 100_000,
        BODIES[0].replace(",", ", ", 1),
        BODIES[0].replace('"by"', '"by":null,"by"', 1),
        canonical({**SAID[0], "more": 1}),
        canonical({**SAID[0], "format": "fourstar-receipt-1"}),
        canonical({name: value for name, value in SAID[0].items() if name != "provider"}),
        changed(0, ("sequence",), 0),
        changed(0, ("sequence",), True),
        changed(0, ("kind",), "anything"),
        changed(0, ("at", "utc"), "2026-11-23T09:00:00"),
        changed(0, ("details",), []),
        changed(0, ("details",), {"a": 1.5}),
        changed(0, ("details",), {"a": [{"b": 1.5}]}),
    ],
)
def test_what_is_no_entry(body: str) -> None:
    """Another shape, order, format or type; a key too many, twice or missing; a number with a point."""
    with pytest.raises(UnreadableEntry):
        read_entry(body)


def places(said: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every value in a body that is no list and no object."""
    if isinstance(said, dict):
        return [found for name, value in said.items() for found in places(value, (*path, name))]
    if isinstance(said, list):
        return [found for number, value in enumerate(said) for found in places(value, (*path, number))]
    return [path]


@pytest.mark.parametrize("number,path", [(number, path) for number, said in enumerate(SAID) for path in places(said)])
def test_each_value_is_in_the_entry(number: int, path: tuple[str | int, ...]) -> None:
    """Nothing in a body is passed over: another value makes another entry, or none."""
    place = SAID[number]
    for step in path:
        place = place[step]
    other = place + 1 if type(place) is int else f"{place}x"
    body = changed(number, path, other)
    try:
        assert read_entry(body) != read_entry(BODIES[number])
    except UnreadableEntry:
        return
