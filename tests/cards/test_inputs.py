"""Fields have labels, and values as clients read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Any

import orjson
import pytest

from cards.elements import AdaptiveCard, Element, to_bytes
from cards.inputs import choice_input, date_input, number_input, text_input, time_input, toggle_input
from tests.cards.walk import Node, inputs


def written(element: Element) -> Node:
    """The field as it stands in the card's JSON."""
    found = inputs(orjson.loads(to_bytes(AdaptiveCard(body=[element]))))
    return found[0]


def test_text_input() -> None:
    """A text field; what is not asked for stays out of the card."""
    assert written(text_input("text", "Answer")) == {"type": "Input.Text", "id": "text", "label": "Answer"}
    full = text_input(
        "text", "Answer", value="a", multiline=True, required=True, max_length=9, placeholder="p", error="Say something"
    )
    assert written(full) == {
        "type": "Input.Text",
        "id": "text",
        "label": "Answer",
        "value": "a",
        "isMultiline": True,
        "isRequired": True,
        "errorMessage": "Say something",
        "maxLength": 9,
        "placeholder": "p",
    }


def test_number_input() -> None:
    """A whole number between two bounds; zero is a value."""
    assert written(number_input("minutes", "Minutes", value=0, least=0, most=120)) == {
        "type": "Input.Number",
        "id": "minutes",
        "label": "Minutes",
        "value": 0,
        "min": 0,
        "max": 120,
    }


def test_date_input() -> None:
    """Days are written as ISO dates."""
    day = date(2026, 11, 24)
    assert written(date_input("day", "Day", value=day, first=day, last=day)) == {
        "type": "Input.Date",
        "id": "day",
        "label": "Day",
        "value": "2026-11-24",
        "min": "2026-11-24",
        "max": "2026-11-24",
    }
    assert written(date_input("day", "Day")) == {"type": "Input.Date", "id": "day", "label": "Day"}


def test_time_input() -> None:
    """Times have two digits for the hour; midnight is a value."""
    assert written(time_input("at", "At", value=time(9, 5)))["value"] == "09:05"
    assert written(time_input("at", "At", value=time(0, 0)))["value"] == "00:00"
    assert "value" not in written(time_input("at", "At"))


def test_toggle_input() -> None:
    """A tick box has a label and a sentence, and sends true or false."""
    assert written(toggle_input("ok", "Hours", "Also at night", value=True)) == {
        "type": "Input.Toggle",
        "id": "ok",
        "label": "Hours",
        "title": "Also at night",
        "value": "true",
        "valueOn": "true",
        "valueOff": "false",
        "wrap": True,
    }
    assert written(toggle_input("ok", "Hours", "Also at night"))["value"] == "false"


@pytest.mark.parametrize(
    "choose,style,value",
    [
        (partial(choice_input, value="a"), "compact", "a"),
        (partial(choice_input, value="b", expanded=True), "expanded", "b"),
        (partial(choice_input, value=("a", "b"), several=True), "expanded", "a,b"),
    ],
)
def test_choice_input(choose: Callable[..., Any], style: str, value: str) -> None:
    """A list to unfold, radio buttons, or tick boxes; several chosen values stand in one string."""
    field = written(choose("kind", "Kind", {"a": "First", "b": "[Second](https://x.example)"}))
    assert field["style"] == style
    assert field["value"] == value
    assert field["choices"] == [
        {"title": "First", "value": "a"},
        {"title": "[Second]\u200b(https://x.example)", "value": "b"},
    ]


@pytest.mark.parametrize("field", [text_input, number_input, date_input, time_input, partial(choice_input, choices={})])
def test_a_required_field_says_what_is_missing(field: Callable[..., Any]) -> None:
    """A required field without an error text is refused: clients would show nothing."""
    with pytest.raises(ValueError, match="error text"):
        field("x", label="X", required=True)
