"""The migrations make exactly the tables the program knows, on both engines, also when replicas start at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage import migrations
from storage.database import Database, open_database
from storage.engines import sqlite_engine
from storage.errors import SchemaBroken
from tests.postgres import Postgres

pytestmark = pytest.mark.skipif(not migrations.has_revisions(), reason="no migration has been written yet")


async def test_migrations_make_the_tables_of_the_program(database: Database) -> None:
    """Nothing is missing from the migrations: comparing them with the tables finds no difference."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), migrations.all_metadata()))

    assert await database.read(lambda session: differences(session.connection())) == []


async def test_replicas_may_start_at_once(postgres: Postgres) -> None:
    """Four replicas that find an empty database bring it up to date together, and every one can work."""
    name = postgres.new_database("template0")
    replicas = [open_database(postgres.url(name)) for _ in range(4)]
    await asyncio.gather(*(replica.upgrade() for replica in replicas))
    for replica in replicas:
        tables = await replica.read(lambda session: inspect(session.connection()).get_table_names())
        assert "outbox" in tables
        await replica.close()
    postgres.drop(name)


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    """A database that is up to date stays as it is."""
    await database.upgrade()
    assert "outbox" in await database.read(lambda session: inspect(session.connection()).get_table_names())


def test_every_migration_can_be_undone(tmp_path: Path) -> None:
    """Down to nothing and up again: a developer can go back."""
    engine = sqlite_engine(tmp_path / "a.sqlite", may_write=True, checks_references=False)
    with engine.begin() as connection:
        migrations.upgrade(connection)
        before = set(inspect(connection).get_table_names())
        migrations.downgrade(connection, "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        migrations.upgrade(connection)
    with engine.begin() as connection:
        assert set(inspect(connection).get_table_names()) == before
    engine.dispose()


async def test_undoing_the_newest_migration_leaves_no_trace(postgres: Postgres) -> None:
    """Columns are as the migration before left them, and indexes with their conditions, which make or break a query."""
    name = postgres.new_database("template0")
    engine = create_async_engine(postgres.url(name), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(lambda held: migrations.upgrade(held, "0003"))
        before = await connection.run_sync(_drawn)
        await connection.run_sync(migrations.upgrade)
        assert await connection.run_sync(_drawn) != before
        await connection.run_sync(lambda held: migrations.downgrade(held, "0003"))
        assert await connection.run_sync(_drawn) == before
    await engine.dispose()
    postgres.drop(name)


def _drawn(connection: Connection) -> set[str]:
    """Every column and every index of a PostgreSQL database, as text."""
    columns = (
        "SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable FROM information_schema.columns"
    )
    found = connection.exec_driver_sql(f"{columns} WHERE table_schema = 'public'").scalars()
    return {
        *found,
        *connection.exec_driver_sql("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'").scalars(),
    }


def test_a_migration_that_breaks_references_is_undone(tmp_path: Path) -> None:
    """References are not checked while tables are made anew, so they are checked at the end, before the commit."""
    engine = sqlite_engine(tmp_path / "a.sqlite", may_write=True, checks_references=False)
    with engine.begin() as connection:
        migrations.upgrade(connection)

    def migrate_badly() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO contacts (customer_id, person_id, slot, appointed_at) VALUES (999, 999, 1, 0)"
            )
            migrations.upgrade(connection)

    with pytest.raises(SchemaBroken) as broken:
        migrate_badly()
    assert broken.value.tables == ("contacts",)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM contacts").scalar() == 0
    engine.dispose()


def test_no_migration_is_written_where_nothing_changed() -> None:
    """The command that writes migrations finds nothing to write."""
    assert migrations.revision("nothing") is None
