"""The database, and the only place that commits.

What is read or written is an ordinary function of a session, `fn(session) -> T`, handed to `read` or `write`:

    ticket = await database.write(lambda session: open_ticket(session, form, now))

A function does no I/O of its own and keeps nothing outside its transaction, because it may be run again: after a
serialisation failure or a deadlock, after a lost connection, and after a unique constraint was violated (of two submits
of one form at the same instant the slower one finds the row of the faster one the second time).

- `sqlite:///path`: one writer thread takes up to 64 waiting functions, each in its own savepoint, and commits them
  together; full durability then costs one flush of the disk for all of them. Two more threads read.
- `postgresql+asyncpg://...`: a pool of connections, READ COMMITTED to write, one snapshot per `read`.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import Session

from storage import migrations
from storage.attempts import Job, Turn, run, run_again, take
from storage.engines import OwnedFile, postgresql_engine, sqlite_engine
from storage.errors import CommitInDoubt, DatabaseAway, DatabaseClosed, UnknownDatabase
from storage.groups import GroupThread

T = TypeVar("T")
R = TypeVar("R")

GROUP = 64
READERS = 2


class Database(ABC):
    """Runs functions in transactions. Made by `open_database`; belongs to the event loop that uses it."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._closed = False
        self._hints: list[Callable[[], None]] = []

    @property
    @abstractmethod
    def has_one_process(self) -> bool:
        """Whether this process is the only one that works on the database."""

    @abstractmethod
    async def write(self, fn: Job[T]) -> T:
        """Run `fn` in a transaction and commit it; what it raises undoes it and is raised here.

        A caller that is cancelled meanwhile cannot know whether it was committed.
        Raises Conflict, DatabaseAway, CommitInDoubt.
        """

    @abstractmethod
    async def read(self, fn: Job[T]) -> T:
        """Run `fn` on one consistent snapshot; it cannot write."""

    @abstractmethod
    async def upgrade(self) -> None:
        """Bring the tables to the newest version. Safe for several replicas that start at once."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was begun and let go of every connection."""

    def on_outbox(self, hint: Callable[[], None]) -> Callable[[], None]:
        """Have `hint` called after every commit that enqueued something; returns how to stop that."""
        self._hints.append(hint)
        return lambda: self._hints.remove(hint)

    def _hint(self) -> None:
        for hint in tuple(self._hints):
            hint()

    def _check_open(self) -> None:
        if self._closed:
            raise DatabaseClosed


def open_database(url: str, *, owner: bool = True) -> Database:
    """The database at this address, not yet connected.

    A SQLite file has one owner, the process that serves; an administrator's command that runs beside it opens the
    file with `owner=False`. Raises UnknownDatabase, DatabaseInUse.
    """
    parsed = make_url(url)
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database not in (None, "", ":memory:"):
        return SqliteDatabase(parsed, owner=owner)
    if parsed.drivername == "postgresql+asyncpg":
        return PostgresqlDatabase(parsed)
    raise UnknownDatabase(parsed.drivername)


# --- SQLite -----------------------------------------------------------------------------------------------------------


