"""The managers' month in chat and by the calendar: prepared on the 1st, released with one click, issued in parts (R14).

The calendar begins the run of the month that ended; timers do its parts. A run that is prepared shows its card to every
manager. A click on "issue" binds to what was shown: when something changed since, the card as it is now is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.billing_parties import missing_settings
from bot.credits import pending_credits
from bot.invoicing import advance, begin_again, drafts_of, prepare, release, show_run
from bot.turn import Answer, Policy, Turn
from cards.clicks.invoicing import IssueInvoices, PrepareInvoices, ShowMonths, ShowRun, ShowUnpaid
from cards.components import Card
from cards.invoicing import RunSheet, run_card
from cards.months import PAGE_UNPAID, MonthLine, MonthsSheet, UnpaidLine, UnpaidList, months_card, unpaid_card
from cards.refusals import refusal_text
from contract.contracts import Contract
from contract.invoice_runs import MonthNotOver, RunState, Totals
from contract.local_time import local
from contract.months import Month, issued_at, open_month, previous_month
from contract.people import Role
from storage import timers
from storage.billed_customers import next_customers
from storage.errors import NotFound
from storage.invoice_lists import list_invoices, month_sums
from storage.invoice_runs import InvoiceRun, find_run, key_of, list_runs, month_of_key
from storage.payments import load_balances, unpaid_ids
from storage.people import Standing
from storage.questions import waiting_questions
from storage.tickets import names_of

RUN_PART = "run_part"
SHOWN_MONTHS = 4
PREVIEWED = 100
"""Customers that the overview adds up for the running month; it is an answer to a click."""

MOST_QUESTIONS = 100


# --- by the calendar --------------------------------------------------------------------------------------------------


def next_issue(after: datetime) -> datetime:
    """The next 1st of a month, 12:00 local (D8)."""
    return issued_at(open_month(after))


def begin_month(session: Session, slot: datetime, now: datetime) -> None:
    """Prepare the invoices of the month that ended, unless somebody did already."""
    month = previous_month(open_month(slot))
    run = prepare(session, month, now)
    _go_on(session, run, now)


def run_part(session: Session, payload: Mapping[str, Any], now: datetime, *, policy: Policy) -> None:
    """Do the next customers of a run, and have the rest done after them."""
    month = month_of_key(payload["run"])
    run = advance(session, policy, month, now)
    _go_on(session, run, now)


def contract_kept(session: Session, contract: Contract, now: datetime) -> None:
    """A contract was kept that covers months whose invoices were being made already: they are looked through again.

    What was issued stays; for the rest the managers are shown the month once more, and release it (R14, D16).
    """
    for seen in list_runs(session):
        if contract.starts_on <= date(*seen.month, 1) <= contract.ends_on:
            _go_on(session, begin_again(session, seen.month, now), now)


def _go_on(session: Session, run: InvoiceRun, now: datetime) -> None:
    """Every part has a timer of its own, so that a part that was done is never done again by its timer."""
    if run.state in (RunState.PREPARING, RunState.ISSUING):
        key = f"{RUN_PART}:{run.key}:{run.state}:{run.cursor}"
        timers.arm(session, key, now, RUN_PART, {"run": run.key})


# --- the run in chat --------------------------------------------------------------------------------------------------


def show_run_card(turn: Turn, click: ShowRun) -> Answer:
    """How far a month is. Raises NotFound."""
    return _run_answer(turn, month_of_key(click.run))


def prepare_invoices(turn: Turn, click: PrepareInvoices) -> Answer:
    """Make the drafts of a month, or make them again; the card follows by itself."""
    month = month_of_key(click.run)
    try:
        run = prepare(turn.session, month, turn.now)
    except MonthNotOver as error:
        return months_answer(turn, refusal_text(error, turn.language, turn.now))
    _go_on(turn.session, run, turn.now)
    return _run_answer(turn, month)


def issue_invoices(turn: Turn, click: IssueInvoices) -> Answer:
    """Release a month as it was shown; a second click, or somebody else's, gets the card as it is."""
    month = month_of_key(click.run)
    run = find_run(turn.session, month, lock=True)
    if run is None:
        raise NotFound("invoice_run", click.run)
    can = run.state is RunState.PREPARED or (run.state is RunState.ISSUED and run.totals.refused > 0)
    if not can:
        return _run_answer(turn, month)
    if run.totals.digest(month) != click.shown:
        return _run_answer(turn, month, turn.texts("It has changed meanwhile. This is how it stands now."))
    run = release(turn.session, month, turn.now, turn.person.id)
    _go_on(turn.session, run, turn.now)
    show_run(turn.session, run.key, turn.now)
    return _run_answer(turn, month)


