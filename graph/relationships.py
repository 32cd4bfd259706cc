"""Delegated admin relationships (GDAP): the provider's engineers in a customer's tenant, until a day (R25).

They live in the provider's tenant, which is where all of this is asked, with `DelegatedAdminRelationship.Read.All` or
`.ReadWrite.All` as application permissions. To create or change any, Microsoft also wants its own app `Partner
Customer Delegated Administration` (2832473f-ec63-45fb-976f-5d45a7d4bb91) in that tenant.

    create   a relationship from a template of roles, status `created`
    lock     it can no longer be changed: `approvalPending`; the customer gets `approval_link`
             the customer approves: `approved`, `activating`, `active`
    assign   its roles go to a security group; before such an assignment is active nobody has access
    terminate   `terminationRequested`, `terminating`, `terminated`; what was never locked is deleted instead

The end is the activation and the duration; with an automatic extension it moves up by half a year, again and again.
`expiring` does not mean that the end is near, but that it has passed and access is being taken down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph.answers import Item, digest_of, instant, malformed, objects, optional_text, read, read_list, text
from graph.client import Graph
from graph.errors import GraphRefused
from graph.links import follower
from graph.relationship_states import AssignmentStatus, BadTemplate, RequestStatus, Status, Template
from graph.writing import post, with_etag

NO_SUCH_THING = frozenset({"notfound", "resourcenotfound", "request_resourcenotfound", "itemnotfound"})
PAGE = 300
"""The most that a page of the list has."""
LONGEST_TITLE = 50
NO_EXTENSION, EXTENSION = "PT0S", "P180D"
_NO_EXTENSIONS = frozenset({NO_EXTENSION, "P0D", "PT0H"})
_LINK = "https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A relationship as it is now; `roles` are ids of Entra's roles, sorted."""

    id: str
    etag: str
    status: Status
    title: str
    roles: tuple[str, ...]
    auto_extends: bool
    customer_tenant: str | None
    """Unknown until the approval where the relationship was created for whoever approves it."""
    activated_at: datetime | None
    ends_at: datetime | None
    raw_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Roles of a relationship that a security group has."""

    id: str
    etag: str
    status: AssignmentStatus
    group_id: str
    roles: tuple[str, ...]
    raw_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to lock or to terminate. It is carried out later: the relationship itself says whether it was."""

    id: str
    action: str
    status: RequestStatus


def approval_link(relationship_id: str) -> str:
    """Where an administrator of the customer sees what is asked, and approves it."""
    return _LINK + relationship_id


async def create(
    graph: Graph, template: Template, *, title: str, customer_tenant: str, customer_name: str
) -> Relationship:
    """Create a relationship for one customer, not yet locked; safe to repeat with the same title.

    Titles are unique among all relationships of the provider, so a title that is taken is either the one of an earlier
    attempt whose answer was lost, which is returned, or another one, which raises `GraphRefused(409)`.
    """
    if not 0 < len(title) <= LONGEST_TITLE:
        raise BadTemplate(f"a title has from 1 to {LONGEST_TITLE} characters")
    body = {
        "displayName": title,
        "duration": f"P{template.days}D",
        "autoExtendDuration": EXTENSION if template.extends else NO_EXTENSION,
        "customer": {"tenantId": customer_tenant, "displayName": customer_name},
        "accessDetails": _details(template.roles),
    }
    try:
        answer = await read(graph, post(_all(graph), body))
    except GraphRefused as error:
        if error.status not in (HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST):
            raise
        known = [one for one in await all_of(graph, customer_tenant) if one.title == title]
        if len(known) != 1 or not known[0].status.awaits_approval or known[0].roles != _sorted(template.roles):
            raise
        return known[0]
    return _relationship(answer.body, digest_of(answer.raw))


async def lock(graph: Graph, relationship_id: str) -> Request:
    """Ask that it be locked, so that the customer can approve it."""
    return await _ask(graph, relationship_id, "lockForApproval")


async def load(graph: Graph, relationship_id: str) -> Relationship:
    """A relationship as it is now. Raises `GraphRefused(404)` where there is none."""
    question = _one(graph, relationship_id).to_get_request_information()
    answer = await read(graph, question, missing=NO_SUCH_THING)
    found = _relationship(answer.body, digest_of(answer.raw))
    if found.id != relationship_id:
        raise malformed()
    return found


