"""`fourstar hours`: time entries from another tool, and out again as CSV (docs/hours-import.md)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from sqlalchemy.orm import Session

from bot.cli.days import month_of
from bot.cli.opened import NOT_DONE, NotDone, change, customer_named, fail, look
from bot.hour_exports import COLUMNS, entry_rows
from bot.hour_files import UnreadableFile, read_rows, write_rows
from bot.imports import Imported, NothingKept, import_rows
from bot.policies import policy_of
from bot.settings import Settings
from cards.formats import duration
from contract.months import Month

app = typer.Typer(help="Time entries: import them from another tool, export them.", no_args_is_help=True)

MonthWord = Annotated[
    datetime | None,
    typer.Option("--month", parser=month_of, metavar="MONTH", help="Only entries that touch this month: 2026-11."),
]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with the columns ticket, engineer, start, end, what.")],
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without this nothing is kept.")] = False,
) -> None:
    """Log the entries of a CSV file, all or none. First a dry run, which says what would come of it."""
    try:
        rows, unreadable = read_rows(file.read_bytes())
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}.")
    except UnreadableFile as error:
        fail(f"{file} can't be read: {error}.")

    def act(session: Session, settings: Settings, now: datetime) -> Imported:
        return import_rows(session, rows, unreadable, policy_of(settings), now, apply=apply)

    try:
        imported = change(act)
    except NothingKept as nothing:
        imported = nothing.imported
    if imported.refused:
        for refused in imported.refused:
            typer.echo(f"line {refused.line}: {refused.why}", err=True)
        lines = _counted(len(imported.refused), "line is", "lines are")
        fail(f"{lines} refused, so nothing was imported.", NOT_DONE)
    added = f"{_counted(imported.added, 'entry', 'entries')} of together {duration(imported.minutes)} hours"
    known = f" {_counted(imported.known, 'line was', 'lines were')} imported before." if imported.known else ""
    if apply:
        typer.echo(f"Imported {added}.{known}")
    else:
        typer.echo(f"Dry run: {added} would be imported.{known} Nothing was kept. Do it: add --apply.")


@app.command("export")
def export_file(
    customer: Annotated[str, typer.Option(help="Only of this customer: name, number or tenant id.")] = "",
    month: MonthWord = None,
    out: Annotated[Path | None, typer.Option(help="The file to write; left out: to the screen.")] = None,
) -> None:
    """Write the time entries that stand as CSV, oldest first."""
    asked: Month | None = (month.year, month.month) if month else None

    def act(session: Session, _settings: Settings, _now: datetime) -> int:
        customer_id = customer_named(session, customer).id if customer else None
        lines = write_rows(COLUMNS, entry_rows(session, customer_id=customer_id, month=asked))
        if out is None:
            return _write(sys.stdout, lines)
        try:
            # The mark tells spreadsheets that this is UTF-8.
            with out.open("w", encoding="utf-8-sig", newline="") as file:
                return _write(file, lines)
        except OSError as error:
            raise NotDone(f"{out} can't be written: {error.strerror}.") from None

    count = look(act)
    typer.echo(_counted(count, "entry", "entries") + (f" in {out}." if out else "."), err=out is None)


def _write(file: TextIO, lines: Iterator[str]) -> int:
    """Write the lines; returns how many come after the heading."""
    count = -1
    for line in lines:
        file.write(line)
        count += 1
    return count


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
