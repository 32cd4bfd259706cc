"""What each outcome of a call becomes: refused, busy or in doubt; and what never leaves at all."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from aiohttp import web

from bot.teams.connector import BotConnector, retry_after_s
from bot.teams.hosts import TEAMS_HOSTS, TrustedHosts
from bot.wire import Busy, InDoubt, Message, Refused
from graph.errors import AccessUnavailable
from tests.bot.teams.line import CHAT, Line
from tests.bot.teams.stand_in import APP_ID


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
