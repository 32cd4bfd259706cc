"""Starts Microsoft's local client (Microsoft 365 Agents Playground), one process per person: a process has one user
and one tenant.

Only its documented switches are used, and both telemetry switches are off. It comes from npm under pre-release terms
and is never shipped.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
from pathlib import Path
from typing import Self

import aiohttp

from demo.buttons import Json
from demo.node import find_module, find_node
from demo.people import BOT_ID, BOT_NAME, Identity

FIRST_PORT, LAST_PORT = 26150, 32767  # below the range from which outgoing connections take theirs
START_S = 60.0
_MODULE = "@microsoft/m365agentsplayground"


class ClientFailed(RuntimeError):
    """The local client did not start; the text has what it printed."""


def _user(user_id: str, name: str, email: str, object_id: str) -> Json:
    given, _, surname = name.partition(" ")
    return {
        "id": user_id,
        "name": name,
        "userPrincipleName": email,  # sic
        "aadObjectId": object_id,
        "givenName": given,
        "surname": surname,
        "email": email,
    }


def config(who: Identity) -> Json:
    """The client's configuration file for one person; the five colleagues it insists on are made up."""
    colleagues = [
        _user(
            f"29:colleague-{n}",
            f"Colleague {n}",
            f"c{n}@{who.organisation.domain}",
            f"00000000-0000-4000-8000-00000000000{n}",
        )
        for n in range(1, 6)
    ]
    return {
        "version": "0.1.1",
        "tenantId": who.tenant_id,
        "bot": {"id": BOT_ID, "name": BOT_NAME},
        "currentUser": _user(who.user_id, who.name, who.email, who.object_id),
        "users": colleagues,
        "personalChat": {"id": who.chat_id},
        "groupChat": {"id": f"19:{who.object_id}@thread.v2", "name": "Group Chat"},
        "team": {
            "id": f"19:{who.tenant_id}@thread.tacv2",
            "name": who.organisation.name,
            "aadGroupId": who.tenant_id,
            "channels": [{"id": f"19:announcements-{who.tenant_id}@thread.tacv2", "name": "Announcements"}],
        },
    }


def free_port(after: int = FIRST_PORT) -> int:
    """The first port from `after` on that nobody listens on. Raises OSError when there is none."""
    for port in range(after, LAST_PORT):
        with contextlib.closing(socket.socket()) as probe, contextlib.suppress(OSError):
            probe.bind(("0.0.0.0", port))  # noqa: S104  # the client listens on all interfaces
            return port
    raise OSError("no free port")


class Playground:
    """The process of one person. `url` is the page to open in a browser."""

    def __init__(self, who: Identity, endpoint: str, folder: Path) -> None:
        self.who = who
        self.url = ""
        self._endpoint, self._folder = endpoint, folder
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._output: list[str] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def log(self) -> str:
        """What the process printed so far."""
        return "".join(self._output)

    async def start(self, first_port: int = FIRST_PORT) -> None:
        """Start, and return when it answers. Raises `ClientFailed`, or `ToolMissing` with the command that helps."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self.who.key}.yml"
        path.write_text(json.dumps(config(self.who), indent=1), encoding="utf-8")  # JSON is YAML too
        environment = {
            **os.environ,
            "TEAMSAPPTESTER_BROWSER": "none",
            "APPLICATION_INSIGHTS_NO_STATSBEAT": "1",
            "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(path),
            "M365_AGENTS_PLAYGROUND_LOGFILE": str(self._folder / f"{self.who.key}.log"),
        }
        arguments = ["start", "-p", str(free_port(first_port)), "-e", self._endpoint, "--disable-telemetry"]
        self._process = await asyncio.create_subprocess_exec(
            find_node(),
            str(find_module(_MODULE) / "cli.js"),
            *arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(START_S):
                port = await self._port()
                self._reading = asyncio.create_task(self._read_on())
                self.url = f"http://localhost:{port}"
                await self._answers()
        except TimeoutError:
            await self.stop()
            raise ClientFailed(f"The local client of {self.who.name} did not start:\n{self.log}") from None

    async def _line(self) -> str:
        if self._process is None or self._process.stdout is None:
            return ""
        line = (await self._process.stdout.readline()).decode(errors="replace")
        self._output.append(line)
        return line

    async def _port(self) -> int:
        """It tells its port, which is another one than asked for when that was taken in the meantime."""
        while line := await self._line():
            found = re.search(r"Listening on (\d+)", line)
            if found:
                return int(found[1])
        raise ClientFailed(f"The local client of {self.who.name} stopped:\n{self.log}")

    async def _read_on(self) -> None:
        """A pipe nobody reads would stop the process sooner or later."""
        while await self._line():
            pass

    async def _answers(self) -> None:
        """Until it says pong; it listens some moments before it serves."""
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/_debug/ping") as response:
                        if "pong" in await response.text():
                            return
                await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """End the process and what it started."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()
        if self._reading:
            await self._reading
