"""A Bot Connector on this machine: signs what people do and posts it to the bot, takes the bot's calls, checks its
token.

Authentication is on in both directions. `StandIn` is the whole of Teams as far as a bot can see: people with chats
(`demo/person.py`), the way in (`demo/line.py`), the REST calls (`demo/rest.py`), and, on purpose, everything that can
go wrong (`demo/faults.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, Self
from uuid import uuid4

from aiohttp import web

from demo.activities import File
from demo.buttons import Json
from demo.chat import Chat, ChatMessage
from demo.faults import Call, Faults
from demo.limits import LARGEST_ACTIVITY_BYTES, Limits
from demo.line import TEAMS_TIMEOUT_S, Line
from demo.people import BOT_APP_ID, PEOPLE, PROVIDER, Identity
from demo.person import Person
from demo.rest import Rest
from demo.tokens import BotTokens, ChannelTokens, Clock, NotAccepted, wall_clock

if TYPE_CHECKING:
    from demo.graph.server import GraphStandIn

SECRET = "a-secret-of-the-demo"


class Screen(Protocol):
    """Something else that shows a chat: a window of the local client."""

    async def posted(self, message: ChatMessage) -> None:
        """The bot said something."""

    async def updated(self, message: ChatMessage) -> None:
        """The bot changed or deleted an earlier message."""


class StandIn:
    """Teams for one bot. Use it as a context manager; set `line.url` to the bot's messaging endpoint."""

    def __init__(
        self,
        people: Iterable[Identity] = PEOPLE,
        *,
        app_id: str = BOT_APP_ID,
        home_tenant_id: str = PROVIDER.tenant_id,
        clock: Clock = wall_clock,
        limits: Limits | None = None,
        timeout_s: float = TEAMS_TIMEOUT_S,
        refuses_overlaps: bool = False,
    ) -> None:
        self.app_id, self.home_tenant_id, self.clock = app_id, home_tenant_id, clock
        self.channel_tokens = ChannelTokens(app_id, clock)
        self.bot_tokens = BotTokens(app_id, SECRET, home_tenant_id, clock)
        self.line = Line(self.channel_tokens, timeout_s=timeout_s)
        self.faults = Faults()
        self.limits = limits
        self.people = {identity.key: Person(identity, self) for identity in people}
        self.screens: dict[str, Screen] = {}
        self.files: dict[str, File] = {}
        self.rest = Rest(self, refuses_overlaps=refuses_overlaps)
        self.url = ""
        self.graph: GraphStandIn | None = None
        """Microsoft Graph, where a whole product runs."""
        self._runner: web.AppRunner | None = None

    # --- life -------------------------------------------------------------------------------------------------------
    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback address; port 0 picks a free one."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_get("/v1/.well-known/openidconfiguration", self._metadata)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        self.rest.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await self.line.open()

    async def close(self) -> None:
        """Stop listening and close every connection."""
        await self.line.close()
        if self._runner:
            await self._runner.cleanup()

    # --- addresses --------------------------------------------------------------------------------------------------
    @property
    def openid_url(self) -> str:
        """Where the bot finds the keys of inbound tokens."""
        return f"{self.url}/v1/.well-known/openidconfiguration"

    @property
    def token_url(self) -> str:
        """Where the bot gets its own tokens."""
        return f"{self.url}/{self.home_tenant_id}/oauth2/v2.0/token"

    def service_url(self, tenant_id: str) -> str:
        """Where the bot reaches a tenant: one address per tenant, as in Teams."""
        return f"{self.url}/emea/{tenant_id}/"

    # --- people -----------------------------------------------------------------------------------------------------
    def person(self, identity: Identity) -> Person:
        """The person behind an identity."""
        return self.people[identity.key]

    def find_chat(self, chat_id: str) -> tuple[Person, Chat] | None:
        """Whose chat this is; group chats included."""
        for person in self.people.values():
            for chat in (person.chat, person.group):
                if chat.id == chat_id:
                    return person, chat
        return None

    def find_person(self, any_id: str) -> Person | None:
        """By the id Teams gives people for this bot, or by object id."""
        known = self.people.values()
        return next((one for one in known if any_id in {one.identity.user_id, one.identity.object_id}), None)

    def offer(self, sender: Person, file: File) -> str:
        """Make a file fetchable; returns the address that goes into the activity."""
        key = uuid4().hex
        self.files[key] = file
        if file.is_pasted:
            return f"{sender.service_url}v3/attachments/{key}/views/original"
        return f"{self.url}/files/{key}?tempauth=signed"

    def check_size(self, chat: Chat, content: Any) -> bool:
        """Whether a card or an activity is small enough; too large ones are kept as violations."""
        size = len(json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode())
        if size > LARGEST_ACTIVITY_BYTES:
            chat.violations.append(f"{size} bytes, more than {LARGEST_ACTIVITY_BYTES}")
        return size <= LARGEST_ACTIVITY_BYTES

    @property
    def violations(self) -> list[str]:
        """What Teams would have refused or mangled, of everybody's chats."""
        return [
            f"{one.name}: {text}" for one in self.people.values() for text in one.chat.violations + one.group.violations
        ]

    # --- identity ---------------------------------------------------------------------------------------------------
    async def _metadata(self, request: web.Request) -> web.Response:
        document = {
            "issuer": self.channel_tokens.keys.issuer,
            "jwks_uri": f"{self.url}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }
        return web.json_response(document)

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        async def answer() -> web.Response:
            return web.json_response(self.channel_tokens.keys.document(["msteams"]))

        return await self.rest.with_faults(request, Call.KEYS, None, answer)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form: Json = {key: str(value) for key, value in (await request.post()).items()}

        async def answer() -> web.Response:
            try:
                return web.json_response(self.bot_tokens.issue(request.match_info["tenant"], form))
            except NotAccepted:
                return web.json_response({"error": "invalid_client", "error_description": "AADSTS7000215"}, status=401)

        return await self.rest.with_faults(request, Call.TOKEN, None, answer)
