"""`fourstar customer erase`: remove the personal data of a customer that no longer has to be kept (R28)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_rows
from bot.erasures import erase_customer
from contract.retention import RecordClass, StillGoingOn

REASONS = {
    RecordClass.INVOICES: "administration of 7 years (article 52 AWR)",
    RecordClass.ENTRIES: "the invoices rest on them (article 52 AWR)",
    RecordClass.DECISIONS: "who allowed what is invoiced (article 52 AWR)",
    RecordClass.CONTRACTS: "the agreement behind the invoices (article 52 AWR)",
}
"""Why something is kept, for the one who runs the command."""


class _Undone(Exception):
    """A dry run: the transaction is undone, and this carries what it would have done."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__()
        self.report = report


def erase(
    customer: CustomerWord,
    *,
    confirm: Annotated[str, typer.Option(metavar="NAME", help="The customer's name, written out.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go and stay; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase what people wrote, their files, addresses and names; keep what the tax law demands, and say until when.

    Refused while a contract runs, tickets are open or invoices unpaid. It can not be undone: make an export first
    (fourstar export). Run it again after the day it names: then the rest goes.
    """
    name = look(lambda session, _settings, _now: customer_named(session, customer).name)
    if not dry_run and confirm != name:
        raise typer.BadParameter(f"write the customer's name to go on: {name}", param_hint="--confirm")

    def act(session: Session, _settings: object, now: datetime) -> dict[str, Any]:
        found = customer_named(session, customer)
        try:
            report = erase_customer(session, found, now)
        except StillGoingOn as error:
            raise NotDone(_going_on(error)) from None
        if dry_run:
            raise _Undone(report)
        return report

    try:
        report = change(act)
    except _Undone as undone:
        report = undone.report
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, **report}, indent=2))
    else:
        _print(name, report, dry_run=dry_run)


def _going_on(error: StillGoingOn) -> str:
    parts = [f"contract {one.number} runs until {one.ends_on} (and its last invoice)" for one in error.contracts]
    if error.tickets:
        parts.append(f"tickets are open: {', '.join(map(str, error.tickets))}")
    if error.invoices:
        parts.append(f"invoices are not paid: {', '.join(error.invoices)}")
    return f"Something is going on, so nothing is erased: {'; '.join(parts)}."


def _print(name: str, report: dict[str, Any], *, dry_run: bool) -> None:
    removed = {what: count for what, count in report["removed"].items() if count}
    head = "Would be erased" if dry_run else "Erased"
    typer.echo(f"{head} of {name}:" if removed else f"{name}: nothing is left to erase.")
    if removed:
        print_rows(
            [{"what": what.replace("_", " "), "count": count} for what, count in removed.items()],
            as_json=False,
            nothing="",
        )
    if report["kept"]:
        typer.echo(f"\nKept through {report['kept_through']}:")
        print_rows(
            [
                {
                    "what": one["what"].replace("_", " "),
                    "count": one["count"],
                    "why": REASONS[RecordClass(one["class"])],
                }
                for one in report["kept"]
            ],
            as_json=False,
            nothing="",
        )
        typer.echo(f"Names of {report['kept_names']} people who decided or signed stay with that.")
        typer.echo("Run this again after that day; then the rest goes.")
    elif report["receipts_stay"]:
        typer.echo("Receipts of decisions stay: each proves the next, also those of other customers (docs/keeping.md).")
