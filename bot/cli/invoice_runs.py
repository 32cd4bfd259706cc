"""`fourstar invoice run | preview`: the invoices of a month, computed and issued, without chat (R14, D8).

A run works on any number of customers with flat memory: it does fifty at a time, each part in one transaction. It can
be stopped at any moment and begun again, and it can run beside the bot and beside another run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from bot.billing_parties import missing_of_buyer, missing_settings
from bot.cli.days import month_of
from bot.cli.opened import NotDone, customer_named, fail, with_database
from bot.invoicing import CHUNK, Draft, advance, drafts_of, release
from bot.policies import policy_of
from bot.settings import Settings
from bot.turn import Policy
from cards.formats import money
from contract.invoice_runs import Finding, RunState, Totals, Unusual
from contract.months import Month, open_month
from contract.people import Language
from storage.billed_customers import count_customers, next_customers
from storage.database import Database
from storage.invoice_lists import month_sums
from storage.invoices import load_sums

MonthWord = Annotated[datetime, typer.Argument(metavar="MONTH", parser=month_of, help="The month: 2026-11.")]
Advance = Callable[[int], None]
"""Told how many more customers are done."""


def add_to(app: typer.Typer) -> None:
    """Make these commands part of `fourstar invoice`."""
    app.command("run")(run)
    app.command("preview")(preview)


def run(
    month: MonthWord,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be issued.")] = False,
) -> None:
    """Issue the invoices of a month. Running it again issues only what was not issued yet."""
    wanted = month.year, month.month
    if dry_run:
        totals = with_database(partial(_sum_up, month=wanted))
        typer.echo(_summary(f"Dry run of {month:%Y-%m}, nothing was kept", totals))
    else:
        before, totals, issued = with_database(partial(_issue, month=wanted))
        typer.echo(_summary(f"Invoices of {month:%Y-%m}", totals))
        typer.echo(f"Issued now: {issued - before}. Issued before: {before}.")
    _say_unusual(totals)
    if totals.refused:
        fail(f"{totals.refused} could not be issued. Once that is put right, run this again: nothing is issued twice.")


def preview(
    customer: Annotated[str, typer.Argument(metavar="[CUSTOMER]", help="Name, number or tenant id.")] = "",
) -> None:
    """Say what the running month comes to so far, of all customers or line by line of one."""
    if not customer:
        totals = with_database(partial(_sum_up, month=None))
        typer.echo(_summary("So far", totals))
        _say_unusual(totals)
        return
    for line in with_database(lambda database, given, now: database.read(partial(_lines, customer, given, now))):
        typer.echo(line)


# --- a run, part by part ----------------------------------------------------------------------------------------------


async def _issue(database: Database, given: Settings, now: datetime, *, month: Month) -> tuple[int, Totals, int]:
    policy = policy_of(given)
    before = (await database.read(lambda session: month_sums(session, month))).invoices
    totals = await with_bar(database, lambda told: issue_month(database, policy, month, now, told))
    issued = (await database.read(lambda session: month_sums(session, month))).invoices
    return before, totals, issued


async def issue_month(database: Database, policy: Policy, month: Month, now: datetime, told: Advance) -> Totals:
    """Do a month's run until nothing is left of it, together with whoever else is at it."""
    run = await database.write(lambda session: release(session, month, now, None))
    done = run.totals.invoices
    while run.state is RunState.ISSUING:
        run = await database.write(lambda session: advance(session, policy, month, now))
        told(max(0, run.totals.invoices - done))
        done = run.totals.invoices
    return run.totals


async def _sum_up(database: Database, given: Settings, now: datetime, *, month: Month | None) -> Totals:
    policy, wanted = policy_of(given), month or open_month(now)
    return await with_bar(database, lambda told: sum_up(database, policy, wanted, now, told))


async def sum_up(database: Database, policy: Policy, month: Month, now: datetime, told: Advance) -> Totals:
    """What a month comes to, of all customers, a part at a time."""
    totals, after = Totals(), 0
    while True:
        ids, drafts, sums = await database.read(lambda session, after=after: _part(session, policy, month, now, after))  # type: ignore[misc]
        if not ids:
            return totals
        for draft in drafts:
            if draft.invoice is not None:
                invoice = draft.invoice
                totals = totals.plus(invoice.net_cents, invoice.vat_cents, invoice.gross_cents, draft.findings)
            elif draft.issued is not None:
                totals = totals.plus(*sums[draft.issued])
        told(len(ids))
        after = ids[-1]


def _part(
    session: Session, policy: Policy, month: Month, now: datetime, after: int
) -> tuple[list[int], list[Draft], dict[int, tuple[int, int, int]]]:
    ids = next_customers(session, after, CHUNK)
    drafts = drafts_of(session, policy, ids, month, now) if ids else []
    return ids, drafts, load_sums(session, [draft.issued for draft in drafts if draft.issued is not None])


async def with_bar(database: Database, fn: Callable[[Advance], Awaitable[Totals]]) -> Totals:
    """Run `fn` with a progress bar on standard error, which stays away where that is no terminal."""
    total = await database.read(count_customers)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("customers", total=total)
        return await fn(lambda more: progress.advance(task, more))


# --- what is printed --------------------------------------------------------------------------------------------------


def euros(cents: int) -> str:
    """An amount as a terminal shows it: with a space that can be searched for."""
    return money(cents, Language.EN).replace("\xa0", " ")


def _summary(title: str, totals: Totals) -> str:
    net, vat, gross = (euros(cents) for cents in (totals.net_cents, totals.vat_cents, totals.gross_cents))
    count = "1 invoice" if totals.invoices == 1 else f"{totals.invoices} invoices"
    return f"{title}: {count}, {net} excl. VAT, {vat} VAT, {gross} together."


def _say_unusual(totals: Totals) -> None:
    for finding in totals.findings:
        typer.echo(f"{finding.customer}: {why(finding)}", err=True)
    rest = sum(totals.found.values()) - len(totals.findings)
    if rest:
        typer.echo(f"and {rest} more", err=True)


def why(finding: Finding) -> str:
    """What is unusual about a draft, and the command or the settings that put it right."""
    if finding.what is not Unusual.INCOMPLETE:
        facts = f" {', '.join(finding.facts)}" if finding.facts else ""
        return finding.what.value.replace("_", " ") + facts
    needed = missing_settings(finding.facts)
    lacking = missing_of_buyer(finding.facts)
    parts = [f"give the settings {', '.join(needed)}"] if needed else []
    if lacking:
        parts.append(f"{', '.join(lacking)} missing: fourstar customer billing {finding.customer_id} --help")
    return f"can't be issued: {'; '.join(parts)}"


def _lines(word: str, given: Settings, now: datetime, session: Session) -> list[str]:
    found = customer_named(session, word)
    month = open_month(now)
    drafts = drafts_of(session, policy_of(given), [found.id], month, now)
    invoice = drafts[0].invoice if drafts else None
    if invoice is None:
        raise NotDone(f"{found.name} has nothing to be invoiced for {month[0]}-{month[1]:02} so far.")
    lines = [f"{found.name}, {month[0]}-{month[1]:02} so far:"]
    for line in invoice.lines:
        about = f"{line.ticket_number} {line.subject}" if line.ticket_number else ""
        amount = euros(line.amount_cents)
        lines.append(f"  {line.kind:<16} {line.quantity:>6} {amount:>12}  {about} {line.what}".rstrip())
    return [
        *lines,
        f"  {euros(invoice.net_cents)} excl. VAT, {euros(invoice.gross_cents)} incl.",
    ]
