"""Calls to a Bot Connector that really listens: what goes over the wire, and what each outcome becomes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.teams.connector import BotConnector, open_session, retry_after_s
from bot.teams.hosts import TEAMS_HOSTS, TrustedHosts
from bot.wire import Busy, Connector, InDoubt, Member, Message, Refused
from cards.components import Card
from graph.errors import AccessUnavailable
from tests.bot.teams.stand_in import APP_ID, CARD, LOCAL, ConnectorServer

CHAT = "a:1pL6i0oY3C0K8oAj8/x+y=="
CHAT_PATH = "/emea/v3/conversations/a%3A1pL6i0oY3C0K8oAj8%2Fx%2By%3D%3D"


class OneToken:
    """Hands out `token`, remembers which ones were refused."""

    def __init__(self) -> None:
        self.token: str | Exception = "the-token"
        self.forgotten: list[str] = []

    async def get(self) -> str:
        """The token, or the fault in its place."""
        if isinstance(self.token, Exception):
            raise self.token
        return self.token

    def forget(self, token: str) -> None:
        """Remembers."""
        self.forgotten.append(token)


class Line:
    """A connector, the server at its other end, and its tokens."""

    def __init__(self, session: aiohttp.ClientSession, server: ConnectorServer) -> None:
        self.server = server
        self.tokens = OneToken()
        self.session = session
        self.connector: Connector = self.with_timeout(5)

    def with_timeout(self, total_s: float) -> BotConnector:
        """The same with another time limit."""
        timeout = aiohttp.ClientTimeout(total=total_s, connect=1)
        return BotConnector(self.session, self.tokens, app_id=APP_ID, hosts=LOCAL, timeout=timeout)

    async def send(self, message: Message | None = None) -> str:
        """Posts to the one chat."""
        return await self.connector.send(self.server.service_url, CHAT, message or Message(text="hello"))


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A connector with a server."""
    server = ConnectorServer()
    async with server.server, open_session() as session:
        yield Line(session, server)


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


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 500, 302])
async def test_what_will_not_be_taken(line: Line, status: int) -> None:
    """Refusals carry status and code; 500 is one of them, because a repetition could post twice."""
    line.server.will(
        web.json_response(
            {"error": {"code": "Forbidden", "message": "x", "subCode": "MessageWritesBlocked"}},
            status=status,
            headers={"Location": "https://elsewhere.example/"} if status == 302 else None,
        )
    )
    with pytest.raises(Refused) as refused:
        await line.send()
    assert (refused.value.status, refused.value.code) == (status, "MessageWritesBlocked")
    assert len(line.server.calls) == 1


@pytest.mark.parametrize(
    "answer,code",
    [
        ({"error": {"code": "ActivityNotFoundInConversation"}}, "ActivityNotFoundInConversation"),
        ({"subCode": "MessageWritesBlocked", "errorCode": 209}, "MessageWritesBlocked"),
        ({"code": "Bad"}, "Bad"),
        ({"error": "text"}, ""),
        ("text", ""),
    ],
)
async def test_codes_of_refusals(line: Line, answer: object, code: str) -> None:
    """Teams writes its codes in several places."""
    line.server.will(web.json_response(answer, status=404))
    with pytest.raises(Refused) as refused:
        await line.send()
    assert refused.value.code == code


@pytest.mark.parametrize("status", [408, 412, 425, 429, 502, 503, 504])
async def test_not_now(line: Line, status: int) -> None:
    """What may succeed later is never tried again here: delivery decides, after the pause Teams asks for."""
    line.server.will(web.Response(status=status, headers={"Retry-After": "7"}))
    with pytest.raises(Busy) as busy:
        await line.send()
    assert (busy.value.status, busy.value.retry_after_s) == (status, 7.0)
    assert len(line.server.calls) == 1


@pytest.mark.parametrize(
    "headers,seconds",
    [
        ({}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "9" * 400}, None),
        ({"Retry-After": "soon", "Date": "Mon, 23 Nov 2026 09:30:00 GMT"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 09:30:30 GMT", "Date": "Mon, 23 Nov 2026 09:30:00 GMT"}, 30.0),
        ({"Retry-After": "Mon, 23 Nov 2026 09:29:30 GMT", "Date": "Mon, 23 Nov 2026 09:30:00 GMT"}, 0.0),
        ({"Retry-After": "Mon, 23 Nov 2026 09:30:30 GMT"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 09:30:30 -0000", "Date": "Mon, 23 Nov 2026 09:30:00 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, or a time measured against the answer's own clock; anything else is no wish."""
    assert retry_after_s(headers) == seconds


async def test_a_refused_token_is_forgotten(line: Line) -> None:
    """401 is about the bot's credentials: the token is thrown away and the message waits, it is not lost."""
    line.server.will(web.Response(status=401))
    with pytest.raises(Busy) as busy:
        await line.send()
    assert (busy.value.status, line.tokens.forgotten) == (401, ["the-token"])


async def test_without_a_token_nothing_is_sent(line: Line) -> None:
    """While no token can be had, messages wait."""
    line.tokens.token = AccessUnavailable("tenant", "ConnectTimeout")
    with pytest.raises(Busy):
        await line.send()
    assert line.server.calls == []


async def test_a_late_answer_is_in_doubt(line: Line) -> None:
    """A call that went out and was not answered in time may have happened."""
    gone = asyncio.Event()

    async def never(request: web.Request) -> web.Response:
        await gone.wait()
        return web.Response()

    line.connector = line.with_timeout(0.05)
    line.server.will(never)
    with pytest.raises(InDoubt):
        await line.send()
    gone.set()


async def test_a_connection_that_breaks_is_in_doubt(line: Line) -> None:
    """So may one whose connection ended without an answer, or in the middle of it."""

    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=201, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"id":')
        assert request.transport is not None
        request.transport.close()
        return response

    line.server.will(hang_up, break_off)
    for _ in range(2):
        with pytest.raises(InDoubt):
            await line.send()


async def test_a_server_that_is_not_there_is_not_in_doubt(line: Line) -> None:
    """What never reached anybody can simply be sent again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Busy) as busy:
        await line.connector.send(f"http://127.0.0.1:{port}/", CHAT, Message(text="x"))
    assert busy.value.status == 0


async def test_an_answer_without_an_id(line: Line) -> None:
    """A post that Teams took without naming an id has happened all the same."""
    line.server.will(web.Response(status=201), web.Response(status=202, body=b"<html>"), web.json_response({"id": 5}))
    assert [await line.send() for _ in range(3)] == ["", "", ""]


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "http://127.0.0.1:1/", "https://smba.trafficmanager.net@evil.example/", ""]
)
async def test_nothing_leaves_for_another_host(line: Line, url: str) -> None:
    """A stored service URL that is no Teams host gets neither a call nor the token."""
    connector = BotConnector(line.session, line.tokens, app_id=APP_ID, hosts=TrustedHosts(TEAMS_HOSTS))
    calls: list[Any] = [
        connector.send(url, CHAT, Message(text="x")),
        connector.update(url, CHAT, "1", Message(text="x")),
        connector.open_chat(url, "tenant", "29:anna"),
        connector.member(url, CHAT, "29:anna"),
    ]
    for call in calls:
        with pytest.raises(Refused, match="ServiceUrlNotAllowed"):
            await call


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
