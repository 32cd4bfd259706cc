"""Calls to a Bot Connector that really listens: what goes over the wire, and what each outcome becomes."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from bot.wire import Member, Message, Refused
from cards.components import Card
from tests.bot.teams.line import CHAT, Line
from tests.bot.teams.stand_in import APP_ID, CARD

CHAT_PATH = "/emea/v3/conversations/a%3A1pL6i0oY3C0K8oAj8%2Fx%2By%3D%3D"


async def test_a_text_is_posted_plainly(line: Line) -> None:
    """A line of text goes out as plain text with the bot's token, asking for a notification with its summary."""
    assert await line.send(Message(text="*1001* solved é", summary="Ticket 1001")) == "activity-1"
    [call] = line.server.calls
    assert (call.method, call.path) == ("POST", f"{CHAT_PATH}/activities")
    assert call.headers["Authorization"] == "Bearer the-token"
    assert call.headers["Content-Type"] == "application/json"
    assert call.body == {
        "type": "message",
        "from": {"id": f"28:{APP_ID}"},
        "conversation": {"id": CHAT},
        "text": "*1001* solved é",
        "textFormat": "plain",
        "summary": "Ticket 1001",
        "channelData": {"notification": {"alert": True}},
    }


async def test_a_card_is_posted_as_it_is(line: Line) -> None:
    """A card's bytes go out untouched, without a text beside them, which would make Teams split the message."""
    odd = Card(json='{"type":"AdaptiveCard","n":1.50,"body":["\\u00e9é"]}'.encode(), fallback_text="x")
    await line.send(Message(card=odd, alert=False))
    [call] = line.server.calls
    assert call.body["attachments"] == [
        {"contentType": "application/vnd.microsoft.card.adaptive", "content": json.loads(odd.json)}
    ]
    assert not {"text", "channelData", "summary"} & set(call.body)


async def test_a_post_answers_nothing(line: Line) -> None:
    """The SDK gives a message it starts itself a made-up `replyToId`; here there is none, in path or body."""
    await line.send()
    [call] = line.server.calls
    assert "replyToId" not in call.body
    assert "id" not in call.body
    assert call.path.endswith("/activities")


async def test_an_update_replaces_a_message(line: Line) -> None:
    """An update is a PUT of the message under its id."""
    await line.connector.update(line.server.service_url, CHAT, "17/4;x", Message(card=CARD))
    [call] = line.server.calls
    assert (call.method, call.path) == ("PUT", f"{CHAT_PATH}/activities/17%2F4%3Bx")
    assert call.body["id"] == "17/4;x"
    assert call.body["attachments"][0]["content"] == json.loads(CARD.json)


async def test_a_chat_is_opened(line: Line) -> None:
    """The 1:1 chat is asked for with the person's Teams id and tenant."""
    line.server.will(web.json_response({"id": CHAT}))
    assert await line.connector.open_chat(line.server.service_url, "tenant-1", "29:anna") == CHAT
    [call] = line.server.calls
    assert (call.method, call.path) == ("POST", "/emea/v3/conversations")
    assert call.body == {
        "bot": {"id": f"28:{APP_ID}"},
        "isGroup": False,
        "members": [{"id": "29:anna"}],
        "tenantId": "tenant-1",
        "channelData": {"tenant": {"id": "tenant-1"}},
    }
    line.server.will(web.json_response({}))
    with pytest.raises(Refused) as refused:
        await line.connector.open_chat(line.server.service_url, "tenant-1", "29:anna")
    assert refused.value.is_gone


@pytest.mark.parametrize(
    "answer,member",
    [
        ({"name": "Anna", "email": "a@x", "aadObjectId": "o", "objectId": "p"}, Member("Anna", "a@x", "o")),
        ({"name": "Anna", "userPrincipalName": "a@x", "objectId": "p"}, Member("Anna", "a@x", "p")),
        ({"name": None, "email": 5}, Member("", None, None)),
        ([], Member("", None, None)),
    ],
)
async def test_a_member_of_the_roster(line: Line, answer: object, member: Member) -> None:
    """Name, address and object id are read where Teams puts them, and nothing is invented where they are missing."""
    line.server.will(web.json_response(answer))
    assert await line.connector.member(line.server.service_url, CHAT, "29:anna/x") == member
    [call] = line.server.calls
    assert (call.method, call.path, call.body) == ("GET", f"{CHAT_PATH}/members/29%3Aanna%2Fx", None)


@pytest.mark.parametrize("conversation_id", ["", ".", ".."])
async def test_an_id_cannot_change_the_path(line: Line, conversation_id: str) -> None:
    """An id is one segment of the path, whatever is in it."""
    with pytest.raises(Refused, match="BadAddress"):
        await line.connector.send(line.server.service_url, conversation_id, Message(text="x"))
    await line.connector.send(line.server.service_url, "../../x?y#z", Message(text="x"))
    assert line.server.calls[0].path == "/emea/v3/conversations/..%2F..%2Fx%3Fy%23z/activities"


async def test_connections_are_kept(line: Line) -> None:
    """The SDK opens a connection per turn; here many calls share one."""
    ports = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.json_response({"id": "x"})

    line.server.will(note, note, note)
    for _ in range(3):
        await line.send()
    assert len(ports) == 1


async def test_many_sends_run_at_once(line: Line) -> None:
    """The SDK sends at most a handful at a time from its threads; here fifty are under way together."""
    together = asyncio.Barrier(50)

    async def wait_for_all(request: web.Request) -> web.Response:
        await together.wait()
        return web.json_response({"id": "x"})

    line.server.will(*[wait_for_all] * 50)
    assert await asyncio.gather(*(line.send() for _ in range(50))) == ["x"] * 50