def _run_answer(turn: Turn, month: Month, notice: str = "") -> Card:
    return run_card(_sheet(turn.session, turn.policy, month, turn.now), turn.language, notice=notice)


def run_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The card of a run for delivery. Raises NotFound for somebody who is no manager."""
    if reader.role is not Role.MANAGER:
        raise NotFound("invoice_run", args["invoice_run"])
    return run_card(_sheet(session, policy, month_of_key(args["invoice_run"]), now), reader.person.language)


def _sheet(session: Session, policy: Policy, month: Month, now: datetime) -> RunSheet:
    run = find_run(session, month)
    if run is None:
        raise NotFound("invoice_run", key_of(month))
    facts = {fact for finding in run.totals.findings if finding.what.is_refused for fact in finding.facts}
    return RunSheet(
        month=month,
        key=run.key,
        state=run.state,
        totals=run.totals,
        released_by=names_of(session, [run.released_by]).get(run.released_by or 0, ""),
        released_at=run.released_at,
        missing_settings=missing_settings(sorted(facts)),
        now=now,
    )


# --- the months -------------------------------------------------------------------------------------------------------


def show_months(turn: Turn, _click: ShowMonths) -> Answer:
    """What was issued, what can be, and what is open."""
    return months_answer(turn)


def months_answer(turn: Turn, notice: str = "") -> Card:
    """The overview for the caller, as it is now."""
    return months_card(_months(turn.session, turn.policy, turn.now), turn.language, notice=notice)


def _months(session: Session, policy: Policy, now: datetime) -> MonthsSheet:
    running = open_month(now)
    runs = {run.month: run for run in list_runs(session, SHOWN_MONTHS)}
    ended = previous_month(running)
    months = sorted({ended, *runs} - {running}, reverse=True)[:SHOWN_MONTHS]
    preview, is_part = preview_of(session, policy, running, now)
    today = local(now).date()
    unpaid = unpaid_ids(session)
    balances = load_balances(session, unpaid)
    overdue = [balance for balance in balances.values() if balance.is_overdue(today)]
    sums = {month: month_sums(session, month) for month in months}
    return MonthsSheet(
        lines=tuple(
            MonthLine(
                month=month,
                key=key_of(month),
                state=runs[month].state if month in runs else None,
                invoices=sums[month].invoices,
                net_cents=sums[month].net_cents,
            )
            for month in months
        ),
        running=running,
        preview=preview,
        is_part=is_part,
        unpaid=len(unpaid),
        unpaid_cents=sum(balance.open_cents for balance in balances.values()),
        overdue=len(overdue),
        overdue_cents=sum(balance.open_cents for balance in overdue),
        questions=len(waiting_questions(session, MOST_QUESTIONS)),
        credits=tuple(pending_credits(session, now)),
    )


def preview_of(session: Session, policy: Policy, month: Month, now: datetime) -> tuple[Totals, bool]:
    """What the running month comes to so far, of the first customers, and whether there are more."""
    ids = next_customers(session, 0, PREVIEWED + 1)
    totals = Totals()
    for draft in drafts_of(session, policy, ids[:PREVIEWED], month, now) if ids else ():
        if draft.invoice is not None:
            totals = totals.plus(draft.invoice.net_cents, draft.invoice.vat_cents, draft.invoice.gross_cents)
    return totals, len(ids) > PREVIEWED


def show_unpaid(turn: Turn, click: ShowUnpaid) -> Answer:
    """The invoices that are not paid, the longest due first."""
    today = local(turn.now).date()
    ids = unpaid_ids(turn.session, due_before=today if click.overdue else None)
    first = (click.page - 1) * PAGE_UNPAID
    shown = ids[first : first + PAGE_UNPAID]
    rows = {row.id: row for row in list_invoices(turn.session, ids=shown).rows}
    lines = tuple(
        UnpaidLine(
            id=key,
            number=rows[key].number,
            customer=rows[key].customer,
            due_date=rows[key].due_date,
            open_cents=rows[key].balance.open_cents,
            is_overdue=rows[key].balance.is_overdue(today),
        )
        for key in shown
    )
    has_more = len(ids) > first + PAGE_UNPAID
    return unpaid_card(
        UnpaidList(lines=lines, page=click.page, has_more=has_more, overdue=click.overdue), turn.language
    )
