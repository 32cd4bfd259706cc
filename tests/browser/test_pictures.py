"""Microsoft's renderer draws our cards, and finds what a person would stumble over."""

from __future__ import annotations

from typing import Any

import pytest

from demo.pictures import DESKTOP, PHONE, Pictures
from tests.demo.tiny_bot import ticket_card

pytestmark = pytest.mark.asyncio(loop_scope="session")
PNG = b"\x89PNG\r\n"


def card_with(*elements: dict[str, Any]) -> dict[str, Any]:
    """A card with these elements."""
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(elements)}


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
async def test_a_sound_card_has_no_faults(pictures: Pictures, width: int) -> None:
    """A picture comes out, nothing is complained about, nothing sticks out."""
    picture = await pictures.render(ticket_card(1), width)
    assert picture.png.startswith(PNG)
    assert picture.faults == ()
    assert picture.cut == ()


async def test_one_page_serves_many_cards(pictures: Pictures) -> None:
    """The renderer's verdict on a card does not depend on the card before it."""
    card = {**ticket_card(1), "lang": "nl"}
    assert [(await pictures.render(card, picture=False)).faults for _ in range(3)] == [()] * 3


@pytest.mark.parametrize(
    "element, fault",
    [
        ({"type": "Input.Text", "id": "a"}, "no label: a"),
        ({"type": "Carousel"}, "renderer: Unknown element type"),
        (
            {
                "type": "ColumnSet",
                "columns": [{"type": "Column", "width": "400px", "items": [{"type": "TextBlock", "text": "wide"}]}],
            },
            "sticks out: wide",
        ),
    ],
)
async def test_what_is_wrong_on_a_phone_is_found(pictures: Pictures, element: dict[str, Any], fault: str) -> None:
    """An input without a label, an element the version does not know, and a column that is wider than a phone."""
    picture = await pictures.render(card_with(element), PHONE, picture=False)
    assert any(line.startswith(fault) for line in picture.faults)
    assert picture.png == b""


async def test_text_that_was_cut_is_told(pictures: Pictures) -> None:
    """A long line that may not wrap is shortened with dots: no fault, but told."""
    picture = await pictures.render(card_with({"type": "TextBlock", "text": "long " * 40, "wrap": False}), PHONE)
    assert picture.faults == ()
    assert len(picture.cut) == 1


async def test_open_show_cards_are_drawn(pictures: Pictures) -> None:
    """What is behind a button that unfolds is looked at as well."""
    inside = card_with({"type": "Input.Text", "id": "reason"})
    card = {**card_with(), "actions": [{"type": "Action.ShowCard", "title": "Decline", "card": inside}]}
    closed = await pictures.render(card, picture=False)
    opened = await pictures.render(card, picture=False, opened=True)
    assert opened.height > closed.height
    assert opened.unlabelled == ("reason",)
