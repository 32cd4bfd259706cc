"""What our app may do in a customer's tenant: read, shown with names, taken away where that is allowed (R25).

    GET  servicePrincipals(appId='...')                      the app in that tenant; 404 where it is not there
    GET  servicePrincipals/{id}/appRoleAssignments           its application permissions: ids, not names
    GET  servicePrincipals/{resourceId}                      the names of those ids
    GET  servicePrincipals/{id}/oauth2PermissionGrants       what it may do for people who are signed in
    GET  auditLogs/directoryAudits                           who consented, 7 to 30 days back

All of it needs more than the app asks of a customer (`Application.Read.All`, for the log `AuditLog.Read.All` and
`Directory.Read.All`). Where that was not granted the roles in the token of the tenant say the same, without ids and
dates: `graph.tenants.Tenants.roles`. Tokens that were issued before a permission was taken away hold to their end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from kiota_abstractions.base_request_configuration import RequestConfiguration

from graph.answers import Answer, Item, digest_of, instant, malformed, objects, optional_text, read, read_list, text
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable, RevokeRefused
from graph.links import follower
from graph.writing import once

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph itself, in every tenant."""
NO_SUCH_THING = frozenset({"request_resourcenotfound"})
CONSENTED = "Consent to application"
EVERYONE = "AllPrincipals"


@dataclass(frozen=True, slots=True)
class AppGrant:
    """The application permissions of our app in one tenant; `permissions` are (id, name), by name."""

    principal_id: str
    is_enabled: bool
    """Whether the tenant lets the app sign in at all: an administrator can switch it off and leave its permissions."""
    permissions: tuple[tuple[str, str], ...]
    assignment_ids: tuple[str, ...]
    first_at: datetime | None
    """When the first of them was granted; None also where Graph does not say so of each."""
    created_at: datetime | None
    """When the latest of them was granted."""
    raw_digest: str


@dataclass(frozen=True, slots=True)
class DelegatedGrant:
    """What the app may do for people who are signed in: for everyone in the tenant, or for one person."""

    id: str
    is_for_everyone: bool
    principal_id: str | None
    resource_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """An entry of the tenant's audit log: who consented to our app."""

    id: str
    name: str
    at: datetime | None


class Revoked(Enum):
    """What was taken away."""

    APP = "app"
    """The app itself, and with it everything it was granted."""
    PERMISSIONS = "permissions"
    NOTHING_LEFT = "nothing_left"
    """It was gone already."""


_graph_roles: dict[str, str] = {}
"""Names of Microsoft Graph's own permissions, which are the same in every tenant: asked once for each id, not in each
tenant, as that list is half a megabyte.
"""


async def app_grant(graph: Graph, app_id: str) -> AppGrant:
    """What the app was granted in this tenant. Raises `GraphRefused(404)` where the app is not there at all.

    No permissions is an answer too: the app is there, and what it had was taken away.
    """
    principal = await _found(graph, app_id)
    enabled = principal.body.get("accountEnabled")
    if not isinstance(enabled, bool):
        raise malformed()
    principal_id = text(principal.body, "id")
    question = _by_id(graph, principal_id).app_role_assignments.to_get_request_information()
    found = await read_list(graph, question, follower(graph, question), missing=())
    ids = [(text(one, "appRoleId"), text(one, "resourceId")) for one in found.items]
    names = await _names(graph, ids)
    granted_at = [instant(one, "createdDateTime") for one in found.items]
    said = [at for at in granted_at if at is not None]
    return AppGrant(
        principal_id=principal_id,
        is_enabled=enabled,
        permissions=tuple(sorted(((role, names[role]) for role, _ in ids), key=lambda one: (one[1], one[0]))),
        assignment_ids=tuple(sorted(text(one, "id") for one in found.items)),
        first_at=min(said, default=None) if len(said) == len(granted_at) else None,
        created_at=max(said, default=None),
        raw_digest=digest_of(principal.raw, *found.raw),
    )


async def delegated_grants(graph: Graph, app_id: str) -> tuple[DelegatedGrant, ...]:
    """What the app may do for people who are signed in, by id. Raises `GraphRefused(404)` as `app_grant` does."""
    principal = await _found(graph, app_id)
    question = _by_id(graph, text(principal.body, "id")).oauth2_permission_grants.to_get_request_information()
    found = await read_list(graph, question, follower(graph, question), missing=())
    return tuple(sorted((_delegated(one) for one in found.items), key=lambda one: one.id))


async def revoke_app(graph: Graph, app_id: str) -> Revoked:
    """Take away what the app has in this tenant: the app itself, or else its permissions one by one.

    The first needs `Application.ReadWrite.OwnedBy` or more, the second `AppRoleAssignment.ReadWrite.All`. Raises
    `RevokeRefused` where neither was granted, which is how it normally is: then a person has to do it. Safe to repeat.
    """
    try:
        principal_id = text((await _found(graph, app_id)).body, "id")
        try:
            await _delete(graph, _by_id(graph, principal_id).to_delete_request_information())
        except RevokeRefused:
            await _revoke_permissions(graph, app_id)
            return Revoked.PERMISSIONS
    except GraphRefused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return Revoked.NOTHING_LEFT
        if error.status == HTTPStatus.FORBIDDEN:
            raise RevokeRefused(error.status, error.code) from error
        raise
    return Revoked.APP


