"""Questions to Microsoft Graph, by way of msgraph-sdk: it builds the address, authenticates and retries.

Its typed models are not used: the first one imports for seconds inside the event loop, and each object costs 12 ms. A
question names the few fields it wants and brings a small `Parsable` of its own. The import of the SDK itself takes a
quarter of a second, so it happens in `open_graph`, in a thread, and only where somebody asks Graph something.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar
from urllib.parse import urlsplit

import httpx
from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.serialization import Parsable, ParseNode, SerializationWriter

from graph.errors import GraphRefused, GraphUnavailable

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.graph_request_adapter import GraphRequestAdapter
    from msgraph.graph_service_client import GraphServiceClient

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 15
QUESTION_TIMEOUT_S = 45
"""One question with all its retries."""
_TEMPORARY = frozenset({408, 429, 500, 502, 503, 504})

P = TypeVar("P", bound=Parsable)
T = TypeVar("T")


class Tokens(Protocol):
    """Where tokens come from; `graph.access.TokenSource` is one."""

    async def get(self) -> str:
        """A token in force. Raises `NoAccess`."""


class _Provider(AccessTokenProvider):
    """Gives the token to Graph's own host, and to no other that a link in an answer may name."""

    def __init__(self, tokens: Tokens, host: str) -> None:
        self._tokens = tokens
        self._validator = AllowedHostsValidator([host])

    async def get_authorization_token(
        self, uri: str, additional_authentication_context: dict[str, Any] | None = None
    ) -> str:
        return await self._tokens.get() if self._validator.is_url_host_valid(uri) else ""

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return self._validator


class Problem(APIError, Parsable):
    """The body of an error: {"error": {"code": ...}}. Its message is left where it is."""

    def __init__(self) -> None:
        super().__init__()
        self.code = ""

    @staticmethod
    def create_from_discriminator_value(_node: ParseNode | None = None) -> Problem:
        """Make an empty one, for the parser to fill."""
        return Problem()

    def get_field_deserializers(self) -> dict[str, Callable[[ParseNode], None]]:
        """How the fields are read: `error`, then `code` inside it."""

        def read(node: ParseNode) -> None:
            inner = node.get_child_node("code")
            self.code = (inner.get_str_value() if inner else None) or ""

        return {"error": read}

    def serialize(self, writer: SerializationWriter) -> None:
        """Never sent."""


class Graph:
    """An open connection to Graph for one tenant. Make it with `open_graph`."""

    def __init__(self, adapter: GraphRequestAdapter, client: GraphServiceClient) -> None:
        self._adapter = adapter
        self.build = client
        """msgraph's builder: `graph.build.users.by_user_id(...)`, up to `to_get_request_information`."""

    @property
    def base_url(self) -> str:
        """The address of this Graph, up to its version."""
        return str(self._adapter.base_url)

    async def ask(self, question: RequestInformation, answer: type[P]) -> P:
        """Put a question; returns what came back. Raises `NoAccess`, `GraphRefused` or `GraphUnavailable`."""
        found: P | None = await self._put(self._adapter.send_async(question, answer, {"XXX": Problem}))
        if found is None:
            raise GraphRefused(204, "no content")
        return found

    async def ask_raw(self, question: RequestInformation) -> bytes:
        """Put a question; returns the answer as it came, empty where there is none. Raises as `ask` does."""
        found = await self._put(self._adapter.send_primitive_async(question, "bytes", {"XXX": Problem}))
        return found if isinstance(found, bytes) else b""

    async def tell(self, question: RequestInformation) -> None:
        """Have something done that Graph answers with nothing. Raises as `ask` does."""
        await self._put(self._adapter.send_no_response_content_async(question, {"XXX": Problem}))

    async def _put(self, asked: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(QUESTION_TIMEOUT_S):
                return await asked
        except APIError as error:
            status = error.response_status_code or 0
            code = error.code if isinstance(error, Problem) else ""
            no = (GraphUnavailable if status in _TEMPORARY else GraphRefused)(status, code)
            no.location = (error.response_headers or {}).get("location")
            raise no from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise GraphUnavailable(0, type(error).__name__) from error


class Fields(Parsable):
    """The base of what Graph answers: reads the fields its subclass names, ignores all others, is never sent."""

    @classmethod
    def create_from_discriminator_value(cls, _node: ParseNode | None = None) -> Self:
        """Make an empty one, for the parser to fill."""
        return cls()

    def serialize(self, writer: SerializationWriter) -> None:
        """Never sent."""


@asynccontextmanager
async def open_graph(tokens: Tokens, *, url: str, verify: ssl.SSLContext | bool = True) -> AsyncIterator[Graph]:
    """A connection to Graph at `url`, closed afterwards. `verify` trusts a stand-in's certificate."""
    # Kiota wraps the transport and does not hand on its closing, so it is kept here.
    async with httpx.AsyncHTTPTransport(verify=verify) as transport:
        adapter, client = await asyncio.to_thread(_make, tokens, url, transport)
        yield Graph(adapter, client)


def _make(
    tokens: Tokens, url: str, transport: httpx.AsyncHTTPTransport
) -> tuple[GraphRequestAdapter, GraphServiceClient]:
    from kiota_http.middleware.options import RetryHandlerOption
    from msgraph.graph_request_adapter import GraphRequestAdapter, options
    from msgraph.graph_service_client import GraphServiceClient
    from msgraph_core import GraphClientFactory

    base_url = f"{url}/v1.0"
    timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    http = GraphClientFactory.create_with_default_middleware(
        client=httpx.AsyncClient(timeout=timeout, transport=transport, base_url=base_url),
        # Its delay is added to every wait, also to what Retry-After says.
        options={**options, RetryHandlerOption.get_key(): RetryHandlerOption(delay=0, max_retries=3)},
    )
    provider = BaseBearerTokenAuthenticationProvider(_Provider(tokens, urlsplit(url).hostname or ""))
    adapter = GraphRequestAdapter(provider, client=http)
    client = GraphServiceClient(request_adapter=adapter)
    # The client sets its own address into the adapter, so this comes last.
    adapter.base_url = base_url
    return adapter, client
