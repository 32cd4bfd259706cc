"""A backup is one consistent state, made while turns are committed; putting it back brings exactly that state."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.backup import KEPT, backup, restore
from storage.database import open_database
from storage.errors import AlreadyThere, DatabaseInUse, NotABackup, ToolFailed, ToolMissing, UnknownDatabase
from storage.outbox_tables import timer
from tests.postgres import Postgres
from tests.storage.test_database import NOW, add, keys


@pytest.fixture
def tools(request: pytest.FixtureRequest, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of PostgreSQL that fit the server."""
    if database_url.startswith("postgresql"):
        server: Postgres = request.getfixturevalue("postgres")
        monkeypatch.setenv("PATH", f"{server.binaries}{os.pathsep}{os.environ['PATH']}")


def _move_one(session: Session, to: str) -> None:
    """Take one from the first row and give it to another: the sum stays."""
    session.execute(update(timer).where(timer.c.key == "bank").values(attempts=timer.c.attempts - 1))
    session.execute(insert(timer).values(key=to, due_at=NOW, kind="example", payload={}, attempts=1))


@pytest.mark.usefixtures("tools")
async def test_a_backup_during_writes_is_consistent(database_url: str, tmp_path: Path) -> None:
    """Made while turns are committed, a backup has whole turns only; the turns go on meanwhile; it can be put back."""
    database = open_database(database_url)
    await database.write(partial(add, key="bank", number=1000))
    stop = asyncio.Event()
    written = 0

    async def write_on() -> None:
        nonlocal written
        while not stop.is_set():
            await database.write(partial(_move_one, to=str(written)))
            written += 1

    writing = asyncio.create_task(write_on())
    while written < 20:
        await database.read(keys)
    path = tmp_path / "backup"
    before = written
    await asyncio.to_thread(backup, database_url, path)
    after = written
    stop.set()
    await writing
    await database.close()
    assert after > before

    await asyncio.to_thread(restore, database_url, path)
    restored = open_database(database_url)
    numbers = await restored.read(lambda session: list(session.scalars(select(timer.c.attempts))))
    assert sum(numbers) == 1000
    assert before <= len(numbers) - 1 <= after + 1
    await restored.write(partial(add, key="goes on"))
    await restored.close()
    assert [file.name for file in os.scandir(tmp_path) if file.name.endswith(".partial")] == []


@pytest.mark.usefixtures("tools")
async def test_a_backup_is_not_written_over(database_url: str, tmp_path: Path) -> None:
    """An existing file is left alone."""
    path = tmp_path / "backup"
    path.write_text("precious")
    with pytest.raises(AlreadyThere):
        backup(database_url, path)
    assert path.read_text() == "precious"


@pytest.mark.usefixtures("tools")
async def test_what_is_no_backup_is_not_put_back(database_url: str, tmp_path: Path) -> None:
    """A file that is no backup is refused, and the database stays as it was."""
    database = open_database(database_url)
    await database.write(partial(add, key="a"))
    await database.close()
    path = tmp_path / "backup"
    path.write_text("no backup at all, but long enough to look like a file")
    with pytest.raises((NotABackup, ToolFailed)):
        restore(database_url, path)
    with pytest.raises(NotABackup):
        restore(database_url, tmp_path / "nothing")
    database = open_database(database_url)
    assert await database.read(keys) == ["a"]
    await database.close()


async def test_a_file_in_use_is_not_replaced(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is put back under a server that runs; afterwards the old file is kept beside the new one."""
    path = tmp_path / "backup"
    backup(sqlite_url, path)
    database = open_database(sqlite_url)
    await database.write(partial(add, key="a"))
    with pytest.raises(DatabaseInUse):
        restore(sqlite_url, path)
    await database.close()
    restore(sqlite_url, path)
    for url, expected in ((sqlite_url, []), (sqlite_url + KEPT, ["a"])):
        opened = open_database(url)
        assert await opened.read(keys) == expected
        await opened.close()


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PostgreSQL's programs the error says which one, and the command that gets it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing) as missing:
        backup("postgresql+asyncpg://someone@nowhere/x", tmp_path / "backup")
    assert (missing.value.tool, missing.value.command) == ("pg_dump", "sudo apt install postgresql-client")


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    """Only what the program runs on is backed up."""
    for act in (backup, restore):
        with pytest.raises(UnknownDatabase):
            act("mysql://x/y", tmp_path / "backup")
