"""Microsoft in the same process, for `bench.graph_watch`: thousands of tenants that answer late, wrongly or never.

The questions are the product's own, through msgraph-sdk and kiota's retries; only the connection is replaced, and the
login (`bench.graph_tenants` measures that). How often it was asked is kept, by ten seconds and by tenant.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx

from contract.permissions import LEAST_ROLES, READ_PEOPLE
from graph.client import Graph
from graph.line import ANSWER_TIMEOUT_S, Line, Pause
from graph.tenants import Tenants

URL = "https://graph.example"
TOKEN_LIVES_S = 3600.0
BUSY, THROTTLED, OK, REFUSED = 503, 429, 200, 403
RETRY_AFTER_S = "5"
PAGE = 300
GROUP = "00000000-0000-0000-0000-0000000000b1"


@dataclass(slots=True)
class Asked:
    """How often Microsoft was asked: at most in ten seconds, in all tenants and in one, and how far apart."""

    total: int = 0
    logins: int = 0
    most: int = 0
    most_of_one: int = 0
    most_of_home: int = 0
    latest: dict[tuple[str, str], float] = field(default_factory=dict)
    gaps: dict[str, float] = field(default_factory=dict)
    _slot: int = 0
    _now: Counter[str] = field(default_factory=Counter)

    def count(self, tenant: str, home: str, at_s: float) -> None:
        """A question."""
        slot = int(at_s) // 10
        if slot != self._slot:
            self._slot, self._now = slot, Counter()
        self.total += 1
        self._now[tenant] += 1
        self.most = max(self.most, self._now.total())
        if tenant == home:
            self.most_of_home = max(self.most_of_home, self._now[tenant])
        else:
            self.most_of_one = max(self.most_of_one, self._now[tenant])

    def looked(self, what: str, source: str, at_s: float) -> None:
        """A look at something that is looked at again and again."""
        before = self.latest.get((what, source))
        self.latest[what, source] = at_s
        if before is not None:
            self.gaps[what] = max(self.gaps.get(what, 0.0), at_s - before)

    def rest(self, at_s: float) -> None:
        """The simulation ends: what was not looked at for long counts too."""
        for (what, _), before in self.latest.items():
            self.gaps[what] = max(self.gaps.get(what, 0.0), at_s - before)


@dataclass(slots=True)
class Microsoft(httpx.AsyncBaseTransport):
    """Answers after `latency_s`; a share `faults` fails, a share `hangs` of the tenants never answers."""

    home: str
    people: Mapping[str, list[tuple[str, str, str]]]
    """By tenant: object id, name, address."""
    begin: datetime
    time: Callable[[], float]
    latency_s: float = 0.0
    faults: float = 0.0
    hanging: frozenset[str] = frozenset()
    chance: random.Random = field(default_factory=lambda: random.Random(4))
    asked: Asked = field(default_factory=Asked)
    subscribed: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One question."""
        tenant = request.headers["Authorization"].removeprefix("Bearer ")
        path = unquote(request.url.path).removeprefix("/v1.0/")
        self.asked.count(tenant, self.home, self.time())
        self._look(tenant, path)
        if tenant in self.hanging:
            await asyncio.sleep(ANSWER_TIMEOUT_S)
            raise httpx.ReadTimeout("hangs", request=request)
        await asyncio.sleep(self.latency_s)
        if self.chance.random() < self.faults:
            return self._fault(request)
        status, body = self._answer(tenant, path, request)
        return httpx.Response(status, json=body, request=request)

    def _look(self, tenant: str, path: str) -> None:
        if path.startswith("users/delta"):
            self.asked.looked("people", tenant, self.time())
        elif path.startswith("tenantRelationships") and path.count("/") == 2:
            self.asked.looked("relationship", path, self.time())

    def _fault(self, request: httpx.Request) -> httpx.Response:
        how = self.chance.randrange(3)
        if how == 0:
            raise httpx.ConnectError("dropped", request=request)
        if how == 1:
            return httpx.Response(THROTTLED, headers={"Retry-After": RETRY_AFTER_S}, json={}, request=request)
        return httpx.Response(BUSY, json={}, request=request)

    def _answer(self, tenant: str, path: str, request: httpx.Request) -> tuple[int, dict[str, Any]]:
        match path.split("/"):
            case ["users", delta] if delta.startswith("delta"):
                return OK, self._delta(tenant, is_whole="deltatoken" not in str(request.url))
            case ["subscriptions"]:
                return OK, self._subscribe(tenant, request)
            case ["tenantRelationships", "delegatedAdminRelationships"]:
                return OK, self._list(request)
            case ["tenantRelationships", "delegatedAdminRelationships", key]:
                return OK, self._relationship(key)
            case ["tenantRelationships", "delegatedAdminRelationships", key, "accessAssignments"]:
                return OK, {"value": [self._assignment(key)]}
        # What the app may not read: the app consent is then known by the token alone, as it is normally.
        return REFUSED, {"error": {"code": "Authorization_RequestDenied"}}

    def _delta(self, tenant: str, *, is_whole: bool) -> dict[str, Any]:
        users = [
            {
                "id": object_id,
                "displayName": name,
                "userPrincipalName": address,
                "mail": address,
                "preferredLanguage": "nl-NL",
                "accountEnabled": True,
                "userType": "Member",
            }
            for object_id, name, address in self.people[tenant]
        ]
        return {
            "value": users if is_whole else [],
            "@odata.deltaLink": f"{URL}/v1.0/users/delta?$deltatoken={'x' * 200}",
        }

    def _subscribe(self, tenant: str, request: httpx.Request) -> dict[str, Any]:
        if request.method == "POST":
            said = json.loads(request.content)
            self.subscribed[tenant] = {
                "id": f"subscription-{tenant}",
                "resource": said["resource"],
                "notificationUrl": said["notificationUrl"],
                "expirationDateTime": said["expirationDateTime"],
            }
            return self.subscribed[tenant]
        return {"value": [self.subscribed[tenant]] if tenant in self.subscribed else []}

    def _list(self, request: httpx.Request) -> dict[str, Any]:
        start = int(request.url.params.get("$skiptoken", "0"))
        keys = list(self.people)
        page = [self._relationship(relationship_id(key)) for key in keys[start : start + PAGE]]
        more = f"{URL}{request.url.path}?$skiptoken={start + PAGE}"
        return {"value": page} | ({"@odata.nextLink": more} if start + PAGE < len(keys) else {})

    def _relationship(self, key: str) -> dict[str, Any]:
        return {
            "id": key,
            "@odata.etag": 'W/"1"',
            "displayName": f"Support {key}",
            "status": "active",
            "customer": {"tenantId": tenant_of(key), "displayName": "Customer"},
            "accessDetails": {"unifiedRoles": ROLES},
            "duration": "P730D",
            "autoExtendDuration": "PT0S",
            "activatedDateTime": self.begin.isoformat(),
            "endDateTime": (self.begin + timedelta(days=700)).isoformat(),
        }

    @staticmethod
    def _assignment(key: str) -> dict[str, Any]:
        container = {"accessContainerId": GROUP, "accessContainerType": "securityGroup"}
        details = {"unifiedRoles": ROLES}
        return {"id": f"a-{key}", "status": "active", "accessContainer": container, "accessDetails": details}


