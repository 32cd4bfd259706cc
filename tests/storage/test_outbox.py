"""What is enqueued is kept with the change it tells of, in order; what was given up can be seen and tried again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from storage import outbox
from storage.database import Database
from storage.outbox_states import State
from storage.outbox_tables import mailbox
from storage.outbox_tables import outbox as rows

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def put(session: Session, n: int, name: str = "person:1", **more: Any) -> None:
    """Enqueue one numbered row."""
    outbox.enqueue(
        session, mailbox=name, kind=more.pop("kind", "post"), payload={"n": n}, now=more.pop("now", NOW), **more
    )


def numbers(session: Session) -> list[int]:
    """The numbers of all rows, in the order of their ids."""
    return [payload["n"] for payload in session.scalars(select(rows.c.payload).order_by(rows.c.id))]


def run(session: Session, statement: Update) -> None:
    """Change rows by hand."""
    session.execute(statement)


def end(session: Session, state: State, *, at: datetime = NOW) -> None:
    """Let everything end that way."""
    session.execute(update(rows).values(state=state, done_at=at, error="refused 400", attempts=1))
    session.execute(update(mailbox).values(due_at=None))


async def due(database: Database, name: str = "person:1") -> datetime | None:
    """When there is something to do in a mailbox."""
    return await database.read(
        lambda session: session.scalar(select(mailbox.c.due_at).where(mailbox.c.mailbox == name))
    )


async def test_ids_follow_the_order_of_commits_in_a_mailbox(database: Database) -> None:
    """Transactions that touch the same mailboxes in any order never deadlock, and each mailbox keeps their order."""

    def write(session: Session, n: int) -> None:
        names = ["person:1", "person:2", "person:3"]
        for name in names if n % 2 else reversed(names):
            put(session, n, name)

    await asyncio.gather(*(database.write(partial(write, n=n)) for n in range(60)))
    found = await database.read(lambda s: s.execute(select(rows.c.mailbox, rows.c.payload).order_by(rows.c.id)).all())
    orders = {
        name: [payload["n"] for one, payload in found if one == name] for name in ("person:1", "person:2", "person:3")
    }
    assert sorted(orders["person:1"]) == list(range(60))
    assert orders["person:1"] == orders["person:2"] == orders["person:3"]
    assert await database.read(lambda session: set(session.scalars(select(mailbox.c.seq)))) == {60}


async def test_a_key_enqueues_once(database: Database) -> None:
    """The same key again enqueues nothing, in the same transaction or a later one, and harms nothing else."""

    def write(session: Session) -> None:
        put(session, 1, key="a")
        put(session, 2, key="a")
        put(session, 3)

    await database.write(write)
    await database.write(write)
    assert await database.read(numbers) == [1, 3, 3]


async def test_a_mailbox_is_due_when_its_first_row_is(database: Database) -> None:
    """A row that may wait makes the mailbox due later, one that may not makes it due now."""
    await database.write(lambda session: put(session, 1, due_at=NOW + timedelta(seconds=9)))
    assert await due(database) == NOW + timedelta(seconds=9)
    await database.write(lambda session: put(session, 2, due_at=NOW + timedelta(seconds=5), kind="other"))
    assert await due(database) == NOW + timedelta(seconds=5)
    await database.write(lambda session: put(session, 3))
    assert await due(database) == NOW
    await database.write(lambda session: put(session, 4, due_at=NOW + timedelta(seconds=7)))
    assert await due(database) == NOW


async def test_a_back_off_is_not_cut_short(database: Database) -> None:
    """While a mailbox has to wait, new rows wait with it."""
    until = NOW + timedelta(seconds=60)
    await database.write(lambda session: put(session, 1))
    await database.write(partial(run, statement=update(mailbox).values(due_at=until, blocked_until=until)))
    await database.write(lambda session: put(session, 2))
    assert await due(database) == until


async def test_dead_letters_are_listed_and_tried_again(database: Database) -> None:
    """An administrator sees what was given up, page by page, and sends one or all again as if they were new."""
    for n in range(5):
        await database.write(partial(put, n=n, name=f"person:{n}", tenant="t"))
    await database.write(lambda session: end(session, State.DEAD))
    first = await database.read(lambda session: outbox.dead_letters(session, limit=3))
    rest = await database.read(lambda session: outbox.dead_letters(session, limit=3, after=first[-1].id))
    assert [letter.mailbox for letter in first + rest] == [f"person:{n}" for n in range(5)]
    assert (first[0].kind, first[0].tenant, first[0].error) == ("post", "t", "refused 400")
    later = NOW + timedelta(hours=1)
    assert await database.write(lambda session: outbox.retry(session, later, [first[0].id])) == 1
    assert await due(database, "person:0") == later
    assert await due(database, "person:1") is None
    assert await database.write(lambda session: outbox.retry(session, later)) == 4
    assert await database.write(lambda session: outbox.retry(session, later)) == 0
    assert await database.read(outbox.dead_letters) == ()


async def test_what_could_not_reach_a_person_comes_back(database: Database) -> None:
    """When a person is heard again, what could not reach them is sent; what Teams refused is not."""
    await database.write(lambda session: put(session, 1))
    await database.write(lambda session: put(session, 2, "person:2"))
    await database.write(lambda session: end(session, State.UNREACHABLE))
    assert await database.write(lambda session: outbox.revive(session, "person:1", NOW)) == 1
    assert await due(database) == NOW
    assert await due(database, "person:2") is None
    await database.write(lambda session: end(session, State.DEAD))
    assert await database.write(lambda session: outbox.revive(session, "person:1", NOW)) == 0


async def test_what_ended_long_ago_is_forgotten(database: Database) -> None:
    """Rows that ended are purged a batch at a time; those that wait and dead letters stay."""
    waiting = update(rows).where(rows.c.state == State.WAITING)
    for state in (State.DONE, State.SUPERSEDED, State.DROPPED):
        for n in range(2):
            await database.write(partial(put, n=n))
        await database.write(partial(run, statement=waiting.values(state=state, done_at=NOW)))
    for state in (State.DEAD, State.UNREACHABLE):
        await database.write(lambda session: put(session, 9))
        await database.write(partial(run, statement=waiting.values(state=state, done_at=NOW)))
    await database.write(lambda session: put(session, 7))
    assert await database.write(lambda session: outbox.purge(session, NOW)) == 0
    later = NOW + timedelta(days=7)
    assert await database.write(lambda session: outbox.purge(session, later, limit=4)) == 4
    assert await database.write(lambda session: outbox.purge(session, later)) == 2
    assert await database.read(numbers) == [9, 9, 7]


async def test_gauges_tell_how_background_work_stands(database: Database) -> None:
    """Metrics see what waits, what is dead, which mailboxes wait, and for how long the oldest has been due."""
    assert await database.read(lambda session: outbox.gauges(session, NOW)) == outbox.Gauges(0, 0, 0, 0.0)
    await database.write(lambda session: put(session, 1, "person:2"))
    await database.write(lambda session: end(session, State.DEAD))
    await database.write(lambda session: put(session, 2))
    await database.write(lambda session: put(session, 3, due_at=NOW + timedelta(hours=1)))
    blocked = update(mailbox).where(mailbox.c.mailbox == "person:1").values(blocked_until=NOW + timedelta(hours=1))
    await database.write(partial(run, statement=blocked))
    later = NOW + timedelta(seconds=30)
    assert await database.read(lambda session: outbox.gauges(session, later)) == outbox.Gauges(2, 1, 1, 30.0)
    await database.write(lambda session: put(session, 4, "graph:tenant"))
    later = NOW + timedelta(days=1)
    found = await database.read(lambda session: outbox.gauges(session, later))
    assert (found.oldest_s, found.graph_oldest_s) == (86400.0, 86400.0)
    await database.write(lambda session: session.execute(delete(rows).where(rows.c.mailbox == "person:1")))
    found = await database.read(lambda session: outbox.gauges(session, later))
    assert (found.oldest_s, found.graph_oldest_s) == (0.0, 86400.0), "a tenant that is away keeps nobody waiting"
