"""The stand-in itself: one HTTPS server on this machine that is both the login service and Microsoft Graph.

    async with GraphStandIn(folder) as stand_in:
        bakery = stand_in.directory.add_tenant(tenant_id)
        ...  # FOURSTAR_LOGIN_HOST, FOURSTAR_GRAPH_URL and FOURSTAR_TRUSTED_CA lead the bot here

What it answers follows `directory` at that moment; what goes wrong is added to `faults`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from aiohttp import web

from demo.graph.calls import Table
from demo.graph.certificates import server_context, write_certificates
from demo.graph.directory import Directory
from demo.graph.faults import Faults
from demo.graph.login import Login
from demo.graph.notifications import Notifier

SUBJECTS: tuple[str, ...] = (
    "grants",
    "groups",
    "installs",
    "mail",
    "people",
    "relationships",
    "subscriptions",
)
"""Files of this folder with a function `routes(table)`."""


def wall_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class GraphStandIn:
    """Login service and Graph. `calls` lists what Graph was asked, as `METHOD /path`."""

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = wall_clock) -> None:
        self.clock = clock
        self.directory = Directory()
        self.faults = Faults()
        self.calls: list[str] = []
        self.ca_path, self._server_path = write_certificates(folder)
        self.login = Login(self)
        self.notifier = Notifier(self)
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback address; port 0 picks a free one."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        self.table = Table(app, self)
        for subject in SUBJECTS:
            importlib.import_module(f"demo.graph.{subject}").routes(self.table)
        self.login.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=server_context(self._server_path)).start()
        self.port = int(self._runner.addresses[0][1])
        await self.notifier.start()

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        await self.notifier.stop()
        if self._runner:
            # Cut, as a polite end of TLS waits for the other side, which may be gone.
            for connection in list(self._runner.server.connections if self._runner.server else ()):
                if connection.transport:
                    connection.transport.abort()
            await self._runner.cleanup()

    @property
    def login_host(self) -> str:
        """Host and port of the login service, as `FOURSTAR_LOGIN_HOST` has them."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address of Graph, as `FOURSTAR_GRAPH_URL` has it."""
        return f"https://127.0.0.1:{self.port}"
