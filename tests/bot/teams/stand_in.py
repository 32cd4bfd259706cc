"""Real servers on this machine: one that publishes signing keys, one that takes what the bot sends, and the bot's
door.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt import PyJWS
from jwt.algorithms import RSAAlgorithm

from bot.teams.activities import Activities, Spoken, WayOut
from bot.teams.adapter import TeamsAdapter
from bot.teams.door import Door
from bot.teams.hosts import TrustedHosts
from bot.teams.keys import KeyStore
from bot.teams.tokens import ISSUER, TokenCheck
from bot.wire import Incoming, Message, Refused, Reply
from cards.components import Card

APP_ID = "00000000-0000-0000-0000-0000000000b0"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LOCAL = TrustedHosts(frozenset(), loopback=True)
PAYLOADS = Path(__file__).parents[2] / "payloads"
CARD = Card(json=b'{"type":"AdaptiveCard","version":"1.4","body":[]}', fallback_text="Ticket 1001\nopen", subject=None)


def payload(name: str, **changes: Any) -> dict[str, Any]:
    """A raw activity as a client sends it, with some fields changed; a field changed to `...` is left out."""
    activity: dict[str, Any] = {**_payloads(name), **changes}
    return {key: copy.deepcopy(value) for key, value in activity.items() if value is not ...}


@cache
def _payloads(name: str) -> dict[str, Any]:
    activity: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return activity


@cache
def rsa_key(number: int) -> RSAPrivateKey:
    """The same key for the same number, made once per run."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def jwk(number: int, *endorsements: str, **changes: Any) -> dict[str, Any]:
    """The public half of a key as an entry of a key set, with the id `key-<number>`."""
    entry = {**json.loads(RSAAlgorithm.to_jwk(rsa_key(number).public_key())), "kid": f"key-{number}", "use": "sig"}
    return {**entry, "endorsements": list(endorsements), **changes}


def bearer(service_url: str, *, key: int = 1, kid: str | None = None, alg: str = "RS256", **claims: Any) -> str:
    """A signed `Authorization` header, good unless a claim says otherwise; a claim of `...` is left out."""
    said = {
        "iss": ISSUER,
        "aud": APP_ID,
        "serviceurl": service_url,
        "nbf": int(NOW.timestamp()) - 60,
        "exp": int((NOW + timedelta(hours=1)).timestamp()),
        **claims,
    }
    kept = {name: value for name, value in said.items() if value is not ...}
    return signed(json.dumps(kept).encode(), key=key, kid=kid, alg=alg)


def signed(payload: bytes, *, key: int = 1, kid: str | None = None, alg: str = "RS256") -> str:
    """An `Authorization` header around any bytes: PyJWT itself would not write some of what others could."""
    secret: Any = rsa_key(key) if alg.startswith("RS") else "a shared secret that is long enough for any digest" * 2
    headers = {"kid": kid or f"key-{key}"}
    return "Bearer " + PyJWS().encode(payload, "" if alg == "none" else secret, algorithm=alg, headers=headers)


class Clock:
    """A monotonic clock and a wall clock that move when told."""

    def __init__(self) -> None:
        self.elapsed_s = 1000.0
        self.reads = 0

    def monotonic(self) -> float:
        """Seconds."""
        return self.elapsed_s

    def now(self) -> datetime:
        """`NOW` plus what has elapsed."""
        self.reads += 1
        return NOW + timedelta(seconds=self.elapsed_s - 1000.0)


class KeyServer:
    """Publishes keys; can be told to fail, to answer nonsense and to wait."""

    def __init__(self) -> None:
        self.keys: list[Any] = [jwk(1, "msteams", "skype")]
        self.status = 200
        self.keys_body: bytes | None = None
        self.keys_url: str | None = None
        self.hits = 0
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        self.server = TestServer(app)

    @property
    def openid_url(self) -> str:
        """What the settings would name."""
        return str(self.server.make_url("/openid"))

    async def _openid(self, request: web.Request) -> web.Response:
        self.hits += 1
        self.asked.set()
        await self.open.wait()
        url = self.keys_url or str(self.server.make_url("/keys"))
        return web.json_response({"issuer": ISSUER, "jwks_uri": url}, status=self.status)

    async def _keys(self, request: web.Request) -> web.Response:
        body = self.keys_body if self.keys_body is not None else json.dumps({"keys": self.keys}).encode()
        return web.Response(body=body, content_type="application/json")


