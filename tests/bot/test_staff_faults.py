"""Whatever goes wrong with Graph: nobody leaves the staff, no subscription is lost, nobody waits for an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.staff_groups import READ_STAFF_GROUPS
from bot.subscriptions import KEEP_SUBSCRIPTION, keep_due
from contract.people import Role
from demo.graph.subscriptions import subscriptions
from storage.database import Database
from storage.people import staff_ids
from storage.subscriptions import load_subscribed
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


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_takes_anybody_from_the_staff(sqlite: Database, tmp_path: Path, fault: str) -> None:
    """With every look failing for hours the staff is what the last good one said, and the next good one counts."""
    async with open_provider(sqlite, tmp_path) as office:
        await look(office)
        before = await sqlite.read(staff_ids)
        office.home.groups[ENGINEERS].members.clear()
        office.home.groups[MANAGERS].members.clear()
        office.graph.faults.add("*/groups/*", times=99, **FAULTS[fault])
        for _ in range(5):
            await look(office)
        assert await sqlite.read(staff_ids) == before
        assert [row for row in await office.world.waiting() if row["kind"] == READ_STAFF_GROUPS] == []
        office.graph.faults.clear()
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.ENGINEER
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.STRANGER


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_loses_a_subscription(sqlite: Database, tmp_path: Path, fault: str) -> None:
    """A renewal that fails leaves the old subscription in force and is tried again; in the end there is one."""
    async with open_graph_office(sqlite, tmp_path) as office:
        await office.watch()
        await office.do(keep_due, slot=office.world.now, now=office.world.now)
        await office.ask()
        customer = office.world.customer_id
        before = await sqlite.read(lambda session: load_subscribed(session, customer))
        assert before is not None
        assert before.ends_at is not None
        office.world.now = before.ends_at.replace(day=before.ends_at.day - 3)
        office.graph.faults.add("*/subscriptions*", times=99, **FAULTS[fault])
        await office.do(keep_due, slot=office.world.now, now=office.world.now)
        await office.ask()
        failed = await sqlite.read(lambda session: load_subscribed(session, customer))
        assert failed is not None
        assert (failed.subscription_id, failed.secret) == (before.subscription_id, before.secret)
        assert failed.error
        assert [row for row in await office.world.waiting() if row["kind"] == KEEP_SUBSCRIPTION] == []
        office.graph.faults.clear()
        office.world.now = before.ends_at.replace(day=before.ends_at.day - 2)
        await office.do(keep_due, slot=office.world.now, now=office.world.now)
        await office.ask()
        after = await sqlite.read(lambda session: load_subscribed(session, customer))
        assert after is not None
        assert after.ends_at is not None
        assert after.ends_at > before.ends_at
        assert list(subscriptions(office.customer)) == [after.subscription_id]
