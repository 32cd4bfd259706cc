"""The one line to Microsoft Graph that all tenants share: msgraph's client, kiota's middleware, httpx's connections.

Whose token goes with a question is said with the question (`Sender`), so ten thousand tenants need one client. The
token goes to Graph's own address only, whatever a link in an answer may name.

Pauses: kiota's retry waits as long as `Retry-After` says, up to three minutes, and the other questions of that tenant
go on meanwhile, which counts against it. Here a pause is the tenant's: all its questions wait, and one that would wait
longer than `LONGEST_PAUSE_S` fails at once, so that the work is put back into the outbox instead of holding a slot.
Where Graph says that it is the app as a whole that asked too much, everybody waits.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.request_option import RequestOption
from kiota_abstractions.response_handler import ResponseHandler

from graph.errors import GraphUnavailable

if TYPE_CHECKING:
    from msgraph.graph_request_adapter import GraphRequestAdapter
    from msgraph.graph_service_client import GraphServiceClient

CONNECT_TIMEOUT_S = 5
ANSWER_TIMEOUT_S = 15
CONNECTIONS = 32
"""Questions of all tenants under way; a further one waits for a connection."""
LONGEST_PAUSE_S = 20.0
"""What is waited for, of a pause that Graph asks for."""
LONGEST_KEPT_S = 600.0
"""What is believed of it."""
LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes, unpacked; the longest that Graph has for us is half a megabyte."""
_SENDER = "fourstar_sender"
_PACKED = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


@dataclass(slots=True)
class Pause:
    """Until when Graph is not asked; times are monotonic seconds."""

    until_s: float = 0.0
    monotonic: Callable[[], float] = time.monotonic

    def begin(self, seconds: float) -> None:
        """From now on, unless a longer one holds."""
        self.until_s = max(self.until_s, self.monotonic() + seconds)

    def left_s(self) -> float:
        """What is left of it."""
        return max(0.0, self.until_s - self.monotonic())


@dataclass(frozen=True, slots=True)
class Sender(RequestOption):
    """Who asks: where the token comes from, and the pause Graph asked this tenant for."""

    token: Callable[[], Awaitable[str]]
    pause: Pause = field(default_factory=Pause)

    @staticmethod
    def get_key() -> str:
        """Its name among the options of a question."""
        return _SENDER


class Line:
    """An open line to Graph. Make it with `open_line`."""

    def __init__(self, adapter: GraphRequestAdapter, client: GraphServiceClient, base_url: str) -> None:
        self._adapter = adapter
        self.base_url = base_url
        self.client = client

    async def send(self, question: RequestInformation, sender: Sender) -> httpx.Response:
        """The answer with its whole content, whatever its status. Raises httpx's and kiota's errors, `NoAccess`."""
        from kiota_http.middleware.options import ResponseHandlerOption

        question.add_request_options([sender, ResponseHandlerOption(_AsItIs())])
        # With a handler nothing is parsed: the type of the answer is not looked at.
        response: httpx.Response = await self._adapter.send_primitive_async(question, "bytes", {})
        return response


class _AsItIs(ResponseHandler):
    """Hands the answer back as it came."""

    async def handle_response_async(self, response: Any, error_map: Any) -> Any:
        return response


class _Bearer(AuthenticationProvider):
    """Puts the sender's token into a question that goes to Graph's own address."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    async def authenticate_request(
        self, request: RequestInformation, additional_authentication_context: dict[str, Any] | None = None
    ) -> None:
        sender = request.request_options[_SENDER]
        if not isinstance(sender, Sender) or not request.url.startswith(f"{self._base_url}/"):
            raise GraphUnavailable(0, "foreign link")
        request.headers.remove("Authorization")
        request.headers.add("Authorization", f"Bearer {await sender.token()}")


class _Bounded(httpx.AsyncBaseTransport):
    """Reads each answer to its end, as far as one of Graph's can go: whoever answers fills no memory."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer, unpacked. Raises `GraphUnavailable` for a longer one."""
        came = await self._transport.handle_async_request(request)
        body = bytearray()
        try:
            async for part in came.aiter_bytes():
                body += part
                if len(body) > LONGEST_ANSWER:
                    raise GraphUnavailable(came.status_code, "too long")
        finally:
            await came.aclose()
        headers = [(name, value) for name, value in came.headers.raw if name.lower() not in _PACKED]
        return httpx.Response(came.status_code, headers=headers, content=bytes(body), extensions=came.extensions)


@asynccontextmanager
async def open_line(*, url: str, verify: ssl.SSLContext | bool = True) -> AsyncIterator[Line]:
    """A line to Graph at `url`, closed afterwards. `verify` trusts a stand-in's certificate."""
    # Kiota wraps the transport and does not hand on its closing, so it is kept here.
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=60)
    async with httpx.AsyncHTTPTransport(verify=verify, limits=limits) as transport:
        yield await asyncio.to_thread(_make, url, _Bounded(transport))


def _make(url: str, transport: httpx.AsyncBaseTransport) -> Line:
    from kiota_http.kiota_client_factory import KiotaClientFactory
    from kiota_http.middleware import RedirectHandler, RetryHandler
    from kiota_http.middleware.options import RetryHandlerOption
    from msgraph.graph_request_adapter import GraphRequestAdapter, options
    from msgraph.graph_service_client import GraphServiceClient
    from msgraph_core import GraphClientFactory
    from msgraph_core.middleware import GraphTelemetryHandler

    from graph.retrying import PatientRetries

    base_url = f"{url}/v1.0"
    timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    # Its delay is added to every wait, also to what Retry-After says.
    retries = PatientRetries(RetryHandlerOption(delay=0, max_retries=3))
    # What is asked here is never elsewhere: an answer that leads away is a proxy's, and none.
    middleware = [
        retries if isinstance(one, RetryHandler) else one
        for one in KiotaClientFactory.get_default_middleware(options)
        if not isinstance(one, RedirectHandler)
    ]
    http = GraphClientFactory.create_with_custom_middleware(
        [*middleware, GraphTelemetryHandler(options=options["GraphTelemetryHandlerOption"])],
        client=httpx.AsyncClient(timeout=timeout, transport=transport, base_url=base_url),
    )
    adapter = GraphRequestAdapter(_Bearer(base_url), client=http)
    client = GraphServiceClient(request_adapter=adapter)
    # The client sets its own address into the adapter, so this comes last.
    adapter.base_url = base_url
    return Line(adapter, client, base_url)