@dataclass
class Call:
    """One request the connector stand-in received."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


Answer = Callable[[web.Request], Any]


class ConnectorServer:
    """Takes every call, remembers it, and answers with the next prepared answer or with an id."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: Iterator[Any] = iter(())
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self.server = TestServer(app)

    @property
    def service_url(self) -> str:
        """As an activity names it, with the slash at the end that Teams writes."""
        return str(self.server.make_url("/emea/"))

    def will(self, *answers: web.Response | Callable[[web.Request], Any]) -> None:
        """The next answers, in order."""
        self.answers = iter(answers)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text else None
        self.calls.append(Call(request.method, request.raw_path, dict(request.headers), body))
        answer = next(self.answers, None)
        if answer is None:
            return web.json_response({"id": f"activity-{len(self.calls)}"}, status=201)
        response: web.StreamResponse = answer if isinstance(answer, web.StreamResponse) else await answer(request)
        return response


@dataclass
class StubRouter:
    """Answers each turn with `reply`, or raises it; remembers the turns."""

    reply: Reply | Exception | None = None
    turns: list[tuple[Incoming, datetime]] = field(default_factory=list)
    open: asyncio.Event | None = None

    async def handle(self, incoming: Incoming, now: datetime) -> Reply | None:
        """The prepared answer, as soon as the event (if any) is set."""
        self.turns.append((incoming, now))
        if self.open is not None:
            await self.open.wait()
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@dataclass
class Sent:
    """What left by post or in the place of a card; `gone` makes the replaced message a vanished one."""

    posted: list[Message] = field(default_factory=list)
    replaced: list[tuple[str | None, Message]] = field(default_factory=list)
    fault: Exception | None = None
    gone: bool = False

    async def post(self, incoming: Incoming, message: Message) -> None:
        """Takes a message."""
        if self.fault:
            raise self.fault
        self.posted.append(message)

    async def replace(self, incoming: Incoming, message: Message) -> None:
        """Takes an update."""
        if self.gone:
            raise Refused(404, "ActivityNotFoundInConversation")
        if self.fault:
            raise self.fault
        self.replaced.append((incoming.reply_to_id, message))


SPOKEN = Spoken(
    failure=lambda _, reference: Reply(text=f"reference {reference}", is_error=True),
    patience=lambda _: Reply(text="still working"),
)


class Bot:
    """The whole seam on a port of this machine, with a stub where the product would be. An async context manager."""

    def __init__(self, *, limit_s: float = 10.0, limit_bytes: int = 4096, body_within_s: float = 10.0) -> None:
        self.clock = Clock()
        self.key_server = KeyServer()
        self.connector = ConnectorServer()
        self.router = StubRouter()
        self.sent = Sent()
        self.activities = Activities(self.router, WayOut(self.sent.post, self.sent.replace), SPOKEN, limit_s=limit_s)
        self._limits = (limit_bytes, body_within_s)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        session = await self._stack.enter_async_context(aiohttp.ClientSession())
        await self.key_server.server.start_server()
        self._stack.push_async_callback(self.key_server.server.close)
        await self.connector.server.start_server()
        self._stack.push_async_callback(self.connector.server.close)
        self.keys = KeyStore(session, openid_url=self.key_server.openid_url, monotonic=self.clock.monotonic)
        self._stack.push_async_callback(self.keys.close)
        self.tokens = TokenCheck(APP_ID, self.keys)
        limit_bytes, body_within_s = self._limits
        self.door = Door(
            self.tokens,
            TeamsAdapter(self.activities),
            hosts=LOCAL,
            clock=self.clock.now,
            limit_bytes=limit_bytes,
            body_within_s=body_within_s,
            monotonic=self.clock.monotonic,
        )
        app = web.Application()
        app.router.add_post("/api/messages", self.door.handle)
        server = TestServer(app)
        await server.start_server()
        self._stack.push_async_callback(server.close)
        self.url = str(server.make_url("/api/messages"))
        self.port = server.port
        self.session = session
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def service_url(self) -> str:
        """Where this bot's answers would go."""
        return self.connector.service_url

    def payload(self, name: str, **changes: Any) -> dict[str, Any]:
        """A raw activity that comes from this stand-in."""
        return payload(name, **{"serviceUrl": self.service_url, **changes})

    async def say(self, activity: object, *, token: str | None = "", **claims: Any) -> tuple[int, Any]:
        """Posts an activity (bytes go as they are); the status, and the JSON or bytes of the answer."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = token or bearer(self.service_url, **claims)
        return await self.send(activity if isinstance(activity, bytes) else json.dumps(activity).encode(), headers)

    async def send(self, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """Posts bytes with exactly these headers."""
        skipped = () if "Content-Type" in headers else ("Content-Type",)
        async with self.session.post(self.url, data=body, headers=headers, skip_auto_headers=skipped) as response:
            answer = await response.read()
            return response.status, json.loads(answer) if response.content_type == "application/json" else answer
