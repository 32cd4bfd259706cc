"""A ledger is read once and followed on from there, and what is remembered is never of another ledger (R25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete

from bot import ledger
from bot.access import load_access
from contract.consents import AccessSpan, Finding, GrantState, Mechanism, NoFinding, Proof
from storage.access_tables import consent_ledger
from storage.database import Database
from tests.bot.counted import statements
from tests.bot.people import POLICY, World, make_world

HOUR = timedelta(hours=1)
GONE = Finding(state=GrantState.REVOKED)


def _there(since: datetime) -> Finding:
    return Finding(state=GrantState.ACTIVE, valid_from=since, proof=Proof.RELATIONSHIP)


def _spans(session: Any, world: World, customer_id: int | None = None) -> list[AccessSpan]:
    """What a relationship covers."""
    access = load_access(session, customer_id or world.customer_id, POLICY)
    return [span for span in access.spans if span.mechanism is Mechanism.GDAP]


def _see(session: Any, world: World, finding: Finding | NoFinding, *, customer_id: int | None = None) -> None:
    world.now += HOUR
    whose = customer_id or world.customer_id
    ledger.observe(session, POLICY, whose, Mechanism.GDAP, "r-1", finding, world.now)


async def test_a_card_reads_only_what_is_new(database: Database) -> None:
    """However often a source came and went, its entries are read once; after that only those that came since."""
    world = await make_world(database)
    begun = world.now
    for finding in (_there(begun), NoFinding("503"), _there(begun), GONE, _there(begun + 4 * HOUR)):
        await database.write(partial(_see, world=world, finding=finding))
        await database.read(partial(_spans, world=world))
    with statements(database) as seen:
        before = await database.read(partial(_spans, world=world))
    assert [one for one in seen if "consent_ledger.body" in one] == []
    assert [(span.begins_at, span.ends_at) for span in before] == [
        (begun, begun + 3 * HOUR),
        (begun + 4 * HOUR, begun + 29 * HOUR),
    ]
    await database.write(partial(_see, world=world, finding=GONE))
    with statements(database) as seen:
        after = await database.read(partial(_spans, world=world))
    assert len([one for one in seen if "consent_ledger.body" in one and "sequence > " in one]) <= 2
    assert [(span.begins_at, span.ends_at) for span in after] == [
        (begun, begun + 3 * HOUR),
        (begun + 4 * HOUR, begun + 5 * HOUR),
    ]


async def test_what_was_undone_is_not_remembered(database: Database) -> None:
    """What a transaction saw of its own and then took back covers and ends nothing afterwards."""
    world = await make_world(database)
    await database.write(partial(_see, world=world, finding=_there(world.now)))
    kept = await database.read(partial(_spans, world=world))

    def undone(session: Any) -> None:
        _see(session, world, GONE)
        assert _spans(session, world) != kept
        raise KeyError

    with pytest.raises(KeyError):
        await database.write(undone)
    assert await database.read(partial(_spans, world=world)) == kept
    await database.write(partial(_see, world=world, finding=NoFinding("503")))
    assert [span.is_carried for span in await database.read(partial(_spans, world=world))] == [False, True]


async def test_another_ledger_is_read_from_its_beginning(sqlite: Database) -> None:
    """Where the last entry that was followed is not there any more, as in a database that was put back."""
    world = await make_world(sqlite)
    for finding in (_there(world.now), GONE, _there(world.now + 3 * HOUR)):
        await sqlite.write(partial(_see, world=world, finding=finding))
    first, _second = await sqlite.read(partial(_spans, world=world))
    last = consent_ledger.c.sequence == 3
    await sqlite.write(lambda session: session.execute(delete(consent_ledger).where(last)))
    assert await sqlite.read(partial(_spans, world=world)) == [first]
    await sqlite.write(partial(_see, world=world, finding=NoFinding("503")))
    await sqlite.write(partial(_see, world=world, finding=GONE))
    assert await sqlite.read(partial(_spans, world=world)) == [first]


async def test_many_customers_are_told_apart(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only one of them is remembered at a time."""
    monkeypatch.setattr("bot.followed_ledgers.MOST", 1)
    world = await make_world(sqlite)
    for customer_id, finding in ((world.customer_id, _there(world.now)), (world.other_customer_id, GONE)):
        await sqlite.write(partial(_see, world=world, finding=finding, customer_id=customer_id))
    for _ in range(2):
        assert len(await sqlite.read(partial(_spans, world=world))) == 1
        assert await sqlite.read(partial(_spans, world=world, customer_id=world.other_customer_id)) == []
