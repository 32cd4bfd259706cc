"""What the address of a question asks of a list: which ones (`$filter`), which fields (`$select`), page by page.

Of OData's conditions only those that the product uses: equality, alone or in lists (`any`), joined by `or` or by
`and`. Anything else is refused as Graph refuses it, also a quote that is not doubled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import web

from demo.graph.calls import Call, No
from demo.graph.directory import Tenant

Json = dict[str, Any]
Condition = Callable[[Json], bool]

MOST_PER_PAGE = 999
KEPT_AT_MOST = 1_000
_EQUAL = re.compile(r"\s*([A-Za-z]+(?:/[A-Za-z]+)?) eq (?:'((?:[^']|'')*)'|(true|false))\s*")
_ANY = re.compile(r"\s*([A-Za-z]+)/any\(([a-z]):\2 eq '((?:[^']|'')*)'\)\s*")


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a list: `last` stands on its last page only; so many `empty` pages come first."""

    entities: list[Json]
    last: Json
    size: int
    empty: int


@dataclass
class Paging:
    """How lists of one tenant come in pages. `empty` pages that only lead on come before each real one."""

    size: int = 100
    empty: int = 0
    pages: dict[str, Rest] = field(default_factory=dict)
    """What a token leads to."""

    def keep(self, rest: Rest) -> str:
        """The token for what is left; the oldest are forgotten."""
        if len(self.pages) >= KEPT_AT_MOST:
            del self.pages[next(iter(self.pages))]
        token = uuid4().hex
        self.pages[token] = rest
        return token


def paging(tenant: Tenant) -> Paging:
    """How this tenant's lists come."""
    found: Paging = tenant.kept.setdefault("paging", Paging())
    return found


def condition(call: Call, fields: frozenset[str]) -> Condition:
    """`$filter` as a function; everything where there is none. Raises `No`."""
    text = call.request.query.get("$filter")
    if text is None:
        return lambda _entity: True
    parts, joints = _parts(text, fields)
    if len(set(joints)) > 1:
        raise No(400, "Request_UnsupportedQuery", "Complex query is not supported.")
    whole = all if joints[:1] == ["and"] else any
    return lambda entity: whole(part(entity) for part in parts)


def _parts(text: str, fields: frozenset[str]) -> tuple[list[Condition], list[str]]:
    parts: list[Condition] = []
    joints: list[str] = []
    at = 0
    while True:
        if found := _ANY.match(text, at):
            name, value = found[1], found[3]
            parts.append(_has(name, _read(value)))
        elif found := _EQUAL.match(text, at):
            name = found[1]
            parts.append(_is(name, found[3] == "true" if found[3] else _read(found[2])))
        else:
            raise No(400, "BadRequest", f"Invalid filter clause: unexpected text at position {at} in '{text}'.")
        if name not in fields:
            raise No(400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause for '{name}'.")
        at = found.end()
        if at == len(text):
            return parts, joints
        joint = re.compile(r"(or|and)\b").match(text, at)
        if joint is None:
            raise No(400, "BadRequest", f"Invalid filter clause: unexpected text at position {at} in '{text}'.")
        joints.append(joint[1])
        at = joint.end()


def _read(literal: str) -> str:
    return literal.replace("''", "'").casefold()


def _is(name: str, wanted: str | bool) -> Condition:
    def holds(entity: Json) -> bool:
        found: Any = entity
        for part in name.split("/"):
            found = found.get(part) if isinstance(found, dict) else None
        return (found.casefold() if isinstance(found, str) else found) == wanted

    return holds


def _has(name: str, wanted: str) -> Condition:
    return lambda entity: any(str(value).casefold() == wanted for value in entity.get(name) or ())


def selected(call: Call, entity: Json, default: Iterable[str]) -> Json:
    """The fields that are asked for, or those that come by themselves; always the id."""
    asked = call.request.query.get("$select")
    names = [name.strip() for name in asked.split(",")] if asked else list(default)
    unknown = [name for name in names if name not in entity]
    if unknown:
        raise No(400, "BadRequest", f"Could not find a property named '{unknown[0]}' on type 'microsoft.graph.user'.")
    return {name: entity[name] for name in entity if name in names or name in {"id", "@odata.type"}}


def is_eventual(call: Call) -> bool:
    """Whether the question says that an index that lags will do, as advanced queries have to."""
    header = call.request.headers.get("ConsistencyLevel", "")
    return header.lower() == "eventual" and call.request.query.get("$count", "").lower() == "true"


def first_page(call: Call, entities: list[Json], last: Json | None = None, context: str = "") -> web.Response:
    """A list, of which the rest waits behind a link. `last` stands on the last page only."""
    try:
        size = int(call.request.query.get("$top", paging(call.tenant).size))
    except ValueError:
        size = 0
    if not 0 < size <= MOST_PER_PAGE:
        raise No(400, "Request_UnsupportedQuery", "Invalid page size specified.")
    head: Json = {"@odata.context": f"{call.url}/$metadata#{context}"} if context else {}
    if is_eventual(call):
        head["@odata.count"] = len(entities)
    return _page(call, Rest(entities, last or {}, size, paging(call.tenant).empty), head)


def next_page(call: Call) -> web.Response | None:
    """The page that a link leads to; None where the address is none of a link's. Raises `No`."""
    token = call.request.query.get("$skiptoken")
    if token is None:
        return None
    rest = paging(call.tenant).pages.get(token)
    if rest is None:
        raise No(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
    return _page(call, rest, {})


def _page(call: Call, rest: Rest, head: Json) -> web.Response:
    here = [] if rest.empty else rest.entities[: rest.size]
    left = rest.entities[len(here) :]
    if not left and not rest.empty:
        return web.json_response({**head, **rest.last, "value": here})
    empty = rest.empty - 1 if rest.empty else paging(call.tenant).empty
    token = paging(call.tenant).keep(Rest(left, rest.last, rest.size, empty))
    link = f"{call.url}{call.request.path.removeprefix('/v1.0')}?$skiptoken={token}"
    return web.json_response({**head, "@odata.nextLink": link, "value": here})
