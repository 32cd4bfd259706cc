"""Delegated admin relationships from the template to the end, by the real msal and msgraph-sdk, over TLS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contract.permissions import GLOBAL_ADMINISTRATOR
from demo.graph.directory import Tenant
from demo.graph.partner import Partner, partner_of
from demo.graph.partner import Relationship as Kept
from demo.graph.server import GraphStandIn
from graph import relationships
from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.relationship_states import (
    AssignmentStatus,
    BadTemplate,
    RequestStatus,
    Status,
    Template,
)
from graph.relationships import Relationship
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME

HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
TEMPLATE = Template(roles=(READER, HELPDESK), days=365)


@pytest.fixture
def partner(home: Tenant) -> Partner:
    """The provider, whose app may create relationships."""
    home.consent(APP_ID, "DelegatedAdminRelationship.ReadWrite.All", at=NOW)
    return partner_of(home)


@pytest.fixture
def provider(tenants: Tenants, partner: Partner) -> Graph:
    """Questions in the provider's tenant."""
    return tenants.of(HOME)


async def created(graph: Graph, title: str = "Oxineo 1", template: Template = TEMPLATE) -> Relationship:
    """A relationship with the customer."""
    return await relationships.create(graph, template, title=title, customer_tenant=CUSTOMER, customer_name="Bakkerij")


async def active(graph: Graph, partner: Partner, title: str = "Oxineo 1") -> str:
    """A relationship that the customer approved."""
    made = await created(graph, title)
    await relationships.lock(graph, made.id)
    partner.approve(made.id, NOW)
    return made.id


@pytest.mark.parametrize(
    "bad",
    [
        {"roles": ()},
        {"roles": (READER, READER)},
        {"days": 0},
        {"days": 731},
        {"roles": (GLOBAL_ADMINISTRATOR.upper(),), "extends": True},
    ],
)
def test_a_template_that_microsoft_refuses(bad: dict[str, object]) -> None:
    """From one day to two years, each role once, and no extension with Global Administrator."""
    with pytest.raises(BadTemplate):
        Template(**{"roles": (READER,), "days": 365, **bad})  # type: ignore[arg-type]


def test_the_approval_link_is_microsoft_s() -> None:
    """Where an administrator of the customer approves."""
    assert relationships.approval_link("r-1") == (
        "https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/r-1"
    )


async def test_a_relationship_is_created_for_one_customer(provider: Graph, partner: Partner) -> None:
    """What was asked for stands in it: roles, duration, customer; nothing is in force."""
    made = await created(provider, template=Template(roles=TEMPLATE.roles, days=730, extends=True))
    assert (made.status, made.auto_extends, made.customer_tenant) == (Status.CREATED, True, CUSTOMER)
    assert made.roles == tuple(sorted(TEMPLATE.roles))
    assert (made.activated_at, made.ends_at) == (None, None)
    kept = partner.relationships[made.id]
    assert (kept.days, kept.auto_extend, kept.title, kept.customer_name) == (730, "P180D", "Oxineo 1", "Bakkerij")
    assert made.status.awaits_approval


async def test_a_title_has_fifty_characters_at_most(provider: Graph) -> None:
    """Microsoft takes no longer one; nothing is asked."""
    for title in ("", "x" * 51):
        with pytest.raises(BadTemplate):
            await created(provider, title)


async def test_creating_twice_makes_one(stand_in: GraphStandIn, provider: Graph, partner: Partner) -> None:
    """The answer to the first attempt was lost: the second finds what it made, by its title."""
    stand_in.faults.add("POST *delegatedAdminRelationships", drop="after")
    with pytest.raises(GraphUnavailable):
        await created(provider)
    made = await created(provider)
    assert list(partner.relationships) == [made.id]


async def test_another_s_title_is_not_taken_over(provider: Graph, partner: Partner) -> None:
    """The same title with other roles, or one that is over, is not what was asked for."""
    known = await created(provider)
    with pytest.raises(GraphRefused) as refused:
        await created(provider, template=Template(roles=(READER,), days=365))
    assert refused.value.status == 409
    partner.end(known.id)
    with pytest.raises(GraphRefused):
        await created(provider)


