"""The stand-in of Microsoft's login service and of Graph, and the bot's own way to it, for every test of Graph."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.graph.directory import Tenant, User
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME, ROSES, SECRET, Clock, open_to
from tests.loop_guard import LONGEST_STEP_S, guarding


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the stand-in's authority: one for all tests, as reading what to trust takes longest."""
    return tmp_path_factory.mktemp("authority")


@pytest.fixture
async def stand_in(certificates: Path) -> AsyncIterator[GraphStandIn]:
    """The stand-in, in which the app is registered and the provider's and one customer's tenant are empty."""
    async with GraphStandIn(certificates) as started:
        started.directory.add_app(APP_ID, SECRET)
        for tenant_id, name in ((HOME, "Oxineo"), (CUSTOMER, "Bakkerij Korenbloem")):
            started.directory.add_tenant(tenant_id, name, f"{name.split()[-1].lower()}.example")
            started.directory.tenants[tenant_id].consent(APP_ID, "User.Read.All", at=started.clock())
        yield started


@pytest.fixture
def seconds() -> Clock:
    """Monotonic seconds that pass when told; only of what is remembered, not of waiting."""
    return Clock()


@pytest.fixture
async def tenants(stand_in: GraphStandIn) -> AsyncIterator[Tenants]:
    """The real msal and msgraph-sdk, led to the stand-in; whatever a test asks, nothing may block the loop."""
    async with open_to(stand_in) as opened:
        with guarding() as guard:
            yield opened
        assert guard.blocked == []
        assert guard.longest_s < LONGEST_STEP_S


@pytest.fixture
def customer(stand_in: GraphStandIn) -> Tenant:
    """The customer's directory, to be changed."""
    return stand_in.directory.tenants[CUSTOMER]


@pytest.fixture
def home(stand_in: GraphStandIn) -> Tenant:
    """The provider's directory, to be changed."""
    return stand_in.directory.tenants[HOME]


@pytest.fixture
def graph(tenants: Tenants) -> Graph:
    """Questions in the customer's tenant."""
    return tenants.of(CUSTOMER)


@pytest.fixture
def jo(customer: Tenant) -> User:
    """Somebody with everything that Graph can say of a person."""
    return customer.add_user(
        "Jo O'Neil",
        "jo.o'neil@korenbloem.example",
        preferred_language="nl-NL",
        proxy_addresses=["smtp:inkoop@korenbloem.example"],
        other_mails=["jo@home.example"],
    )


@pytest.fixture
def piet(customer: Tenant) -> User:
    """Somebody else."""
    return customer.add_user("Piet", "piet@korenbloem.example")


@pytest.fixture
async def clocked(stand_in: GraphStandIn, seconds: Clock) -> AsyncIterator[Tenants]:
    """Tenants whose memory follows a clock of the test."""
    async with open_to(stand_in, clock=seconds) as opened:
        with guarding() as guard:
            yield opened
        assert guard.blocked == []


@pytest.fixture
def roses(stand_in: GraphStandIn) -> Tenant:
    """Another customer, who has consented."""
    tenant = stand_in.directory.add_tenant(ROSES, "Rozen", "rozen.example")
    tenant.consent(APP_ID, "User.Read.All", at=stand_in.clock())
    return tenant
