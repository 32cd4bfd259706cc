"""`fourstar cases`: worked cases against the product's own rules (docs/contract-cases.md). Needs no settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cases.reading import Unreadable, read_cases
from bot.cases.runs import SECTIONS, Report, run_cases
from bot.cli.opened import NOT_DONE, WRONG, AsJson, fail, print_rows

app = typer.Typer(help="Worked cases against the product's own rules.", no_args_is_help=True)


@app.callback()
def cases() -> None:
    """Worked cases against the product's own rules."""


@app.command("run")
def run(
    file: Annotated[Path, typer.Argument(help="JSON in the format of docs/contract-cases.md.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Run every case of a file and print each difference.

    Exit codes: 0 every case holds; 1 one differs, something is unknown or nothing was run; 2 it can't all be read.
    """
    try:
        report = run_cases(read_cases(file))
    except Unreadable as error:
        fail(f"{file} can't be read. {error}" if str(file) not in str(error) else str(error), WRONG)
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        _print(report, file)
    for unreadable in report.unreadable:
        typer.echo(f"can't be read: {unreadable}", err=True)
    if report.unreadable:
        raise typer.Exit(WRONG)
    if not report.holds:
        raise typer.Exit(NOT_DONE)


def _print(report: Report, file: Path) -> None:
    for result in report.results:
        for difference in result.differences:
            typer.echo(f"{result.section} {result.case}: {difference.text}")
    for name in report.unknown:
        typer.echo(f"{name}: unknown section, not run")
    rows = _sections(report)
    print_rows(rows, as_json=False, nothing=f"No case was run: {file} has none of {', '.join(SECTIONS)}.")
    if rows:
        cases = len(report.results)
        wrong = sum(not result.holds for result in report.results)
        typer.echo(f"{cases} cases, {f'{wrong} of them do not' if wrong else 'all of them'} hold.")


def _sections(report: Report) -> list[dict[str, Any]]:
    return [
        {"section": section, "cases": cases, "hold": hold, "do_not_hold": cases - hold}
        for section, cases, hold in report.counts()
    ]


def _as_json(report: Report) -> dict[str, Any]:
    """Everything for a script; an unknown key has only its field."""
    differences = [
        {
            "section": result.section,
            "case": result.case,
            "field": difference.field,
            "expected": difference.expected,
            "found": difference.found,
        }
        for result in report.results
        for difference in result.differences
    ]
    return {
        "holds": report.holds,
        "sections": _sections(report),
        "differences": differences,
        "unknown_sections": list(report.unknown),
        "unreadable": [{"place": error.place, "what": error.what} for error in report.unreadable],
    }
