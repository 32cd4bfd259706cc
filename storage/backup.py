"""Copies of the database, made while it is in use, and putting one back.

A backup of SQLite is a SQLite file again, made with the engine's own online backup: one consistent state, however many
turns are committed meanwhile. A backup of PostgreSQL is an archive of `pg_dump`, which must be as new as the server.
Both are written under another name first, so that a file with the name asked for is always a whole backup.

Putting one back replaces everything. Nothing may serve meanwhile; on SQLite that is checked, and the file that was
there is kept beside it. What waited in the outbox when the backup was made is delivered again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from storage.engines import OwnedFile
from storage.errors import AlreadyThere, NotABackup, ToolFailed, ToolMissing, UnknownDatabase

GET_TOOLS = "sudo apt install postgresql-client"
_PARTIAL = ".partial"
KEPT = ".before-restore"


def backup(url: str, path: Path) -> None:
    """Copy the database at `url` to the new file `path`. Raises BackupError, UnknownDatabase."""
    source = make_url(url)
    if path.exists():
        raise AlreadyThere(path)
    partial = path.with_name(path.name + _PARTIAL)
    partial.unlink(missing_ok=True)
    try:
        if source.drivername.startswith("sqlite"):
            _copy(Path(str(source.database)), partial)
        elif source.drivername.startswith("postgresql"):
            _run("pg_dump", source, "--format=custom", "--no-owner", "--file", str(partial))
        else:
            raise UnknownDatabase(source.drivername)
        _keep(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def restore(url: str, path: Path) -> None:
    """Put the backup `path` in the place of everything in the database at `url`.

    Raises BackupError, DatabaseInUse, UnknownDatabase; then the database is as it was.
    """
    target = make_url(url)
    if target.drivername.startswith("sqlite"):
        _restore_file(path, Path(str(target.database)).absolute())
    elif target.drivername.startswith("postgresql"):
        if not path.is_file():
            raise NotABackup(path)
        options = "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"
        _run("pg_restore", target, *options, "--dbname", str(target.database), str(path))
    else:
        raise UnknownDatabase(target.drivername)


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _copy(source: Path, target: Path) -> None:
    """Copy one consistent state of a file in use to a new file, and check the copy. Raises NotABackup."""
    if not source.is_file():
        raise NotABackup(source)
    try:
        # All pages in one step: readers never keep the writer waiting, and it never makes the copy begin again.
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written, pages=-1)
            (verdict,) = written.execute("PRAGMA integrity_check").fetchone()
            tables = {name for (name,) in written.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        raise NotABackup(source) from error
    if verdict != "ok" or "outbox" not in tables:
        raise NotABackup(source)


def _restore_file(path: Path, target: Path) -> None:
    owned = OwnedFile(target)
    partial = target.with_name(target.name + _PARTIAL)
    try:
        partial.unlink(missing_ok=True)
        _copy(path, partial)
        if target.exists():
            with closing(sqlite3.connect(target)) as old:
                # Everything into the file itself; what lies beside it would be taken for part of the new one.
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            target.replace(target.with_name(target.name + KEPT))
        for beside in ("-wal", "-shm"):
            target.with_name(target.name + beside).unlink(missing_ok=True)
        _keep(partial, target)
    finally:
        partial.unlink(missing_ok=True)
        owned.free()


def _keep(partial: Path, path: Path) -> None:
    """Give a whole file its name, so that it survives a loss of power from here on."""
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _environment(url: URL) -> Mapping[str, str]:
    """How PostgreSQL's own programs reach the server; a password on the command line could be read by everyone."""
    host = url.host or url.query.get("host")
    parts = {
        "PGHOST": host,
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl"),
    }
    return {**os.environ, **{name: str(part) for name, part in parts.items() if part}}


def _run(tool: str, url: URL, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise ToolMissing(tool, GET_TOOLS)
    ended = subprocess.run(  # noqa: S603 -- a program of PostgreSQL, and arguments of ours
        [found, *arguments],
        env=_environment(url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode:
        raise ToolFailed(tool, ended.returncode, ended.stderr)
