"""`fourstar contract evaluate`: a contract's year in numbers, for the meeting at its end (R30)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_facts, print_rows
from bot.evaluations import evaluation_sheet, send_evaluation
from bot.policies import policy_of
from bot.settings import Settings
from cards.evaluations import EvaluationSheet
from contract.contracts import Contract
from storage.contracts import load_contracts


def evaluate(
    customer: CustomerWord,
    year: Annotated[int, typer.Argument(min=2020, max=2100, help="The contract's year.")],
    send: Annotated[bool, typer.Option("--send", help="Show it to both contacts and the managers in chat.")] = False,
    as_json: AsJson = False,
) -> None:
    """A contract's year in numbers: tickets, pick-ups, time, permission, spend by month."""

    def read(session: Session, settings: Settings, now: datetime) -> list[dict[str, Any]]:
        return [
            _row(evaluation_sheet(session, one, now, policy_of(settings))) for one in _of_year(session, customer, year)
        ]

    def tell(session: Session, _settings: Settings, now: datetime) -> int:
        return sum(send_evaluation(session, one, now) for one in _of_year(session, customer, year))

    rows = look(read)
    if as_json:
        print_rows(rows, as_json=True, nothing="")
    for row in [] if as_json else rows:
        print_facts(row, as_json=False)
    if send:
        typer.echo(f"On its way to {change(tell)} people.", err=True)


def _of_year(session: Session, customer: str, year: int) -> list[Contract]:
    found = customer_named(session, customer)
    of_year = [one for one in load_contracts(session, found.id) if one.starts_on.year == year and not one.never_starts]
    if not of_year:
        raise NotDone(f"{found.name} has no contract of {year}. See: fourstar contract list.")
    return of_year


def _row(sheet: EvaluationSheet) -> dict[str, Any]:
    found = sheet.evaluation
    return {
        "contract": sheet.contract.number,
        "customer": sheet.customer_name,
        "starts_on": found.term.starts_on,
        "ends_on": found.term.ends_on,
        "counted_through": found.through,
        "tickets": found.tickets,
        "open": found.open_tickets,
        **{f"outcome_{outcome.value}": count for outcome, count in sorted(found.outcomes.items())},
        "picked_up_in_time": found.pick_ups.in_time,
        "picked_up_late": found.pick_ups.late,
        "not_picked_up_yet": found.pick_ups.waiting,
        **{f"{band.value}_minutes": minutes for band, minutes in found.minutes.items()},
        "billable_minutes": found.billable_minutes,
        "average_minutes_a_month": found.average_minutes,
        "minimum_minutes": found.minimum_minutes,
        "not_charged_minutes": found.unbilled_minutes,
        "beyond_allowance_minutes": found.beyond_minutes,
        "estimates_approved": found.approved.count,
        "approved_minutes": found.approved.minutes,
        "estimates_declined": found.declined.count,
        "declined_minutes": found.declined.minutes,
        **{f"net_cents_{year}_{month:02}": cents for (year, month), cents in sorted(found.spend_cents.items())},
        "net_cents": found.total_cents,
    }
