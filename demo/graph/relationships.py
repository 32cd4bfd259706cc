"""Delegated admin relationships in Graph's wire format; what moves them along is in `demo/graph/partner.py`."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import graph_time
from demo.graph.paging import pages
from demo.graph.partner import Assignment, Partner, Relationship, Request, partner_of

READ = ("DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All")
CHANGE = ("DelegatedAdminRelationship.ReadWrite.All",)
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
LONGEST_TITLE = 50
MOST_DAYS = 730
EXTENSIONS = ("P0D", "PT0S", "P180D")
_ROOT = "/tenantRelationships/delegatedAdminRelationships"


def routes(table: Table) -> None:
    """The calls of this subject."""
    one = f"{_ROOT}/{{id}}"
    table.add("GET", _ROOT, _list, needs=READ)
    table.add("POST", _ROOT, _create, needs=CHANGE)
    table.add("GET", one, _get, needs=READ)
    table.add("DELETE", one, _delete, needs=CHANGE)
    table.add("POST", f"{one}/requests", _request, needs=CHANGE)
    table.add("GET", f"{one}/accessAssignments", _assignments, needs=READ)
    table.add("POST", f"{one}/accessAssignments", _assign, needs=CHANGE)
    table.add("DELETE", f"{one}/accessAssignments/{{assignment}}", _unassign, needs=CHANGE)


# --- answers ----------------------------------------------------------------------------------------------------------


async def _list(call: Call) -> web.Response:
    bodies = [relationship_body(one) for one in partner_of(call.tenant).relationships.values()]
    return pages(call, bodies, context="tenantRelationships/delegatedAdminRelationships", most=300)


async def _create(call: Call) -> web.Response:
    partner, body = _changeable(call), await call.body()
    title, extension = str(body.get("displayName") or ""), str(body.get("autoExtendDuration") or "PT0S")
    roles, days = _roles(body), re.fullmatch(r"P(\d+)D", str(body.get("duration")))
    customer = body.get("customer") or {}
    if not 0 < len(title) <= LONGEST_TITLE:
        raise No(400, "BadRequest", "The displayName must have between 1 and 50 characters.")
    if days is None or not 1 <= int(days[1]) <= MOST_DAYS:
        raise No(400, "BadRequest", "The duration must be between P1D and P2Y inclusive.")
    if extension not in EXTENSIONS or (extension == "P180D" and GLOBAL_ADMINISTRATOR in roles):
        raise No(400, "BadRequest", "The autoExtendDuration is not valid for this relationship.")
    if any(one.title == title for one in partner.relationships.values()):
        raise No(409, "Conflict", "A relationship with this displayName already exists.")
    made = Relationship(
        title,
        int(days[1]),
        roles,
        call.stand_in.clock(),
        auto_extend=extension,
        customer_tenant=customer.get("tenantId"),
        customer_name=str(customer.get("displayName") or ""),
    )
    return _made(call, relationship_body(partner.add(made)), "delegatedAdminRelationships")


async def _get(call: Call) -> web.Response:
    return web.json_response({"@odata.context": f"{call.url}/$metadata#", **relationship_body(_one(call))})


async def _delete(call: Call) -> web.Response:
    found = _one(call)
    _check_etag(call, found.etag)
    if found.status != "created":
        raise No(400, "BadRequest", "Only a relationship in the created status can be deleted.")
    del _changeable(call).relationships[found.id]
    return web.Response(status=204)


async def _request(call: Call) -> web.Response:
    partner, found, body = _changeable(call), _one(call), await call.body()
    action = body.get("action")
    from_status = {"lockForApproval": ("created",), "terminate": ("active",)}
    if action not in from_status:
        raise No(400, "BadRequest", "The action is not valid.")
    if found.status not in from_status[action]:
        raise No(409, "Conflict", f"The action is not valid for a relationship that is {found.status}.")
    request = Request(action, call.stand_in.clock())
    if action == "terminate":
        found.move("terminationRequested")
    answer = request_body(request)
    partner.carry_out(found, request)
    return _made(call, answer, "requests")


async def _assignments(call: Call) -> web.Response:
    bodies = [assignment_body(one) for one in _one(call).assignments]
    return pages(call, bodies, context="accessAssignments")


async def _assign(call: Call) -> web.Response:
    partner, found, body = _changeable(call), _one(call), await call.body()
    container, roles = body.get("accessContainer") or {}, _roles(body)
    group_id = str(container.get("accessContainerId"))
    if container.get("accessContainerType") != "securityGroup" or group_id not in call.tenant.groups:
        raise No(400, "BadRequest", "The access container is not a security group of this tenant.")
    if not set(roles) <= set(found.roles):
        raise No(400, "BadRequest", "The roles are not part of the relationship.")
    if found.status != "active":
        raise No(409, "Conflict", "The relationship is not active.")
    if any(one.group_id == group_id and one.status in ("pending", "active") for one in found.assignments):
        raise No(409, "Conflict", "The access container already has an assignment in this relationship.")
    made = Assignment(group_id, roles, call.stand_in.clock())
    answer = assignment_body(made)
    found.assignments.append(made)
    if not partner.waits:
        partner.assigned(found, made)
    return _made(call, answer, "accessAssignments")


async def _unassign(call: Call) -> web.Response:
    partner, found = _changeable(call), _one(call)
    for one in found.assignments:
        if one.id == call.part("assignment"):
            _check_etag(call, one.etag)
            one.status = "deleting"
            if not partner.waits:
                partner.assigned(found, one)
            return web.Response(status=204)
    raise _unknown(call.part("assignment"))


# --- as Graph writes it -----------------------------------------------------------------------------------------------


def relationship_body(one: Relationship) -> dict[str, Any]:
    """A relationship."""
    return {
        "@odata.type": "#microsoft.graph.delegatedAdminRelationship",
        "@odata.etag": one.etag,
        "id": one.id,
        "displayName": one.title,
        "duration": f"P{one.days}D",
        "customer": {"tenantId": one.customer_tenant, "displayName": one.customer_name},
        "accessDetails": _details(one.roles),
        "status": one.status,
        "autoExtendDuration": one.auto_extend,
        "createdDateTime": graph_time(one.created_at),
        "lastModifiedDateTime": graph_time(one.activated_at or one.created_at),
        "activatedDateTime": graph_time(one.activated_at) if one.activated_at else None,
        "endDateTime": graph_time(one.ends_at) if one.ends_at else None,
    }


def assignment_body(one: Assignment) -> dict[str, Any]:
    """An assignment."""
    return {
        "@odata.type": "#microsoft.graph.delegatedAdminAccessAssignment",
        "@odata.etag": one.etag,
        "id": one.id,
        "status": one.status,
        "createdDateTime": graph_time(one.created_at),
        "lastModifiedDateTime": graph_time(one.created_at),
        "accessContainer": {"accessContainerId": one.group_id, "accessContainerType": "securityGroup"},
        "accessDetails": _details(one.roles),
    }


def request_body(one: Request) -> dict[str, Any]:
    """A request."""
    return {
        "@odata.type": "#microsoft.graph.delegatedAdminRelationshipRequest",
        "id": one.id,
        "action": one.action,
        "status": one.status,
        "createdDateTime": graph_time(one.created_at),
        "lastModifiedDateTime": graph_time(one.created_at),
    }


def _details(roles: list[str]) -> dict[str, Any]:
    return {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]}


def _roles(body: dict[str, Any]) -> list[str]:
    try:
        roles = [str(one["roleDefinitionId"]) for one in body["accessDetails"]["unifiedRoles"]]
    except (KeyError, TypeError) as error:
        raise No(400, "BadRequest", "The accessDetails are required.") from error
    if not roles:
        raise No(400, "BadRequest", "The accessDetails are required.")
    return roles


def _made(call: Call, body: dict[str, Any], context: str) -> web.Response:
    location = f"{call.stand_in.url}{call.request.path}/{body['id']}"
    answer = {"@odata.context": f"{call.url}/$metadata#{context}", **body}
    return web.json_response(answer, status=201, headers={"Location": location})


def _changeable(call: Call) -> Partner:
    partner = partner_of(call.tenant)
    if not partner.is_provisioned:
        raise No(403, "Forbidden", "The Partner Customer Delegated Administration service principal is missing.")
    return partner


def _one(call: Call) -> Relationship:
    found = partner_of(call.tenant).relationships.get(call.part("id"))
    if found is None:
        raise _unknown(call.part("id"))
    return found


def _check_etag(call: Call, etag: str) -> None:
    given = call.request.headers.get("If-Match")
    if given is None:
        raise No(428, "PreconditionRequired", "The If-Match header is required.")
    if given != etag:
        raise No(412, "PreconditionFailed", "The etag does not match.")


def _unknown(identity: str) -> No:
    return No(404, "NotFound", f"Resource '{identity}' does not exist.")
