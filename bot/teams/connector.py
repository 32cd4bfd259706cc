"""Calls to the Bot Connector over one pooled HTTP session, as its REST reference describes them.

Never repeats a call: only delivery does, which knows what a second message would mean. An outcome is an answer,
`Refused`, `Busy` (nothing happened, or repeating is asked for) or `InDoubt` (the call left and no answer came);
`bot/wire.py` draws the tree. Nothing leaves for a service URL outside `hosts`, and redirects are not followed,
because each call carries the token.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from bot.teams.answers import CARD_TYPE
from bot.teams.downloads import Downloads
from bot.teams.hosts import FILE_HOSTS, TrustedHosts
from bot.teams.streams import TooLarge, read_all
from bot.wire import Attachment, Busy, InDoubt, Member, Message, Refused
from graph.errors import GraphError

TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_BUSY = frozenset({401, 408, 412, 425, 429, 502, 503, 504})
"""401 is here because it is about the bot's own credentials: once they are right again the same call succeeds."""
_ANSWER_LIMIT_BYTES = 1_000_000
_MOST_DIGITS = 9


class Tokens(Protocol):
    """Where the bot's own token comes from."""

    async def get(self) -> str:
        """A token in force. Raises `graph.errors.GraphError`."""

    def forget(self, token: str) -> None:
        """Says that a token was refused: the next one must be another."""


def open_session() -> aiohttp.ClientSession:
    """The one session for keys and connector: pooled, without cookies, and blind to proxies' environment variables."""
    return aiohttp.ClientSession(
        timeout=TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=200, ttl_dns_cache=60),
    )


class BotConnector:
    """`Connector` of `bot/wire.py` over HTTP."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: Tokens,
        *,
        app_id: str,
        hosts: TrustedHosts,
        file_hosts: TrustedHosts | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._session = session
        self._tokens = tokens
        self._bot = {"id": f"28:{app_id}"}
        self._hosts = hosts
        self._timeout = timeout
        self._downloads = Downloads(session, hosts, file_hosts or TrustedHosts(FILE_HOSTS, hosts.loopback))

    async def send(self, service_url: str, conversation_id: str, message: Message) -> str:
        """Posts a new message, without a `replyToId` of any kind. The id is empty where Teams tells none."""
        url = self._url(service_url, "conversations", conversation_id, "activities")
        return _text(await self._call("POST", url, self._activity(conversation_id, message)), "id")

    async def update(self, service_url: str, conversation_id: str, activity_id: str, message: Message) -> None:
        """Puts `message` in the place of an earlier one."""
        url = self._url(service_url, "conversations", conversation_id, "activities", activity_id)
        await self._call("PUT", url, {"id": activity_id, **self._activity(conversation_id, message)})

    async def open_chat(self, service_url: str, tenant_id: str, user_id: str) -> str:
        """Teams answers with the same chat however often it is asked. Raises `Refused(404)` when it names none."""
        body = {
            "bot": self._bot,
            "isGroup": False,
            "members": [{"id": user_id}],
            "tenantId": tenant_id,
            "channelData": {"tenant": {"id": tenant_id}},
        }
        conversation_id = _text(await self._call("POST", self._url(service_url, "conversations"), body), "id")
        if not conversation_id:
            raise Refused(404, "NoConversation")
        return conversation_id

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> Member:
        """One person of the chat's roster."""
        url = self._url(service_url, "conversations", conversation_id, "members", user_id)
        found = await self._call("GET", url, None)
        email = _text(found, "email") or _text(found, "userPrincipalName")
        return Member(
            _text(found, "name"), email or None, _text(found, "aadObjectId") or _text(found, "objectId") or None
        )

    async def download(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """The bytes of a file or picture; see `Downloads`."""
        token = await self._token() if self._downloads.wants_token(attachment) else None
        return await self._downloads.fetch(attachment, token, limit_bytes)

    def _activity(self, conversation_id: str, message: Message) -> dict[str, Any]:
        activity: dict[str, Any] = {
            "type": "message",
            "from": self._bot,
            "conversation": {"id": conversation_id},
        }
        if message.card is not None:
            content = orjson.Fragment(message.card.json)
            activity["attachments"] = [{"contentType": CARD_TYPE, "content": content}]
        else:
            # Plain: what people wrote stands in it, and must not turn into formatting or links.
            activity["text"] = message.text or ""
            activity["textFormat"] = "plain"
        if message.summary:
            activity["summary"] = message.summary
        if message.alert:
            activity["channelData"] = {"notification": {"alert": True}}
        return activity

    def _url(self, service_url: str, *path: str) -> URL:
        if not self._hosts.allows(service_url):
            raise Refused(400, "ServiceUrlNotAllowed")
        if any(part in ("", ".", "..") for part in path):
            raise Refused(400, "BadAddress")
        quoted = "/".join(quote(part, safe="") for part in path)
        return URL(f"{service_url.rstrip('/')}/v3/{quoted}", encoded=True)

    async def _token(self) -> str:
        try:
            return await self._tokens.get()
        except GraphError as error:
            raise Busy(HTTPStatus.UNAUTHORIZED) from error

    async def _call(self, method: str, url: URL, body: Mapping[str, Any] | None) -> dict[str, Any]:
        token = await self._token()
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                method,
                url,
                data=None if body is None else orjson.dumps(body),
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                answer = _parse(await read_all(response.content, _ANSWER_LIMIT_BYTES))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Busy(0) from error  # never reached Teams
        except (aiohttp.ClientError, TimeoutError, ConnectionError, TooLarge) as error:
            raise InDoubt(type(error).__name__) from error
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        if response.status == HTTPStatus.UNAUTHORIZED:
            self._tokens.forget(token)
        if response.status in _BUSY:
            raise Busy(response.status, retry_after_s(response.headers))
        raise Refused(response.status, _error_code(answer))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """How long to wait as an answer asks: seconds, or a time, measured against the answer's own `Date`."""
    wanted = headers.get("Retry-After", "").strip()
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS:
        return float(wanted)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        until, sent = parsedate_to_datetime(wanted), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (until - sent).total_seconds())
    return None


def _parse(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    return value if isinstance(value, str) else ""


def _error_code(answer: Mapping[str, Any]) -> str:
    """Teams says `{"error": {"code", "innerHttpError" | "subCode"}}`, or `subCode` beside `errorCode` at the top."""
    error = answer.get("error")
    inner = error if isinstance(error, dict) else {}
    return _text(inner, "subCode") or _text(answer, "subCode") or _text(inner, "code") or _text(answer, "code")
