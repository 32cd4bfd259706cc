"""What each activity leads to, over HTTP: the right turn, the right answer in the right place, and always in time."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from bot.wire import Busy, IncomingKind, Message, Reply
from tests.bot.teams.stand_in import CARD, Bot

CLICK = "invoke_adaptiveCard_action_approve_personal"
CARD_TYPE = "application/vnd.microsoft.card.adaptive"


@pytest.mark.parametrize(
    "name, kind",
    [
        ("message_personal", IncomingKind.MESSAGE),
        ("message_mention_channel", IncomingKind.MESSAGE),
        ("message_file_personal", IncomingKind.MESSAGE),
        ("message_submit_personal", IncomingKind.SUBMIT),
        ("messageUpdate_edit_personal", IncomingKind.EDITED),
        ("installationUpdate_add_personal", IncomingKind.INSTALLED),
        ("installationUpdate_add_groupChat", IncomingKind.INSTALLED),
        ("installationUpdate_remove_personal", IncomingKind.UNINSTALLED),
        ("conversationUpdate_added_personal", IncomingKind.INSTALLED),
        ("conversationUpdate_added_channel", IncomingKind.INSTALLED),
        ("conversationUpdate_removed_personal", IncomingKind.UNINSTALLED),
        ("conversationUpdate_channelCreated_channel", None),
        ("conversationUpdate_teamRenamed_channel", None),
    ],
)
async def test_each_kind_of_activity(bot: Bot, name: str, kind: IncomingKind | None) -> None:
    """Every recorded activity is answered 200, and leads to the turn it stands for or to none."""
    assert await bot.say(bot.payload(name)) == (200, b"")
    assert [incoming.kind for incoming, _ in bot.router.turns] == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    "action, kind",
    [
        ("add-upgrade", IncomingKind.INSTALLED),
        ("remove-upgrade", IncomingKind.UNINSTALLED),
        ("something-new", None),
        (None, None),
    ],
)
async def test_upgrades_of_the_app(bot: Bot, action: str | None, kind: IncomingKind | None) -> None:
    """An upgrade is an installation; an action nobody knows yet is nothing."""
    assert (await bot.say(bot.payload("installationUpdate_add_personal", action=action)))[0] == 200
    assert [incoming.kind for incoming, _ in bot.router.turns] == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    "type_",
    ["typing", "messageReaction", "event", "endOfConversation", "messageDelete", "trace", "delay", "handoff", "new"],
)
async def test_other_activities_are_taken_and_left(bot: Bot, type_: str) -> None:
    """New kinds of event may come at any time: 200, and nothing happens."""
    assert await bot.say(bot.payload("message_personal", type=type_)) == (200, b"")
    assert bot.router.turns == []


async def test_other_people_joining_is_nothing(bot: Bot) -> None:
    """Only the bot's own coming and going counts, and channel data may be missing where the stock handler fails."""
    for members in ([{"id": "29:bo"}], [], None, ...):
        activity = bot.payload("conversationUpdate_added_personal", channelData=None, membersAdded=members)
        assert (await bot.say(activity))[0] == 200
    assert bot.router.turns == []


async def test_an_undeleted_message_says_nothing_new(bot: Bot) -> None:
    """Taking a deletion back is no edit."""
    activity = bot.payload("messageUpdate_edit_personal")
    activity["channelData"]["eventType"] = "undeleteMessage"
    assert (await bot.say(activity))[0] == 200
    assert bot.router.turns == []


async def test_a_message_is_answered_by_a_post(bot: Bot) -> None:
    """A reply to a message leaves through the limiter, without a second notification."""
    bot.router.reply = Reply(text="hello")
    await bot.say(bot.payload("message_personal"))
    bot.router.reply = Reply(card=CARD)
    await bot.say(bot.payload("message_personal"))
    assert bot.sent.posted == [
        Message(text="hello", alert=False),
        Message(card=CARD, summary="Ticket 1001", alert=False),
    ]
    assert bot.sent.replaced == []


@pytest.mark.parametrize("reply", [None, Reply(), Reply(text="")])
async def test_nothing_to_say_posts_nothing(bot: Bot, reply: Reply | None) -> None:
    """A turn without a reply is silent."""
    bot.router.reply = reply
    assert (await bot.say(bot.payload("message_personal")))[0] == 200
    assert bot.sent.posted == []


async def test_a_click_is_answered_with_the_next_card(bot: Bot) -> None:
    """The stock adapter answers 500 to every invoke with a body; here the card is in the answer, and nothing is
    posted.
    """
    bot.router.reply = Reply(card=CARD)
    status, body = await bot.say(bot.payload(CLICK))
    assert (status, body) == (200, {"statusCode": 200, "type": CARD_TYPE, "value": json.loads(CARD.json)})
    assert (bot.sent.posted, bot.sent.replaced) == ([], [])


async def test_a_refused_click_says_why(bot: Bot) -> None:
    """A refusal is an error inside a 200: any other status shows nothing at all."""
    bot.router.reply = Reply(text="Too late", is_error=True)
    status, body = await bot.say(bot.payload(CLICK))
    assert (status, body["statusCode"], body["value"]["message"]) == (200, 400, "Too late")


