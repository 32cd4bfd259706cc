"""Carries activities to the bot as Teams does: signed, sometimes twice, and again when the bot is too slow."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from demo.buttons import Json
from demo.faults import Delivery
from demo.tokens import ChannelTokens

TEAMS_TIMEOUT_S = 15.0
GATEWAY_TIMEOUT = 504


@dataclass(frozen=True, slots=True)
class BotAnswer:
    """What the bot answered: HTTP status and the JSON body, None when there was none. 504 stands for no answer in
    time.
    """

    status: int
    body: Any = None

    @property
    def is_fine(self) -> bool:
        """Whether Teams is content with it."""
        return 200 <= self.status < 300  # noqa: PLR2004


class Line:
    """The way from Teams to one bot. `url` is the bot's messaging endpoint."""

    def __init__(self, tokens: ChannelTokens, *, timeout_s: float = TEAMS_TIMEOUT_S, tries: int = 2) -> None:
        self.url = ""
        self.sent: list[Json] = []
        self.delivery = Delivery.ONCE
        self._tokens, self._timeout_s, self._tries = tokens, timeout_s, tries
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make connections possible."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout_s))

    async def close(self) -> None:
        """Close every connection."""
        if self._session:
            await self._session.close()

    async def deliver(self, activity: Json) -> BotAnswer:
        """Send one activity as `delivery` says; the answer is the one to the first copy, as in Teams."""
        self.sent.append(activity)
        if self.delivery is Delivery.ONCE:
            return await self._insist(activity)
        same = self.delivery is Delivery.TWICE_SAME_ID
        first, _ = await asyncio.gather(self._insist(activity), self.deliver_again(activity, new_id=not same))
        return first

    async def deliver_again(self, activity: Json, *, new_id: bool = False) -> BotAnswer:
        """A late copy of an activity: Teams re-sends at times, under the same id or a new one."""
        return await self._insist({**activity, "id": uuid4().hex} if new_id else activity)

    async def _insist(self, activity: Json) -> BotAnswer:
        """Post; when the bot is slower than Teams waits, post again under a new id."""
        for attempt in range(self._tries):
            copy = {**activity, "id": uuid4().hex} if attempt else activity
            try:
                return await self.post(copy)
            except TimeoutError:
                continue
        return BotAnswer(GATEWAY_TIMEOUT)

    async def post(
        self, activity: Any, *, token: str | None = None, headers: dict[str, str] | None = None
    ) -> BotAnswer:
        """Post one body as it is, signed unless `token` says otherwise ("" = none). Raises TimeoutError."""
        if self._session is None:
            msg = "The line is not open"
            raise RuntimeError(msg)
        if token is None:
            token = self._tokens.sign(activity["serviceUrl"])
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._session.post(self.url, json=activity, headers={**bearer, **(headers or {})}) as response:
            is_json = response.content_type == "application/json"
            return BotAnswer(response.status, await response.json() if is_json else None)
