"""`fourstar outbox`: what waits to be sent or to happen, and what was given up."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from bot.cli.opened import WRONG, AsJson, change, fail, look, print_rows
from storage import timers
from storage.outbox import DeadLetter, dead_letters, gauges, retry

app = typer.Typer(help="What waits to be sent, and what was given up.", no_args_is_help=True)

PAGE = 100


@app.command("list")
def show_list(
    as_json: AsJson = False,
    after: Annotated[int, typer.Option(help="Only rows after this id: the next page.")] = 0,
) -> None:
    """How much waits, and the rows that were given up, with the reason. Next: fourstar outbox retry ID."""
    standing = look(lambda session, _settings, now: gauges(session, now))
    letters = look(lambda session, _settings, _now: dead_letters(session, limit=PAGE, after=after))
    rows = [_row(letter) for letter in letters]
    failed = look(lambda session, _settings, _now: timers.dead_timers(session))
    late = [{"key": one.key, "kind": one.kind, "attempts": one.attempts, "error": one.error} for one in failed]
    if as_json:
        numbers = {"waiting": standing.waiting, "dead": standing.dead, "oldest_s": round(standing.oldest_s, 1)}
        typer.echo(json.dumps({**numbers, "letters": rows, "timers": late}, indent=2, default=str))
        return
    typer.echo(f"{standing.waiting} waiting, {standing.dead} dead, {standing.blocked_mailboxes} chats asked to wait.")
    if rows:
        print_rows(rows, as_json=False, nothing="")
    if late:
        typer.echo(f"{len(late)} reminders failed too often; fourstar outbox retry --all has them tried again:")
        print_rows(late, as_json=False, nothing="")
    if len(rows) == PAGE:
        typer.echo(f"More: fourstar outbox list --after {rows[-1]['id']}")


def _row(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "mailbox": letter.mailbox,
        "kind": letter.kind,
        "state": letter.state.name.lower(),
        "attempts": letter.attempts,
        "error": letter.error,
        "created_at": letter.created_at,
    }


@app.command("retry")
def again(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Ids from `outbox list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
) -> None:
    """Send again what was given up; with --all, reminders that failed too often are tried again too."""
    if bool(ids) == everything:
        fail("Give the ids of the rows, or --all. See: fourstar outbox list", WRONG)
    count = change(lambda session, _settings, now: retry(session, now, None if everything else ids))
    revived = change(lambda session, _settings, now: timers.revive(session, now)) if everything else 0
    if ids and count < len(ids):
        fail(f"{count} of {len(ids)} rows wait again; the others are not among those given up.")
    typer.echo(f"{count} rows wait again; the running bot sends them.")
    if revived:
        typer.echo(f"{revived} reminders are tried again.")