async def all_of(graph: Graph, customer_tenant: str | None = None) -> tuple[Relationship, ...]:
    """All relationships of the provider, or those with one customer; also those that are over."""
    from msgraph.generated.tenant_relationships.delegated_admin_relationships import (
        delegated_admin_relationships_request_builder as module,
    )

    builder = module.DelegatedAdminRelationshipsRequestBuilder
    parameters = builder.DelegatedAdminRelationshipsRequestBuilderGetQueryParameters(top=PAGE)
    question = _all(graph).to_get_request_information(RequestConfiguration(query_parameters=parameters))
    found = await read_list(graph, question, follower(graph, question), missing=())
    digest = digest_of(*found.raw)
    everything = (_relationship(one, digest) for one in found.items)
    return tuple(
        one
        for one in everything
        if customer_tenant is None or (one.customer_tenant or "").lower() == customer_tenant.lower()
    )


async def assignments(graph: Graph, relationship_id: str) -> tuple[Assignment, ...]:
    """Who has what under it, also what is being deleted."""
    question = _one(graph, relationship_id).access_assignments.to_get_request_information()
    found = await read_list(graph, question, follower(graph, question), missing=NO_SUCH_THING)
    digest = digest_of(*found.raw)
    return tuple(_assignment(one, digest) for one in found.items)


async def assign(graph: Graph, relationship_id: str, group_id: str, roles: tuple[str, ...]) -> Assignment:
    """Give these roles to a security group of the provider, once: an assignment of the group that stands is returned.

    A group has one assignment in a relationship, so asking twice is refused by Microsoft, not done twice.
    """
    body = {
        "accessContainer": {"accessContainerId": group_id, "accessContainerType": "securityGroup"},
        "accessDetails": _details(roles),
    }
    try:
        answer = await read(graph, post(_one(graph, relationship_id).access_assignments, body))
    except GraphRefused as error:
        if error.status not in (HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST):
            raise
        for one in await assignments(graph, relationship_id):
            if one.group_id.lower() == group_id.lower() and one.status.stands and one.roles == _sorted(roles):
                return one
        raise
    return _assignment(answer.body, digest_of(answer.raw))


async def terminate(graph: Graph, relationship: Relationship) -> None:
    """Have it ended. What was never locked is deleted, and only if it is still as it was loaded.

    Raises `GraphRefused(412)` where it changed meanwhile; load it and decide again. What is over is left alone. What
    waits for approval cannot be ended by the provider, so Microsoft refuses that: it ends by itself after 90 days.
    """
    if relationship.status.was_ended or relationship.status.has_expired:
        return
    if relationship.status is Status.CREATED:
        question = _one(graph, relationship.id).to_delete_request_information()
        await graph.tell(with_etag(question, relationship.etag))
    else:
        await _ask(graph, relationship.id, "terminate")


async def _ask(graph: Graph, relationship_id: str, action: str) -> Request:
    answer = await read(graph, post(_one(graph, relationship_id).requests, {"action": action}))
    return _request(answer.body)


def _all(graph: Graph) -> Any:
    return graph.build.tenant_relationships.delegated_admin_relationships


def _one(graph: Graph, relationship_id: str) -> Any:
    return _all(graph).by_delegated_admin_relationship_id(relationship_id)


def _details(roles: tuple[str, ...]) -> dict[str, object]:
    return {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]}


def _relationship(body: Item, digest: str) -> Relationship:
    return Relationship(
        id=text(body, "id"),
        etag=optional_text(body, "@odata.etag") or "",
        status=Status(text(body, "status")),
        title=optional_text(body, "displayName") or "",
        roles=_roles(body),
        auto_extends=(optional_text(body, "autoExtendDuration") or NO_EXTENSION) not in _NO_EXTENSIONS,
        customer_tenant=optional_text(body, "customer", "tenantId"),
        activated_at=instant(body, "activatedDateTime"),
        ends_at=instant(body, "endDateTime"),
        raw_digest=digest,
    )


def _assignment(body: Item, digest: str) -> Assignment:
    return Assignment(
        id=text(body, "id"),
        etag=optional_text(body, "@odata.etag") or "",
        status=AssignmentStatus(text(body, "status")),
        group_id=text(body, "accessContainer", "accessContainerId"),
        roles=_roles(body),
        raw_digest=digest,
    )


def _request(body: Item) -> Request:
    return Request(id=text(body, "id"), action=text(body, "action"), status=RequestStatus(text(body, "status")))


def _roles(body: Item) -> tuple[str, ...]:
    return _sorted(tuple(text(one, "roleDefinitionId") for one in objects(body, "accessDetails", "unifiedRoles")))


def _sorted(roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(role.lower() for role in roles))
