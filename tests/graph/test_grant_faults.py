"""Each question about grants, relationships and mail × each thing that can go wrong: no fact, nothing done twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from kiota_http.middleware import RetryHandler

from demo.graph.directory import DelegatedGrant, Tenant
from demo.graph.grants import log_consent
from demo.graph.mail import add_mailbox, mailboxes_of
from demo.graph.partner import Assignment, partner_of
from demo.graph.partner import Relationship as Kept
from demo.graph.server import GraphStandIn
from graph import consent, relationships
from graph.client import Graph
from graph.consent import app_grant, consent_record, delegated_grants, revoke_app
from graph.errors import GraphError, GraphRefused, GraphUnavailable, MailboxRefused, MailRefused, RevokeRefused
from graph.mail import is_sent, send_mail
from graph.relationship_states import Status, Template
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
FROM = "support@oxineo.example"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
TEMPLATE = Template(roles=(READER,), days=30)
MIME = f"From: {FROM}\r\nTo: anna@korenbloem.example\r\nMessage-ID: <1@o>\r\n\r\nDag".encode()
HURRY_S = 0.1
MANY = 1_000
CUSTOMERS = (
    "Application.ReadWrite.OwnedBy",
    "DelegatedPermissionGrant.ReadWrite.All",
    "AuditLog.Read.All",
    "Directory.Read.All",
)


@dataclass(frozen=True)
class World:
    """Questions in both tenants, in which each has an answer while nothing goes wrong."""

    customer: Tenant
    home: Tenant
    group_id: str

    def state(self) -> object:
        """Everything a question could have changed."""
        kept = partner_of(self.home).relationships.values()
        principal = self.customer.principals[APP_ID]
        return (
            [(one.id, one.status, len(one.requests), len(one.assignments)) for one in kept],
            [role.id for role in principal.roles],
            [grant.id for grant in principal.delegated],
            len(mailboxes_of(self.home)[FROM].sent),
        )


Ask = Callable[[Graph, World], Awaitable[object]]


async def _terminate(graph: Graph, _world: World) -> None:
    await relationships.terminate(graph, ACTIVE)


ACTIVE = relationships.Relationship(
    id="active",
    etag="",
    status=Status.ACTIVE,
    title="",
    roles=(),
    auto_extends=False,
    customer_tenant=None,
    activated_at=None,
    ends_at=None,
    raw_digest="",
)
OF_CUSTOMER: dict[str, Ask] = {
    "app_grant": lambda graph, _: app_grant(graph, APP_ID),
    "delegated_grants": lambda graph, _: delegated_grants(graph, APP_ID),
    "consent_record": lambda graph, _: consent_record(graph, APP_ID),
    "revoke_app": lambda graph, _: revoke_app(graph, APP_ID),
}
OF_PROVIDER: dict[str, Ask] = {
    "load": lambda graph, _: relationships.load(graph, "active"),
    "all_of": lambda graph, _: relationships.all_of(graph, CUSTOMER),
    "assignments": lambda graph, _: relationships.assignments(graph, "active"),
    "is_sent": lambda graph, _: is_sent(graph, FROM, "<1@o>"),
    "create": lambda graph, _: relationships.create(
        graph, TEMPLATE, title="New", customer_tenant=CUSTOMER, customer_name="Bakkerij"
    ),
    "lock": lambda graph, _: relationships.lock(graph, "created"),
    "assign": lambda graph, world: relationships.assign(graph, "active", world.group_id, (READER,)),
    "terminate": _terminate,
    "send_mail": lambda graph, _: send_mail(graph, FROM, MIME),
}
EVERYTHING = OF_CUSTOMER | OF_PROVIDER
PUT_ONCE = frozenset({"create", "lock", "assign", "terminate", "send_mail"})
"""Not repeated by kiota, as the first one may have been carried out. (`revoke_app` asks something first.)"""
SILENT = frozenset({"send_mail"})
"""Their answer has no content."""


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long before asking again, and no name of a permission is remembered."""
    monkeypatch.setattr(RetryHandler, "MAXIMUM_BACKOFF", 0.001)
    monkeypatch.setattr(consent, "_graph_roles", {})