class SqliteDatabase(Database):
    """One file, one writer thread, two readers."""

    def __init__(self, url: URL, *, owner: bool) -> None:
        super().__init__(url)
        self.path = Path(str(url.database)).absolute()
        self._owned = OwnedFile(self.path) if owner else None
        self._engine = sqlite_engine(self.path, may_write=True)
        self._writer = GroupThread[Turn]("sqlite-writer", GROUP, self._commit_together, self._engine.dispose)
        self._snapshots = sqlite_engine(self.path, may_write=False, connections=READERS)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")

    @property
    def has_one_process(self) -> bool:
        """Whether this process owns the file."""
        return self._owned is not None

    async def write(self, fn: Job[T]) -> T:
        """Have the writer run `fn` with whatever else waits, and commit them together."""
        self._check_open()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.put(Turn(fn, future))
        return await future

    async def read(self, fn: Job[T]) -> T:
        """Run `fn` on a snapshot, in one of the reading threads."""
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, fn)

    def _read(self, fn: Job[T]) -> T:
        with self._snapshots.connect() as connection, connection.begin():
            return run(fn, connection, may_enqueue=False)[0]

    async def upgrade(self) -> None:
        """Migrate the file."""
        self._check_open()
        await asyncio.to_thread(self._upgrade)

    def _upgrade(self) -> None:
        # Changing a table on SQLite is making it anew; references to it are checked once at the end.
        engine = sqlite_engine(self.path, may_write=True, checks_references=False)
        with engine.begin() as connection:
            migrations.upgrade(connection)
        engine.dispose()

    async def close(self) -> None:
        """Commit what was handed in, end the threads, free the file."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._writer.finish)
            await asyncio.to_thread(self._readers.shutdown)
            self._snapshots.dispose()
            if self._owned is not None:
                self._owned.free()

    def _commit_together(self, group: list[Turn]) -> None:
        """In the writer thread: run everything that waits, commit once, tell everyone."""
        wanted = [turn for turn in group if not turn.future.cancelled()]
        try:
            with self._engine.begin() as connection:
                for turn in wanted:
                    take(connection, turn)
        except Exception as error:  # noqa: BLE001 -- the file is locked, the disk is full: nothing of the group was done
            for turn in wanted:
                turn.error = turn.error or DatabaseAway(repr(error))
        # A loop that was closed meanwhile has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            if wanted:
                wanted[0].future.get_loop().call_soon_threadsafe(self._tell, wanted)

    def _tell(self, group: list[Turn]) -> None:
        for turn in group:
            if turn.future.done():
                continue
            if turn.error is not None:
                turn.future.set_exception(turn.error)
            else:
                turn.future.set_result(turn.result)
        if any(turn.enqueued and turn.error is None for turn in group):
            self._hint()


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


class PostgresqlDatabase(Database):
    """A server, shared by any number of replicas."""

    UPGRADE_LOCK = 0x464F5552  # any number, the same in every replica

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self._engine = postgresql_engine(url)
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def has_one_process(self) -> bool:
        """Never: any number of replicas may share the server."""
        return False

    async def write(self, fn: Job[T]) -> T:
        """Run `fn` in a transaction of its own."""
        result, enqueued = await self._transact(self._engine, self._commit, fn)
        if enqueued:
            self._hint()
        return result

    async def read(self, fn: Job[T]) -> T:
        """Run `fn` on a snapshot."""
        return await self._transact(self._snapshots, self._read, fn)

    async def upgrade(self) -> None:
        """Migrate, one replica after the other."""
        await self._transact(self._engine, self._commit, self._upgrade)

    async def close(self) -> None:
        """Close every connection of the pool."""
        self._closed = True
        await self._engine.dispose()

    async def _transact(self, engine: AsyncEngine, work: Callable[[Connection, Job[T]], R], fn: Job[T]) -> R:
        self._check_open()

        async def attempt() -> R:
            connection = await self._connect(engine)
            try:
                return await connection.run_sync(work, fn)
            finally:
                # Also where the caller is cancelled: the connection goes back to the pool, or is thrown away.
                await asyncio.shield(connection.close())

        return await run_again(attempt)

    @staticmethod
    async def _connect(engine: AsyncEngine) -> AsyncConnection:
        try:
            return await engine.connect()
        except Exception as error:  # whatever the driver raises for a server that is away, starting or full
            raise DatabaseAway(repr(error)) from error

    @staticmethod
    def _commit(connection: Connection, fn: Job[T]) -> tuple[T, bool]:
        transaction = connection.begin()
        try:
            result = run(fn, connection, may_enqueue=True)
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise CommitInDoubt from error
            raise
        return result

    @staticmethod
    def _read(connection: Connection, fn: Job[T]) -> T:
        with connection.begin():
            return run(fn, connection, may_enqueue=False)[0]

    def _upgrade(self, session: Session) -> None:
        # Replicas that start at once do it one after the other; all but the first find nothing left to do.
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": self.UPGRADE_LOCK})
        migrations.upgrade(session.connection())
