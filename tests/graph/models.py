"""Microsoft's own models of what Graph answers, for each route of the stand-in, and how an answer is held against one.

They are the generated models of the package msgraph-sdk, which Microsoft makes from its OpenAPI description of Graph
version 1.0 (`msgraph.generated.models`). A new route of the stand-in gets its line in `MODELS`. Importing them takes
seconds and each object milliseconds, so the product never does (`graph/client.py`) and one test does it once.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from kiota_serialization_json.json_parse_node import JsonParseNode
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

ERROR = "models.o_data_errors.o_data_error.ODataError"
MODELS = {
    "GET /users": "models.user_collection_response.UserCollectionResponse",
    "GET /users/delta()": "users.delta.delta_get_response.DeltaGetResponse",
    "GET /users/delta": "users.delta.delta_get_response.DeltaGetResponse",
    "GET /users/{id}": "models.user.User",
    "GET /directory/deletedItems/{id}": "models.directory_object.DirectoryObject",
    "GET /groups/{id}/transitiveMembers/microsoft.graph.user": "models.user_collection_response.UserCollectionResponse",
    "GET /groups/{id}/transitiveMembers/graph.user": "models.user_collection_response.UserCollectionResponse",
    "GET /appCatalogs/teamsApps": "models.teams_app_collection_response.TeamsAppCollectionResponse",
    "GET /users/{id}/teamwork/installedApps": (
        "models.user_scope_teams_app_installation_collection_response.UserScopeTeamsAppInstallationCollectionResponse"
    ),
    "GET /users/{user}/mailFolders/{folder}/messages": "models.message_collection_response.MessageCollectionResponse",
    "GET /subscriptions": "models.subscription_collection_response.SubscriptionCollectionResponse",
    "POST /subscriptions": "models.subscription.Subscription",
    "GET /subscriptions/{id}": "models.subscription.Subscription",
    "PATCH /subscriptions/{id}": "models.subscription.Subscription",
    "GET /servicePrincipals(appId='{app_id}')": "models.service_principal.ServicePrincipal",
    "GET /servicePrincipals/{id}": "models.service_principal.ServicePrincipal",
    "GET /servicePrincipals/{id}/appRoleAssignments": (
        "models.app_role_assignment_collection_response.AppRoleAssignmentCollectionResponse"
    ),
    "GET /servicePrincipals/{id}/oauth2PermissionGrants": (
        "models.o_auth2_permission_grant_collection_response.OAuth2PermissionGrantCollectionResponse"
    ),
    "GET /auditLogs/directoryAudits": "models.directory_audit_collection_response.DirectoryAuditCollectionResponse",
}
_RELATIONSHIPS = "/tenantRelationships/delegatedAdminRelationships"
_RELATIONSHIP = "models.delegated_admin_relationship"
_ASSIGNMENT = "models.delegated_admin_access_assignment"
MODELS |= {
    f"GET {_RELATIONSHIPS}": f"{_RELATIONSHIP}_collection_response.DelegatedAdminRelationshipCollectionResponse",
    f"POST {_RELATIONSHIPS}": f"{_RELATIONSHIP}.DelegatedAdminRelationship",
    f"GET {_RELATIONSHIPS}/{{id}}": f"{_RELATIONSHIP}.DelegatedAdminRelationship",
    f"POST {_RELATIONSHIPS}/{{id}}/requests": f"{_RELATIONSHIP}_request.DelegatedAdminRelationshipRequest",
    f"GET {_RELATIONSHIPS}/{{id}}/accessAssignments": (
        f"{_ASSIGNMENT}_collection_response.DelegatedAdminAccessAssignmentCollectionResponse"
    ),
    f"POST {_RELATIONSHIPS}/{{id}}/accessAssignments": f"{_ASSIGNMENT}.DelegatedAdminAccessAssignment",
}
WITHOUT_ANSWER = frozenset({202, 204})
"""Routes that answer with a status only need no line: DELETE, sendMail."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
_DURATION = re.compile(r"P(\d+[YMWD])*(T(\d+[HMS])+)?")
_AS_PYTHON = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)")
"""A duration as kiota's writer leaves it."""
_ANNOTATION = re.compile(r".*@odata\..+|@removed")
"""Read from the answer beside the model's own fields, as OData allows with every object."""


def check(name: str, body: bytes) -> list[str]:
    """What of an answer Microsoft's model does not know, or does not give back as it came; nothing if it is right."""
    module, _, model = name.rpartition(".")
    factory = getattr(import_module(f"msgraph.generated.{module}"), model)
    given = json.loads(body)
    found = JsonParseNode(given).get_object_value(factory)
    writer = JsonSerializationWriter()
    found.serialize(writer)
    return [*_unknown(found, model), *_lost(given, json.loads(writer.get_serialized_content()), model)]


def _unknown(value: Any, at: str) -> list[str]:
    """Fields that a model only keeps because it does not know them."""
    if isinstance(value, list):
        return [fault for number, one in enumerate(value) for fault in _unknown(one, f"{at}[{number}]")]
    if not hasattr(value, "get_field_deserializers"):
        return []
    extra = getattr(value, "additional_data", None) or {}
    faults = [f"{at}.{name}: unknown" for name in extra if not _ANNOTATION.fullmatch(name)]
    for name, one in vars(value).items():
        if name != "additional_data" and not name.startswith("_"):
            faults += _unknown(one, f"{at}.{name}")
    return faults


def _lost(given: Any, kept: Any, at: str) -> list[str]:
    """Values that are others, or gone, after the model read and wrote them."""
    if isinstance(given, dict):
        kept = kept if isinstance(kept, dict) else {}
        return [
            fault
            for name, one in given.items()
            if one is not None and not _ANNOTATION.fullmatch(name)
            for fault in _lost(one, kept.get(name), f"{at}.{name}")
        ]
    if isinstance(given, list):
        kept = kept if isinstance(kept, list) else []
        if len(given) != len(kept):
            return [f"{at}: {len(given)} values, {len(kept)} kept"]
        return [
            fault
            for number, (one, same) in enumerate(zip(given, kept, strict=True))
            for fault in _lost(one, same, f"{at}[{number}]")
        ]
    return [] if _plain(given) == _plain(kept) else [f"{at}: {given!r} became {kept!r}"]


def _plain(value: Any) -> Any:
    """A value in one of the ways in which it may be written."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, str) and value != "P" and _DURATION.fullmatch(value):
        return JsonParseNode(value).get_timedelta_value()
    if isinstance(value, str) and (written := _AS_PYTHON.fullmatch(value)):
        days, hours, minutes, seconds = (int(part or 0) for part in written.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return value
