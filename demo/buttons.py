"""Reads a card as a person does: what it says, which buttons it has, and what a client would send for a click.

Collecting follows Microsoft's renderer: a button carries the inputs of its own card and of the cards around it (a
ShowCard's inputs stay with the ShowCard's buttons), an empty input is left out, a toggle always has a value, and
every value is a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_CHILDREN = ("body", "items", "columns", "rows", "cells", "images", "inlines")
_ACTIONS = ("actions", "selectAction", "inlineAction")


@dataclass(frozen=True, slots=True)
class Button:
    """An action together with the inputs it would send."""

    action: Json
    inputs: tuple[Json, ...]

    @property
    def title(self) -> str:
        """What is written on it; `(tap)` for a tappable area without a title."""
        return readable(str(self.action.get("title") or "(tap)"))

    def collect(self, typed: Mapping[str, Any]) -> dict[str, str]:
        """The values a client sends after somebody typed `typed` into the inputs of these ids.

        Raises AssertionError for an id that is no input, and where the client itself would refuse to send.
        """
        unknown = set(typed) - {one["id"] for one in self.inputs}
        if unknown:
            names = ", ".join(one["id"] for one in self.inputs) or "none"
            msg = f"“{self.title}” sends no input {sorted(unknown)}; it sends: {names}"
            raise AssertionError(msg)
        values: dict[str, str] = {}
        for one in self.inputs:
            value = _as_sent(one, typed.get(one["id"], one.get("value")))
            _check(one, value)
            if value != "":
                values[one["id"]] = value
        return values


def _as_sent(field: Json, value: Any) -> str:
    """A value as the client writes it."""
    if field["type"] == "Input.Toggle":
        on, off = field.get("valueOn", "true"), field.get("valueOff", "false")
        return str(on if value in (True, on) else off)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(str(one) for one in value)
    return str(value)


def _check(field: Json, value: str) -> None:
    """What the client checks before it sends. Raises AssertionError."""
    what = f"{field['id']} ({field.get('label', 'without a label')})"
    problem = ""
    if field.get("isRequired") and (
        not value or (field["type"] == "Input.Toggle" and value != field.get("valueOn", "true"))
    ):
        problem = "is required"
    elif value and field["type"] == "Input.Text":
        if len(value) > field.get("maxLength", len(value)):
            problem = f"is longer than {field['maxLength']}"
        elif field.get("regex") and not re.search(field["regex"], value):
            problem = f"does not match {field['regex']}"
    elif value and field["type"] == "Input.Number":
        number = float(value)
        if number < field.get("min", number) or number > field.get("max", number):
            problem = f"is not within {field.get('min')} and {field.get('max')}"
    elif (
        value
        and field["type"] == "Input.ChoiceSet"
        and field.get("style") != "filtered"
        and "choices.data" not in field
    ):
        offered = {choice["value"] for choice in field.get("choices", [])}
        if not set(value.split(",")) <= offered:
            problem = f"offers {sorted(offered)}, not {value}"
    if problem:
        msg = f"The client would not send: {what} {problem}. {field.get('errorMessage', '')}".strip()
        raise AssertionError(msg)


def _own(element: Any) -> Iterator[Json]:
    """Every element of one card, without those of the ShowCards in it."""
    if isinstance(element, list):
        for one in element:
            yield from _own(one)
    elif isinstance(element, dict):
        yield element
        for key in _CHILDREN:
            yield from _own(element.get(key, []))


def inputs(card: Json) -> list[Json]:
    """The inputs of a card, without those of the ShowCards in it."""
    return [one for one in _own(card) if str(one.get("type", "")).startswith("Input.") and "id" in one]


def find_input(card: Json, field: str) -> Json:
    """The input with this id, those of ShowCards included. Raises AssertionError that lists all."""
    found = {one["id"]: one for one in inputs(card)}
    found |= {one["id"]: one for button in buttons(card) for one in button.inputs}
    if field not in found:
        msg = f"No input {field}; there are: {', '.join(found) or 'none'}"
        raise AssertionError(msg)
    return found[field]


def buttons(card: Json, around: tuple[Json, ...] = ()) -> Iterator[Button]:
    """Every button of a card, those in ActionSets, rows and ShowCards included."""
    mine = (*around, *inputs(card))
    whole, *elements = _own(card)
    for element in [*elements, whole]:  # a card's own buttons stand below everything else
        for key in _ACTIONS:
            found = element.get(key, [])
            for action in found if isinstance(found, list) else [found]:
                if action.get("type") == "Action.ShowCard":
                    yield Button(action, ())
                    yield from buttons(action.get("card", {}), mine)
                else:
                    yield Button(action, () if action.get("associatedInputs") == "none" else mine)


def find_button(card: Json, title: str, nth: int | None = None) -> Button:
    """The button with this title; `nth` (from 0) where several have it. Raises AssertionError that lists all."""
    there = [button for button in buttons(card) if button.action.get("type") != "Action.ShowCard"]
    found = [button for button in there if button.title == title]
    if nth is None and len(found) == 1:
        return found[0]
    if nth is not None and nth < len(found):
        return found[nth]
    listed = "\n".join(f"  - {button.title}" for button in there) or "  (none)"
    problem = f"{len(found)} buttons are called “{title}”: say which (nth)" if found else f"No button “{title}”"
    msg = f"{problem}. The card says:\n{words(card)}\nIts buttons:\n{listed}"
    raise AssertionError(msg)


def readable(text: str) -> str:
    """`text` as it is read: a space that may not be broken is a space."""
    return text.replace("\u00a0", " ")


def words(card: Json) -> str:
    """Everything a card says, line by line: texts, facts, labels, choices and button titles, ShowCards included."""
    lines: list[str] = []
    for element in _own(card):
        kind = element.get("type", "")
        if kind == "RichTextBlock":
            runs = element.get("inlines", [])
            lines.append("".join(run if isinstance(run, str) else run.get("text", "") for run in runs))
        elif kind == "FactSet":
            lines += [f"{fact.get('title', '')} {fact.get('value', '')}" for fact in element.get("facts", [])]
        elif kind == "TextBlock":
            lines.append(element.get("text", ""))
        elif kind.startswith("Input."):
            lines += [element.get("label", ""), element.get("title", ""), str(element.get("value", ""))]
            lines += [choice.get("title", "") for choice in element.get("choices", [])]
    lines += [button.title for button in buttons(card) if "title" in button.action]
    return readable("\n".join(line for line in lines if line))
