"""People of the stand-in do and see what people in Teams do and see."""

from __future__ import annotations

import pytest
from aiohttp import web

from demo.buttons import find_button, words
from demo.chat import How
from demo.connector import StandIn
from demo.person import UNREACHABLE, Person
from tests.demo.tiny_bot import TinyBot, form_card


async def test_a_click_sends_what_was_typed_and_shows_the_answer(anna: Person, bot: TinyBot) -> None:
    """The invoke carries data and inputs as strings with a manual trigger; the answer takes the card's place."""
    await anna.says("mail is broken")
    form = await anna.waits_for("New ticket")
    outcome = await anna.clicks(form, "Send", affected="teams")
    sent = bot.received[-1]
    assert sent["value"] == {
        "action": {
            "type": "Action.Execute",
            "title": "Send",
            "verb": "send",
            "data": {"form_id": "f1", "text": "mail is broken", "affected": "teams"},
        },
        "trigger": "manual",
    }
    assert sent["replyToId"] == form.id
    assert outcome.card == form.card
    assert [version.how for version in form.versions] == [How.POSTED, How.ANSWERED]
    assert len(anna.chat.from_bot) == 1


async def test_an_old_copy_of_a_card_can_be_clicked(anna: Person, bot: TinyBot) -> None:
    """Somebody who has not seen the newest version still clicks the button it had."""
    await anna.says("mail")
    form = anna.chat.last
    await anna.clicks(form, "Send")
    await anna.clicks(form.versions[0], "Send", text="again")
    assert bot.received[-1]["value"]["action"]["data"]["text"] == "again"


async def test_a_missing_button_is_a_clear_failure(anna: Person) -> None:
    """The failure lists what the card says and which buttons it has."""
    await anna.says("mail")
    with pytest.raises(AssertionError, match=r"(?s)No button “Approve”.*New ticket.*- Send\n  - Send tonight"):
        await anna.clicks(anna.chat.last, "Approve")


@pytest.mark.parametrize(
    "inputs, problem",
    [
        ({"text": ""}, "text .* is required"),
        ({"affected": "printer"}, "affected .* offers"),
        ({"urgency": "high"}, "sends no input"),
    ],
)
async def test_the_client_checks_before_it_sends(anna: Person, inputs: dict[str, str], problem: str) -> None:
    """An empty required input, a choice that is not offered and an input that is not there are not sent."""
    await anna.says("mail")
    with pytest.raises(AssertionError, match=problem):
        await anna.clicks(anna.chat.last, "Send", inputs)


def test_a_show_card_sends_its_own_inputs_and_those_around_it() -> None:
    """The button inside carries both, the one outside only its own. A toggle always has a value."""
    inside = find_button(form_card("t"), "Send tonight").collect({})
    outside = find_button(form_card("t"), "Send").collect({})
    assert inside == {"text": "t", "urgent": "false"}
    assert outside == {"text": "t"}


def test_two_buttons_of_one_name_must_be_told_apart() -> None:
    """In a list every row has its own button; `nth` says which."""
    row = {"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Open", "verb": "open"}]}
    card = {"type": "AdaptiveCard", "body": [row, {"type": "Container", "items": [{**row, "id": "second"}]}]}
    with pytest.raises(AssertionError, match="2 buttons are called “Open”"):
        find_button(card, "Open")
    assert find_button(card, "Open", nth=1).title == "Open"


def test_rich_text_and_facts_are_read() -> None:
    """What stands in runs, facts, columns and labels is part of what a card says."""
    card = {
        "type": "AdaptiveCard",
        "body": [
            {"type": "RichTextBlock", "inlines": ["a ", {"type": "TextRun", "text": "b"}]},
            {"type": "FactSet", "facts": [{"title": "State", "value": "new"}]},
            {"type": "ColumnSet", "columns": [{"type": "Column", "items": [{"type": "TextBlock", "text": "c"}]}]},
        ],
    }
    assert words(card) == "a b\nState new\nc"


async def test_an_old_client_submits_the_fallback(anna: Person, bot: TinyBot) -> None:
    """Action.Submit is a message with a value and without text."""
    await anna.says("mail")
    await anna.submits(anna.chat.last, "Send", text="old client")
    assert bot.received[-1]["value"] == {"verb": "send", "form_id": "f1", "text": "old client"}
    assert "text" not in bot.received[-1]
    await anna.waits_for("Got old client")


async def test_opening_the_chat_refreshes_by_itself(anna: Person, bot: TinyBot) -> None:
    """A card that asks for it sends its refresh action with an automatic trigger."""
    await anna.says("card")
    [outcome] = await anna.opens_chat()
    assert bot.received[-1]["value"]["trigger"] == "automatic"
    assert outcome.card is not None
    assert "seen 1 times" in anna.chat.last.words


async def test_installing_sends_two_events(anna: Person, bot: TinyBot) -> None:
    """One says that the bot is in the chat now, the other that the app was added."""
    await anna.installs()
    await anna.uninstalls()
    assert [one["type"] for one in bot.received] == ["conversationUpdate", "installationUpdate", "installationUpdate"]
    assert [one.get("action") for one in bot.received] == [None, "add", "remove"]


async def test_waiting_ends_with_the_chat_in_the_failure(anna: Person) -> None:
    """Who waits for what does not come sees what came instead."""
    await anna.says("card")
    with pytest.raises(AssertionError, match=r"(?s)“closed” did not come.*seen 0 times"):
        await anna.waits_for("closed", timeout_s=0.01)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"text": "{}", "content_type": "application/json"},
        {"text": "", "content_type": "text/plain"},
    ],
)
async def test_a_malformed_answer_shows_unable_to_reach(
    anna: Person, bot: TinyBot, stand_in: StandIn, answer: dict[str, str]
) -> None:
    """Anything but HTTP 200 with statusCode, type and value is an error for the person and a violation for us."""
    await anna.says("card")
    bot.answers["show"] = web.Response(**answer)  # type: ignore[arg-type]
    assert (await anna.clicks(anna.chat.last, "Look again")).error == UNREACHABLE
    assert len(stand_in.violations) == 1


@pytest.mark.parametrize(
    "kind, value, seen",
    [
        ("application/vnd.microsoft.activity.message", "Done", ("Done", None)),
        ("application/vnd.microsoft.error", {"code": "x", "message": "Not yours"}, (None, "Not yours")),
    ],
)
async def test_lines_and_errors_are_shown_as_such(
    anna: Person, bot: TinyBot, kind: str, value: object, seen: tuple[str | None, str | None]
) -> None:
    """A text answer is a text, an error answer an error; the card stays."""
    await anna.says("card")
    bot.answers["show"] = web.json_response({"statusCode": 200, "type": kind, "value": value})
    outcome = await anna.clicks(anna.chat.last, "Look again")
    assert (outcome.text, outcome.error) == seen
    assert len(anna.chat.last.versions) == 1
