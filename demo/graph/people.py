"""Users of the stand-in: listed, read, looked up among the deleted ones, and followed by delta queries.

A delta link remembers what it last told; the next answer is the difference to how things are by then. So whatever is
changed in the `Directory`, however it is changed, is found. Links end after seven days, or by `expire_links`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import Tenant, User, graph_time
from demo.graph.queries import Json, condition, first_page, next_page, selected

READ = ("User.Read.All", "Directory.Read.All")
WATCHED_AT_MOST = 50
LINKS_LAST = timedelta(days=7)
KEPT_AT_MOST = 1_000
"""More than a look every quarter of an hour makes in a week."""
DEFAULT = ("id", "businessPhones", "displayName", "mail", "preferredLanguage", "userPrincipalName")
FILTERS = frozenset({"id", "mail", "userPrincipalName", "proxyAddresses", "otherMails", "accountEnabled", "userType"})


@dataclass
class _Link:
    """What a delta link stands for, and what it told: the fields of everybody there was, and who was deleted."""

    made_at: datetime
    query: dict[str, str]
    told: dict[str, Json]
    deleted: frozenset[str]
    last_answer: list[Json]


@dataclass
class Links:
    """The delta links of a tenant. With `replays` an answer begins with that of last time, and names a changed user
    twice: as before, and as now.
    """

    replays: bool = False
    made: dict[str, _Link] = field(default_factory=dict)

    def keep(self, link: _Link) -> str:
        """The name of a link, in which it is found again; the oldest are forgotten."""
        if len(self.made) >= KEPT_AT_MOST:
            del self.made[next(iter(self.made))]
        name = uuid4().hex
        self.made[name] = link
        return name


def links(tenant: Tenant) -> Links:
    """The delta links of a tenant."""
    found: Links = tenant.kept.setdefault("delta", Links())
    return found


def expire_links(tenant: Tenant) -> None:
    """Every link that was given out is too old from now on."""
    links(tenant).made.clear()


def routes(table: Table) -> None:
    """The calls about users."""
    table.add("GET", "/users", _list, needs=READ)
    table.add("GET", "/users/delta()", _delta, needs=READ)
    table.add("GET", "/users/delta", _delta, needs=READ)
    table.add("GET", "/users/{id}", _one, needs=READ)
    table.add("GET", "/directory/deletedItems/{id}", _deleted, needs=READ)


def wire(user: User) -> Json:
    """A user as Graph writes it."""
    return {
        "id": user.id,
        "businessPhones": [],
        "displayName": user.display_name,
        "mail": user.mail,
        "preferredLanguage": user.preferred_language,
        "userPrincipalName": user.user_principal_name,
        "accountEnabled": user.account_enabled,
        "userType": user.user_type,
        "otherMails": list(user.other_mails),
        "proxyAddresses": [*([f"SMTP:{user.mail}"] if user.mail else []), *user.proxy_addresses],
    }


def find(tenant: Tenant, name: str) -> User | None:
    """A user by id or by sign-in name."""
    for user in tenant.users.values():
        if name.casefold() in {user.id.casefold(), user.user_principal_name.casefold()}:
            return user
    return None


def not_found(name: str) -> No:
    """What Graph says of an object that is not there."""
    text = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    return No(404, "Request_ResourceNotFound", text)


async def _list(call: Call) -> web.StreamResponse:
    if (page := next_page(call)) is not None:
        return page
    holds = condition(call, FILTERS)
    found = [selected(call, wire(user), DEFAULT) for user in call.tenant.users.values() if holds(wire(user))]
    return first_page(call, found, context="users")


async def _one(call: Call) -> web.StreamResponse:
    user = find(call.tenant, call.part("id"))
    if user is None:
        raise not_found(call.part("id"))
    return web.json_response(
        {"@odata.context": f"{call.url}/$metadata#users/$entity", **selected(call, wire(user), DEFAULT)}
    )


async def _deleted(call: Call) -> web.StreamResponse:
    found = call.tenant.deleted.get(call.part("id"))
    if found is None:
        raise not_found(call.part("id"))
    user, at = found
    fields = {"@odata.type": "#microsoft.graph.user", **wire(user), "deletedDateTime": graph_time(at)}
    context = f"{call.url}/$metadata#directoryObjects/$entity"
    return web.json_response({"@odata.context": context, **selected(call, fields, (*DEFAULT, "deletedDateTime"))})


async def _delta(call: Call) -> web.StreamResponse:
    if (page := next_page(call)) is not None:
        return page
    token = call.request.query.get("$deltatoken")
    if not token or token == "latest":
        query = {name: call.request.query[name] for name in ("$select", "$filter") if name in call.request.query}
        link = _Link(call.stand_in.clock(), query, {}, frozenset(), [])
    else:
        link = _kept(call, token)
    now, told = _now(call, link), link.told
    changed = [_said(fields, told.get(user_id)) for user_id, fields in now.items() if fields != told.get(user_id)]
    gone = [user_id for user_id in {*told, *link.deleted} if user_id not in now]
    deleted = frozenset(user_id for user_id in gone if user_id in call.tenant.deleted)
    removed = [
        {"id": user_id, "@removed": {"reason": "changed" if user_id in deleted else "deleted"}}
        for user_id in gone
        if user_id in told or user_id not in deleted
    ]
    answer = [] if token == "latest" else [*changed, *removed]
    sent = answer
    if links(call.tenant).replays:
        before = [told[one["id"]] for one in answer if one["id"] in told]
        sent = [*link.last_answer, *before, *answer]
    name = links(call.tenant).keep(_Link(call.stand_in.clock(), link.query, now, deleted, answer))
    return first_page(call, sent, {"@odata.deltaLink": f"{call.url}/users/delta?$deltatoken={name}"}, "users")


def _kept(call: Call, token: str) -> _Link:
    link = links(call.tenant).made.get(token)
    if link is None or call.stand_in.clock() - link.made_at > LINKS_LAST:
        query = "".join(f"{name}={quote(value)}&" for name, value in (link.query if link else {}).items())
        location = f"{call.url}/users/delta?{query}$deltatoken="
        raise No(410, "syncStateNotFound", "The sync state generation is not found.", {"Location": location})
    return link


def _now(call: Call, link: _Link) -> dict[str, Json]:
    """The fields that are followed, of everybody who is followed and there."""
    names = link.query["$select"].split(",") if "$select" in link.query else list(DEFAULT)
    wanted = _ids(link.query.get("$filter"))
    return {
        user.id: {name: value for name, value in wire(user).items() if name in names or name == "id"}
        for user in call.tenant.users.values()
        if wanted is None or user.id in wanted
    }


def _ids(condition_text: str | None) -> frozenset[str] | None:
    """The ids a delta query is about. Raises `No` for any other condition, and for more than fit."""
    if condition_text is None:
        return None
    parts = condition_text.split(" or ")
    found = [part.removeprefix("id eq '").removesuffix("'") for part in parts]
    if any(f"id eq '{one}'" != part or "'" in one for one, part in zip(found, parts, strict=True)):
        raise No(400, "Request_UnsupportedQuery", "Unsupported Query.")
    if len(found) > WATCHED_AT_MOST:
        raise No(400, "Request_UnsupportedQuery", f"Too many objects are filtered: {len(found)}.")
    return frozenset(found)


def _said(fields: Json, before: Json | None) -> Json:
    """What was never set is left out; what no longer is set is null."""
    return {name: value for name, value in fields.items() if value is not None or (before or {}).get(name) is not None}
