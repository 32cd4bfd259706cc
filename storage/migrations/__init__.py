"""Database migrations (Alembic), the same for SQLite and PostgreSQL, and packaged with the program.

After a change of the tables, write the next migration with

    python -m storage.migrations "what changes and why"

which compares the tables with a database that has every migration so far. Read what it wrote: a renamed column looks
like one dropped and one added. Revisions are numbered in the order they run.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData

from storage.engines import sqlite_engine
from storage.errors import SchemaBroken
from storage.metadata import metadata

WITH_TABLES = (
    "storage.tables",
    "storage.billing_tables",
    "storage.access_tables",
    "storage.outbox_tables",
    "storage.posted_cards",
)
"""The files that define tables."""


def all_metadata() -> MetaData:
    """Every table there is."""
    for module in WITH_TABLES:
        importlib.import_module(module)
    return metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations that are missing, in the transaction that `connection` is in. Raises SchemaBroken."""
    command.upgrade(_config(connection), to)
    if connection.dialect.name == "sqlite":
        broken = {str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if broken:
            raise SchemaBroken(sorted(broken))


def is_current(connection: Connection) -> bool:
    """Whether every migration this program knows was run, and none that it does not know."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def downgrade(connection: Connection, to: str) -> None:
    """Undo migrations, in the transaction that `connection` is in. For development: it drops what newer tables hold."""
    command.downgrade(_config(connection), to)


def has_revisions() -> bool:
    """Whether there is any migration yet."""
    return ScriptDirectory.from_config(_config()).get_current_head() is not None


def revision(message: str) -> Path | None:
    """Write the next migration; None where the tables did not change."""
    number = 1 + sum(1 for _ in ScriptDirectory.from_config(_config()).walk_revisions())
    with TemporaryDirectory() as folder:
        engine = sqlite_engine(Path(folder) / "so-far.sqlite", may_write=True)
        with engine.begin() as connection:
            upgrade(connection)
            written = command.revision(
                _config(connection),
                message,
                autogenerate=True,
                rev_id=f"{number:04d}",
                process_revision_directives=_leave_out_empty,
            )
        engine.dispose()
    return Path(written.path) if isinstance(written, Script) else None


def _leave_out_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if directives[0].upgrade_ops.is_empty():
        directives.clear()
