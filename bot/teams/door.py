"""The one address Teams calls: `POST /api/messages`.

Order matters: the token is checked before a byte of the body is read, the body's size before it is parsed, service
URL and channel against the token before any model sees the activity. Nothing that a client can send is answered with
a 5xx, except 503 while no key could be fetched yet: then Teams should try again.

    200  taken (an invoke: with its answer)      408  the body did not arrive in time
    400  not an activity                         413  larger than the limit
    401  not provably from Teams                 415  declared as something else than JSON
    403  service URL is no Teams host            503  no keys to check tokens with
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

import orjson
from aiohttp import ClientError, web

from bot.teams.errors import BadActivity, KeysUnavailable, Unauthorised
from bot.teams.hosts import TrustedHosts
from bot.teams.streams import TooLarge, read_all
from bot.teams.tokens import TokenCheck

LIMIT_BYTES = 256 * 1024
"""Teams limits a message to about 100 KB; card inputs come on top. Everything past this is no activity."""

BODY_WITHIN_S = 10
_QUIET_S = 60

_log = logging.getLogger(__name__)


class TakesActivities(Protocol):
    """What stands behind the door."""

    async def take(self, activity: dict[str, Any], now: datetime) -> bytes | None:
        """Handles one authenticated activity; the JSON of the answer for an invoke. Raises `BadActivity`."""


class _Refusal(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


class Door:
    """The aiohttp handler: `app.router.add_post("/api/messages", door.handle)`.

    `refusals` counts refused requests by reason, for the metrics. The clock is read once per request.
    """

    def __init__(
        self,
        tokens: TokenCheck,
        behind: TakesActivities,
        *,
        hosts: TrustedHosts,
        clock: Callable[[], datetime],
        limit_bytes: int = LIMIT_BYTES,
        body_within_s: float = BODY_WITHIN_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.refusals: Counter[str] = Counter()
        self._tokens = tokens
        self._behind = behind
        self._hosts = hosts
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._body_within_s = body_within_s
        self._monotonic = monotonic
        self._told_at_s: dict[str, float] = {}

    async def handle(self, request: web.Request) -> web.Response:
        """Answers one request; never raises."""
        now = self._clock()
        try:
            answer = await self._take(request, now)
        except _Refusal as refusal:
            self._note(refusal.reason)
            headers = {"WWW-Authenticate": "Bearer"} if refusal.status == HTTPStatus.UNAUTHORIZED else None
            return web.Response(status=refusal.status, headers=headers)
        except Exception as error:  # noqa: BLE001 - a 5xx would make Teams send the same thing again and again
            self._note(f"unreadable: {type(error).__name__}", error)
            return web.Response(status=400)
        if not answer:
            return web.Response(status=200)
        return web.Response(body=answer, content_type="application/json")

    async def _take(self, request: web.Request, now: datetime) -> bytes | None:
        try:
            bearer = await self._tokens.check(request.headers.get("Authorization"), now)
        except Unauthorised as error:
            raise _Refusal(401, error.reason) from None
        except KeysUnavailable:
            raise _Refusal(503, "no keys") from None
        # aiohttp reports a missing Content-Type as octet-stream; Teams always sends one, a stand-in may not.
        if "Content-Type" in request.headers and request.content_type != "application/json":
            raise _Refusal(415, "content type")
        activity = _parse(await self._body(request))
        if not bearer.covers(activity.get("channelId"), activity.get("serviceUrl")):
            raise _Refusal(401, "token for another channel or service URL")
        if not self._hosts.allows(bearer.service_url):
            raise _Refusal(403, "service URL not allowed")
        try:
            return await self._behind.take(activity, now)
        except BadActivity as error:
            raise _Refusal(400, error.reason) from None

    async def _body(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > self._limit_bytes:
            raise _Refusal(413, "body too large")
        try:
            async with asyncio.timeout(self._body_within_s):
                return await read_all(request.content, self._limit_bytes)
        except TooLarge:
            raise _Refusal(413, "body too large") from None
        except TimeoutError:
            raise _Refusal(408, "body too slow") from None
        except (ClientError, web.RequestPayloadError, ConnectionError):
            raise _Refusal(400, "body broken off") from None

    def _note(self, reason: str, error: Exception | None = None) -> None:
        """Counts, and logs each reason at most once a minute: strangers must not fill the log."""
        self.refusals[reason] += 1
        at_s = self._monotonic()
        if at_s - self._told_at_s.get(reason, -_QUIET_S) >= _QUIET_S:
            self._told_at_s[reason] = at_s
            _log.warning("request refused: %s (%d so far)", reason, self.refusals[reason], exc_info=error)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        activity = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _Refusal(400, "not JSON") from None
    if not isinstance(activity, dict):
        raise _Refusal(400, "not a JSON object")
    return activity
