"""Timers and calendar slots are held by whoever runs them, and end with what they did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from storage import timers
from storage.database import Database
from storage.timers import Timer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def due(session: Session, now: datetime = NOW) -> list[Timer]:
    """What is due."""
    return timers.due(session, now, 10)


async def test_a_timer_is_due_at_its_instant(database: Database) -> None:
    """Timers come due in the order of their instants, not before."""
    await database.write(lambda session: timers.arm(session, "b", LATER, "example", {"n": 2}))
    await database.write(lambda session: timers.arm(session, "a", NOW, "example", {"n": 1}))
    assert [timer.key for timer in await database.write(due)] == ["a"]
    assert [timer.payload for timer in await database.write(lambda session: due(session, LATER))] == [
        {"n": 1},
        {"n": 2},
    ]
    assert await database.read(lambda session: timers.late(session, NOW)) == 1


async def test_arming_again_moves_a_timer(database: Database) -> None:
    """One key is one timer; the last word counts, also after failures."""
    await database.write(lambda session: timers.arm(session, "a", NOW, "example", {"n": 1}))
    await database.write(lambda session: timers.failed(session, due(session)[0], "ValueError", LATER))
    await database.write(lambda session: timers.arm(session, "a", LATER, "example", {"n": 2}))
    assert await database.write(due) == []
    assert await database.write(lambda session: due(session, LATER)) == [Timer("a", LATER, "example", {"n": 2}, 0)]
    assert await database.read(lambda session: timers.armed_until(session, "a")) == LATER


async def test_a_cancelled_timer_never_comes_due(database: Database) -> None:
    """Cancelling takes the timer away; cancelling nothing is no mistake."""
    await database.write(lambda session: timers.arm(session, "a", NOW, "example", {}))
    await database.write(lambda session: timers.cancel(session, "a"))
    await database.write(lambda session: timers.cancel(session, "a"))
    assert await database.write(due) == []
    assert await database.read(lambda session: timers.armed_until(session, "a")) is None


async def test_a_timer_armed_again_by_its_handler_stays(database: Database) -> None:
    """The end of a timer takes away the instant that was run, not the one its handler armed."""

    def run(session: Session) -> None:
        (timer,) = due(session)
        timers.arm(session, timer.key, LATER, timer.kind, timer.payload)
        timers.fired(session, timer)

    await database.write(lambda session: timers.arm(session, "a", NOW, "example", {}))
    await database.write(run)
    assert await database.read(lambda session: timers.armed_until(session, "a")) == LATER


async def test_a_timer_that_failed_too_often_is_kept(database: Database) -> None:
    """It never comes due by itself, is listed with what went wrong, and can be tried again."""
    await database.write(lambda session: timers.arm(session, "a", NOW, "example", {}))
    await database.write(lambda session: timers.failed(session, due(session)[0], "ValueError", None))
    assert await database.write(lambda session: due(session, LATER)) == []
    (dead,) = await database.read(timers.dead_timers)
    assert (dead.key, dead.attempts, dead.error) == ("a", 1, "ValueError")
    assert await database.write(lambda session: timers.revive(session, LATER)) == 1
    assert [timer.key for timer in await database.write(lambda session: due(session, LATER))] == ["a"]


async def test_calendar_work_is_planned_once(database: Database) -> None:
    """A second replica, or the next start, does not plan it anew; each slot leads to the next."""
    await database.write(lambda session: timers.plan(session, "month", NOW))
    await database.write(lambda session: timers.plan(session, "month", LATER))
    slot = await database.write(lambda session: timers.due_slot(session, "month", NOW))
    assert slot is not None
    assert slot.at == NOW
    await database.write(lambda session: timers.slot_done(session, slot, LATER))
    assert await database.write(lambda session: timers.due_slot(session, "month", NOW)) is None


async def test_a_slot_that_failed_comes_back(database: Database) -> None:
    """A failed slot waits, and then is the same slot."""
    await database.write(lambda session: timers.plan(session, "month", NOW))
    slot = await database.write(lambda session: timers.due_slot(session, "month", NOW))
    assert slot is not None
    await database.write(lambda session: timers.slot_failed(session, slot, "ValueError", LATER))
    assert await database.write(lambda session: timers.due_slot(session, "month", NOW)) is None
    again = await database.write(lambda session: timers.due_slot(session, "month", LATER))
    assert again is not None
    assert (again.at, again.attempts) == (NOW, 1)
