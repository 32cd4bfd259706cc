"""The builders of cards: what they write, and that nothing a person wrote becomes markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from adaptive_cards.types import Colors, ContainerStyle, FontSize, Spacing
from hypothesis import given
from hypothesis import strategies as st

from cards.clicks.people import ShowHelp
from cards.components import (
    LIMIT_BYTES,
    Card,
    Element,
    badge,
    card,
    columns,
    facts,
    fit,
    heading,
    image,
    panel,
    section,
    text,
    wrote,
)
from cards.errors import CardTooLarge
from contract.people import Language
from tests.cards.samples.hostile import HOSTILE
from tests.cards.walk import nodes


def written(element: Element) -> Any:
    """The element as it stands in the card's JSON."""
    return orjson.loads(card(element, fallback_text="x", language=Language.EN).json)["body"][0]


def test_card() -> None:
    """A card has its language, its fallback, its full width and the elements that are there."""
    made = card(
        None, text("Hi"), fallback_text="Ticket 1001", language=Language.NL, subject="ticket:1001", is_form=True
    )
    assert (made.fallback_text, made.subject, made.summary, made.is_form) == ("Ticket 1001", "ticket:1001", "", True)
    assert orjson.loads(made.json) == {
        "type": "AdaptiveCard",
        "version": "1.5",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "lang": "nl",
        "msteams": {"width": "Full"},
        "fallbackText": "Ticket 1001",
        "body": [{"type": "TextBlock", "text": "Hi", "wrap": True}],
    }


def test_a_narrow_card_that_refreshes() -> None:
    """The width is the client's where asked, and a refresh carries a payload."""
    made = card(fallback_text="x", language=Language.EN, full_width=False, refresh=ShowHelp())
    root = orjson.loads(made.json)
    assert "msteams" not in root
    assert root["refresh"]["action"] == {"type": "Action.Execute", "verb": "show_help", "data": {}}


def listing(count: int) -> Card:
    """A card with a list of `count` items of about 1 KB."""
    return card(*[text("x" * 1000)] * count, fallback_text=str(count), language=Language.EN)


def test_a_card_that_is_too_large() -> None:
    """28 KB is the limit, to the byte."""
    with pytest.raises(CardTooLarge) as caught:
        listing(30)
    assert caught.value.limit_bytes == LIMIT_BYTES == 28_672
    room = LIMIT_BYTES - len(card(wrote("x"), fallback_text="x", language=Language.EN).json) + 1
    assert len(card(wrote("x" * room, limit=room), fallback_text="x", language=Language.EN).json) == LIMIT_BYTES
    with pytest.raises(CardTooLarge):
        card(wrote("x" * (room + 1), limit=room + 1), fallback_text="x", language=Language.EN)


def test_fit() -> None:
    """A list is shortened until its card fits; one that fits stays whole."""
    assert fit(listing, 5).fallback_text == "5"
    assert 15 <= int(fit(listing, 60).fallback_text) <= 28


def test_fit_gives_up_without_items() -> None:
    """A card that is too large without any list item is an error of its view."""

    def build(count: int) -> Card:
        return listing(count + 30)

    with pytest.raises(CardTooLarge):
        fit(build, 3)


def test_heading() -> None:
    """A heading is one for screen readers too; one that looks like markdown gives that up to stay as written."""
    assert written(heading("Ticket 1001", size=FontSize.MEDIUM, spacing=Spacing.NONE)) == {
        "type": "TextBlock",
        "text": "Ticket 1001",
        "style": "heading",
        "size": "medium",
        "weight": "bolder",
        "wrap": True,
        "spacing": "none",
    }
    assert written(heading("*x*"))["type"] == "RichTextBlock"


def test_text() -> None:
    """Our own text wraps, with the emphasis asked for."""
    assert written(
        text("Hi", bold=True, subtle=True, size=FontSize.SMALL, color=Colors.GOOD, spacing=Spacing.LARGE)
    ) == {
        "type": "TextBlock",
        "text": "Hi",
        "wrap": True,
        "weight": "bolder",
        "isSubtle": True,
        "size": "small",
        "color": "good",
        "spacing": "large",
    }


def test_wrote() -> None:
    """What a person wrote stands where no markdown is read, with the emphasis asked for, in its limit, never empty."""
    assert written(wrote("*x*\ny", bold=True, subtle=True, size=FontSize.SMALL, color=Colors.ACCENT)) == {
        "type": "RichTextBlock",
        "inlines": [
            {
                "type": "TextRun",
                "text": "*x*\ny",
                "weight": "bolder",
                "isSubtle": True,
                "size": "small",
                "color": "accent",
            }
        ],
    }
    assert written(wrote("abcdef", limit=4)) == {"type": "TextBlock", "text": "abc…", "wrap": True}
    assert written(wrote("\x00"))["text"] == " "


def test_facts() -> None:
    """Labels and values are aligned; where one of them looks like markdown, all of them stand in columns."""
    assert written(facts(("State", "New"), None, ("Engineer", "Jan"))) == {
        "type": "FactSet",
        "facts": [{"title": "State", "value": "New"}, {"title": "Engineer", "value": "Jan"}],
    }
    mixed = written(facts(("State", "New"), ("Subject", "*x*")))
    assert [row["type"] for row in mixed["items"]] == ["ColumnSet", "ColumnSet"]
    assert mixed["items"][1]["columns"][1]["items"][0]["inlines"][0]["text"] == "*x*"


def test_badge_panel_and_section() -> None:
    """A word on a ground, elements on a ground, elements below a line."""
    assert written(badge("New", ContainerStyle.GOOD))["columns"][0]["style"] == "good"
    assert written(panel(text("a"), None))["style"] == "emphasis"
    below = written(section(None, text("a")))
    assert (below["separator"], len(below["items"])) == (True, 1)


def test_columns() -> None:
    """Columns take the widths given and share the rest."""
    row = written(columns([text("a"), None], [text("b")], widths=("auto",)))
    assert [column["width"] for column in row["columns"]] == ["auto", "stretch"]
    assert len(row["columns"][0]["items"]) == 1


def test_image() -> None:
    """A picture has its words."""
    assert written(image("https://x.example/a.png", "A screen")) == {
        "type": "Image",
        "url": "https://x.example/a.png",
        "altText": "A screen",
    }


BUILDERS: list[Callable[[str], Element]] = [
    heading,
    text,
    wrote,
    badge,
    lambda value: facts(("Label", value)),
    lambda value: facts((value, "value")),
]


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_is_never_read_as_markdown(build: Callable[[str], Element], name: str) -> None:
    """Wherever it is put, text with markup in it only stands where clients read none."""
    for node in nodes(written(build(HOSTILE[name]))):
        for shown in (node.get("text", ""), *(part for fact in node.get("facts", ()) for part in fact.values())):
            assert node["type"] == "TextRun" or not {*"*_[]`~<>\\\n"} & {*shown}


@given(st.text(max_size=200))
def test_what_a_person_wrote_comes_out_as_written(value: str) -> None:
    """But for invisible spaces and characters that can not be shown, the text in the card is the text written."""
    block = written(wrote(value))
    shown = (block["text"] if "text" in block else block["inlines"][0]["text"]).replace("\u200b", "")
    kept = "".join(character for character in value.replace("\u200b", "") if character in shown)
    assert shown in (kept, " ")
