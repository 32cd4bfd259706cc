"""Questions to Microsoft Graph, by way of msgraph-sdk: it builds the address, authenticates and retries.

Its typed models are not used: the first one imports for seconds inside the event loop, and each object costs 12 ms. A
question names the few fields it wants and brings a small `Parsable` of its own. The import of the SDK itself takes a
quarter of a second, so it happens in `open_line` (`graph/line.py`), in a thread.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

import httpx
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.serialization import Parsable, ParsableFactory, ParseNode, SerializationWriter
from kiota_serialization_json.json_parse_node import JsonParseNode

from graph.errors import GraphRefused, GraphUnavailable, NoAnswer
from graph.line import Line, Pause, Sender, open_line
from graph.login_session import seconds_of
from graph.texts import code_of

if TYPE_CHECKING:
    from msgraph.graph_service_client import GraphServiceClient

QUESTION_TIMEOUT_S = 45
"""One question with all its retries."""
AT_ONCE = 4
"""Questions of one tenant under way: what Graph allows for a mailbox, and no tenant takes the line from the others."""
_TEMPORARY = frozenset({408, 429, 500, 502, 503, 504})

P = TypeVar("P", bound=Parsable)


class Tokens(Protocol):
    """Where tokens come from; `graph.access.TokenSource` is one."""

    async def get(self) -> str:
        """A token in force. Raises `NoAccess`."""

    def forget(self, token: str) -> None:
        """Graph refused this token: the next one must be another, if there is one."""


class Fields(Parsable):
    """The base of what Graph answers: reads the fields its subclass names, ignores all others, is never sent."""

    @classmethod
    def create_from_discriminator_value(cls, _node: ParseNode | None = None) -> Self:
        """Make an empty one, for the parser to fill."""
        return cls()

    def serialize(self, writer: SerializationWriter) -> None:
        """Never sent."""


class Problem(Fields):
    """The body of an error: {"error": {"code": ...}}. Its message is left where it is."""

    def __init__(self) -> None:
        self.code = ""

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """How the fields are read: `error`, then `code` inside it."""

        def read(node: ParseNode) -> None:
            inner = node.get_child_node("code")
            self.code = code_of((inner.get_str_value() if inner else None) or "")

        return {"error": read}


class Graph:
    """Questions of one tenant. Get it from `graph.tenants.Tenants`, or `open_graph` for a single one."""

    def __init__(self, line: Line, tokens: Tokens, pause: Pause | None = None) -> None:
        self._line = line
        self._tokens = tokens
        self._sender = Sender(tokens.get, pause or Pause())
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def build(self) -> GraphServiceClient:
        """Msgraph's builder: `graph.build.users.by_user_id(...)`, up to `to_get_request_information`."""
        return self._line.client

    @property
    def base_url(self) -> str:
        """Graph's own address, with the version: the only one a token goes to."""
        return self._line.base_url

    async def ask(self, question: RequestInformation, answer: type[P]) -> P:
        """Put a question; returns what came back. Raises `NoAccess`, `GraphRefused` or `GraphUnavailable`.

        An answer that cannot be read is no answer: `GraphUnavailable`.
        """
        response = await self._send(question)
        if response.status_code == HTTPStatus.NO_CONTENT:
            raise GraphRefused(response.status_code, "no content")
        return _read(response, answer)

    async def ask_raw(self, question: RequestInformation) -> bytes:
        """Put a question; returns the answer as it came, for what is evidence. Raises as `ask`."""
        return (await self._send(question)).content

    async def tell(self, question: RequestInformation) -> None:
        """Ask for something to be done whose answer is not looked at, or has no content. Raises as `ask`."""
        await self._send(question)

    async def _send(self, question: RequestInformation) -> httpx.Response:
        try:
            async with asyncio.timeout(QUESTION_TIMEOUT_S):
                token = await self._tokens.get()
                async with self._turns:
                    response = await self._once(question)
                    if response.status_code == HTTPStatus.UNAUTHORIZED:
                        self._tokens.forget(token)
                        if await self._tokens.get() != token:
                            response = await self._once(question)
        except TimeoutError as error:
            raise GraphUnavailable(0, "TimeoutError", self._sender.pause.left_s() or None) from error
        if not response.is_success:
            raise _problem(response)
        return response

    async def _once(self, question: RequestInformation) -> httpx.Response:
        """One question, with kiota's retries. Raises `GraphUnavailable` where there is no whole answer."""
        try:
            return await self._line.send(question, self._sender)
        except httpx.HTTPError as error:
            raise GraphUnavailable(0, type(error).__name__) from error


def _problem(response: httpx.Response) -> NoAnswer:
    """What an answer says that is none."""
    status = response.status_code
    try:
        code = _read(response, Problem).code
    except GraphUnavailable:
        code = ""
    if status in _TEMPORARY or status < HTTPStatus.BAD_REQUEST:
        return GraphUnavailable(status, code, seconds_of(response.headers.get("Retry-After")))
    refused = GraphRefused(status, code)
    refused.location = response.headers.get("Location")
    return refused


def _read(response: httpx.Response, answer: type[P]) -> P:
    """The answer as a value. Raises `GraphUnavailable` for what cannot be read as one."""
    try:
        content = json.loads(response.content)
        if isinstance(content, dict):
            return JsonParseNode(content).get_object_value(cast("ParsableFactory[P]", answer))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise GraphUnavailable(response.status_code, "unreadable") from error
    raise GraphUnavailable(response.status_code, "unreadable")


@asynccontextmanager
async def open_graph(tokens: Tokens, *, url: str, verify: ssl.SSLContext | bool = True) -> AsyncIterator[Graph]:
    """A line to Graph at `url` for one tenant, closed afterwards. `verify` trusts a stand-in's certificate."""
    async with open_line(url=url, verify=verify) as line:
        yield Graph(line, tokens)
