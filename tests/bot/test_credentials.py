"""Warnings before the bot's own secret ends: 30, 7 and 1 days, once each, to the managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.credentials import CredentialWatch, credential_view
from bot.metrics import Metrics
from bot.settings import Settings
from contract.people import Role
from storage import outbox, people
from storage.database import Database
from storage.errors import NotFound
from tests.bot.people import NOW, PROVIDER_TENANT, World, make_world
from tests.receipt_keys import TEST_KEY

LAST_DAY = date(2026, 12, 31)


@dataclass
class Moved:
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        """The instant it is set to."""
        return self.at


def watch(world: World, clock: Moved, metrics: Metrics, **changed: Any) -> CredentialWatch:
    """A watch that knows the end from the settings."""
    given: dict[str, Any] = {
        "app_id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "app_tenant_id": PROVIDER_TENANT,
        "app_secret": "s3cret",
        "public_url": "https://support.example.com",
        "link_signing_key": "k" * 32,
        "receipt_key": TEST_KEY,
        "secret_expires_on": LAST_DAY,
    }
    return CredentialWatch(world.database, Settings(**(given | changed)), clock, metrics)


async def test_each_threshold_is_said_once(database: Database) -> None:
    """Looked at twice a day from 40 days before the end on, every manager hears three warnings; old rows may go."""
    world = await make_world(database)
    clock, metrics = Moved(NOW), Metrics()
    looking = watch(world, clock, metrics)
    said = []
    for half_days in range(90):
        clock.at = NOW + timedelta(hours=12 * half_days)
        before = len(await world.waiting())
        await looking.look()
        await database.write(lambda session: outbox.purge(session, clock.at - timedelta(days=14)))
        if len(await world.waiting()) > before:
            said.append((LAST_DAY - clock.at.date()).days)
    assert said == [30, 7, 1]
    assert {row["person"] for row in await world.waiting()} == {world.mia.id}
    assert b"fourstar_credential_days_left -" in metrics.render()


async def test_what_was_said_is_remembered_after_the_purge(database: Database) -> None:
    """A delivered warning is not forgotten with the other rows: a fortnight later it is not said again."""
    world = await make_world(database)
    clock = Moved(NOW + timedelta(days=12))
    looking = watch(world, clock, Metrics())
    await looking.look()
    (row,) = await world.waiting()
    assert row["view"] == "credential"
    await database.write(lambda session: _deliver(session, clock.at))
    clock.at += timedelta(days=16)
    await database.write(lambda session: outbox.purge(session, clock.at))
    await looking.look()
    assert await world.waiting() == []


def _deliver(session: Any, now: datetime) -> None:
    from sqlalchemy import update

    from storage.outbox_states import State
    from storage.outbox_tables import outbox as rows

    session.execute(update(rows).values(state=State.DONE, done_at=now))


async def test_a_new_secret_begins_anew(database: Database) -> None:
    """After a renewal the next end has warnings of its own; without an end nothing is said."""
    world = await make_world(database)
    clock = Moved(NOW + timedelta(days=38))
    await watch(world, clock, Metrics()).look()
    await watch(world, clock, Metrics(), secret_expires_on=LAST_DAY + timedelta(days=1)).look()
    await watch(world, clock, Metrics(), secret_expires_on=None).look()
    await watch(world, clock, Metrics(), app_secret=None, managed_identity=True).look()
    assert len(await world.waiting()) == 2


async def test_only_a_manager_reads_it(database: Database) -> None:
    """The warning shows the days that are left when it goes out; an engineer or a contact sees nothing of it."""
    world = await make_world(database)
    args = {"ends_at": (NOW + timedelta(days=7, hours=1)).isoformat()}
    standings = await database.read(
        lambda session: people.load_standings(session, [world.mia.id, world.eva.id, world.anna.id])
    )
    policy = world.router.policy
    card = await database.read(
        lambda session: credential_view(session, standings[world.mia.id], args, world.now, policy)
    )
    assert "verloopt over 7 dagen" in card.fallback_text
    for who in (world.eva, world.anna):
        assert standings[who.id].role is not Role.MANAGER
        with pytest.raises(NotFound):
            await database.read(partial(credential_view, reader=standings[who.id], args=args, now=NOW, policy=policy))
