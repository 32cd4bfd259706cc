"""The load: a Bot Connector that answers at once, and people who write and click over 8 kept connections."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from demo.connector import SECRET
from demo.people import BOT_APP_ID, PROVIDER, Identity
from demo.tokens import BotTokens, ChannelTokens

CONNECTIONS = 8
Request = tuple[bytes, dict[str, str]]
"""An activity as it goes over the wire, and its headers."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one turn cost: CPU time of the server's process, and how many there were in a second."""

    cpu_ms: float
    per_s: float
    answer_bytes: int = 0


@dataclass(slots=True)
class Connector:
    """Gives keys and tokens, and takes whatever the bot posts."""

    url: str = ""
    posts: int = 0
    last_bytes: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _channel: ChannelTokens = field(default_factory=lambda: ChannelTokens(BOT_APP_ID))
    _bot: BotTokens = field(default_factory=lambda: BotTokens(BOT_APP_ID, SECRET, PROVIDER.tenant_id))
    _headers: dict[str, dict[str, str]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/v1/.well-known/openidconfiguration", self._metadata)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_post("/emea/{tenant}/v3/conversations/{chat}/activities", self._posted)
        app.router.add_put("/emea/{tenant}/v3/conversations/{chat}/activities/{id}", self._posted)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def service_url(self, who: Identity) -> str:
        """Where the bot reaches this person."""
        return f"{self.url}/emea/{who.tenant_id}/"

    def request(self, who: Identity, activity: dict[str, Any]) -> Request:
        """An activity, signed. Teams sends the same token for about an hour, one a tenant."""
        url = self.service_url(who)
        if url not in self._headers:
            self._headers[url] = {
                "Authorization": f"Bearer {self._channel.sign(url)}",
                "Content-Type": "application/json",
            }
        return orjson.dumps(activity), self._headers[url]

    async def _metadata(self, request: web.Request) -> web.Response:
        keys = f"{self.url}/v1/.well-known/keys"
        return web.json_response(
            {
                "issuer": self._channel.keys.issuer,
                "jwks_uri": keys,
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response(self._channel.keys.document(["msteams"]))

    async def _token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        return web.json_response(self._bot.issue(request.match_info["tenant"], form))

    async def _posted(self, request: web.Request) -> web.Response:
        self.last_bytes = len(await request.read())
        self.posts += 1
        return web.Response(status=201, body=b'{"id":"m%d"}' % next(self._numbers), content_type="application/json")


class Server:
    """A measured server in its own process, and the connections to it."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = (sys.executable, "-m", module, *arguments)
        self._stack = AsyncExitStack()
        self.url = ""

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        assert self._process.stdout is not None  # noqa: S101 -- it is a pipe
        port = (await asyncio.wait_for(self._process.stdout.readline(), 60)).decode().strip()
        if not port:
            raise RuntimeError(f"{self._command[2]} did not start")
        self.url = f"http://127.0.0.1:{port}"
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        self._session = await self._stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 30)

    async def cpu_s(self) -> float:
        """CPU time of all its threads so far."""
        async with self._session.get(f"{self.url}/bench/cpu") as response:
            return float((await response.json())["cpu_s"])

    async def ask(self, path: str, body: object = None) -> dict[str, float]:
        """Call one of the addresses that are there for measuring."""
        async with self._session.post(f"{self.url}{path}", json=body) as response:
            response.raise_for_status()
            text = await response.read()
        return orjson.loads(text) if text else {}

    async def run(self, path: str, requests: Sequence[Request], *, expect: bytes = b"") -> Cost:
        """Send all requests, `CONNECTIONS` at a time; each answer must be 200 and contain `expect`."""
        waiting = iter(requests)
        sizes: list[int] = []

        async def one_connection() -> None:
            for body, headers in waiting:
                async with self._session.post(self.url + path, data=body, headers=headers) as response:
                    answer = await response.read()
                    if response.status != 200 or expect not in answer:
                        raise RuntimeError(f"{path}: {response.status} {answer[:600]!r}")
                    sizes.append(len(answer))

        cpu_s, began = await self.cpu_s(), time.monotonic()
        await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))
        wall_s = time.monotonic() - began
        spent_s = await self.cpu_s() - cpu_s
        return Cost(spent_s * 1000 / len(requests), len(requests) / wall_s, sum(sizes) // len(sizes))


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)
