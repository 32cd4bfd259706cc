"""The evaluation of a contract, for both sides (R30): asked for in chat, or shown to everybody concerned at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.opening import customer_of
from bot.turn import Answer, Policy, Turn
from cards.clicks.contracts import ShowEvaluation
from cards.components import Card
from cards.evaluations import EvaluationSheet, evaluation_card
from contract.contracts import Contract
from contract.evaluation import EvaluatedTicket, evaluate
from contract.holidays import Calendar
from contract.local_time import DAY, day_start, local
from contract.people import Role
from contract.pickup import due
from storage.contacts import contact_ids, load_customer
from storage.contracts import load_contract, load_contracts
from storage.errors import NotFound
from storage.evaluations import TicketHistory, load_histories, load_spend
from storage.people import Standing, manager_ids
from storage.prices import load_prices


def show_evaluation(turn: Turn, click: ShowEvaluation) -> Answer:
    """The evaluation of a contract; left out, that of the caller's organisation which began last. Raises NotFound."""
    contract = _begun_last(turn) if click.contract is None else _visible(turn.session, turn.caller, click.contract)
    return evaluation_card(evaluation_sheet(turn.session, contract, turn.now, turn.policy, turn.caller), turn.language)


def _begun_last(turn: Turn) -> Contract:
    if turn.role.is_staff:
        raise NotFound("contract", 0)
    customer, today = customer_of(turn), local(turn.now).date()
    begun = [
        contract
        for contract in load_contracts(turn.session, customer.id)
        if contract.starts_on <= today and not contract.never_starts
    ]
    if not begun:
        raise NotFound("contract", 0)
    return begun[-1]


def evaluation_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The same for delivery. Raises NotFound for others."""
    contract = _visible(session, reader, args["evaluation"])
    return evaluation_card(evaluation_sheet(session, contract, now, policy, reader), reader.person.language)


def _visible(session: Session, reader: Standing, contract_id: int) -> Contract:
    """A contract that this reader may see: the staff any, a contact those of the own organisation."""
    contract = load_contract(session, contract_id)
    is_theirs = reader.customer is not None and reader.customer.id == contract.customer_id
    if not (reader.role.is_staff or (reader.role is Role.CONTACT and is_theirs)):
        raise NotFound("contract", contract_id)
    return contract


def evaluation_sheet(
    session: Session, contract: Contract, now: datetime, policy: Policy, reader: Standing | None = None
) -> EvaluationSheet:
    """Everything the card shows, as of now."""
    term = contract.term
    begin, end = day_start(term.starts_on), day_start(term.ends_on + DAY)
    years = range(term.starts_on.year - 1, term.starts_on.year + 1)
    calendar = load_prices(session, contract.customer_id, years).profile
    histories = load_histories(session, contract.customer_id, begin, end)
    return EvaluationSheet(
        contract=contract,
        customer_name=load_customer(session, contract.customer_id).name,
        evaluation=evaluate(
            term,
            [_evaluated(history, policy, calendar) for history in histories],
            load_spend(session, contract.id),
            calendar,
            now,
        ),
        is_staff=reader is not None and reader.role.is_staff,
    )


def _evaluated(history: TicketHistory, policy: Policy, calendar: Calendar) -> EvaluatedTicket:
    ticket, due_at = history.ticket, history.pickup_due_at
    claimed_at = ticket.claimed_at
    if claimed_at is not None and any(at > claimed_at for at, _ in history.urgencies):
        # The stored target followed an urgency that was set after the pick-up: take the one that held then.
        before = [urgency for at, urgency in history.urgencies if at <= claimed_at]
        urgency = before[-1] if before else None
        minutes = policy.response_minutes.get(urgency) if urgency is not None else None
        due_at = due(ticket.created_at, minutes, calendar, working_days=policy.pickup_in_working_days)
    return EvaluatedTicket(ticket=ticket, pickup_due_at=due_at, entries=history.entries, estimates=history.estimates)


def send_evaluation(session: Session, contract: Contract, now: datetime) -> int:
    """Show it to both contacts and the managers; returns how many people get it."""
    readers = sorted({*contact_ids(session, contract.customer_id), *manager_ids(session)})
    for person_id in readers:
        announcements.show(
            session,
            person_id,
            "evaluation",
            {"evaluation": contract.id},
            now,
            fresh=True,
            subject=f"evaluation:{contract.id}",
        )
    return len(readers)
