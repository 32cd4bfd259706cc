"""What PostgreSQL can do to a function that runs: a deadlock, a lost connection, a server that is away."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from storage.database import Database, open_database
from storage.errors import CommitInDoubt, DatabaseAway
from storage.outbox_tables import timer
from tests.storage.test_database import add, keys


async def test_a_deadlock_is_run_again(postgresql: Database) -> None:
    """Two functions that lock the same rows in opposite order both succeed."""
    for key in "ab":
        await postgresql.write(partial(add, key=key))

    def count_up(session: Session, order: str) -> None:
        for key in order:
            session.execute(update(timer).where(timer.c.key == key).values(attempts=timer.c.attempts + 1))
            session.execute(text("SELECT pg_sleep(0.05)"))

    await asyncio.gather(*(postgresql.write(partial(count_up, order=o)) for o in ("ab", "ba")))
    assert await postgresql.read(lambda session: list(session.scalars(select(timer.c.attempts)))) == [2, 2]


async def test_a_lost_connection_is_replaced(postgresql: Database) -> None:
    """A server that ended the connections meanwhile is not noticed by those who write or read next."""
    await asyncio.gather(*(postgresql.write(partial(add, key=str(n))) for n in range(8)))
    killed = select(text("count(pg_terminate_backend(pid))")).select_from(text("pg_stat_activity"))
    others = killed.where(text("pid <> pg_backend_pid() AND datname = current_database()"))
    await postgresql.read(lambda session: session.execute(others).all())
    await asyncio.gather(*(postgresql.write(partial(add, key=f"again {n}")) for n in range(8)))
    assert len(await postgresql.read(keys)) == 16


async def test_a_server_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    """No server at the address: the caller hears DatabaseAway and knows that nothing was done."""
    nowhere = open_database(f"postgresql+asyncpg://postgres@/nothing?host={tmp_path}")
    with pytest.raises(DatabaseAway):
        await nowhere.read(keys)
    await nowhere.close()


async def test_a_commit_whose_answer_is_lost_is_in_doubt(postgresql: Database) -> None:
    """A connection that ends during the COMMIT is not tried again: it may have been done."""

    def prepare(session: Session) -> None:
        session.execute(
            text(
                "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(9); RETURN NULL; END'"
            )
        )
        session.execute(
            text(
                "CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON timer DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION hang_up()"
            )
        )

    def clean_up(session: Session) -> None:
        session.execute(text("DROP FUNCTION hang_up() CASCADE"))

    runs: list[int] = []

    def write(session: Session) -> None:
        runs.append(1)
        add(session, "a")

    await postgresql.write(prepare)
    with pytest.raises(CommitInDoubt):
        await postgresql.write(write)
    await postgresql.write(clean_up)
    assert runs == [1]


async def test_a_cancelled_caller_leaves_no_connection_behind(postgresql: Database) -> None:
    """However many callers are cancelled in the middle, there are connections for those who come after them."""

    def dawdle(session: Session) -> None:
        session.execute(text("SELECT pg_sleep(5)"))

    for _ in range(3):
        waiting = [asyncio.create_task(postgresql.write(dawdle)) for _ in range(8)]
        await asyncio.wait(waiting, timeout=0.05)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.gather(*(postgresql.write(partial(add, key=str(n))) for n in range(16)))
    assert len(await postgresql.read(keys)) == 16