ROLES = [{"roleDefinitionId": one.id} for one in LEAST_ROLES]


def relationship_id(tenant_id: str) -> str:
    """The relationship with a customer."""
    return f"{tenant_id}-gdap"


def tenant_of(key: str) -> str:
    """The customer of a relationship."""
    return key.removesuffix("-gdap")


class _Token:
    """The token of a tenant: its id. It is fetched once an hour, and takes as long as an answer."""

    def __init__(self, tenant: str, microsoft: Microsoft) -> None:
        self._tenant = tenant
        self._microsoft = microsoft
        self._until_s = 0.0

    async def get(self) -> str:
        """The one that is kept, or a new one."""
        if self._microsoft.time() >= self._until_s:
            await self.fresh()
        return self._tenant

    async def fresh(self) -> None:
        """A new one. Logins do not hang: what hangs is Graph."""
        self._microsoft.asked.logins += 1
        await asyncio.sleep(self._microsoft.latency_s)
        self._until_s = self._microsoft.time() + TOKEN_LIVES_S

    def forget(self, token: str) -> None:
        """Graph refuses none here."""


class BenchTenants(Tenants):
    """Graph in all tenants over one real line; only the logins are not msal's."""

    def __init__(self, line: Line, microsoft: Microsoft) -> None:
        self._bench_line = line
        self._microsoft = microsoft
        self._graphs: dict[str, tuple[Graph, _Token]] = {}

    def of(self, tenant_id: str) -> Graph:
        """Where to ask Graph in a tenant."""
        return self._kept(tenant_id)[0]

    async def roles(self, tenant_id: str) -> frozenset[str]:
        """What the app was granted."""
        self._microsoft.asked.looked("app", tenant_id, self._microsoft.time())
        await self._kept(tenant_id)[1].fresh()
        return frozenset({READ_PEOPLE})

    def _kept(self, tenant_id: str) -> tuple[Graph, _Token]:
        if tenant_id not in self._graphs:
            token = _Token(tenant_id, self._microsoft)
            graph = Graph(self._bench_line, token, Pause(monotonic=self._microsoft.time))
            self._graphs[tenant_id] = graph, token
        return self._graphs[tenant_id]
