"""What every test can ask for.

- `database`: an open database with all tables; the test runs once on SQLite and once on PostgreSQL
- `sqlite`, `postgresql`: the same on one engine, for what concerns that engine only
- `database_url`: the address of a fresh database with its tables, for a test that opens it itself or elsewhere
- `postgres`: the server
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage import migrations
from storage.database import Database, open_database
from tests import postgres as server
from tests.postgres import Postgres, apart


async def _make_tables(url: str) -> None:
    database = open_database(url)
    try:
        await database.upgrade()
        if not migrations.has_revisions():
            metadata = migrations.all_metadata()
            await database.write(lambda session: metadata.create_all(session.connection()))
    finally:
        await database.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with a template that has every table."""
    running = server.start()
    running.run(f"CREATE DATABASE {server.TEMPLATE}")
    apart(_make_tables(running.url(server.TEMPLATE)))
    yield running
    server.stop(running)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has every table."""
    path = tmp_path_factory.mktemp("template") / "tables.sqlite"
    apart(_make_tables(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of a fresh SQLite file with every table."""
    path = tmp_path / "fourstar.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with every table."""
    name = postgres.lend()
    yield postgres.url(name)
    postgres.take_back(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with every table, once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database with every table, once on each engine."""
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    """An open SQLite database with every table."""
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def postgresql(postgresql_url: str) -> AsyncIterator[Database]:
    """An open PostgreSQL database with every table."""
    opened = open_database(postgresql_url)
    yield opened
    await opened.close()
