"""Somebody leaves the customer: from the disabled account to the closed door by way of Graph's notification (D32)."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from bot.graph_notices import SETTLES
from bot.subscriptions import keep_due
from bot.watches import look_at_due
from cards.clicks.tickets import ShowTickets
from demo.graph.subscriptions import subscriptions
from storage.contacts import load_contacts
from storage.database import Database
from tests.bot.graph_office import GraphOffice, open_graph_office
from tests.bot.people import text_of

WITHIN_S = 60


async def subscribed(office: GraphOffice) -> None:
    """Watched, and subscribed to."""
    await office.watch()
    await office.do(keep_due, slot=office.world.now, now=office.world.now)
    await office.ask()
    assert len(subscriptions(office.customer)) == 1


async def names(office: GraphOffice) -> list[str]:
    """Who the contacts are."""
    found = await office.world.database.read(lambda session: load_contacts(session, office.world.customer_id))
    return [contact.person.name for contact in found]


async def test_a_leaver_is_locked_out_within_a_minute(database: Database, tmp_path: Path) -> None:
    """Subscribed, disabled, notified, looked, locked out: within a minute, with the real SDKs over HTTPS.

    Measured as the world's time that has to pass plus the seconds that all of it takes on this machine.
    """
    async with open_graph_office(database, tmp_path) as office:
        await subscribed(office)
        assert "Tickets" in text_of(await office.world.click(office.world.anna, ShowTickets()))
        began_at, began_s = office.world.now, time.monotonic()
        office.customer.users[office.world.anna.object_id].account_enabled = False
        await office.graph.notifier.flush()
        assert [one.attempts for one in office.graph.notifier.deliveries] == [[202]]
        await office.pass_time(SETTLES)
        took_s = (office.world.now - began_at).total_seconds() + time.monotonic() - began_s
        assert await names(office) == ["Bram Bakker"]
        refusal = text_of(await office.world.click(office.world.anna, ShowTickets()))
        assert "Bram Bakker" in refusal
        assert took_s < WITHIN_S


async def test_a_lie_locks_nobody_out(sqlite: Database, tmp_path: Path) -> None:
    """A notification that says an account is disabled has it looked at, and nothing but what Graph says counts."""
    async with open_graph_office(sqlite, tmp_path) as office:
        await subscribed(office)
        (one,) = subscriptions(office.customer).values()
        item = {
            "subscriptionId": one.id,
            "clientState": one.client_state,
            "tenantId": office.customer.id,
            "changeType": "deleted",
            "resourceData": {"id": office.world.anna.object_id, "accountEnabled": False, "@removed": "deleted"},
        }
        office.graph.notifier.post(one.url, {"value": [item]})
        await office.graph.notifier.flush()
        asked = len(office.graph.calls)
        await office.pass_time(SETTLES)
        assert len(office.graph.calls) > asked
        assert await names(office) == ["Anna de Vries", "Bram Bakker"]


async def test_without_notifications_the_usual_look_finds_it(sqlite: Database, tmp_path: Path) -> None:
    """Where nothing is told the look every 15 minutes does the same."""
    async with open_graph_office(sqlite, tmp_path) as office:
        await office.watch()
        office.customer.delete_user(office.world.anna.object_id, office.world.now)
        office.world.now += timedelta(minutes=15)
        await office.do(look_at_due, slot=office.world.now, now=office.world.now)
        await office.ask()
        assert await names(office) == ["Bram Bakker"]