async def test_locking_opens_it_for_approval(provider: Graph, partner: Partner) -> None:
    """The request is answered first and carried out later; only then it waits for the customer."""
    made = await created(provider)
    partner.waits = True
    request = await relationships.lock(provider, made.id)
    assert (request.action, request.status) == ("lockForApproval", RequestStatus.CREATED)
    assert (await relationships.load(provider, made.id)).status is Status.CREATED
    partner.settle()
    locked = await relationships.load(provider, made.id)
    assert locked.status is Status.APPROVAL_PENDING
    assert locked.etag != made.etag


async def test_what_waits_for_approval_cannot_be_changed(provider: Graph, partner: Partner) -> None:
    """Not locked again, nor ended by the provider: a request that nobody approves ends by itself after 90 days."""
    made = await created(provider)
    await relationships.lock(provider, made.id)
    locked = await relationships.load(provider, made.id)
    with pytest.raises(GraphRefused):
        await relationships.lock(provider, made.id)
    with pytest.raises(GraphRefused):
        await relationships.terminate(provider, locked)
    assert await relationships.load(provider, made.id) == locked


async def test_approval_takes_its_time(provider: Graph, partner: Partner) -> None:
    """Approved and being activated is not active; the end is the activation and the duration."""
    made = await created(provider)
    await relationships.lock(provider, made.id)
    for status in (Status.APPROVED, Status.ACTIVATING):
        partner.approve(made.id, NOW, until=status.value)
        found = await relationships.load(provider, made.id)
        assert (found.status, found.status.is_active, found.status.awaits_approval) == (status, False, True)
    partner.approve(made.id, NOW)
    found = await relationships.load(provider, made.id)
    assert found.status.is_active
    assert (found.activated_at, found.ends_at) == (NOW, NOW + timedelta(days=365))


async def test_expiring_has_passed_its_end(provider: Graph, partner: Partner) -> None:
    """Microsoft's `expiring` is no warning: nobody has access any more."""
    made_id = await active(provider, partner)
    partner.pass_end(made_id)
    found = await relationships.load(provider, made_id)
    assert (found.status, found.status.is_active, found.status.has_expired) == (Status.EXPIRING, False, True)
    partner.expire(made_id)
    assert (await relationships.load(provider, made_id)).status.has_expired


async def test_an_extension_moves_the_end(provider: Graph, partner: Partner) -> None:
    """Half a year more, under the same id with another etag."""
    made = await created(provider, template=Template(roles=(READER,), days=30, extends=True))
    await relationships.lock(provider, made.id)
    partner.approve(made.id, NOW)
    before = await relationships.load(provider, made.id)
    partner.extend(made.id)
    after = await relationships.load(provider, made.id)
    assert after.ends_at == NOW + timedelta(days=210)
    assert after.etag != before.etag
    assert after.raw_digest != before.raw_digest


async def test_a_state_that_is_new_says_nothing(provider: Graph, partner: Partner) -> None:
    """A status that Microsoft adds is neither active nor over."""
    made_id = await active(provider, partner)
    partner.relationships[made_id].move("paused")
    status = (await relationships.load(provider, made_id)).status
    assert status is Status.OTHER
    assert [status.is_active, status.awaits_approval, status.has_expired, status.was_ended] == [False] * 4


async def test_all_of_them_on_all_pages(provider: Graph, partner: Partner) -> None:
    """Three hundred a page at most; with one customer, or everybody."""
    for number in range(305):
        partner.add(Kept(f"Other {number}", 30, [READER], NOW, customer_tenant=f"tenant-{number}"))
    mine = await created(provider)
    assert len(await relationships.all_of(provider)) == 306
    assert [one.id for one in await relationships.all_of(provider, CUSTOMER.upper())] == [mine.id]


async def test_only_an_active_assignment_gives_access(provider: Graph, partner: Partner, home: Tenant) -> None:
    """Roles go to a security group; it takes a while, and asking twice makes one."""
    group = home.add_group("Engineers")
    made_id = await active(provider, partner)
    assert await relationships.assignments(provider, made_id) == ()
    partner.waits = True
    first = await relationships.assign(provider, made_id, group.id, (HELPDESK, READER))
    again = await relationships.assign(provider, made_id, group.id, (READER, HELPDESK))
    assert (first.id, first.status) == (again.id, AssignmentStatus.PENDING)
    partner.settle()
    (found,) = await relationships.assignments(provider, made_id)
    assert (found.status, found.group_id) == (AssignmentStatus.ACTIVE, group.id)
    assert found.roles == tuple(sorted((HELPDESK, READER)))