async def consent_record(graph: Graph, app_id: str) -> ConsentRecord | None:
    """The latest consent to our app that the tenant's log still has; None where it has none, or we may not look.

    The log answers five questions in ten seconds, so this is for the moment of a consent and not for a schedule.
    """
    from msgraph.generated.audit_logs.directory_audits.directory_audits_request_builder import (
        DirectoryAuditsRequestBuilder as Builder,
    )

    try:
        principal_id = text((await _found(graph, app_id)).body, "id")
        parameters = Builder.DirectoryAuditsRequestBuilderGetQueryParameters(
            filter=f"activityDisplayName eq '{CONSENTED}' and targetResources/any(t:t/id eq '{principal_id}')",
            orderby=["activityDateTime desc"],
            top=10,
        )
        builder = graph.build.audit_logs.directory_audits
        asked = RequestConfiguration(query_parameters=parameters)
        answer = await read(graph, builder.to_get_request_information(asked), missing=())
    except GraphRefused as error:
        if error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return None
        raise
    for entry in objects(answer.body, "value"):
        name = optional_text(entry, "initiatedBy", "user", "displayName")
        username = optional_text(entry, "initiatedBy", "user", "userPrincipalName")
        if entry.get("result") == "success" and (name or username):
            shown = f"{name} ({username})" if name and username else name or username or ""
            return ConsentRecord(text(entry, "id"), shown, instant(entry, "activityDateTime"))
    return None


async def who_consented(graph: Graph, app_id: str) -> str | None:
    """The name in `consent_record`."""
    record = await consent_record(graph, app_id)
    return record.name if record else None


async def _found(graph: Graph, app_id: str) -> Answer:
    """The app in this tenant. Raises `GraphRefused(404)` only where Graph itself says that it is not there."""
    answer = await read(graph, _principal(graph, app_id), missing=NO_SUCH_THING)
    if text(answer.body, "appId").lower() != app_id.lower():
        raise malformed()
    return answer


async def _revoke_permissions(graph: Graph, app_id: str) -> None:
    grant = await app_grant(graph, app_id)
    assignments = _by_id(graph, grant.principal_id).app_role_assignments
    for assignment_id in grant.assignment_ids:
        one = assignments.by_app_role_assignment_id(assignment_id)
        await _delete(graph, one.to_delete_request_information())


async def _delete(graph: Graph, question: RequestInformation) -> None:
    """What is gone already counts as taken away, if Graph itself says that it is gone."""
    try:
        await graph.tell(once(question))
    except GraphRefused as error:
        if error.status == HTTPStatus.FORBIDDEN:
            raise RevokeRefused(error.status, error.code) from error
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        if error.code.lower() not in NO_SUCH_THING:
            raise GraphUnavailable(error.status, error.code) from error


async def _names(graph: Graph, ids: list[tuple[str, str]]) -> Mapping[str, str]:
    """The name of each role; the id itself where the resource does not name it."""
    names = {role: _graph_roles[role] for role, _ in ids if role in _graph_roles}
    for resource_id in sorted({resource for role, resource in ids if role not in names}):
        answer = await read(graph, _resource(graph, resource_id), missing=())
        found = {text(one, "id"): text(one, "value") for one in _roles(answer.body)}
        wanted = {role: found.get(role, role) for role, resource in ids if resource == resource_id}
        if optional_text(answer.body, "appId") == GRAPH_APP_ID:
            _graph_roles.update({role: found[role] for role in wanted if role in found})
        names.update(wanted)
    return names


def _roles(body: Item) -> list[Item]:
    """Some roles of a resource have no value: they are for people, and no permission of an app."""
    return [one for one in objects(body, "appRoles") if optional_text(one, "value")]


def _delegated(one: Item) -> DelegatedGrant:
    return DelegatedGrant(
        id=text(one, "id"),
        is_for_everyone=text(one, "consentType") == EVERYONE,
        principal_id=optional_text(one, "principalId"),
        resource_id=text(one, "resourceId"),
        scopes=tuple(sorted((optional_text(one, "scope") or "").split())),
    )


def _by_id(graph: Graph, principal_id: str) -> Any:
    return graph.build.service_principals.by_service_principal_id(principal_id)


def _principal(graph: Graph, app_id: str) -> RequestInformation:
    from msgraph.generated.service_principals_with_app_id.service_principals_with_app_id_request_builder import (
        ServicePrincipalsWithAppIdRequestBuilder as Builder,
    )

    parameters = Builder.ServicePrincipalsWithAppIdRequestBuilderGetQueryParameters(
        select=["id", "appId", "accountEnabled"]
    )
    asked = RequestConfiguration(query_parameters=parameters)
    question: RequestInformation = graph.build.service_principals_with_app_id(app_id).to_get_request_information(asked)
    return question


def _resource(graph: Graph, resource_id: str) -> RequestInformation:
    from msgraph.generated.service_principals.item.service_principal_item_request_builder import (
        ServicePrincipalItemRequestBuilder as Builder,
    )

    parameters = Builder.ServicePrincipalItemRequestBuilderGetQueryParameters(select=["id", "appId", "appRoles"])
    asked = RequestConfiguration(query_parameters=parameters)
    question: RequestInformation = _by_id(graph, resource_id).to_get_request_information(asked)
    return question
