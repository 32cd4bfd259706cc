"""Apps in a tenant and what was granted to them: service principals, their permissions, and the log of consents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import AppRoleAssignment, DelegatedGrant, Principal, Tenant, User, graph_time
from demo.graph.paging import pages
from demo.graph.permissions import APP_ROLES, GRAPH_APP_ID

READ_APPS = (
    "Application.Read.All",
    "Application.ReadWrite.OwnedBy",
    "Application.ReadWrite.All",
    "Directory.Read.All",
)
DELETE_APPS = ("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
CHANGE_ROLES = ("AppRoleAssignment.ReadWrite.All",)
READ_DELEGATED = ("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All")


@dataclass
class AuditEntry:
    """A line of the tenant's log: who did what to which app."""

    activity: str
    target_id: str
    target_name: str
    user: User
    at: datetime
    result: str = "success"
    id: str = field(default_factory=lambda: f"Directory_{uuid4().hex}")


def audits_of(tenant: Tenant) -> list[AuditEntry]:
    """The log of a tenant, oldest first; tests and the demo add to it."""
    found: list[AuditEntry] = tenant.kept.setdefault("audits", [])
    return found


def log_consent(tenant: Tenant, app_id: str, user: User, at: datetime, *, result: str = "success") -> AuditEntry:
    """Write down that somebody consented to an app that is there."""
    principal = tenant.principals[app_id]
    entry = AuditEntry("Consent to application", principal.id, principal.display_name, user, at, result)
    audits_of(tenant).append(entry)
    return entry


def routes(table: Table) -> None:
    """The calls of this subject."""
    one = "/servicePrincipals/{id}"
    table.add("GET", "/servicePrincipals(appId='{app_id}')", _by_app_id, needs=READ_APPS)
    table.add("GET", one, _by_id, needs=READ_APPS)
    table.add("DELETE", one, _delete, needs=DELETE_APPS)
    table.add("GET", f"{one}/appRoleAssignments", _roles, needs=READ_APPS)
    table.add("DELETE", f"{one}/appRoleAssignments/{{assignment}}", _delete_role, needs=CHANGE_ROLES)
    table.add("GET", f"{one}/oauth2PermissionGrants", _delegated, needs=READ_DELEGATED)
    table.add("GET", "/auditLogs/directoryAudits", _audits)


# --- answers ----------------------------------------------------------------------------------------------------------


async def _by_app_id(call: Call) -> web.Response:
    principal = call.tenant.principals.get(call.part("app_id"))
    if principal is None:
        raise _unknown(call.part("app_id"))
    return web.json_response(_selected(call, principal_body(principal), "servicePrincipals/$entity"))


async def _by_id(call: Call) -> web.Response:
    return web.json_response(_selected(call, principal_body(_principal(call)), "servicePrincipals/$entity"))


