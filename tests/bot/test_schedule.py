"""Timers and calendar work happen once, with everything that follows from them, and failures keep nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.schedule import Handler, Recurring, Schedule
from storage import outbox, timers
from storage.database import Database, open_database
from storage.errors import DatabaseAway
from storage.outbox_tables import outbox as rows
from tests.bot.deliveries import START, SetClock

HOUR = timedelta(hours=1)


def say(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A handler: enqueue its number."""
    outbox.enqueue(session, mailbox="person:1", kind="post", payload={"n": payload["n"]}, now=now)


def fail(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A handler that does something and then fails."""
    say(session, payload, now)
    raise KeyError("mistake")


def schedule(database: Database, clock: SetClock, *recurring: Recurring, **handlers: Handler) -> Schedule:
    """A schedule that is not started."""
    return Schedule(database, {"say": say, "fail": fail, **handlers}, recurring, clock)


async def arm(database: Database, key: str, n: int, kind: str = "say", due_at: datetime = START) -> None:
    """Arm a timer and commit."""
    await database.write(partial(timers.arm, key=key, due_at=due_at, kind=kind, payload={"n": n}))


async def said(database: Database) -> list[int]:
    """What the timers enqueued, in order."""
    found = await database.read(lambda session: list(session.scalars(select(rows.c.payload).order_by(rows.c.id))))
    return [payload["n"] for payload in found]


async def test_timers_happen_when_due_and_once(database: Database) -> None:
    """Each timer happens at its instant, in order, and is gone; what is cancelled or not due does not happen."""
    clock = SetClock()
    running = schedule(database, clock)
    for n in range(25):
        await arm(database, f"key {n}", n, due_at=START + timedelta(seconds=n))
    await arm(database, "later", 100, due_at=START + HOUR)
    await database.write(lambda session: timers.cancel(session, "key 3"))
    clock.move(24)
    assert await running.run_due() == 24
    assert await running.run_due() == 0
    assert await said(database) == [n for n in range(25) if n != 3]


async def test_a_failing_timer_undoes_its_own_work_only(database: Database) -> None:
    """A handler that fails leaves nothing behind, keeps no other waiting, comes back later, and is kept at last."""
    clock = SetClock()
    running = schedule(database, clock)
    await arm(database, "bad", 1, "fail")
    await arm(database, "good", 2)
    await running.run_due()
    assert await said(database) == [2]
    assert await running.run_due() == 0
    for _ in range(8):
        clock.move(400)
        await running.run_due()
    assert await said(database) == [2]
    (dead,) = await database.read(timers.dead_timers)
    assert (dead.key, dead.attempts, dead.error) == ("bad", 8, "KeyError")


async def test_a_handler_may_arm_its_timer_again(database: Database) -> None:
    """A reminder that repeats arms itself for the next time."""

    def repeat(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        say(session, payload, now)
        timers.arm(session, "again", now + HOUR, "repeat", {"n": payload["n"] + 1})

    clock = SetClock()
    running = schedule(database, clock, repeat=repeat)
    await arm(database, "again", 1, "repeat")
    for _ in range(3):
        assert await running.run_due() == 1
        clock.move(3600)
    assert await said(database) == [1, 2, 3]


async def test_a_kind_nobody_here_knows_waits(database: Database) -> None:
    """A timer that only newer replicas know is kept for them."""
    clock = SetClock()
    await arm(database, "new", 1, "of tomorrow")
    older = schedule(database, clock)
    for _ in range(10):
        await older.run_due()
        clock.move(400)
    assert await database.read(timers.dead_timers) == ()
    newer = schedule(database, clock, **{"of tomorrow": say})
    await newer.run_due()
    assert await said(database) == [1]


async def test_every_slot_of_the_calendar_happens_once(database: Database) -> None:
    """After a night without power every missed slot happens, oldest first; a second schedule finds nothing to do."""
    slots: list[datetime] = []

    def run(session: Session, slot: datetime, now: datetime) -> None:
        slots.append(slot)
        say(session, {"n": len(slots)}, now)

    clock = SetClock()
    hourly = Recurring("hourly", lambda after: after + HOUR, run)
    running, other = schedule(database, clock, hourly), schedule(database, clock, hourly)
    await running.start()
    await other.start()
    await running.stop()
    await other.stop()
    clock.move(5 * 3600)
    await asyncio.gather(running.run_due(), other.run_due())
    assert slots == [START + HOUR * number for number in range(1, 6)]
    assert await said(database) == [1, 2, 3, 4, 5]


async def test_of_missed_cleaning_up_once_is_enough(database: Database) -> None:
    """Where one slot stands for all that were missed, the next one comes after now."""
    slots: list[datetime] = []

    def run(session: Session, slot: datetime, now: datetime) -> None:
        slots.append(slot)

    clock = SetClock()
    cleaning = schedule(database, clock, Recurring("clean", lambda at: at + HOUR, run, makes_up=False))
    await cleaning.start()
    await cleaning.stop()
    clock.at = START + 5 * HOUR + HOUR / 2
    assert await cleaning.run_due() == 1
    assert slots == [START + HOUR]
    clock.at = START + 6 * HOUR + HOUR / 2
    assert await cleaning.run_due() == 1
    assert slots == [START + HOUR, START + 6 * HOUR + HOUR / 2]


async def test_a_slot_that_fails_comes_back(database: Database) -> None:
    """A slot that fails undoes its work, is tried again later, and no slot is skipped."""
    slots: list[datetime] = []

    def run(session: Session, slot: datetime, now: datetime) -> None:
        slots.append(slot)
        say(session, {"n": len(slots)}, now)
        if len(slots) == 1:
            raise KeyError("mistake")

    clock = SetClock()
    running = schedule(database, clock, Recurring("hourly", lambda after: after + HOUR, run))
    await running.start()
    await running.stop()
    clock.move(2 * 3600)
    await running.run_due()
    assert slots == [START + HOUR]
    clock.move(1)
    await running.run_due()
    assert slots == [START + HOUR, START + HOUR, START + 2 * HOUR]
    assert await said(database) == [2, 3]


async def test_any_number_of_replicas_fire_once(database_url: str) -> None:
    """Three schedules at once, some handlers failing at first: 300 timers happen 300 times."""
    failed: set[int] = set()

    def fail_first(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        say(session, payload, now)
        if payload["n"] % 20 == 0 and payload["n"] not in failed:
            failed.add(payload["n"])
            raise KeyError("mistake")

    clock = SetClock()
    databases = [open_database(database_url, owner=number == 0) for number in range(3)]
    for n in range(300):
        await arm(databases[0], str(n), n, "often")
    replicas = [schedule(database, clock, often=fail_first) for database in databases]
    await asyncio.gather(*(replica.run_due() for replica in replicas))
    clock.move(60)
    await asyncio.gather(*(replica.run_due() for replica in replicas))
    assert sorted(await said(databases[0])) == list(range(300))
    for database in databases:
        await database.close()


@pytest.mark.parametrize("error", [DatabaseAway("away"), RuntimeError("anything")])
async def test_the_schedule_outlives_every_error_of_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whatever the database runs into for a moment stops no timer."""
    write = database.write
    failures: list[int] = []
    happened = asyncio.Event()

    async def unreliable(fn: Any) -> Any:
        if "_fire" in repr(fn) and not failures:
            failures.append(1)
            raise error
        result = await write(fn)
        if "_fire" in repr(fn) and result:
            happened.set()
        return result

    await arm(database, "a", 1)
    monkeypatch.setattr(database, "write", unreliable)
    running = Schedule(database, {"say": say}, (), SetClock(), poll_s=0.01)
    await running.start()
    await happened.wait()
    await running.stop()
    assert failures == [1]
    assert await said(database) == [1]
