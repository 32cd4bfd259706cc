"""What every call to the stand-in of Graph goes through: the token, the permission, the fault, then the subject's part.

A subject is a file with a function `routes(table)`, which adds its calls to the table:

    def routes(table: Table) -> None:
        table.add("GET", "/users/{id}", _user, needs=("User.Read.All", "Directory.Read.All"))

    async def _user(call: Call) -> web.StreamResponse: ...
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import web

from demo.graph.directory import Directory, Tenant

if TYPE_CHECKING:
    from demo.graph.server import GraphStandIn


class No(Exception):
    """Graph says no: status, code, message and headers."""

    def __init__(self, status: int, code: str, message: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(status, code)
        self.status, self.code, self.message, self.headers = status, code, message, headers


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is allowed: by which app, in which tenant."""

    request: web.Request
    stand_in: GraphStandIn
    tenant: Tenant
    app_id: str
    roles: frozenset[str]

    @property
    def directory(self) -> Directory:
        """All tenants."""
        return self.stand_in.directory

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.match_info[name])

    @property
    def url(self) -> str:
        """The address of version 1.0, without a slash at the end: for links and `@odata.context`."""
        return f"{self.stand_in.url}/v1.0"

    def require(self, *any_of: str) -> None:
        """Raises `No` unless one of these permissions was granted; for what depends on the body."""
        if any_of and not self.roles & set(any_of):
            raise No(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

    async def body(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises `No`."""
        try:
            found = await self.request.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise No(400, "BadRequest", "Unable to read JSON request payload.")
        return found


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to a call: `route` is `METHOD /path` as it stands in the table."""

    route: str
    status: int
    body: bytes


Answer = Callable[[Call], Awaitable[web.StreamResponse]]


class Table:
    """The calls of Graph. Paths are those of version 1.0; `{x}` is a part that `Call.part("x")` gives.

    `answered` has the latest answers, as they were before a fault spoilt them: a test holds them against Microsoft's
    models.
    """

    def __init__(self, app: web.Application, stand_in: GraphStandIn) -> None:
        self._app, self._stand_in = app, stand_in
        self.routes: list[str] = []
        self.answered: deque[Answered] = deque(maxlen=1000)

    def add(self, method: str, path: str, answer: Answer, *, needs: tuple[str, ...] = ()) -> None:
        """Answer this call, for apps with one of the permissions in `needs` (none named: for every app)."""
        stand_in, route = self._stand_in, f"{method} {path}"
        self.routes.append(route)

        async def checked(request: web.Request) -> web.StreamResponse:
            claims = stand_in.login.check(request.headers.get("Authorization"))
            tenant = stand_in.directory.tenants.get(str(claims.get("tid")))
            if tenant is None:
                raise No(401, "InvalidAuthenticationToken", "The tenant of the token is unknown.")
            call = Call(request, stand_in, tenant, str(claims.get("appid")), frozenset(claims.get("roles", ())))
            call.require(*needs)
            given = await answer(call)
            body = given.body if isinstance(given, web.Response) else None
            self.answered.append(Answered(route, given.status, body if isinstance(body, bytes) else b""))
            return given

        async def handle(request: web.Request) -> web.StreamResponse:
            stand_in.calls.append(f"{request.method} {request.path}")
            try:
                return await stand_in.faults.around(request, checked)
            except No as no:
                refused = problem(no.status, no.code, no.message, headers=no.headers)
                body = refused.body
                self.answered.append(Answered(route, no.status, body if isinstance(body, bytes) else b""))
                return refused

        self._app.router.add_route(method, f"/v1.0{path}", handle)


def problem(status: int, code: str, message: str = "", *, headers: dict[str, str] | None = None) -> web.Response:
    """An error as Graph writes it."""
    inner = {"date": "2026-01-01T00:00:00", "request-id": str(uuid4()), "client-request-id": str(uuid4())}
    body = {"error": {"code": code, "message": message or code, "innerError": inner}}
    return web.json_response(body, status=status, headers=headers)
