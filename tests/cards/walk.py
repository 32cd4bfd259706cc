"""Walking through the JSON of a card: what is in it, and which fields each button sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from cards.components import Card

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """An Action.Execute and the fields that a click on it sends along."""

    action: Node
    inputs: tuple[Node, ...]


def read(card: Card) -> Node:
    """The card's JSON, read back."""
    root: Node = orjson.loads(card.json)
    return root


def nodes(part: Any) -> Iterator[Node]:
    """Every object in `part` that has a type, outermost first, fallbacks too."""
    if isinstance(part, dict):
        if "type" in part:
            yield part
        for child in part.values():
            yield from nodes(child)
    elif isinstance(part, list):
        for child in part:
            yield from nodes(child)


def inputs(part: Any) -> list[Node]:
    """Every field in `part`, those in unfolding cards too."""
    return [node for node in nodes(part) if node["type"].startswith("Input.")]


def texts(part: Any) -> Iterator[str]:
    """Every string that somebody reads."""
    for node in nodes(part):
        for key in ("text", "title", "label", "placeholder", "errorMessage", "altText", "tooltip", "fallbackText"):
            if isinstance(node.get(key), str):
                yield node[key]
        for pair in (*node.get("facts", ()), *node.get("choices", ())):
            yield pair["title"]
            if "type" not in pair and "facts" in node:
                yield pair["value"]


def buttons(card: Node, around: tuple[Node, ...] = ()) -> Iterator[Button]:
    """Every button that sends a payload. A button sends the fields of its own card and of the cards around it."""
    own: list[Node] = []
    shown: list[Node] = []
    actions: list[Node] = []
    _collect(card.get("body", []), own, actions, shown)
    scope = (*around, *own)
    for action in actions:
        yield Button(action, () if action.get("associatedInputs") == "none" else scope)
    for child in shown:
        yield from buttons(child, scope)


def _collect(part: Any, own: list[Node], actions: list[Node], shown: list[Node]) -> None:
    if isinstance(part, list):
        for child in part:
            _collect(child, own, actions, shown)
    elif isinstance(part, dict):
        match part.get("type", ""):
            case "Action.ShowCard":
                shown.append(part["card"])
            case "Action.Execute":
                actions.append(part)
            case kind if kind.startswith("Input."):
                own.append(part)
            case _:
                for child in part.values():
                    _collect(child, own, actions, shown)
