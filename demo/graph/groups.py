"""Groups of the stand-in: who is in them, also by way of groups inside."""

from __future__ import annotations

from aiohttp import web

from demo.graph.calls import Call, No, Table
from demo.graph.directory import Tenant, User
from demo.graph.people import DEFAULT, READ, not_found, wire
from demo.graph.queries import first_page, is_eventual, next_page, selected

NEEDS = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")


def routes(table: Table) -> None:
    """The calls about groups."""
    for cast in ("graph.user", "microsoft.graph.user"):
        table.add("GET", f"/groups/{{id}}/transitiveMembers/{cast}", _members, needs=NEEDS)


def people_in(tenant: Tenant, group_id: str) -> list[User]:
    """Everybody in a group, each once; groups may contain each other."""
    found: dict[str, User] = {}
    seen: set[str] = set()
    left = [group_id]
    while left:
        one = left.pop(0)
        if one in tenant.users:
            found[one] = tenant.users[one]
        elif one in tenant.groups and one not in seen:
            seen.add(one)
            left += tenant.groups[one].members
    return list(found.values())


async def _members(call: Call) -> web.StreamResponse:
    if (page := next_page(call)) is not None:
        return page
    if call.part("id") not in call.tenant.groups:
        raise not_found(call.part("id"))
    if not is_eventual(call):
        raise No(400, "Request_UnsupportedQuery", "OData cast needs 'ConsistencyLevel: eventual' and $count=true.")
    found = [selected(call, wire(user), DEFAULT) for user in people_in(call.tenant, call.part("id"))]
    if not call.roles & set(READ):
        # Who may see that somebody is a member, but not who that is, gets ids with nothing else.
        found = [{"@odata.type": "#microsoft.graph.user", **dict.fromkeys(one), "id": one["id"]} for one in found]
    return first_page(call, found, context="users")
