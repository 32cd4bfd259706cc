"""Buttons carry payloads, in the way of new clients and of old ones."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from adaptive_cards.types import ActionStyle

from cards.buttons import action_row, execute, open_url, show_card
from cards.clicks.people import SetLanguage, ShowHelp
from cards.elements import Action, AdaptiveCard, Element, to_bytes
from cards.inputs import text_input
from contract.people import Language
from tests.cards.samples.hostile import SendEverything


def written(element: Element) -> Any:
    """The element as it stands in the card's JSON."""
    return orjson.loads(to_bytes(AdaptiveCard(body=[element])))["body"][0]


def first_action(action: Action) -> Any:
    """The button as it stands in the card's JSON."""
    return written(action_row(action))["actions"][0]


def test_execute() -> None:
    """The verb and the values travel; a client without Action.Execute sends the same by Action.Submit."""
    assert first_action(execute("Nederlands", SetLanguage(language=Language.NL))) == {
        "type": "Action.Execute",
        "title": "Nederlands",
        "verb": "set_language",
        "data": {"language": "nl"},
        "associatedInputs": "none",
        "fallback": {
            "type": "Action.Submit",
            "title": "Nederlands",
            "data": {"verb": "set_language", "language": "nl"},
            "associatedInputs": "none",
        },
    }


def test_a_style_and_a_tooltip() -> None:
    """Both are extras: the title stays."""
    action = first_action(execute("Go", ShowHelp(), style=ActionStyle.POSITIVE, tooltip="{{x}}"))
    assert (action["title"], action["style"], action["tooltip"]) == ("Go", "positive", "{\u200b{x}}")


@pytest.mark.parametrize("asked,sent", [(None, True), (True, True), (False, False)])
def test_a_form_sends_the_fields(asked: bool | None, sent: bool) -> None:
    """The fields of the card go along with a form unless told otherwise."""
    action = first_action(execute("Send", SendEverything(form_id="form-0001"), associated_inputs=asked))
    assert ("associatedInputs" not in action) is sent
    assert ("associatedInputs" not in action["fallback"]) is sent


@pytest.mark.parametrize("asked,sent", [(None, False), (True, True), (False, False)])
def test_another_payload_does_not(asked: bool | None, sent: bool) -> None:
    """An empty required field must not block a button that has nothing to do with it."""
    assert ("associatedInputs" not in first_action(execute("Go", ShowHelp(), associated_inputs=asked))) is sent


def test_open_url() -> None:
    """A link has the address and the words."""
    assert first_action(open_url("File", "https://x.example/f", tooltip="t")) == {
        "type": "Action.OpenUrl",
        "title": "File",
        "url": "https://x.example/f",
        "tooltip": "t",
    }
    assert "tooltip" not in first_action(open_url("File", "https://x.example/f"))


def test_show_card() -> None:
    """The card in the card has the elements, without those that are None."""
    shown = first_action(show_card("More", None, text_input("a", "A")))["card"]
    assert [element["type"] for element in shown["body"]] == ["Input.Text"]


@pytest.mark.parametrize("count,rows", [(1, [1]), (6, [6]), (7, [6, 1]), (13, [6, 6, 1])])
def test_rows_of_six(count: int, rows: list[int]) -> None:
    """Teams shows six buttons in a row; more of them stand in more rows."""
    row = written(action_row(None, *[execute(str(number), ShowHelp()) for number in range(count)]))
    assert [len(line["actions"]) for line in row.get("items", [row])] == rows
