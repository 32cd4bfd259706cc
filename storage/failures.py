"""Telling failures of the database apart: what may be tried again, and how."""

from __future__ import annotations

from enum import Enum, auto

from sqlalchemy.exc import DBAPIError

from storage.errors import Conflict, DatabaseAway


class Failure(Enum):
    """What a failed transaction calls for. In all cases it was undone."""

    UNIQUE = auto()  # a unique constraint: run again, the function may now find the other row
    COLLIDED = auto()  # a serialisation failure or a deadlock: run again
    LOST = auto()  # no connection: run again on another one
    OTHER = auto()  # everything else is the caller's


_OF_SQLSTATE = {"23505": Failure.UNIQUE, "40001": Failure.COLLIDED, "40P01": Failure.COLLIDED}
_OF_SQLITE = {"SQLITE_CONSTRAINT_UNIQUE": Failure.UNIQUE, "SQLITE_CONSTRAINT_PRIMARYKEY": Failure.UNIQUE}


def failure_of(error: BaseException) -> Failure:
    """Which kind of failure this is."""
    if isinstance(error, DatabaseAway):
        return Failure.LOST
    if not isinstance(error, DBAPIError):
        return Failure.OTHER
    if error.connection_invalidated:
        return Failure.LOST
    found = _OF_SQLSTATE.get(getattr(error.orig, "sqlstate", "") or "")
    return found or _OF_SQLITE.get(getattr(error.orig, "sqlite_errorname", ""), Failure.OTHER)


def conflict_of(error: BaseException) -> Conflict:
    """The constraint that refused, as the engine names it (SQLite names the columns)."""
    original = getattr(error, "orig", None)
    name = getattr(getattr(original, "__cause__", None), "constraint_name", None)
    conflict = Conflict(name or str(original).rpartition(": ")[2])
    conflict.__cause__ = error
    return conflict
