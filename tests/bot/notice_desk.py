"""An address that takes notifications of Graph, and what came of those that a test sends there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.graph_notices import LOOK_AT_TENANT, NoticeDesk
from bot.metrics import Metrics
from bot.reminders import TIMERS
from bot.schedule import Schedule
from bot.subscriptions import LIFECYCLE, NOTIFICATIONS
from storage import timers, watches
from storage.database import Database
from storage.subscriptions import replace_subscription
from tests.bot.directories import WorldClock
from tests.bot.people import CUSTOMER_TENANT, World, make_world

SUBSCRIPTION, SECRET = "5f0a7c52-0000-4000-8000-00000000000a", "s3cret-of-the-tests"


@dataclass
class Desk:
    """A desk that listens, and what came of it."""

    world: World
    desk: NoticeDesk
    client: TestClient[web.Request, web.Application]
    metrics: Metrics

    async def post(self, *items: Any, path: str = NOTIFICATIONS, body: Any = None) -> int:
        """Send items as Graph does; the status of the answer, whose body is always empty."""
        sent = body if body is not None else json.dumps({"value": list(items)}).encode()
        async with self.client.post(path, data=sent, headers={"Content-Type": "application/json"}) as answer:
            assert await answer.read() == b""
            return answer.status

    async def asked(self, kind: str) -> list[dict[str, Any]]:
        """What is asked of Graph, of one kind."""
        return [row for row in await self.world.waiting() if row["kind"] == kind]

    async def planned(self) -> Any:
        """When the look at the customer's tenant is planned."""
        key = f"{LOOK_AT_TENANT}:{self.world.customer_id}"
        return await self.world.database.read(lambda session: timers.armed_until(session, key))

    async def pass_time(self, span: timedelta) -> None:
        """Time passes, and what is due happens."""
        self.world.now += span
        await Schedule(self.world.database, TIMERS, (), WorldClock(self.world)).run_due()

    def count(self, outcome: str) -> float:
        """How many notifications ended so."""
        found = self.metrics.registry.get_sample_value("fourstar_graph_notices_total", {"outcome": outcome})
        return found or 0


def item(**changed: Any) -> dict[str, Any]:
    """A genuine notification, but for what is changed."""
    return {
        "subscriptionId": SUBSCRIPTION,
        "clientState": SECRET,
        "tenantId": CUSTOMER_TENANT,
        "changeType": "updated",
        "resource": "Users/x",
        "resourceData": {"id": "x", "accountEnabled": False},
        **changed,
    }


@asynccontextmanager
async def open_desk(database: Database, **options: Any) -> AsyncIterator[Desk]:
    """A desk for a world whose first customer is watched and subscribed to."""
    world = await make_world(database)

    def begin(session: Any) -> None:
        watches.switch_on(session, world.customer_id, world.now)
        ends_at = world.now + timedelta(days=20)
        assert replace_subscription(session, world.customer_id, None, SUBSCRIPTION, secret=SECRET, ends_at=ends_at)

    await database.write(begin)
    metrics = Metrics()
    desk = NoticeDesk(options.pop("over", database), WorldClock(world), metrics, **options)
    app = web.Application()
    app.router.add_post(NOTIFICATIONS, desk.receive)
    app.router.add_post(LIFECYCLE, desk.receive)
    async with TestClient(TestServer(app)) as client:
        yield Desk(world, desk, client, metrics)
