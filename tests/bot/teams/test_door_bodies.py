"""Bodies at the door: what is no activity, too large, too slow, too deep or declared as something else."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from tests.bot.teams.stand_in import Bot, bearer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b'"text"',
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 2000 + b"]" * 2000,
        b'{"text": "\\ud800"}',
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_what_is_no_json_object_is_400(bot: Bot, body: bytes) -> None:
    """Broken JSON, an array, or nesting that would exhaust a parser: 400, where the stock adapter answers 500."""
    status, _ = await bot.say(body)
    assert status == 400
    assert bot.router.turns == []


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "yesterday"},
        {"timestamp": 7},
        {"localTimestamp": "2026-13-45T99:00:00Z"},
        {"expiration": {}},
        {"from": ""},
        {"from": []},
        {"from": {"id": 7, "aadObjectId": []}},
        {"from": {"id": "29:a\u0000", "aadObjectId": "x"}},
        {"conversation": ""},
        {"conversation": {}},
        {"conversation": ...},
        {"conversation": {"id": ["a"]}},
        {"recipient": "bot"},
        {"channelData": "x"},
        {"channelData": {"tenant": "x"}},
        {"channelData": {"tenant": {"id": "another-tenant"}}},
        {"entities": {}},
        {"entities": "x"},
        {"attachments": {}},
        {"attachments": ["x"]},
        {"text": ["a"]},
        {"text": {"a": 1}},
        {"locale": 5},
        {"id": {}},
        {"type": ...},
        {"type": ""},
        {"type": 5},
        {"type": None},
        {"membersAdded": "all"},
    ],
    ids=lambda changes: str(changes)[:40],
)
async def test_what_is_no_activity_is_400(bot: Bot, changes: dict[str, Any]) -> None:
    """A field of the wrong shape is the sender's fault: 400 without a trace, where the stock adapter answers 500."""
    status, _ = await bot.say(bot.payload("message_personal", **changes))
    assert status == 400
    assert bot.router.turns == []


async def test_an_object_without_channel_or_service_url_is_401(bot: Bot) -> None:
    """Whatever the object holds, the token was not made for it."""
    for body in (b"{}", b'{"a":' * 600 + b"1" + b"}" * 600):
        assert (await bot.say(body))[0] == 401


async def test_nesting_below_the_parsers_limit_is_400(bot: Bot) -> None:
    """Deep JSON that still parses must not exhaust the stack of whoever walks it."""
    value: Any = 1
    for _ in range(200):
        value = {"a": value}
    status, _ = await bot.say(bot.payload("message_submit_personal", value=value))
    assert status == 400


async def test_a_large_body_is_413_announced_or_not() -> None:
    """Past the limit nothing is parsed, whether the size was announced, streamed, or hidden by compression."""
    async with Bot(limit_bytes=2000) as bot:
        headers = {"Authorization": bearer(bot.service_url), "Content-Type": "application/json"}
        large = json.dumps(bot.payload("message_personal", text="x" * 3000)).encode()
        assert (await bot.send(large, headers))[0] == 413

        async def pieces() -> Any:
            for start in range(0, len(large), 500):
                yield large[start : start + 500]

        async with bot.session.post(bot.url, data=pieces(), headers=headers) as response:
            assert response.status == 413
        assert (await bot.send(gzip.compress(large), {**headers, "Content-Encoding": "gzip"}))[0] == 413
        assert (await bot.say(bot.payload("message_personal")))[0] == 200


async def test_a_broken_compression_is_400(bot: Bot) -> None:
    """Bytes that claim to be gzip and are not are the sender's fault."""
    headers = {
        "Authorization": bearer(bot.service_url),
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    assert (await bot.send(b"not gzip at all", headers))[0] == 400


async def test_content_type_may_be_missing_but_not_wrong(bot: Bot) -> None:
    """The stock adapter answers 500 without a Content-Type; here only one that names something else is refused."""
    body = json.dumps(bot.payload("message_personal")).encode()
    token = {"Authorization": bearer(bot.service_url)}
    assert (await bot.send(body, token))[0] == 200
    assert (await bot.send(body, {**token, "Content-Type": "application/json; charset=utf-8"}))[0] == 200
    assert (await bot.send(body, {**token, "Content-Type": "text/xml"}))[0] == 415
    assert (await bot.send(body, {**token, "Content-Type": ";;;"}))[0] == 415


async def test_a_body_that_does_not_come_is_408() -> None:
    """A client that opens a body and never ends it does not hold a turn."""
    async with Bot(body_within_s=0.05) as bot:
        reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
        token = bearer(bot.service_url)
        head = f"POST /api/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 100\r\n\r\n{{"
        writer.write(head.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()
        await writer.wait_closed()
