"""The bodies that answer an invoke, byte by byte where the client is picky."""

from __future__ import annotations

import json

import pytest

from bot.teams.answers import EMPTY, action_answer, answer_to_others, error_answer
from bot.wire import Reply
from tests.bot.teams.stand_in import CARD


def test_a_card_replaces_the_clicked_one() -> None:
    """The card's JSON goes in untouched, with the status inside."""
    assert action_answer(Reply(card=CARD)) == (
        b'{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":' + CARD.json + b"}"
    )


def test_a_line_of_text() -> None:
    """The SDK cannot write a text as the value of an answer; the client wants exactly that."""
    assert json.loads(action_answer(Reply(text="Geclaimd: é"))) == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Geclaimd: é",
    }


def test_a_refusal_is_shown_as_one() -> None:
    """A refusal is an error object inside a 200."""
    assert json.loads(action_answer(Reply(text="Too late", is_error=True))) == {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "Refused", "message": "Too late"},
    }


def test_nothing_to_say_is_still_an_answer() -> None:
    """An answer without a body makes Teams send the click again."""
    assert json.loads(action_answer(None))["statusCode"] == 200
    assert json.loads(action_answer(Reply()))["value"] == ""


def test_an_error_of_ours() -> None:
    """The SDK's own error answers hold an exception it cannot write; these are plain."""
    assert json.loads(error_answer(500, "Fault", "reference 1234")) == {
        "statusCode": 500,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "Fault", "message": "reference 1234"},
    }


@pytest.mark.parametrize(
    "name", ["composeExtension/query", "composeExtension/queryLink", "composeExtension/selectItem"]
)
def test_a_search_finds_nothing(name: str) -> None:
    """A message extension that does not exist has no results, and gives none away."""
    assert json.loads(answer_to_others(name)) == {
        "composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}
    }


@pytest.mark.parametrize(
    "name", ["task/fetch", "task/submit", "fileConsent/invoke", "message/submitAction", "x", None, 5]
)
def test_other_invokes_get_an_empty_200(name: object) -> None:
    """Nothing to show is documented as an empty answer; a new kind of invoke gets the same."""
    assert answer_to_others(name) == EMPTY
