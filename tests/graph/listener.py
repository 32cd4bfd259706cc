"""Where notifications arrive in a test: gives the token back, keeps what it is sent, and can be told to fail."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


class Listener:
    """Two addresses on this machine, as a bot has them. `items` are all items of all notifications, in order."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.lifecycle: list[dict[str, Any]] = []
        self.validations: list[tuple[str, str]] = []
        """The path and the content type of each handshake."""
        self.statuses: list[int] = []
        """What the next notifications are answered with; 202 when there is none left."""
        self.heard = asyncio.Event()
        self.delay_s = 0.0
        self.token_type = "text/plain"
        self.token_suffix = ""
        app = web.Application()
        app.router.add_post("/changes", self._changes)
        app.router.add_post("/lifecycle", self._lifecycle)
        self._server = TestServer(app)

    async def start(self) -> None:
        """Listen."""
        await self._server.start_server()

    async def stop(self) -> None:
        """Stop."""
        await self._server.close()

    @property
    def url(self) -> str:
        """Where changes go."""
        return str(self._server.make_url("/changes"))

    @property
    def lifecycle_url(self) -> str:
        """Where the rest goes."""
        return str(self._server.make_url("/lifecycle"))

    async def _changes(self, request: web.Request) -> web.Response:
        return await self._keep(request, self.items)

    async def _lifecycle(self, request: web.Request) -> web.Response:
        return await self._keep(request, self.lifecycle)

    async def _keep(self, request: web.Request, kept: list[dict[str, Any]]) -> web.Response:
        await asyncio.sleep(self.delay_s)
        if (token := request.query.get("validationToken")) is not None:
            self.validations.append((request.path, request.content_type))
            return web.Response(text=token + self.token_suffix, content_type=self.token_type)
        status = self.statuses.pop(0) if self.statuses else 202
        if status < 300:
            kept += (await request.json())["value"]
            self.heard.set()
        return web.Response(status=status)
