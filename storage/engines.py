"""How connections are made: SQLite with one writer and readers, PostgreSQL with a small pool; and who owns the file.

The settings were measured, not guessed: the driver's own transaction handling on SQLite loses updates (a SELECT comes
before its BEGIN), a deferred BEGIN fails at once when it wants to write, and group commit makes full durability free.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from storage.errors import DatabaseInUse

BUSY_TIMEOUT_S = 10
POOL_SIZE = 8
RECYCLE_S = 1800


def sqlite_engine(path: Path, *, may_write: bool, connections: int = 1, checks_references: bool = True) -> Engine:
    """An engine whose every transaction begins as it should: IMMEDIATE for writers, a snapshot for readers."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # Transactions are begun below, by us; the driver's way of doing it loses updates.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if checks_references else 'OFF'}",
            "cache_size=-32000",
            f"query_only={'OFF' if may_write else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if may_write else "BEGIN")

    return engine


def postgresql_engine(url: URL) -> AsyncEngine:
    """An engine with a pool per replica.

    No ping before each use: it costs a quarter of the throughput, and a lost connection is tried again anyway.
    """
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_recycle=RECYCLE_S,
        isolation_level="READ COMMITTED",
    )


class OwnedFile:
    """Keeps a second process from owning the same SQLite file: a lock beside it, which ends with the process."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise DatabaseInUse(path) from None

    def free(self) -> None:
        """Let go of the file. The lock file itself stays: removing it would let two processes own it."""
        os.close(self._file)
