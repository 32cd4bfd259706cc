"""A world beside the stand-in of Graph, with the real msal and msgraph-sdk between them, and an address for Graph."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.delivery import Delivery
from bot.directory import GraphDirectory
from bot.finding import FindKinds
from bot.graph_notices import NoticeDesk
from bot.guests import GuestKinds
from bot.installs import InstallKinds
from bot.limits import Limits
from bot.metrics import Metrics
from bot.reminders import TIMERS
from bot.schedule import Schedule
from bot.staff_groups import StaffGroupKinds
from bot.subscriptions import LIFECYCLE, NOTIFICATIONS, SubscriptionKinds
from bot.turn import Policy
from bot.watches import watch_tenant
from bot.watching import WatchKinds
from contract.people import Role
from demo.graph.directory import Tenant, User
from demo.graph.server import GraphStandIn
from graph.access import Secret
from graph.tenants import Tenants, open_tenants
from storage.database import Database
from storage.outbox_states import Lane
from storage.people import find_standing
from tests.bot.directories import WorldClock
from tests.bot.people import CUSTOMER_TENANT, NOW, OTHER_TENANT, POLICY, PROVIDER_TENANT, Somebody, World, make_world

APP_ID, SECRET = "00000000-0000-0000-0000-0000000000b0", "a-secret-of-the-tests"
PERMISSIONS = ("User.Read.All", "GroupMember.Read.All")


@dataclass(slots=True)
class GraphOffice:
    """A world whose people are in the stand-in's directories, and the lane that asks it."""

    world: World
    graph: GraphStandIn
    tenants: Tenants
    delivery: Delivery
    subscriptions: SubscriptionKinds

    @property
    def customer(self) -> Tenant:
        """The first customer's directory."""
        return self.graph.directory.tenants[CUSTOMER_TENANT]

    @property
    def home(self) -> Tenant:
        """The provider's directory."""
        return self.graph.directory.tenants[PROVIDER_TENANT]

    async def ask(self) -> None:
        """Do every errand whose time has come."""
        await self.delivery.drained()

    async def pass_time(self, span: timedelta) -> None:
        """Time passes, and what is due happens."""
        self.world.now += span
        await Schedule(self.world.database, TIMERS, (), WorldClock(self.world)).run_due()
        await self.ask()

    async def do(self, act: Any, **arguments: Any) -> Any:
        """Something in a transaction: (session, **arguments)."""
        return await self.world.database.write(lambda session: act(session, **arguments))

    async def watch(self) -> None:
        """The customer's contacts are watched from now on."""
        await self.do(watch_tenant, customer_id=self.world.customer_id, now=self.world.now)
        await self.ask()

    async def role_of(self, who: User | Somebody, tenant_id: str = PROVIDER_TENANT) -> Role | None:
        """What somebody is by now; None for whom nobody knows."""
        object_id = who.id if isinstance(who, User) else who.object_id
        found = await self.world.database.read(lambda session: find_standing(session, tenant_id, object_id))
        return found.role if found else None


def add_people(graph: GraphStandIn, world: World) -> None:
    """Everybody of the world, with the ids they have in Teams."""
    for tenant_id, people in (
        (CUSTOMER_TENANT, (world.anna, world.bram, world.stranger)),
        (OTHER_TENANT, (world.other,)),
        (PROVIDER_TENANT, (world.eva, world.finn, world.mia)),
    ):
        tenant = graph.directory.add_tenant(tenant_id, tenant_id[:4], f"{tenant_id[:4]}.example")
        tenant.consent(APP_ID, *PERMISSIONS, at=graph.clock())
        for who in people:
            tenant.add_user(who.name, f"{who.name.split()[0].lower()}@{tenant.domain}", id=who.object_id)


@contextlib.asynccontextmanager
async def open_graph_office(database: Database, folder: Path, **policy: Any) -> AsyncIterator[GraphOffice]:
    """An office over the stand-in; `policy` is changed where it says so."""
    world = await make_world(database, policy=replace(POLICY, app_id=APP_ID, **policy))
    clock = WorldClock(world)
    async with contextlib.AsyncExitStack() as stack:
        graph = await stack.enter_async_context(GraphStandIn(folder, clock=clock.now))
        graph.notifier.every_s = 60.0
        graph.directory.add_app(APP_ID, SECRET)
        add_people(graph, world)
        tenants = await open_tenants(
            client_id=APP_ID,
            home_tenant_id=PROVIDER_TENANT,
            credential=Secret(SECRET),
            graph_url=graph.url,
            login_host=graph.login_host,
            trusted_ca=graph.ca_path,
            # Tokens grow old with the world.
            monotonic=lambda: 5000.0 + (world.now - NOW).total_seconds(),
        )
        stack.push_async_callback(tenants.close)
        server = await stack.enter_async_context(TestServer(_listening(NoticeDesk(database, clock, Metrics()))))
        subscriptions = SubscriptionKinds(database, tenants, str(server.make_url("")).rstrip("/"), clock)
        delivery = Delivery(database, kinds_over(world, tenants, subscriptions), clock, Limits(clock), lane=Lane.GRAPH)
        await delivery.start()
        stack.push_async_callback(delivery.stop, 0)
        yield GraphOffice(world, graph, tenants, delivery, subscriptions)


def _listening(desk: NoticeDesk) -> web.Application:
    app = web.Application()
    app.router.add_post(NOTIFICATIONS, desk.receive)
    app.router.add_post(LIFECYCLE, desk.receive)
    return app


def kinds_over(world: World, tenants: Tenants, subscriptions: SubscriptionKinds) -> list[Any]:
    """The errands of this part, and the look at a tenant."""
    database, clock, directory = world.database, WorldClock(world), GraphDirectory(tenants)
    policy: Policy = world.router.policy
    return [
        *subscriptions.kinds(),
        *WatchKinds(database, directory, clock).kinds(),
        *FindKinds(database, directory, policy).kinds(),
        *StaffGroupKinds(database, tenants, policy, clock).kinds(),
        *GuestKinds(database, directory).kinds(),
        *InstallKinds(database, tenants, policy.app_id, clock).kinds(),
    ]
