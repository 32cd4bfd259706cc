"""What Graph knows of consents, as the product asks for it: the seam that tests replace. Network only, no database.

Answers are plain values that go into the outbox's rows. All raise GraphError where there is no answer; what may not be
read is told apart from that by the callers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from contract.permissions import AccessTemplate
from graph.errors import AccessRefused, GraphError, GraphRefused, fault_of

if TYPE_CHECKING:
    from graph.relationships import Relationship
    from graph.tenants import Tenants

ORDINARY = frozenset({"openid", "profile", "email", "offline_access", "User.Read"})
"""Delegated permissions that signing in brings along; they say who somebody is and nothing else."""
AT_ONCE = 8
"""Relationships that are looked at side by side."""


class ConsentGraph(Protocol):
    """Questions about consents. `tenant_id` is the customer's for the app, the provider's for relationships."""

    async def roles(self, tenant_id: str) -> frozenset[str]:
        """The roles of a fresh app-only token."""

    async def app_facts(self, tenant_id: str, app_id: str) -> dict[str, Any] | None:
        """What was granted to the app, with ids; None where it may not be read."""

    async def who_consented(self, tenant_id: str, app_id: str) -> str | None:
        """Who consented, by the log; None where it does not say or may not be read."""

    async def revoke_app(self, tenant_id: str, app_id: str) -> str:
        """Take away what the app was granted."""

    async def create(
        self, tenant_id: str, template: AccessTemplate, title: str, customer: tuple[str, str]
    ) -> dict[str, Any]:
        """Create a relationship for a customer (tenant, name) and lock it, so that it can be approved."""

    async def look(self, tenant_id: str, relationship_id: str) -> dict[str, Any]:
        """A relationship, and who has what under it."""

    async def assign(self, tenant_id: str, relationship_id: str, group_id: str, roles: Sequence[str]) -> None:
        """Give a security group these roles."""

    async def terminate(self, tenant_id: str, relationship_id: str) -> None:
        """Have a relationship ended."""

    async def all_relationships(self, tenant_id: str) -> list[dict[str, Any]]:
        """Every relationship of the provider: id, status and the customer's tenant."""


@dataclass(frozen=True, slots=True)
class GraphConsents:
    """Asks Microsoft Graph."""

    tenants: Tenants

    async def roles(self, tenant_id: str) -> frozenset[str]:
        """The roles of a fresh app-only token."""
        return await self.tenants.roles(tenant_id)

    async def app_facts(self, tenant_id: str, app_id: str) -> dict[str, Any] | None:
        """What was granted to the app, with ids; None where it may not be read."""
        from graph.consent import app_grant, delegated_grants

        graph = self.tenants.of(tenant_id)
        try:
            granted = await app_grant(graph, app_id)
            delegated = await delegated_grants(graph, app_id)
        except GraphRefused:
            # Without permission to look, or not there yet: the token says what counts.
            return None
        scopes = {scope for one in delegated if one.is_for_everyone for scope in one.scopes}
        return {
            "permissions": [list(one) for one in granted.permissions],
            "delegated": sorted(scopes - ORDINARY),
            "first_at": _iso(granted.first_at),
            "created_at": _iso(granted.created_at),
            "digest": granted.raw_digest,
        }

    async def who_consented(self, tenant_id: str, app_id: str) -> str | None:
        """Who consented, by the log; None where it does not say or may not be read."""
        from graph.consent import who_consented

        return await who_consented(self.tenants.of(tenant_id), app_id)

    async def revoke_app(self, tenant_id: str, app_id: str) -> str:
        """Take away what the app was granted."""
        from graph.consent import revoke_app

        return (await revoke_app(self.tenants.of(tenant_id), app_id)).value

    async def create(
        self, tenant_id: str, template: AccessTemplate, title: str, customer: tuple[str, str]
    ) -> dict[str, Any]:
        """Create a relationship for a customer (tenant, name) and lock it; safe to repeat with the same title."""
        from graph.relationship_states import Status, Template
        from graph.relationships import approval_link, create, load, lock

        graph = self.tenants.of(tenant_id)
        roles = tuple(one.id for one in template.roles)
        wanted = Template(roles=roles, days=template.days, extends=template.extends)
        made = await create(graph, wanted, title=title, customer_tenant=customer[0], customer_name=customer[1])
        if made.status is Status.CREATED:
            await lock(graph, made.id)
            made = await load(graph, made.id)
        return {**_relationship(made), "url": approval_link(made.id)}

    async def look(self, tenant_id: str, relationship_id: str) -> dict[str, Any]:
        """A relationship, and who has what under it."""
        from graph.relationship_states import AssignmentStatus
        from graph.relationships import approval_link, assignments, load

        graph = self.tenants.of(tenant_id)
        found = await load(graph, relationship_id)
        result = {**_relationship(found), "url": approval_link(found.id), "assignments": [], "has_any": False}
        if found.status.is_active:
            under = await assignments(graph, relationship_id)
            result["assignments"] = [list(one.roles) for one in under if one.status is AssignmentStatus.ACTIVE]
            result["has_any"] = any(one.status.stands for one in under)
        return result

    async def assign(self, tenant_id: str, relationship_id: str, group_id: str, roles: Sequence[str]) -> None:
        """Give a security group these roles."""
        from graph.relationships import assign

        await assign(self.tenants.of(tenant_id), relationship_id, group_id, tuple(roles))

    async def terminate(self, tenant_id: str, relationship_id: str) -> None:
        """Have a relationship ended."""
        from graph.relationships import load, terminate

        graph = self.tenants.of(tenant_id)
        await terminate(graph, await load(graph, relationship_id))

    async def all_relationships(self, tenant_id: str) -> list[dict[str, Any]]:
        """Every relationship of the provider: id, status and the customer's tenant."""
        from graph.relationships import all_of

        return [_relationship(one) for one in await all_of(self.tenants.of(tenant_id))]


def _relationship(one: Relationship) -> dict[str, Any]:
    return {
        "id": one.id,
        "status": one.status.value,
        "title": one.title,
        "roles": list(one.roles),
        "etag": one.etag,
        "tenant": (one.customer_tenant or "").lower(),
        "activated_at": _iso(one.activated_at),
        "ends_at": _iso(one.ends_at),
        "digest": one.raw_digest,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def may_pass(error: Exception) -> bool:
    """Whether asking again may succeed without anybody changing anything."""
    if isinstance(error, AccessRefused):
        return False
    return not (isinstance(error, GraphRefused) and error.status != HTTPStatus.UNAUTHORIZED)


async def looks(
    graph: ConsentGraph, tenant_id: str, wanted: Sequence[tuple[str, str | None]], within_s: float
) -> list[dict[str, Any]]:
    """Look at relationships side by side; what gets no answer in time says so. `wanted`: id, and a group to assign."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(relationship_id: str, group_id: str | None) -> dict[str, Any]:
        async with gate:
            try:
                found = await graph.look(tenant_id, relationship_id)
                if group_id is not None and found["status"] == "active" and not found["has_any"]:
                    await graph.assign(tenant_id, relationship_id, group_id, found["roles"])
                    found = await graph.look(tenant_id, relationship_id)
            except (GraphError, ValueError) as error:
                return {"error": fault_of(error)}
        return found

    tasks = [asyncio.create_task(one(*each)) for each in wanted]
    try:
        await asyncio.wait(tasks, timeout=within_s)
        return [task.result() if task.done() else {"error": fault_of(TimeoutError())} for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
