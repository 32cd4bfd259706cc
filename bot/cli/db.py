"""`fourstar db`: the tables, and copies of everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.opened import check_file, fail, guarded, settings
from bot.clock import SystemClock
from storage import backup as copies
from storage.database import open_database
from storage.errors import AlreadyThere, BackupError, NotABackup, ToolFailed, ToolMissing

app = typer.Typer(help="The database: tables, backup, restore.", no_args_is_help=True)


@app.command("upgrade")
def upgrade() -> None:
    """Make the tables, or bring them up to date. `serve` does this too; on SQLite the bot must not be running."""
    given = settings()

    async def run() -> None:
        database = open_database(given.database_url)
        try:
            await database.upgrade()
        finally:
            await database.close()

    guarded(lambda: asyncio.run(run()), SystemClock().now())
    typer.echo("The database is up to date.")


@app.command("backup")
def backup(path: Annotated[Path, typer.Argument(help="The new file.")]) -> None:
    """Copy everything to a new file, while the bot runs. Files of tickets are included."""
    given = settings()
    check_file(given.database_url)
    _copy(lambda: copies.backup(given.database_url, path), path)
    typer.echo(str(path))


@app.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(help="A file made by `fourstar db backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of everything. Stop every bot first; a SQLite file that was there is kept beside it."""
    given = settings()
    if not yes:
        typer.confirm("This replaces everything in the database. The bot must be stopped. Go on?", abort=True)
    _copy(lambda: copies.restore(given.database_url, path), path)
    typer.echo("Restored. Start the bot: fourstar serve.")


def _copy(fn: Callable[[], None], path: Path) -> None:
    """Run a copy; what can go wrong ends the command with what to do."""
    try:
        guarded(fn, SystemClock().now(), BackupError)
    except AlreadyThere:
        fail(f"{path} exists and is not written over. Choose another name.")
    except NotABackup as error:
        fail(f"{error.path} is no backup of this kind of database.")
    except ToolMissing as error:
        fail(f"{error.tool} is missing. Get it: {error.command}")
    except ToolFailed as error:
        fail(f"{error.tool} ended with status {error.status}:\n{error.output}")