@pytest.fixture
def world(stand_in: GraphStandIn, customer: Tenant, home: Tenant) -> World:
    """All of it, in tenants that grant everything."""
    customer.consent(APP_ID, *CUSTOMERS, at=AT)
    customer.principals[APP_ID].delegated.append(DelegatedGrant(customer.graph().id, "User.Read", id="a"))
    log_consent(customer, APP_ID, customer.add_user("Anna", "anna@korenbloem.example"), AT)
    home.consent(APP_ID, "DelegatedAdminRelationship.ReadWrite.All", at=AT)
    partner = partner_of(home)
    group = home.add_group("Engineers")
    partner.add(Kept("Created", 30, [READER], AT, id="created", customer_tenant=CUSTOMER))
    active = partner.add(Kept("Active", 30, [READER], AT, id="active", status="active", customer_tenant=CUSTOMER))
    active.assignments.append(Assignment("another group", [READER], AT, status="active"))
    add_mailbox(home, FROM, APP_ID).readers.add(APP_ID)
    return World(customer, home, group.id)


def graph_of(tenants: Tenants, name: str) -> Graph:
    """The tenant that a question is about."""
    return tenants.of(CUSTOMER if name in OF_CUSTOMER else HOME)


async def fails(tenants: Tenants, name: str, world: World) -> GraphError:
    """What a question ends with; that it ends with an answer is the failure this is all about."""
    with pytest.raises(GraphError) as error:
        await EVERYTHING[name](graph_of(tenants, name), world)
    return error.value


async def test_while_nothing_goes_wrong(tenants: Tenants, world: World) -> None:
    """Every question has an answer, so that an error in the other tests comes of the fault."""
    for name, ask in EVERYTHING.items():
        found = await ask(graph_of(tenants, name), world)
        assert (found is None) is (name in {"terminate", *SILENT}), name
    assert APP_ID not in world.customer.principals


@pytest.mark.parametrize(
    "fault",
    [{"status": 429}, {"status": 500}, {"status": 503}, {"drop": "before"}, {"truncated": True}, {"malformed": True}],
    ids=lambda fault: "-".join(f"{value}" for value in fault.values()),
)
async def test_an_outage_is_no_fact(
    fault: dict[str, Any], tenants: Tenants, stand_in: GraphStandIn, world: World
) -> None:
    """Whatever keeps Graph from answering is `GraphUnavailable`; what was not done is not taken for done."""
    is_done = "truncated" in fault or "malformed" in fault
    for name in EVERYTHING:
        if is_done and name in {*PUT_ONCE, "revoke_app"}:
            continue
        before = world.state()
        stand_in.faults.add("* /v1.0/*", times=MANY, **fault)
        error = await fails(tenants, name, world)
        assert isinstance(error, GraphUnavailable), name
        assert error.status == fault.get("status", 200 if "malformed" in fault else 0), name
        assert world.state() == before, name
        stand_in.faults.clear()


@pytest.mark.parametrize("fault", [{"truncated": True}, {"malformed": True}, {"drop": "after"}])
async def test_a_lost_answer_is_made_up_for(
    fault: dict[str, Any], tenants: Tenants, stand_in: GraphStandIn, world: World
) -> None:
    """It was done and nobody heard: unknown; asked for again it is found, and done once."""
    partner = partner_of(world.home)
    for name in ("create", "assign"):
        stand_in.faults.add("POST /v1.0/*", **fault)
        assert isinstance(await fails(tenants, name, world), GraphUnavailable)
        assert await EVERYTHING[name](graph_of(tenants, name), world)
    assert [one.title for one in partner.relationships.values()] == ["Created", "Active", "New"]
    assert len(partner.relationships["active"].assignments) == 2
    for name, status in (("lock", "approvalPending"), ("terminate", "terminated")):
        stand_in.faults.add("POST /v1.0/*", **fault)
        assert isinstance(await fails(tenants, name, world), GraphUnavailable)
        assert isinstance(await fails(tenants, name, world), GraphRefused)
        found = await relationships.load(tenants.of(HOME), "created" if name == "lock" else "active")
        assert found.status == status