async def test_other_roles_for_the_same_group_are_refused(provider: Graph, partner: Partner, home: Tenant) -> None:
    """An assignment that stands is only taken for the one that was asked for where its roles are those."""
    group = home.add_group("Engineers")
    made_id = await active(provider, partner)
    await relationships.assign(provider, made_id, group.id, (READER,))
    with pytest.raises(GraphRefused):
        await relationships.assign(provider, made_id, group.id, (HELPDESK,))


async def test_an_active_one_is_ended_by_a_request(provider: Graph, partner: Partner, home: Tenant) -> None:
    """It goes through three states, takes its assignments along, and asking again does nothing."""
    group = home.add_group("Engineers")
    made_id = await active(provider, partner)
    await relationships.assign(provider, made_id, group.id, (READER,))
    partner.waits = True
    await relationships.terminate(provider, await relationships.load(provider, made_id))
    found = await relationships.load(provider, made_id)
    assert (found.status, found.status.was_ended) == (Status.TERMINATION_REQUESTED, True)
    await relationships.terminate(provider, found)
    assert len(partner.relationships[made_id].requests) == 2
    partner.settle()
    assert (await relationships.load(provider, made_id)).status is Status.TERMINATED
    assert [one.status for one in await relationships.assignments(provider, made_id)] == [AssignmentStatus.DELETED]


async def test_one_that_was_never_locked_is_deleted(provider: Graph, partner: Partner) -> None:
    """Only as it was loaded: one that somebody locked meanwhile is not."""
    made = await created(provider)
    await relationships.lock(provider, made.id)
    with pytest.raises(GraphRefused) as refused:
        await relationships.terminate(provider, made)
    assert refused.value.status == 412
    other = await created(provider, "Oxineo 2")
    await relationships.terminate(provider, other)
    assert list(partner.relationships) == [made.id]
    with pytest.raises(GraphRefused) as gone:
        await relationships.load(provider, other.id)
    assert gone.value.status == 404


async def test_without_microsoft_s_own_app_nothing_can_be_created(provider: Graph, partner: Partner) -> None:
    """The provider's tenant has to have it; reading needs nothing of the kind."""
    partner.is_provisioned = False
    with pytest.raises(GraphRefused) as refused:
        await created(provider)
    assert refused.value.status == 403
    assert await relationships.all_of(provider) == ()


HALVES: tuple[dict[str, object], ...] = (
    {"status": None},
    {"status": 4},
    {"id": "another"},
    {"endDateTime": "soon"},
    {"accessDetails": {}},
    {"accessDetails": {"unifiedRoles": [{}]}},
)


async def test_half_an_answer_says_nothing(stand_in: GraphStandIn, provider: Graph, partner: Partner) -> None:
    """Without its status or its roles a relationship is neither active nor over."""
    partner.add(Kept("Oxineo", 30, [READER], NOW, id="r-1"))
    right = {"id": "r-1", "status": "active", "accessDetails": {"unifiedRoles": [{"roleDefinitionId": READER}]}}
    stand_in.faults.add("GET *Relationships/r-1", body=right)
    assert (await relationships.load(provider, "r-1")).status.is_active
    for changed in HALVES:
        stand_in.faults.add("GET *Relationships/r-1", body={**right, **changed})
        with pytest.raises(GraphUnavailable):
            await relationships.load(provider, "r-1")


async def test_assignments_that_cannot_be_read_are_not_none(
    stand_in: GraphStandIn, provider: Graph, partner: Partner
) -> None:
    """A list without its list is no empty one: that would look like access taken away."""
    partner.add(Kept("Oxineo", 30, [READER], NOW, id="r-1"))
    for body in ({}, {"value": [{"id": "1", "status": "active"}]}):
        stand_in.faults.add("GET *accessAssignments", body=body)
        with pytest.raises(GraphUnavailable):
            await relationships.assignments(provider, "r-1")
