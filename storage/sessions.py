"""The session a function of `Database.write` or `Database.read` is given.

It is part of a transaction that others may share (group commit), so it can neither commit nor roll back; a part that
may fail by itself is put in `with session.begin_nested():`. What is enqueued waits in the session and is written as the
last thing before the commit (storage/outbox.py); rolling a savepoint back forgets what was enqueued inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, CursorResult, Executable, ScalarResult, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.schema import Table

from storage.errors import EndedByFunction

__all__ = ["Insert", "Session", "TurnSession", "Waiting", "insert_into", "put_off", "take_waiting"]

_WAITING = "outbox"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that will be written before the commit, and the savepoints it was made in."""

    row: Mapping[str, Any]
    savepoints: tuple[SessionTransaction, ...]


class TurnSession(Session):
    """A session inside a transaction it does not own.

    There are no mapped classes here, so statements go straight to the connection: what the session would do around each
    of them costs as much CPU as a small statement itself.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(bind=connection, join_transaction_mode="rollback_only", autoflush=False)
        self._straight = connection

    def execute(self, statement: Executable, params: Any = None, **_: Any) -> CursorResult[Any]:
        """Run a statement."""
        return self._straight.execute(statement, params)

    def scalars(self, statement: Executable, params: Any = None, **_: Any) -> ScalarResult[Any]:
        """Run a statement; the first column of its rows."""
        return self._straight.scalars(statement, params)

    def scalar(self, statement: Executable, params: Any = None, **_: Any) -> Any:
        """Run a statement; the first column of its first row, None without rows."""
        return self._straight.scalar(statement, params)

    def begin_nested(self) -> SessionTransaction:
        """Begin a savepoint, at once: the session would wait for a statement of its own, which never comes."""
        savepoint = super().begin_nested()
        self.connection()
        return savepoint

    def commit(self) -> NoReturn:
        """Refused: the database commits, after the function has returned."""
        raise EndedByFunction("commit")

    def rollback(self) -> NoReturn:
        """Refused: to undo everything raise an error; to undo a part use a savepoint."""
        raise EndedByFunction("rollback")


def put_off(session: Session, row: Mapping[str, Any]) -> None:
    """Keep a row of the outbox until just before the commit."""
    savepoints = []
    transaction = session.get_nested_transaction()
    while transaction is not None:
        savepoints.append(transaction)
        transaction = transaction.parent
    session.info.setdefault(_WAITING, []).append(Waiting(row, tuple(savepoints)))


def take_waiting(session: Session) -> list[Mapping[str, Any]]:
    """The rows that were kept, in the order they came; afterwards there are none."""
    return [waiting.row for waiting in session.info.pop(_WAITING, ())]


@event.listens_for(TurnSession, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    waiting: list[Waiting] = session.info.get(_WAITING, [])
    waiting[:] = [one for one in waiting if undone not in one.savepoints]


Insert = sqlite.Insert | postgresql.Insert


def insert_into(session: Session | str, table: Table) -> Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, which both engines write alike.

    Takes the session it is for, or the name of its engine where the statement is kept.
    """
    engine = session if isinstance(session, str) else session.get_bind().dialect.name
    return sqlite.insert(table) if engine == "sqlite" else postgresql.insert(table)
