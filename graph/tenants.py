"""Questions to Graph in all tenants: the customers' and the provider's own, sized for ten thousand of them.

A tenant costs nothing until somebody asks in it; then it has a token source of its own (msal keeps one instance per
tenant), while the threads, the connections to the login service and the line to Graph are shared by all. What is kept
of a tenant that nobody asked about for two hours, when its token has ended anyway, is let go.

What the login service says no to is remembered for a minute, and what it could not be asked for a quarter of one, so
that neither a customer who took the app away nor an outage is asked about with every question.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

from graph.access import GRAPH_SCOPE, LOGIN_HOST, Credential, ManagedIdentity, TokenSource
from graph.client import Graph
from graph.errors import AccessRefused, AccessUnavailable, NoAccess
from graph.line import Line, Pause, open_line
from graph.login_session import CONNECTIONS, LoginSession, trusting

REFUSAL_KEPT_S = 60.0
OUTAGE_KEPT_S = 15.0
LONGEST_OUTAGE_S = 300.0
"""What is believed of a pause the login service asks for."""
FORGET_EVERY_S = 60.0
"""A token younger than this is kept although Graph refused it: the next one would be no better."""
IDLE_S = 2 * 3600.0
MOST_TENANTS = 20_000


class Tenants:
    """All tenants. Make it with `open_tenants`."""

    def __init__(
        self,
        line: Line,
        session: LoginSession,
        *,
        client_id: str,
        home_tenant_id: str,
        credential: Credential,
        login_host: str = LOGIN_HOST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._session = session
        self._client_id = client_id
        self._home = home_tenant_id
        self._credential = credential
        self._login_host = login_host
        self._monotonic = monotonic
        # Of its own: logins that hang must not take the threads in which others read files.
        self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="login")
        self._known: OrderedDict[str, _Tenant] = OrderedDict()
        self._stack = AsyncExitStack()

    def of(self, tenant_id: str) -> Graph:
        """Where to ask Graph in a tenant. Costs nothing; that there is no token is said when something is asked."""
        return self._tenant(tenant_id).graph

    async def roles(self, tenant_id: str) -> frozenset[str]:
        """The application permissions that the tenant grants the app now, by name: of a token fetched for this.

        Raises `NoAccess`; where the tenant has taken the app away it is an `AccessRefused`.
        """
        return _roles(await self._tenant(tenant_id).tokens.fresh(), tenant_id)

    async def close(self) -> None:
        """Wait for logins under way (they have a time limit) and close all connections."""
        for tenant in self._known.values():
            await tenant.tokens.source.close()
        self._known.clear()
        self._session.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        await self._stack.aclose()

    def _tenant(self, tenant_id: str) -> _Tenant:
        now_s = self._monotonic()
        tenant = self._known.get(tenant_id)
        if tenant is None:
            self._let_go(now_s)
            tenant = self._known[tenant_id] = self._make(tenant_id)
        tenant.used_at_s = now_s
        self._known.move_to_end(tenant_id)
        return tenant

    def _let_go(self, now_s: float) -> None:
        """The longest unused come first. Whoever still holds one may finish with it."""
        while self._known:
            tenant_id, oldest = next(iter(self._known.items()))
            if len(self._known) < MOST_TENANTS and now_s - oldest.used_at_s < IDLE_S:
                return
            del self._known[tenant_id]

    def _make(self, tenant_id: str) -> _Tenant:
        source = TokenSource(
            client_id=self._client_id,
            tenant_id=tenant_id,
            credential=self._credential,
            scope=GRAPH_SCOPE,
            login_host=self._login_host,
            session=self._session,
            pool=self._pool,
            monotonic=self._monotonic,
        )
        # A managed identity is known in its own tenant only: nobody else can consent to it.
        is_foreign = isinstance(self._credential, ManagedIdentity) and tenant_id != self._home
        tokens = _Tokens(source, AccessRefused(tenant_id, "managed_identity") if is_foreign else None, self._monotonic)
        return _Tenant(tokens, Graph(self._line, tokens, Pause(monotonic=self._monotonic)))


class _Tenant:
    """What is kept of a tenant."""

    __slots__ = ("graph", "tokens", "used_at_s")

    def __init__(self, tokens: _Tokens, graph: Graph) -> None:
        self.tokens = tokens
        self.graph = graph
        self.used_at_s = 0.0


class _Tokens:
    """The tokens of a tenant, and for how long a no is remembered. `never` is a no that stays."""

    __slots__ = ("_failed", "_failed_until_s", "_forgot_at_s", "_monotonic", "_never", "source")

    def __init__(self, source: TokenSource, never: AccessRefused | None, monotonic: Callable[[], float]) -> None:
        self.source = source
        self._never = never
        self._monotonic = monotonic
        self._failed: NoAccess | None = None
        self._failed_until_s = 0.0
        self._forgot_at_s = -FORGET_EVERY_S

    async def get(self) -> str:
        """A token in force. Raises `NoAccess`, from memory where it was said a moment ago."""
        if self._failed is not None and self._monotonic() < self._failed_until_s:
            raise self._failed.with_traceback(None)
        return await self._remembering(self.source.get)

    async def fresh(self) -> str:
        """A token that is fetched now, whatever is remembered. Raises `NoAccess`."""
        return await self._remembering(self.source.fresh)

    def forget(self, token: str) -> None:
        """Graph refused it."""
        now_s = self._monotonic()
        if now_s - self._forgot_at_s >= FORGET_EVERY_S:
            self._forgot_at_s = now_s
            self.source.forget(token)

    async def _remembering(self, ask: Callable[[], Awaitable[str]]) -> str:
        if self._never is not None:
            raise self._never.with_traceback(None)
        try:
            token = await ask()
        except NoAccess as failure:
            kept_s = REFUSAL_KEPT_S
            if isinstance(failure, AccessUnavailable):
                kept_s = min(max(failure.retry_after_s or 0.0, OUTAGE_KEPT_S), LONGEST_OUTAGE_S)
            self._failed, self._failed_until_s = failure, self._monotonic() + kept_s
            raise
        self._failed = None
        return token


async def open_tenants(
    *,
    client_id: str,
    home_tenant_id: str,
    credential: Credential,
    graph_url: str,
    login_host: str = LOGIN_HOST,
    trusted_ca: Path | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Tenants:
    """All tenants of one app; close it afterwards. `trusted_ca` is a PEM file with further authorities to trust."""
    trusted = await asyncio.to_thread(trusting, trusted_ca)
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(open_line(url=graph_url, verify=trusted))
        tenants = Tenants(
            line,
            LoginSession(trusted=trusted if trusted_ca is not None else None),
            client_id=client_id,
            home_tenant_id=home_tenant_id,
            credential=credential,
            login_host=login_host,
            monotonic=monotonic,
        )
        tenants._stack = stack.pop_all()  # noqa: SLF001  whoever opens it says what is closed with it
    return tenants


def _roles(token: str, tenant_id: str) -> frozenset[str]:
    """The claim `roles` of a token that came straight from the login service. Raises `NoAccess`."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        roles = claims.get("roles", [])
        if claims["tid"] != tenant_id:
            raise AccessRefused(tenant_id, "another tenant")
        return frozenset(str(role) for role in roles)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise AccessUnavailable(tenant_id, "unreadable token") from error