async def test_a_click_in_another_envelope(bot: Bot) -> None:
    """The stock handler cannot write its own error answer (500); here it is an error inside a 200."""
    values: list[object] = [None, [], {"action": {"type": "Action.Submit"}}]
    for value in values:
        status, body = await bot.say(bot.payload(CLICK, value=value))
        assert (status, body["statusCode"], body["type"]) == (200, 400, "application/vnd.microsoft.error")
    assert bot.router.turns == []


@pytest.mark.parametrize(
    "name, has_body",
    [
        ("invoke_composeExtension_query_personal", True),
        ("invoke_composeExtension_queryLink_personal", True),
        ("invoke_composeExtension_fetchTask_personal", False),
        ("invoke_composeExtension_submitAction_personal", False),
        ("invoke_message_submitAction_personal", False),
    ],
)
async def test_other_invokes_are_harmless(bot: Bot, name: str, *, has_body: bool) -> None:
    """The stock handler answers 501; here every invoke gets the documented "nothing", without asking the product."""
    status, body = await bot.say(bot.payload(name))
    assert (status, bool(body)) == (200, has_body)
    assert bot.router.turns == []


async def test_replies_cannot_be_collected(bot: Bot) -> None:
    """A client that asks for its replies inside the answer gets the ordinary one; the SDK would fail to write it."""
    bot.router.reply = Reply(card=CARD)
    status, body = await bot.say(bot.payload(CLICK, deliveryMode="expectReplies"))
    assert (status, body["type"]) == (200, CARD_TYPE)
    assert await bot.say(bot.payload("message_personal", deliveryMode="expectReplies")) == (200, b"")
    assert len(bot.sent.posted) == 1


async def test_a_submit_turns_its_card_in_place(bot: Bot) -> None:
    """An Action.Submit has no answer of its own: its card is updated, and a text is posted."""
    bot.router.reply = Reply(card=CARD)
    await bot.say(bot.payload("message_submit_personal"))
    assert [(where, message.card) for where, message in bot.sent.replaced] == [("1795406464856", CARD)]
    assert bot.sent.posted == []
    bot.router.reply = Reply(text="Too late", is_error=True)
    await bot.say(bot.payload("message_submit_personal"))
    assert [message.text for message in bot.sent.posted] == ["Too late"]


async def test_a_submit_of_a_vanished_card_posts_anew(bot: Bot) -> None:
    """Where the card is gone, or was never named, the next one is posted."""
    bot.router.reply = Reply(card=CARD)
    bot.sent.gone = True
    await bot.say(bot.payload("message_submit_personal"))
    await bot.say(bot.payload("message_submit_personal", replyToId=...))
    assert [message.card for message in bot.sent.posted] == [CARD, CARD]


@pytest.mark.parametrize("fault", [Busy(429, 1.0), RuntimeError("limiter")])
@pytest.mark.parametrize("name", ["message_personal", "message_submit_personal"])
async def test_a_reply_that_cannot_leave(bot: Bot, name: str, fault: Exception) -> None:
    """The turn is done: a failed post is logged and still answered 200, or Teams would run the turn again."""
    bot.router.reply = Reply(card=CARD)
    bot.sent.fault = fault
    assert await bot.say(bot.payload(name)) == (200, b"")
    assert len(bot.router.turns) == 1


async def test_a_failed_click_names_a_reference(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """An exception in a turn becomes an error inside a 200 with a reference that stands in the log, without texts."""
    bot.router.reply = RuntimeError("database is away")
    with caplog.at_level(logging.ERROR):
        status, body = await bot.say(bot.payload(CLICK))
    assert (status, body["statusCode"], body["type"]) == (200, 500, "application/vnd.microsoft.error")
    reference = body["value"]["message"].removeprefix("reference ")
    [record] = caplog.records
    assert reference in record.getMessage()
    assert record.exc_info is not None
    assert "note" not in record.getMessage()


async def test_a_failed_message_names_a_reference(bot: Bot) -> None:
    """For a message the reference is posted."""
    bot.router.reply = RuntimeError("database is away")
    assert await bot.say(bot.payload("message_personal")) == (200, b"")
    [message] = bot.sent.posted
    assert message.text is not None
    assert message.text.startswith("reference ")


async def test_a_slow_click_is_answered_in_time() -> None:
    """Teams sends again what takes fifteen seconds: the answer says that it goes on, and the card follows in place."""
    async with Bot(limit_s=0.02) as bot:
        bot.router.open = asyncio.Event()
        bot.router.reply = Reply(card=CARD)
        status, body = await bot.say(bot.payload(CLICK))
        assert (status, body["value"]) == (200, "still working")
        bot.router.open.set()
        assert await bot.activities.drain(5) == 0
        assert [(where, message.card) for where, message in bot.sent.replaced] == [("1795406464485", CARD)]
        assert len(bot.router.turns) == 1


async def test_a_slow_message_is_answered_in_time() -> None:
    """A slow message is acknowledged, its reply posted when it is there, and shutting down waits for it."""
    async with Bot(limit_s=0.02) as bot:
        bot.router.open = asyncio.Event()
        bot.router.reply = Reply(text="done")
        assert await bot.say(bot.payload("message_personal")) == (200, b"")
        assert await bot.activities.drain(0) == 1
        bot.router.open.set()
        assert await bot.activities.drain(5) == 0
        assert [message.text for message in bot.sent.posted] == ["done"]


async def test_draining_an_idle_bot(bot: Bot) -> None:
    """With nothing under way there is nothing to wait for."""
    assert await bot.activities.drain(5) == 0