async def _delete(call: Call) -> web.Response:
    principal = _principal(call)
    if "Application.ReadWrite.All" not in call.roles and principal.app_id != call.app_id:
        raise No(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    del call.tenant.principals[principal.app_id]
    return web.Response(status=204)


async def _roles(call: Call) -> web.Response:
    principal = _principal(call)
    bodies = [role_body(principal, role) for role in principal.roles]
    return pages(call, bodies, context="appRoleAssignments")


async def _delete_role(call: Call) -> web.Response:
    principal = _principal(call)
    kept = [role for role in principal.roles if role.id != call.part("assignment")]
    if len(kept) == len(principal.roles):
        raise _unknown(call.part("assignment"))
    principal.roles = kept
    return web.Response(status=204)


async def _delegated(call: Call) -> web.Response:
    principal = _principal(call)
    bodies = [delegated_body(principal, grant) for grant in principal.delegated]
    return pages(call, bodies, context="oauth2PermissionGrants")


async def _audits(call: Call) -> web.Response:
    """The log answers to apps with both permissions."""
    call.require("AuditLog.Read.All")
    call.require("Directory.Read.All")
    entries = sorted(audits_of(call.tenant), key=lambda entry: entry.at, reverse=True)
    wanted = re.fullmatch(
        r"activityDisplayName eq '(?P<activity>[^']*)' and targetResources/any\(t:\s?t/id eq '(?P<target>[^']*)'\)",
        call.request.query.get("$filter", ""),
    )
    if wanted:
        entries = [one for one in entries if (one.activity, one.target_id) == (wanted["activity"], wanted["target"])]
    elif "$filter" in call.request.query:
        raise No(400, "BadRequest", "Invalid filter clause.")
    return pages(call, [audit_body(one) for one in entries], context="auditLogs/directoryAudits")


# --- as Graph writes it -----------------------------------------------------------------------------------------------


def principal_body(principal: Principal) -> dict[str, Any]:
    """A service principal; Microsoft Graph's own names the roles that can be granted."""
    roles = [_app_role(name, role_id) for name, role_id in APP_ROLES.items()]
    return {
        "id": principal.id,
        "appId": principal.app_id,
        "displayName": principal.display_name,
        "accountEnabled": principal.account_enabled,
        "servicePrincipalType": "Application",
        "appRoles": roles if principal.app_id == GRAPH_APP_ID else [],
    }


def _app_role(name: str, role_id: str) -> dict[str, Any]:
    return {
        "allowedMemberTypes": ["Application"],
        "description": name,
        "displayName": name,
        "id": role_id,
        "isEnabled": True,
        "origin": "Application",
        "value": name,
    }


def role_body(principal: Principal, role: AppRoleAssignment) -> dict[str, Any]:
    """A permission that was granted to an app."""
    return {
        "id": role.id,
        "deletedDateTime": None,
        "appRoleId": role.app_role_id,
        "createdDateTime": graph_time(role.created_at),
        "principalDisplayName": principal.display_name,
        "principalId": principal.id,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": role.resource_name,
        "resourceId": role.resource_id,
    }


def delegated_body(principal: Principal, grant: DelegatedGrant) -> dict[str, Any]:
    """What an app may do for people who are signed in."""
    return {
        "id": grant.id,
        "clientId": principal.id,
        "consentType": "Principal" if grant.principal_id else "AllPrincipals",
        "principalId": grant.principal_id,
        "resourceId": grant.resource_id,
        "scope": grant.scope,
    }


def audit_body(entry: AuditEntry) -> dict[str, Any]:
    """A line of the log."""
    user = entry.user
    return {
        "id": entry.id,
        "category": "ApplicationManagement",
        "correlationId": str(uuid4()),
        "result": entry.result,
        "resultReason": "",
        "activityDisplayName": entry.activity,
        "activityDateTime": graph_time(entry.at),
        "loggedByService": "Core Directory",
        "operationType": "Assign",
        "initiatedBy": {
            "app": None,
            "user": {
                "id": user.id,
                "displayName": user.display_name,
                "userPrincipalName": user.user_principal_name,
                "ipAddress": "192.0.2.1",
            },
        },
        "targetResources": [
            {"id": entry.target_id, "displayName": entry.target_name, "type": "ServicePrincipal", "groupType": None}
        ],
        "additionalDetails": [],
    }


def _selected(call: Call, body: dict[str, Any], context: str) -> dict[str, Any]:
    """What `$select` asks for; everything without it."""
    names = [name for name in call.request.query.get("$select", "").split(",") if name]
    chosen = {name: body[name] for name in names if name in body} if names else body
    return {"@odata.context": f"{call.url}/$metadata#{context}", **chosen}


def _principal(call: Call) -> Principal:
    principal_id = call.part("id")
    for principal in call.tenant.principals.values():
        if principal.id == principal_id:
            return principal
    raise _unknown(principal_id)


def _unknown(identity: str) -> No:
    return No(
        404,
        "Request_ResourceNotFound",
        f"Resource '{identity}' does not exist or one of its queried reference-property objects are not present.",
    )
