"""Microsoft for a year: accounts and consents of every tenant, and whether anybody gets an answer there just now.

How a tenant answers is decided once for each moment, so that the oracle knows which looks were good. It takes the place
of `bot.directory.Directory` and of `bot.consent_graph.ConsentGraph`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contract.permissions import AccessTemplate
from graph.errors import AccessRefused, AccessUnavailable, GraphError, GraphRefused, GraphUnavailable, LinkExpired
from graph.people import Account, Changes
from tests.bot.consent_desk import READS, relationship
from tests.bot.directories import said_of
from tests.bot.tenant_year.oracle import Seen

LONGEST_REQUEST = timedelta(days=90)
FAULTS = (GraphUnavailable, GraphRefused, AccessUnavailable)


@dataclass(slots=True)
class Tenant:
    """One customer's tenant."""

    accounts: dict[str, Account] = field(default_factory=dict)
    bin: dict[str, Account] = field(default_factory=dict)
    has_app: bool = True
    down: GraphError | None = None
    told: dict[str, dict[str, Account | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Microsoft:
    """All tenants. `heard` is what was answered at this moment: about people by tenant, about consents by source."""

    chance: random.Random
    provider: str
    now: datetime
    tenants: dict[str, Tenant] = field(default_factory=dict)
    relationships: dict[str, dict[str, Any]] = field(default_factory=dict)
    made_at: dict[str, datetime] = field(default_factory=dict)
    looked: dict[str, bool] = field(default_factory=dict)
    heard: dict[tuple[str, str], Seen | None] = field(default_factory=dict)

    def fault(self, tenant_id: str) -> GraphError:
        """Something that goes wrong and says nothing about anybody."""
        what = self.chance.choice(FAULTS)
        if what is AccessUnavailable:
            return AccessUnavailable(tenant_id, "no answer")
        if what is GraphRefused:
            return GraphRefused(self.chance.choice([401, 403]), "Authorization_RequestDenied")
        return GraphUnavailable(self.chance.choice([0, 429, 503]), "busy")

    def _ask(self, tenant_id: str) -> Tenant:
        tenant = self.tenants[tenant_id]
        if not tenant.has_app:
            raise AccessRefused(tenant_id, "AADSTS7000229")
        if tenant.down is not None:
            raise tenant.down
        return tenant

    # --- people -----------------------------------------------------------------------------------------------------

    async def find(self, tenant_id: str, address: str) -> tuple[Account, ...]:
        """By address."""
        tenant = self._ask(tenant_id)
        return tuple(one for one in tenant.accounts.values() if one.user_principal_name == address)

    async def load(self, tenant_id: str, object_id: str) -> Account:
        """By id."""
        tenant = self._ask(tenant_id)
        if object_id not in tenant.accounts:
            raise GraphRefused(404, "Request_ResourceNotFound")
        return tenant.accounts[object_id]

    async def is_deleted(self, tenant_id: str, object_id: str) -> bool:
        """Among the deleted ones."""
        return object_id in self._ask(tenant_id).bin

    async def changes(self, tenant_id: str, object_ids: Iterable[str], link: str | None) -> Changes:
        """What changed since the link, which at times has expired; at times everything once more."""
        self.looked[tenant_id] = False
        tenant = self._ask(tenant_id)
        if link is not None and self.chance.random() < 0.05:
            raise LinkExpired(410, "syncStateNotFound")
        ids = list(object_ids)
        before = tenant.told[link] if link is not None else {}
        now = {one: tenant.accounts.get(one) for one in ids}
        name = f"link-{len(tenant.told) + 1}"
        tenant.told[name] = now
        repeats = self.chance.random() < 0.1
        changed = [one for one in ids if repeats or one not in before or before[one] != now[one]]
        lost = {one for one in changed if now[one] is None and (repeats or before.get(one) is not None)}
        self.looked[tenant_id] = True
        return Changes(
            accounts=tuple(said_of(now[one]) for one in changed if now[one] is not None),
            deleted=frozenset(lost & set(tenant.bin)),
            gone=frozenset(lost - set(tenant.bin)),
            link=name,
        )

    # --- consents -----------------------------------------------------------------------------------------------------

    async def roles(self, tenant_id: str) -> frozenset[str]:
        """What the app was granted."""
        self.heard["app", tenant_id] = None
        tenant = self.tenants[tenant_id]
        if tenant.down is not None:
            raise tenant.down
        self.heard["app", tenant_id] = Seen(tenant.has_app)
        if not tenant.has_app:
            raise AccessRefused(tenant_id, "AADSTS7000229")
        return frozenset({READS})

    async def app_facts(self, tenant_id: str, app_id: str) -> dict[str, Any] | None:
        """May not be read."""
        self._ask(tenant_id)
        return None

    async def who_consented(self, tenant_id: str, app_id: str) -> str | None:
        """Nobody knows."""
        return None

    async def revoke_app(self, tenant_id: str, app_id: str) -> str:
        """May not be done."""
        raise GraphRefused(403, "Authorization_RequestDenied")

    async def create(
        self, tenant_id: str, template: AccessTemplate, title: str, customer: tuple[str, str]
    ) -> dict[str, Any]:
        """One relationship for each title."""
        self._ask(self.provider)
        known = next((one for one in self.relationships.values() if one["title"] == title), None)
        if known is None:
            known = relationship(f"r-{len(self.relationships) + 1}", customer[0], title=title)
            self.relationships[known["id"]] = known
            self.made_at[known["id"]] = self.now
        return self._shown(known["id"])

    async def look(self, tenant_id: str, relationship_id: str) -> dict[str, Any]:
        """As it is now."""
        self.heard["gdap", relationship_id] = None
        self._ask(self.provider)
        one = self.relationships[relationship_id]
        if self.tenants[one["tenant"]].down is not None:
            raise GraphUnavailable(503, "busy")
        return self._shown(relationship_id)

    async def assign(self, tenant_id: str, relationship_id: str, group_id: str, roles: Sequence[str]) -> None:
        """The group has the roles at once."""
        self._ask(self.provider)
        self.relationships[relationship_id].update(assignments=[list(roles)], has_any=True)

    async def terminate(self, tenant_id: str, relationship_id: str) -> None:
        """Ended at once."""
        self._ask(self.provider)
        self.relationships[relationship_id]["status"] = "terminated"

    async def all_relationships(self, tenant_id: str) -> list[dict[str, Any]]:
        """Every one."""
        self._ask(self.provider)
        return [self._current(key) for key in self.relationships]

    def _shown(self, key: str) -> dict[str, Any]:
        one = self._current(key)
        is_active = one["status"] == "active" and bool(one["assignments"])
        self.heard["gdap", key] = Seen(
            is_active,
            datetime.fromisoformat(one["activated_at"]) if is_active else None,
            datetime.fromisoformat(one["ends_at"]) if one["ends_at"] else None,
            expired=one["status"] in ("expired", "expiring"),
        )
        return one

    def _current(self, key: str) -> dict[str, Any]:
        """What time made of it."""
        one = self.relationships[key]
        if one["status"] == "active" and datetime.fromisoformat(one["ends_at"]) <= self.now:
            one["status"] = self.chance.choice(["expiring", "expired"])
        if one["status"] == "approvalPending" and self.now - self.made_at[key] >= LONGEST_REQUEST:
            one["status"] = "expired"
        return {**one}

    # --- what customers do ------------------------------------------------------------------------------------------

    def approve(self, key: str, days: int) -> None:
        """A customer approves."""
        ends_at = self.now + timedelta(days=days)
        self.relationships[key].update(status="active", activated_at=self.now.isoformat(), ends_at=ends_at.isoformat())

    def extend(self, key: str) -> None:
        """Another half year."""
        one = self.relationships[key]
        one["ends_at"] = (datetime.fromisoformat(one["ends_at"]) + timedelta(days=180)).isoformat()

    def of(self, tenant_id: str, *states: str) -> list[str]:
        """A customer's relationships in these states."""
        found = [key for key, one in self.relationships.items() if one["tenant"] == tenant_id]
        return [key for key in found if self._current(key)["status"] in states]

    def change(self, tenant_id: str, object_id: str, **values: Any) -> None:
        """Something about an account changes."""
        accounts = self.tenants[tenant_id].accounts
        accounts[object_id] = replace(accounts[object_id], **values)