async def test_a_slow_answer_is_no_fact(tenants: Tenants, stand_in: GraphStandIn, world: World) -> None:
    """What does not come in time is not waited for, and says nothing."""
    http = tenants._line._adapter._http_client
    patient = http.timeout
    for name in EVERYTHING:
        await tenants.of(HOME).ask_raw(_anything(tenants.of(HOME)))
        stand_in.faults.add("* /v1.0/*", times=MANY, delay_s=2 * HURRY_S)
        http.timeout = httpx.Timeout(HURRY_S)
        error = await fails(tenants, name, world)
        assert isinstance(error, GraphUnavailable), name
        assert error.code.endswith("Timeout"), name
        http.timeout = patient
        stand_in.faults.clear()


async def test_only_what_is_asked_is_asked_again(tenants: Tenants, stand_in: GraphStandIn, world: World) -> None:
    """A short outage is bridged for questions; what is done is put once, and left to who wanted it."""
    for name, ask in EVERYTHING.items():
        stand_in.faults.add("* /v1.0/*", status=503)
        if name in PUT_ONCE:
            assert isinstance(await fails(tenants, name, world), GraphUnavailable), name
        else:
            await ask(graph_of(tenants, name), world)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 412])
async def test_a_refusal_keeps_its_status(status: int, tenants: Tenants, stand_in: GraphStandIn, world: World) -> None:
    """A refusal is `GraphRefused` with Graph's status. The exceptions: a 404 says that something is not there only with
    Graph's own code for it, what need not be known is not known, and taking away and mail have refusals of their own.
    """
    before = world.state()
    for name, ask in EVERYTHING.items():
        stand_in.faults.add("* /v1.0/*", times=MANY, status=status, code="Whatever")
        match (name, status):
            case ("consent_record" | "is_sent", 403):
                assert await ask(graph_of(tenants, name), world) is None
            case ("revoke_app", 403):
                assert type(await fails(tenants, name, world)) is RevokeRefused, name
            case ("send_mail", 400):
                assert type(await fails(tenants, name, world)) is MailRefused
            case ("send_mail", _):
                assert type(await fails(tenants, name, world)) is MailboxRefused
            case ("is_sent" | "create" | "lock" | "assign" | "terminate", 404):
                assert type(await fails(tenants, name, world)) is GraphRefused, name
            case (_, 404):
                assert type(await fails(tenants, name, world)) is GraphUnavailable, name
            case _:
                error = await fails(tenants, name, world)
                assert type(error) is GraphRefused, name
                assert (error.status, error.code) == (status, "Whatever"), name
        stand_in.faults.clear()
    assert world.state() == before


async def test_every_step_counts(tenants: Tenants, stand_in: GraphStandIn, world: World) -> None:
    """A question of several steps fails with any of them: half of what an app was granted is never all of it."""
    names = f"GET /v1.0/servicePrincipals/{world.customer.graph().id}"
    steps = (
        ("app_grant", "GET *appRoleAssignments"),
        ("app_grant", names),
        ("delegated_grants", "GET *oauth2PermissionGrants"),
        ("consent_record", "GET *directoryAudits"),
        ("revoke_app", "DELETE *"),
    )
    faults: tuple[dict[str, Any], ...] = (
        {"status": 500},
        {"status": 404, "code": "UnknownError"},
        {"status": 410, "code": "Gone"},
        {"drop": "before"},
    )
    before = world.state()
    for name, pattern in steps:
        for fault in faults:
            stand_in.faults.add(pattern, times=MANY, **fault)
            error = await fails(tenants, name, world)
            assert type(error) is (GraphRefused if fault.get("status") == 410 else GraphUnavailable), (name, fault)
            stand_in.faults.clear()
    assert world.state() == before


def _anything(graph: Graph) -> Any:
    return graph.build.tenant_relationships.delegated_admin_relationships.to_get_request_information()
