"""What can go wrong with stored things. Each error carries the facts; the text is made where it is shown.

StorageError
├── NotFound            no such row: `what`, `key`
├── Conflict            a unique `constraint` refused the row, also when the function was run again
├── NaiveInstant        a `value` without time zone was about to be stored: a mistake in the program
├── EndedByFunction     a function tried to end (`act`) the transaction it is only a part of: a mistake in the program
├── UnknownDatabase     the address is neither SQLite nor PostgreSQL: `scheme`
├── DatabaseInUse       another process owns the SQLite file: `path`
├── NotUpgraded         the tables are not those of this program
├── DatabaseClosed      asked for something after close()
├── DatabaseAway        no connection, or lost before anything was committed: nothing was done, later it may work
├── CommitInDoubt       the connection was lost during COMMIT: it was done entirely or not at all
├── SchemaBroken        rows that point nowhere after a migration, which was undone: `tables`
└── BackupError
    ├── AlreadyThere    `path` exists and is not written over
    ├── ToolMissing     `tool` is not on PATH: `command` gets it
    ├── ToolFailed      `tool` ended with `status`, saying `output`
    └── NotABackup      `path` is no backup that this database can read
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path


class StorageError(Exception):
    """Anything that kept `storage` from doing what it was asked."""


class NotFound(StorageError):
    """There is no such row."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(what, key)
        self.what = what
        self.key = key


class Conflict(StorageError):
    """A unique constraint refused the row, also after the function had a chance to find the other one."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class NaiveInstant(StorageError):
    """An instant without a time zone means nothing and is not stored."""

    def __init__(self, value: datetime) -> None:
        super().__init__(value)
        self.value = value


class EndedByFunction(StorageError):
    """A function called `commit` or `rollback` on the session it was given."""

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act


class UnknownDatabase(StorageError):
    """The address of the database is neither `sqlite:///path` nor `postgresql+asyncpg://...`."""

    def __init__(self, scheme: str) -> None:
        super().__init__(scheme)
        self.scheme = scheme


class DatabaseInUse(StorageError):
    """Another process owns the SQLite file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


class NotUpgraded(StorageError):
    """The database has no tables yet, or those of another version of the program."""


class DatabaseClosed(StorageError):
    """The database was closed before."""


class DatabaseAway(StorageError):
    """The database did not answer, or the connection was lost before the commit. Nothing was done."""


class CommitInDoubt(StorageError):
    """The connection was lost during the commit. Everything was done, or nothing."""


class SchemaBroken(StorageError):
    """A migration left rows that refer to missing ones; it was undone."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(*tables)
        self.tables = tuple(tables)


class BackupError(StorageError):
    """A backup or a restore did not happen."""


class AlreadyThere(BackupError):
    """The file to be written exists."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


class ToolMissing(BackupError):
    """A program of PostgreSQL is not on PATH."""

    def __init__(self, tool: str, command: str) -> None:
        super().__init__(tool, command)
        self.tool = tool
        self.command = command


class ToolFailed(BackupError):
    """A program of PostgreSQL ended with an error."""

    def __init__(self, tool: str, status: int, output: str) -> None:
        super().__init__(tool, status, output)
        self.tool = tool
        self.status = status
        self.output = output


class NotABackup(BackupError):
    """The file is no backup of this kind of database."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path
