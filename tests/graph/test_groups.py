"""Who is in a security group of the provider, also by way of groups inside it."""

from __future__ import annotations

import pytest

from demo.graph.directory import Tenant
from demo.graph.queries import paging
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.groups import members
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, HOME


@pytest.fixture
def graph(tenants: Tenants, home: Tenant, stand_in: GraphStandIn) -> Graph:
    """Questions in the provider's tenant, which grants what it takes."""
    home.consent(APP_ID, "GroupMember.Read.All", at=stand_in.clock())
    return tenants.of(HOME)


async def test_members_of_groups_in_groups(graph: Graph, home: Tenant) -> None:
    """Everybody is in it once, however often and by whatever way, also where groups contain each other."""
    anna, ben, cem = (home.add_user(name, f"{name}@oxineo.example") for name in ("anna", "ben", "cem"))
    ben.account_enabled = False
    inner = home.add_group("Night shift", ben.id, cem.id)
    outer = home.add_group("Engineers", anna.id, inner.id, cem.id)
    inner.members.append(outer.id)
    home.add_user("Nobody", "nobody@oxineo.example")
    found = await members(graph, outer.id)
    assert {account.name: account.enabled for account in found} == {"anna": True, "ben": False, "cem": True}
    assert len(found) == 3


async def test_a_group_in_pages(graph: Graph, home: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group comes in pages, and each of them is asked for in the way that only people needs."""
    monkeypatch.setattr("graph.groups.PAGE_SIZE", 2)
    paging(home).empty = 1
    people = [home.add_user(f"Engineer {number}", f"{number}@oxineo.example") for number in range(5)]
    group = home.add_group("Engineers", *(person.id for person in people))
    assert [account.object_id for account in await members(graph, group.id)] == [person.id for person in people]


async def test_an_empty_group_and_none(graph: Graph, home: Tenant) -> None:
    """An empty group has nobody in it; a group that is not there is something else."""
    assert await members(graph, home.add_group("Managers").id) == ()
    with pytest.raises(GraphRefused) as refused:
        await members(graph, "00000000-0000-0000-0000-00000000dead")
    assert refused.value.status == 404


async def test_members_that_may_not_be_read(graph: Graph, home: Tenant) -> None:
    """Who may see that there are members but not who they are knows nothing; who may see neither is refused."""
    group = home.add_group("Engineers", home.add_user("anna", "anna@oxineo.example").id)
    home.revoke(APP_ID, "User.Read.All")
    with pytest.raises(GraphUnavailable):
        await members(graph, group.id)


async def test_without_the_permission(home: Tenant, tenants: Tenants) -> None:
    """Without the permission nobody is taken for a member, nor for none."""
    with pytest.raises(GraphRefused) as refused:
        await members(tenants.of(HOME), home.add_group("Engineers").id)
    assert refused.value.status == 403
