"""What is sent to the database, for tests that say how much that may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from storage.database import Database, PostgresqlDatabase, SqliteDatabase


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, by whoever reads or writes."""
    assert isinstance(database, SqliteDatabase | PostgresqlDatabase)
    engines: list[Engine] = (
        [database._engine, database._snapshots]
        if isinstance(database, SqliteDatabase)
        else [database._engine.sync_engine]
    )
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
