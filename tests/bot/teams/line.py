"""The bot's end of a line to the stand-in of the Bot Connector."""

from __future__ import annotations

import aiohttp

from bot.teams.connector import BotConnector
from bot.wire import Connector, Message
from tests.bot.teams.stand_in import APP_ID, LOCAL, ConnectorServer

CHAT = "a:1pL6i0oY3C0K8oAj8/x+y=="


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
