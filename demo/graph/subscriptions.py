"""Subscriptions of the stand-in: made after both addresses gave the token back, renewed, ended.

The notifications themselves are sent by `demo/graph/notifications.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import Tenant, graph_time, new_id
from demo.graph.people import READ
from demo.graph.queries import Json

LONGEST = timedelta(minutes=41_760)
MOST_PER_APP = 100
LONGEST_SECRET = 128
KINDS = frozenset({"created", "updated", "deleted"})
LOCAL = frozenset({"127.0.0.1", "localhost"})


@dataclass
class Subscription:
    """One subscription. `is_paused`: Graph wants it reauthorized first, and sends nothing."""

    app_id: str
    resource: str
    change_types: frozenset[str]
    url: str
    lifecycle_url: str | None
    client_state: str | None
    ends_at: datetime
    id: str = field(default_factory=new_id)
    is_paused: bool = False

    def is_about(self, user_id: str) -> bool:
        """Whether it is about this user."""
        one = self.resource.strip("/").lower().removeprefix("users").strip("/")
        return not one or one == user_id.lower()


def subscriptions(tenant: Tenant) -> dict[str, Subscription]:
    """The subscriptions to this tenant, by id; tests may look, and take one away."""
    found: dict[str, Subscription] = tenant.kept.setdefault("subscriptions", {})
    return found


def routes(table: Table) -> None:
    """The calls about subscriptions."""
    table.add("GET", "/subscriptions", _list)
    table.add("POST", "/subscriptions", _create)
    table.add("GET", "/subscriptions/{id}", _one)
    table.add("PATCH", "/subscriptions/{id}", _renew)
    table.add("DELETE", "/subscriptions/{id}", _end)


def in_force(tenant: Tenant, now: datetime) -> list[Subscription]:
    """Those that did not end; the others are forgotten."""
    kept = subscriptions(tenant)
    for one in [one for one in kept.values() if one.ends_at <= now]:
        del kept[one.id]
    return list(kept.values())


async def _list(call: Call) -> web.StreamResponse:
    own = [one for one in in_force(call.tenant, call.stand_in.clock()) if one.app_id == call.app_id]
    return web.json_response(
        {"@odata.context": f"{call.url}/$metadata#subscriptions", "value": [_wire(call, one) for one in own]}
    )


async def _one(call: Call) -> web.StreamResponse:
    return web.json_response(_entity(call, _known(call)))


async def _create(call: Call) -> web.StreamResponse:
    call.require(*READ)
    body = await call.body()
    made = Subscription(
        app_id=call.app_id,
        resource=_resource(call, body),
        change_types=frozenset(str(body.get("changeType") or "").replace(" ", "").split(",")),
        url=_url(body, "notificationUrl") or "",
        lifecycle_url=_url(body, "lifecycleNotificationUrl"),
        client_state=body.get("clientState"),
        ends_at=_end_of(call, body),
    )
    if not made.change_types <= KINDS or not made.url:
        raise No(400, "InvalidRequest", "The change type or the notification URL is missing or invalid.")
    if len(made.client_state or "") > LONGEST_SECRET:
        raise No(400, "InvalidRequest", "clientState may have 128 characters.")
    if len([one for one in in_force(call.tenant, call.stand_in.clock()) if one.app_id == call.app_id]) >= MOST_PER_APP:
        raise No(403, "Forbidden", "The quota of subscriptions for this app and tenant has been reached.")
    for url in dict.fromkeys(filter(None, (made.url, made.lifecycle_url))):
        if not await call.stand_in.notifier.gives_token_back(url):
            text = "Subscription validation request failed. Notification endpoint must respond with 200 OK."
            raise No(400, "ValidationError", text)
    subscriptions(call.tenant)[made.id] = made
    call.stand_in.notifier.watch(call.tenant)
    return web.json_response(_entity(call, made), status=201)


async def _renew(call: Call) -> web.StreamResponse:
    one = _known(call)
    call.require(*READ)
    one.ends_at = _end_of(call, await call.body())
    one.is_paused = False
    return web.json_response(_entity(call, one))


async def _end(call: Call) -> web.StreamResponse:
    del subscriptions(call.tenant)[_known(call).id]
    return web.Response(status=204)


def _known(call: Call) -> Subscription:
    in_force(call.tenant, call.stand_in.clock())
    found = subscriptions(call.tenant).get(call.part("id"))
    if found is None or found.app_id != call.app_id:
        raise No(404, "ResourceNotFound", "The object was not found.")
    return found


def _resource(call: Call, body: Json) -> str:
    resource = str(body.get("resource") or "")
    parts = resource.strip("/").split("/")
    if parts[0].lower() != "users" or len(parts) > len(("users", "id")):
        raise No(400, "InvalidRequest", f"The resource '{resource}' is not supported.")
    if len(parts) > 1 and parts[1] not in call.tenant.users:
        raise No(404, "Request_ResourceNotFound", f"Resource '{parts[1]}' does not exist.")
    return resource


def _end_of(call: Call, body: Json) -> datetime:
    now = call.stand_in.clock()
    try:
        end = datetime.fromisoformat(str(body["expirationDateTime"])).astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise No(400, "InvalidRequest", "expirationDateTime is missing or invalid.") from error
    if not now < end <= now + LONGEST:
        raise No(400, "InvalidRequest", "Subscription expiration can only be 41760 minutes in the future.")
    return end


def _url(body: Json, name: str) -> str | None:
    """An address to call: over HTTPS, or on this machine, where nobody listens in."""
    url = body.get(name)
    if url is None:
        return None
    parts = urlsplit(str(url))
    if parts.scheme != "https" and parts.hostname not in LOCAL:
        raise No(400, "InvalidRequest", f"{name} must be an HTTPS URL.")
    return str(url)


def _entity(call: Call, one: Subscription) -> Json:
    return {"@odata.context": f"{call.url}/$metadata#subscriptions/$entity", **_wire(call, one)}


def _wire(call: Call, one: Subscription) -> Json:
    return {
        "id": one.id,
        "resource": one.resource,
        "applicationId": one.app_id,
        "changeType": ",".join(sorted(one.change_types)),
        "clientState": None,
        "notificationUrl": one.url,
        "lifecycleNotificationUrl": one.lifecycle_url,
        "expirationDateTime": graph_time(one.ends_at),
        "creatorId": call.tenant.principals[call.app_id].id if call.app_id in call.tenant.principals else None,
        "latestSupportedTlsVersion": "v1_2",
        "includeResourceData": False,
        "notificationQueryOptions": None,
    }
