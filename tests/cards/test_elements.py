"""adaptive-cards-py's traps, each shut (see `cards/elements.py`)."""

from __future__ import annotations

import inspect
import warnings

import orjson
import pytest
from adaptive_cards.types import FontSize
from pydantic import BaseModel, ValidationError

from cards import elements
from cards.elements import AdaptiveCard, Element, Execute, Image, Refresh, ShowCard, TextBlock, present, to_bytes

MODELS = [
    model
    for _, model in inspect.getmembers(elements, inspect.isclass)
    if issubclass(model, BaseModel) and model.__module__ == elements.__name__
]


@pytest.mark.parametrize("model", MODELS)
def test_unknown_keywords_are_refused(model: type[BaseModel]) -> None:
    """A misspelt keyword raises instead of being dropped."""
    with pytest.raises(ValidationError, match="wrpa"):
        model(wrpa=True)


def test_enums_become_values() -> None:
    """No name of an enum member gets into the JSON, and no warning into the log."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = to_bytes(AdaptiveCard(body=[TextBlock(text="x", size=FontSize.LARGE)]))
    assert orjson.loads(written)["body"] == [{"type": "TextBlock", "text": "x", "size": "large"}]


def test_versions() -> None:
    """The card and the cards in it are of version 1.5."""
    card = AdaptiveCard(actions=[ShowCard(title="more", card=AdaptiveCard(body=[]))])
    root = orjson.loads(to_bytes(card))
    assert root["version"] == root["actions"][0]["card"]["version"] == "1.5"


def test_actions_have_no_mode() -> None:
    """Nothing is said about primary and secondary: the client decides."""
    root = orjson.loads(to_bytes(AdaptiveCard(actions=[Execute(title="go", verb="go")])))
    assert root["actions"] == [{"type": "Action.Execute", "title": "go", "verb": "go"}]


def test_refresh() -> None:
    """A refresh has a type and a real action, as the schema wants."""
    root = orjson.loads(to_bytes(AdaptiveCard(refresh=Refresh(action=Execute(verb="show", data={"ticket": 1})))))
    assert root["refresh"] == {
        "type": "Refresh",
        "action": {"type": "Action.Execute", "verb": "show", "data": {"ticket": 1}},
    }


def test_a_picture_without_words_is_refused() -> None:
    """Who does not see the picture is told what it shows."""
    with pytest.raises(ValidationError, match="alt"):
        Image(url="https://x.example/a.png")  # type: ignore[call-arg]


def test_present() -> None:
    """None is left out, the order stays."""
    first, second = TextBlock(text="1"), TextBlock(text="2")
    given: list[Element | None] = [None, first, None, second]
    assert present(given) == [first, second]
