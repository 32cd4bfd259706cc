"""Each question about people × each thing that can go wrong: the right error, never a fact, no other tenant hurt."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from kiota_http.middleware import RetryHandler

from demo.graph.directory import Group, Tenant, User
from demo.graph.installs import Installation, apps
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.errors import GraphError, GraphRefused, GraphUnavailable, LinkExpired
from graph.groups import members
from graph.installs import catalog_app, install
from graph.people import changes, deleted_account, find_account, load_account
from graph.subscriptions import own_subscriptions, renew, subscribe, unsubscribe
from graph.tenants import Tenants
from tests.graph.listener import Listener
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME

PERMISSIONS = ("GroupMember.Read.All", "AppCatalog.Read.All", "TeamsAppInstallation.ReadWriteSelfForUser.All")
HURRY_S = 0.1
MANY = 1_000


@dataclass(frozen=True)
class World:
    """What there is in the customer's tenant, so that each question has an answer while nothing goes wrong."""

    jo: User
    group: Group
    subscription_id: str
    catalog_id: str
    installed: Installation
    listener: Listener


Ask = Callable[[Graph, World], Awaitable[object]]


def _end() -> datetime:
    return datetime.now(UTC) + timedelta(days=3)


READS: dict[str, Ask] = {
    "find_account": lambda graph, _world: find_account(graph, "jo.o'neil@korenbloem.example"),
    "load_account": lambda graph, world: load_account(graph, world.jo.id),
    "deleted_account": lambda graph, _world: deleted_account(graph, "deleted"),
    "changes": lambda graph, world: changes(graph, [world.jo.id], None),
    "members": lambda graph, world: members(graph, world.group.id),
    "own_subscriptions": lambda graph, _world: own_subscriptions(graph),
    "catalog_app": lambda graph, _world: catalog_app(graph, "manifest"),
}
ANSWERED_WRITES: dict[str, Ask] = {
    "subscribe": lambda graph, world: subscribe(
        graph, url=world.listener.url, lifecycle_url=world.listener.lifecycle_url, secret="s", ends_at=_end()
    ),
    "renew": lambda graph, world: renew(graph, world.subscription_id, _end()),
}
SILENT_WRITES: dict[str, Ask] = {
    "unsubscribe": lambda graph, world: unsubscribe(graph, world.subscription_id),
    "install": lambda graph, world: install(graph, "piet", world.catalog_id),
}
EVERYTHING = READS | ANSWERED_WRITES | SILENT_WRITES
PUT_ONCE = frozenset({"subscribe", "renew", "install"})
"""Not repeated by kiota, as the first one may have been carried out."""


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long before asking again."""
    monkeypatch.setattr(RetryHandler, "MAXIMUM_BACKOFF", 0.001)


@pytest.fixture
async def world(graph: Graph, stand_in: GraphStandIn, customer: Tenant, jo: User) -> AsyncIterator[World]:
    """All of it, in a tenant that grants everything; somebody in another tenant shows whether that one works."""
    customer.consent(APP_ID, *PERMISSIONS, at=stand_in.clock())
    customer.add_user("Piet", "piet@korenbloem.example", id="piet")
    customer.add_user("Gone", "gone@korenbloem.example", id="deleted")
    customer.delete_user("deleted", datetime.now(UTC))
    listener = Listener()
    await listener.start()
    app = apps(customer).add("manifest", APP_ID)
    installed = Installation(app)
    apps(customer).installed[jo.id] = [installed]
    made = await subscribe(graph, url=listener.url, lifecycle_url=listener.lifecycle_url, secret="s", ends_at=_end())
    yield World(jo, customer.add_group("Engineers", jo.id), made.id, app.id, installed, listener)
    await listener.stop()


async def fails(ask: Ask, graph: Graph, world: World) -> GraphError:
    """What a question ends with; that it ends with an answer is the failure this is all about."""
    with pytest.raises(GraphError) as error:
        await ask(graph, world)
    return error.value


async def test_while_nothing_goes_wrong(graph: Graph, world: World) -> None:
    """Every question has an answer, so that an error in the other tests comes of the fault."""
    found = {name: await ask(graph, world) for name, ask in EVERYTHING.items()}
    assert found["deleted_account"] is found["install"] is found["unsubscribe"] is True
    assert all(found.values())


OUTAGES: tuple[dict[str, Any], ...] = (
    {"status": 429},
    {"status": 429, "retry_after_s": 0.01},
    {"status": 500},
    {"status": 503},
    {"drop": "before"},
    {"truncated": True},
)


async def test_an_outage_is_no_fact(tenants: Tenants, stand_in: GraphStandIn, world: World, home: Tenant) -> None:
    """Whatever keeps Graph from answering is `GraphUnavailable`, of this tenant only."""
    anna = home.add_user("Anna", "anna@oxineo.example")
    for fault in OUTAGES:
        # The answer to what is only to be done has no content that could break off.
        for name, ask in (READS | ANSWERED_WRITES if "truncated" in fault else EVERYTHING).items():
            stand_in.faults.add("* /v1.0/*", times=MANY, **fault)
            error = await fails(ask, tenants.of(CUSTOMER), world)
            assert isinstance(error, GraphUnavailable), (name, fault)
            assert error.status == fault.get("status", 0), (name, fault)
            stand_in.faults.clear()
        assert (await load_account(tenants.of(HOME), anna.id)).name == "Anna"


async def test_a_slow_answer_is_no_fact(tenants: Tenants, stand_in: GraphStandIn, world: World, home: Tenant) -> None:
    """What does not come in time is not waited for, and says nothing."""
    anna = home.add_user("Anna", "anna@oxineo.example")
    http = tenants._line._adapter._http_client
    patient = http.timeout
    for name, ask in EVERYTHING.items():
        stand_in.faults.add("* /v1.0/*", times=MANY, delay_s=2 * HURRY_S)
        http.timeout = httpx.Timeout(HURRY_S)
        error = await fails(ask, tenants.of(CUSTOMER), world)
        assert isinstance(error, GraphUnavailable), name
        assert error.code.endswith("Timeout"), name
        http.timeout = patient
        stand_in.faults.clear()
    assert (await load_account(tenants.of(HOME), anna.id)).name == "Anna"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_short_outage_is_bridged(status: int, graph: Graph, stand_in: GraphStandIn, world: World) -> None:
    """What is only asked is asked again; what is done is put once, and left to who wanted it."""
    for name, ask in EVERYTHING.items():
        stand_in.faults.add("* /v1.0/*", status=status)
        if name in PUT_ONCE:
            assert isinstance(await fails(ask, graph, world), GraphUnavailable), name
        else:
            await ask(graph, world)


async def test_a_long_pause_is_the_tenants_own(
    tenants: Tenants, stand_in: GraphStandIn, world: World, home: Tenant
) -> None:
    """Where Graph wants a pause of minutes nobody waits for it, and the other tenants do not hear of it."""
    anna = home.add_user("Anna", "anna@oxineo.example")
    stand_in.faults.add("* /v1.0/*", status=429, retry_after_s=600)
    graph = tenants.of(CUSTOMER)
    for name, ask in EVERYTHING.items():
        error = await fails(ask, graph, world)
        assert isinstance(error, GraphUnavailable), name
        assert error.status == 429
        assert (error.retry_after_s or 0) > 500
    assert (await load_account(tenants.of(HOME), anna.id)).name == "Anna"


async def test_an_answer_that_makes_no_sense_is_no_fact(graph: Graph, stand_in: GraphStandIn, world: World) -> None:
    """Half a text, another kind of value, empty values: none of it says that there is nobody or nothing."""
    bodies: list[Any] = ["<html>", 7, [], {}, {"value": {}}, {"value": None}, {"value": [None]}]
    for fault in ({"malformed": True}, *({"body": body} for body in bodies)):
        for name, ask in (READS | ANSWERED_WRITES).items():
            stand_in.faults.add("* /v1.0/*", times=MANY, **fault)
            assert isinstance(await fails(ask, graph, world), GraphUnavailable), (name, fault)
            stand_in.faults.clear()


async def test_a_refusal_keeps_its_status(graph: Graph, stand_in: GraphStandIn, world: World) -> None:
    """A refusal is `GraphRefused` with Graph's status. The exceptions: a 404 says that a person or a deleted account is
    not there only with Graph's own code for it, an old delta link begins anew, and what should be gone or there may be.
    """
    for status in (400, 401, 403, 404, 405, 409, 410, 412):
        for name, ask in EVERYTHING.items():
            stand_in.faults.add("* /v1.0/*", times=MANY, status=status, code="Whatever")
            match (name, status):
                case ("unsubscribe", 404 | 410) | ("install", 409):
                    assert await ask(graph, world) is False
                case ("changes", 410):
                    assert type(await fails(ask, graph, world)) is LinkExpired
                case ("load_account" | "deleted_account", 404):
                    assert type(await fails(ask, graph, world)) is GraphUnavailable
                case _:
                    error = await fails(ask, graph, world)
                    assert type(error) is GraphRefused, name
                    assert (error.status, error.code) == (status, "Whatever"), name
            stand_in.faults.clear()
