"""Functions run in transactions: alone and together, undone, run again; the same on both engines."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from functools import partial
from typing import NoReturn

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import outbox
from storage.database import Database, SqliteDatabase, open_database
from storage.errors import Conflict, DatabaseAway, DatabaseClosed, DatabaseInUse, EndedByFunction, UnknownDatabase
from storage.outbox_tables import outbox as rows
from storage.outbox_tables import timer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def add(session: Session, key: str, number: int = 0) -> None:
    """Put a row in a table that serves as an example."""
    session.execute(insert(timer).values(key=key, due_at=NOW, kind="example", payload={}, attempts=number))


def keys(session: Session) -> list[str]:
    """The keys of all example rows."""
    return list(session.scalars(select(timer.c.key).order_by(timer.c.key)))


def put(session: Session, name: str = "person:1") -> None:
    """Enqueue something."""
    outbox.enqueue(session, mailbox=name, kind="post", payload={}, now=NOW)


async def test_a_write_is_there_for_the_next_read(database: Database) -> None:
    """What a function wrote is committed when `write` returns."""
    await database.write(lambda session: add(session, "a"))
    assert await database.read(keys) == ["a"]


async def test_functions_that_wait_together_fail_alone(database: Database) -> None:
    """A failing function undoes what it did and nothing of those committed together with it."""

    def write(session: Session, number: int) -> int:
        add(session, f"{number:02d}")
        if number % 3 == 0:
            raise ValueError(number)
        return number

    results = await asyncio.gather(
        *(database.write(partial(write, number=number)) for number in range(40)),
        return_exceptions=True,
    )
    assert [str(result) for result in results] == [str(number) for number in range(40)]
    assert [number for number, result in enumerate(results) if isinstance(result, ValueError)] == list(range(0, 40, 3))
    assert await database.read(keys) == [f"{number:02d}" for number in range(40) if number % 3]


async def test_waiting_functions_share_a_commit(sqlite: Database, caplog: pytest.LogCaptureFixture) -> None:
    """While one transaction is held up, up to 64 functions gather and are committed at once."""
    commits: list[int] = []
    assert isinstance(sqlite, SqliteDatabase)
    together = sqlite._writer._work

    def counting(group: list[object]) -> None:
        commits.append(len(group))
        together(group)  # type: ignore[arg-type]

    sqlite._writer._work = counting  # type: ignore[assignment]
    writes = [sqlite.write(partial(add, key=str(number))) for number in range(100)]
    await asyncio.gather(*writes)
    assert sum(commits) == 100
    assert max(commits) <= 64
    assert len(commits) < 20
    assert len(await sqlite.read(keys)) == 100


async def test_a_commit_that_fails_undoes_the_whole_group(sqlite: Database) -> None:
    """Nobody of a group is told that it was committed when the COMMIT failed, and the writer goes on."""

    def break_commit(session: Session) -> None:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(
            text("INSERT INTO contacts (customer_id, person_id, slot, appointed_at) VALUES (999, 999, 1, 0)")
        )

    results = await asyncio.gather(
        *(sqlite.write(partial(add, key=str(number))) for number in range(10)),
        sqlite.write(break_commit),
        *(sqlite.write(partial(add, key=str(number))) for number in range(10, 20)),
        return_exceptions=True,
    )
    assert isinstance(results[10], DatabaseAway)
    told = sorted(str(number) for number, result in enumerate(results[:10] + results[11:]) if result is None)
    assert await sqlite.read(keys) == told
    await sqlite.write(lambda session: add(session, "after"))


async def test_reading_before_writing_loses_nothing(database: Database) -> None:
    """480 read-then-write turns of 8 tasks on 5 hot rows: none fails, no update is lost."""
    for key in "abcde":
        await database.write(partial(add, key=key))

    def count_up(session: Session, key: str) -> None:
        number = session.scalar(select(timer.c.attempts).where(timer.c.key == key).with_for_update()) or 0
        session.execute(update(timer).where(timer.c.key == key).values(attempts=number + 1))

    async def task(first: int) -> None:
        for turn in range(60):
            await database.write(partial(count_up, key="abcde"[(first + turn) % 5]))

    await asyncio.gather(*(task(number) for number in range(8)))
    assert await database.read(lambda session: sum(session.scalars(select(timer.c.attempts)))) == 480


async def test_the_second_of_two_submits_finds_the_first(database: Database) -> None:
    """200 rounds of two submits of one form at the same instant: one row each, and both are told the same."""

    def submit(session: Session, form: str, who: str) -> str:
        known = session.scalar(select(timer.c.kind).where(timer.c.key == form))
        if known is None:
            session.execute(insert(timer).values(key=form, due_at=NOW, kind=who, payload={}))
        return known or who

    for number in range(200):
        told = await asyncio.gather(*(database.write(partial(submit, form=f"form {number}", who=who)) for who in "ab"))
        assert len(set(told)) == 1
    assert len(await database.read(keys)) == 200


async def test_a_constraint_that_stays_violated_is_named(database: Database) -> None:
    """A function that insists on a second row is told which constraint refused it, after it was run again."""
    await database.write(lambda session: add(session, "a"))
    runs = []

    def insist(session: Session) -> None:
        runs.append(1)
        add(session, "a")

    with pytest.raises(Conflict) as refused:
        await database.write(insist)
    assert refused.value.constraint in ("pk_timer", "timer.key")
    assert len(runs) == 3


async def test_a_savepoint_forgets_what_was_enqueued_in_it(database: Database) -> None:
    """Rolling a savepoint back undoes its rows and its enqueued messages, also of savepoints inside it."""

    def write(session: Session) -> None:
        put(session, "kept")
        add(session, "kept")
        part = session.begin_nested()
        put(session, "undone")
        add(session, "undone")
        with session.begin_nested():
            put(session, "undone inside")
        part.rollback()
        with session.begin_nested():
            put(session, "kept too")

    await database.write(write)
    assert await database.read(keys) == ["kept"]
    assert await database.read(lambda session: sorted(session.scalars(select(rows.c.mailbox)))) == ["kept", "kept too"]


@pytest.mark.parametrize("act", ["commit", "rollback"])
async def test_only_the_database_ends_a_transaction(database: Database, act: str) -> None:
    """A function that commits or rolls back is stopped, and nothing of it is kept."""

    def end(session: Session) -> None:
        add(session, "a")
        getattr(session, act)()

    with pytest.raises(EndedByFunction):
        await database.write(end)
    assert await database.read(keys) == []


async def test_a_read_cannot_write(database: Database) -> None:
    """The engine itself refuses to write in a read."""
    with pytest.raises(DBAPIError):
        await database.read(lambda session: add(session, "a"))
    assert await database.read(keys) == []


async def test_a_read_is_one_snapshot(database: Database) -> None:
    """Both questions of one read get the same answer, whatever is committed between them."""
    loop = asyncio.get_running_loop()
    written = asyncio.Event()

    async def write() -> None:
        await database.write(lambda session: add(session, "between"))
        written.set()

    def ask_twice(session: Session) -> tuple[list[str], list[str]]:
        first = keys(session)
        if database.has_one_process:
            asyncio.run_coroutine_threadsafe(write(), loop).result(30)
        else:
            from greenlet import getcurrent
            from sqlalchemy.util import await_only

            assert getcurrent()
            await_only(write())
        return first, keys(session)

    first, second = await database.read(ask_twice)
    assert written.is_set()
    assert first == second == []
    assert await database.read(keys) == ["between"]


async def test_a_hint_follows_every_commit_that_enqueued(database: Database) -> None:
    """Who delivers is woken by a commit with messages, by nothing else, and no longer than wanted."""
    hints: list[None] = []
    stop = database.on_outbox(lambda: hints.append(None))
    await database.write(lambda session: add(session, "a"))

    def fail(session: Session) -> NoReturn:
        put(session)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(fail)
    assert hints == []
    await database.write(put)
    assert hints == [None]
    stop()
    await database.write(put)
    assert hints == [None]


async def test_a_slow_function_is_named_in_the_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """A function that holds its transaction for more than 50 ms holds up everybody: the log says which."""

    def dawdle(session: Session) -> None:
        add(session, "a")
        time.sleep(0.06)

    with caplog.at_level(logging.WARNING, "storage"):
        await database.write(dawdle)
    assert "dawdle held its transaction" in caplog.text


async def test_a_closed_database_says_so(database: Database) -> None:
    """What was handed in before close() is committed, what comes later is refused."""
    last = asyncio.ensure_future(database.write(lambda session: add(session, "last")))
    await asyncio.sleep(0)
    if database.has_one_process:
        await database.close()
        await last
    else:
        await last
        await database.close()
    with pytest.raises(DatabaseClosed):
        await database.read(keys)
    with pytest.raises(DatabaseClosed):
        await database.write(keys)


async def test_a_file_has_one_owner(sqlite: Database) -> None:
    """A second server on one file is refused; an administrator's command may write beside the first."""
    assert isinstance(sqlite, SqliteDatabase)
    with pytest.raises(DatabaseInUse) as refused:
        open_database(f"sqlite:///{sqlite.path}")
    assert refused.value.path == sqlite.path
    beside = open_database(f"sqlite:///{sqlite.path}", owner=False)
    await asyncio.gather(
        *(one.write(partial(add, key=f"{n}{one is beside}")) for n in range(20) for one in (sqlite, beside))
    )
    await beside.close()
    assert not beside.has_one_process
    assert len(await sqlite.read(keys)) == 40


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "postgresql://x/y"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    """Only a SQLite file and PostgreSQL through asyncpg are known."""
    with pytest.raises(UnknownDatabase):
        open_database(url)
