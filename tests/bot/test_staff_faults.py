"""Whatever goes wrong with Graph: nobody leaves the staff, no subscription is lost, nobody waits for an answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.staff_groups import READ_STAFF_GROUPS
from bot.subscriptions import KEEP_SUBSCRIPTION, LIVES, LOOKED_AFTER_EVERY, keep_due
from contract.people import Role
from demo.graph.subscriptions import subscriptions
from storage.database import Database
from storage.people import staff_ids
from storage.subscriptions import Subscribed, load_subscribed
from tests.bot.graph_office import open_graph_office
from tests.bot.test_staff_groups import ENGINEERS, MANAGERS, look, open_provider

FAULTS: dict[str, dict[str, Any]] = {
    "401": {"status": 401, "code": "InvalidAuthenticationToken"},
    "403": {"status": 403, "code": "Authorization_RequestDenied"},
    "404": {"status": 404, "code": "Request_ResourceNotFound"},
    "410": {"status": 410, "code": "Gone"},
    "429": {"status": 429, "code": "TooManyRequests", "retry_after_s": 400},
    "500": {"status": 500},
    "503": {"status": 503, "retry_after_s": 400},
    "dropped": {"drop": "before"},
    "malformed": {"malformed": True},
    "truncated": {"truncated": True},
}


async def test_no_fault_takes_anybody_from_the_staff(sqlite: Database, tmp_path: Path) -> None:
    """With every look failing for hours the staff is what the last good one said; only two good ones empty it."""
    async with open_provider(sqlite, tmp_path) as office:
        await look(office)
        before = await sqlite.read(staff_ids)
        office.home.groups[ENGINEERS].members.clear()
        office.home.groups[MANAGERS].members.clear()
        for name, fault in FAULTS.items():
            office.graph.faults.add("*/groups/*", times=99, **fault)
            await look(office)
            await look(office)
            assert await sqlite.read(staff_ids) == before, name
            rows = [row for row in await office.world.waiting() if row["kind"] == READ_STAFF_GROUPS]
            assert rows == [], name
            office.graph.faults.clear()
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.ENGINEER
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.STRANGER


async def test_no_fault_loses_a_subscription(sqlite: Database, tmp_path: Path) -> None:
    """A renewal that fails leaves the old subscription in force and is tried again an hour later."""
    async with open_graph_office(sqlite, tmp_path) as office:

        async def keep() -> Subscribed:
            office.world.now += LOOKED_AFTER_EVERY
            await office.do(keep_due, slot=office.world.now, now=office.world.now)
            await office.ask()
            found = await sqlite.read(lambda session: load_subscribed(session, office.world.customer_id))
            assert found is not None
            return found

        await office.watch()
        first = await keep()
        office.world.now += timedelta(days=15)
        for name, fault in FAULTS.items():
            office.graph.faults.add("*/subscriptions*", times=99, **fault)
            failed = await keep()
            assert (failed.subscription_id, failed.secret) == (first.subscription_id, first.secret), name
            assert failed.error, name
            assert [row for row in await office.world.waiting() if row["kind"] == KEEP_SUBSCRIPTION] == [], name
            office.graph.faults.clear()
        after = await keep()
        assert (after.subscription_id, after.error) == (first.subscription_id, None)
        assert after.ends_at == office.world.now + LIVES
        assert list(subscriptions(office.customer)) == [after.subscription_id]
