"""What can be done with a ticket, by whom, from which state (R2, R11, R17, R34, D22, D28-D32).

    new --claim--> in progress <--wait/resume--> waiting for customer, waiting for Microsoft --resolve--> closed
    any open state --withdraw (contact), mark duplicate (staff), contract ended--> closed --reopen--> in progress, or new

A contact's answer resumes a waiting ticket. A ticket that nobody has must be claimed before work on it is recorded, so that exactly
one engineer picks it up. The first claim wins; a second one is refused and learns who has it.

    Reopened on the 14th local day after closing: in progress with the same engineer and the same allowance. A day later: refused,
    a follow-up ticket is offered.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contract.allowance import Allowance, after_approval, stopped
from contract.errors import (
    AlreadyClaimed,
    MoveNotAllowed,
    NotADuplicate,
    NothingToStop,
    ReopenTooLate,
    TextMissing,
)
from contract.outcomes import RESOLVE_OUTCOMES, Outcome, OutcomeDetails, check_outcome
from contract.people import Role
from contract.tickets import State, Ticket, Urgency, reopen_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Move(StrEnum):
    """Everything a person can do with an existing ticket."""

    ANSWER = "answer"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    FOLLOW_UP = "follow_up"
    DECIDE = "decide"
    STOP_WORK = "stop_work"
    CLAIM = "claim"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    SET_URGENCY = "set_urgency"
    NOTE = "note"
    WAIT_FOR_CUSTOMER = "wait_for_customer"
    WAIT_FOR_MICROSOFT = "wait_for_microsoft"
    RESUME = "resume"
    LOG_TIME = "log_time"
    CORRECT_TIME = "correct_time"
    START_TIMER = "start_timer"
    STOP_TIMER = "stop_timer"
    ESTIMATE = "estimate"
    RECORD_DECISION = "record_decision"
    MARK_DUPLICATE = "mark_duplicate"
    WAIVE_MINIMUM = "waive_minimum"
    RESOLVE = "resolve"


_ALL = frozenset(State)
_OPEN = _ALL - {State.CLOSED}
_TAKEN = _OPEN - {State.NEW}
_WAITING = frozenset({State.WAITING_CUSTOMER, State.WAITING_MICROSOFT})
_CLOSED = frozenset({State.CLOSED})

CONTACT_MOVES: Mapping[Move, frozenset[State]] = {
    Move.ANSWER: _OPEN,
    Move.DECIDE: _OPEN,
    Move.STOP_WORK: _OPEN,
    Move.WITHDRAW: _OPEN,
    Move.REOPEN: _CLOSED,
    Move.FOLLOW_UP: _CLOSED,
}
"""The states in which a contact can make each move (D15, D30)."""

STAFF_MOVES: Mapping[Move, frozenset[State]] = {
    Move.CLAIM: frozenset({State.NEW}),
    Move.ANSWER: _TAKEN,
    Move.NOTE: _ALL,
    Move.SET_URGENCY: _OPEN,
    Move.WAIT_FOR_CUSTOMER: _TAKEN - {State.WAITING_CUSTOMER},
    Move.WAIT_FOR_MICROSOFT: _TAKEN - {State.WAITING_MICROSOFT},
    Move.RESUME: _WAITING,
    Move.LOG_TIME: _TAKEN | _CLOSED,
    Move.CORRECT_TIME: _ALL,
    Move.START_TIMER: _TAKEN,
    Move.STOP_TIMER: _ALL,
    Move.ESTIMATE: _TAKEN,
    Move.RECORD_DECISION: _OPEN,
    Move.HAND_OVER: _TAKEN,
    Move.TAKE_OVER: _TAKEN,
    Move.MARK_DUPLICATE: _ALL,
    Move.WAIVE_MINIMUM: _ALL,
    Move.RESOLVE: _TAKEN,
    Move.REOPEN: _CLOSED,
    Move.FOLLOW_UP: _CLOSED,
}
"""The states in which somebody of the provider can make each move (R34, D23)."""


def moves(
    ticket: Ticket,
    role: Role,
    person_id: int,
    now: datetime,
    *,
    has_open_estimate: bool = False,
    logged_minutes: int = 0,
    is_covered: bool = True,
) -> frozenset[Move]:
    """Return what this person can do with the ticket now.

    `role` is the person's towards the ticket's customer. `logged_minutes` are the billable ones; `is_covered` tells whether the
    customer has a contract today: without one a closed ticket stays closed (D28).
    """
    table = STAFF_MOVES if role.is_staff else CONTACT_MOVES if role is Role.CONTACT else {}
    can_reopen = ticket.closed_at is not None and now < reopen_until(ticket.closed_at)
    can_reopen = can_reopen and (role.is_staff or not ticket.is_void)
    approved_left = ticket.approved_minutes > 0 and ticket.granted_minutes > logged_minutes
    holds = {
        Move.DECIDE: has_open_estimate,
        Move.RECORD_DECISION: has_open_estimate,
        Move.STOP_WORK: approved_left,
        Move.REOPEN: can_reopen and is_covered,
        Move.FOLLOW_UP: not can_reopen and is_covered,
        Move.HAND_OVER: ticket.engineer_id == person_id or role is Role.MANAGER,
        Move.TAKE_OVER: ticket.engineer_id != person_id,
        Move.MARK_DUPLICATE: not ticket.is_void,
        Move.WAIVE_MINIMUM: not ticket.is_void and not ticket.is_minimum_waived,
    }
    return frozenset(move for move, states in table.items() if ticket.state in states and holds.get(move, True))


def check_move(allowed: frozenset[Move], move: Move, ticket: Ticket, now: datetime) -> None:
    """Refuse a move that is not among those `moves` returned, with the most telling reason.

    Raises AlreadyClaimed (R34), ReopenTooLate (D30) or MoveNotAllowed (D31).
    """
    if move in allowed:
        return
    if move is Move.CLAIM:
        _check_unclaimed(ticket)
    if move is Move.REOPEN:
        _check_reopen(ticket, now)
    raise MoveNotAllowed(move, ticket.state)


def claim(ticket: Ticket, *, engineer_id: int, now: datetime) -> Ticket:
    """Return the ticket picked up by one engineer: the first claim wins, time-stamped (R34, D29). Raises AlreadyClaimed."""
    _check_unclaimed(ticket)
    _check_state(ticket, Move.CLAIM)
    claimed_at = ticket.claimed_at or now
    return _changed(ticket, state=State.IN_PROGRESS, engineer_id=engineer_id, claimed_at=claimed_at)


def hand_over(ticket: Ticket, *, to: int) -> Ticket:
    """Return the ticket given to a colleague; the pick-up stays when it was (R34). Handing it to oneself is no move."""
    _check_state(ticket, Move.HAND_OVER)
    if ticket.engineer_id == to:
        raise MoveNotAllowed(Move.HAND_OVER, ticket.state)
    return _changed(ticket, engineer_id=to)


def take_over(ticket: Ticket, *, engineer_id: int) -> Ticket:
    """Return the ticket taken from an absent colleague; the pick-up stays when it was (R34)."""
    _check_state(ticket, Move.TAKE_OVER)
    if ticket.engineer_id == engineer_id:
        raise MoveNotAllowed(Move.TAKE_OVER, ticket.state)
    return _changed(ticket, engineer_id=engineer_id)


def set_urgency(ticket: Ticket, urgency: Urgency | None) -> Ticket:
    """Return the ticket with an urgency, or without (R11)."""
    _check_state(ticket, Move.SET_URGENCY)
    return _changed(ticket, urgency=urgency)


def answered_by_contact(ticket: Ticket) -> Ticket:
    """Return the ticket after a contact's answer, which resumes a waiting one (D31)."""
    if not ticket.is_open:
        raise MoveNotAllowed(Move.ANSWER, ticket.state)
    return _changed(ticket, state=State.IN_PROGRESS if ticket.state in _WAITING else ticket.state)


def answered_by_staff(ticket: Ticket) -> Ticket:
    """Return the ticket after an engineer's answer: its state stays, somebody has to have it (R34)."""
    if ticket.state not in _TAKEN:
        raise MoveNotAllowed(Move.ANSWER, ticket.state)
    return _changed(ticket)


def wait_for_customer(ticket: Ticket) -> Ticket:
    """Return the ticket waiting for a contact's answer (D31)."""
    _check_state(ticket, Move.WAIT_FOR_CUSTOMER)
    return _changed(ticket, state=State.WAITING_CUSTOMER)


def wait_for_microsoft(ticket: Ticket, case: str) -> Ticket:
    """Return the ticket waiting for Microsoft, with the number of the case there (R17, D31). Raises TextMissing."""
    _check_state(ticket, Move.WAIT_FOR_MICROSOFT)
    return _changed(ticket, state=State.WAITING_MICROSOFT, microsoft_case=_text(case, "microsoft_case"))


def resume(ticket: Ticket) -> Ticket:
    """Return a waiting ticket in progress again (D31)."""
    _check_state(ticket, Move.RESUME)
    return _changed(ticket, state=State.IN_PROGRESS)


def withdraw(ticket: Ticket, now: datetime) -> Ticket:
    """Return the ticket withdrawn by a contact; it is still billed (D22)."""
    _check_state(ticket, Move.WITHDRAW)
    return _closed(ticket, Outcome.WITHDRAWN, OutcomeDetails(), now)


def resolve(ticket: Ticket, outcome: Outcome, details: OutcomeDetails, now: datetime) -> Ticket:
    """Return the ticket closed with an outcome of R17; a case number the ticket already has counts.

    Raises OutcomeNeeds; ValueError for an outcome that has its own move.
    """
    _check_state(ticket, Move.RESOLVE)
    if outcome not in RESOLVE_OUTCOMES:
        raise ValueError(outcome)
    if outcome is Outcome.ESCALATED and not (details.microsoft_case or "").strip():
        details = replace(details, microsoft_case=ticket.microsoft_case)
    check_outcome(outcome, details)
    return _closed(ticket, outcome, details, now)


def mark_duplicate(ticket: Ticket, original: Ticket, now: datetime) -> Ticket:
    """Return the ticket closed as a technical duplicate of `original`: void, never billed (D22). Raises NotADuplicate."""
    if ticket.is_void:
        raise MoveNotAllowed(Move.MARK_DUPLICATE, ticket.state)
    if original.number == ticket.number or original.customer_id != ticket.customer_id or original.is_void:
        raise NotADuplicate(original.number)
    closed = _closed(ticket, Outcome.DUPLICATE, OutcomeDetails(), ticket.closed_at or now)
    return replace(closed, is_void=True, duplicate_of=original.number)


def close_contract_ended(ticket: Ticket, now: datetime) -> Ticket:
    """Return an open ticket closed because the contract ended without a renewal (D28)."""
    if not ticket.is_open:
        raise MoveNotAllowed(Move.RESOLVE, ticket.state)
    return _closed(ticket, Outcome.CONTRACT_ENDED, OutcomeDetails(), now)


def waive_minimum(ticket: Ticket, reason: str) -> Ticket:
    """Return the ticket with its minimum waived, for a reason that the invoice shows (D5). Raises TextMissing."""
    if ticket.is_void or ticket.is_minimum_waived:
        raise MoveNotAllowed(Move.WAIVE_MINIMUM, ticket.state)
    return _changed(ticket, minimum_waived_reason=_text(reason, "reason"))


def reopen(ticket: Ticket, now: datetime) -> Ticket:
    """Return the ticket open again, with its engineer and its allowance (D12, D30); a duplicate counts again.

    Raises ReopenTooLate after the 14th local day.
    """
    _check_reopen(ticket, now)
    state = State.NEW if ticket.engineer_id is None else State.IN_PROGRESS
    opened = _changed(ticket, state=state, closed_at=None, outcome=None, outcome_details=OutcomeDetails())
    return replace(opened, is_void=False, duplicate_of=None)


def grant(ticket: Ticket, extra_minutes: int) -> Ticket:
    """Return the ticket after an approved estimate: its allowance grows by exactly those minutes (D13)."""
    _check_state(ticket, Move.DECIDE)
    granted = after_approval(Allowance(ticket.granted_minutes), extra_minutes).granted_minutes
    return _changed(ticket, granted_minutes=granted, approved_minutes=ticket.approved_minutes + extra_minutes)


def stop_work(ticket: Ticket, logged_minutes: int) -> Ticket:
    """Return the ticket whose allowance fell to the billable minutes already logged (D13). Raises NothingToStop."""
    _check_state(ticket, Move.STOP_WORK)
    if not ticket.approved_minutes or ticket.granted_minutes <= logged_minutes:
        raise NothingToStop
    return _changed(ticket, granted_minutes=stopped(Allowance(ticket.granted_minutes, logged_minutes)).granted_minutes)


def _changed(ticket: Ticket, **changes: Any) -> Ticket:  # noqa: ANN401 - the fields of a ticket
    return replace(ticket, version=ticket.version + 1, **changes)


def _closed(ticket: Ticket, outcome: Outcome, details: OutcomeDetails, now: datetime) -> Ticket:
    return _changed(ticket, state=State.CLOSED, outcome=outcome, outcome_details=details, closed_at=now)


def _check_state(ticket: Ticket, move: Move) -> None:
    if ticket.state not in CONTACT_MOVES.get(move, frozenset()) | STAFF_MOVES.get(move, frozenset()):
        raise MoveNotAllowed(move, ticket.state)


def _check_unclaimed(ticket: Ticket) -> None:
    if ticket.is_open and ticket.engineer_id is not None:
        raise AlreadyClaimed(Move.CLAIM, ticket.state, ticket.engineer_id)


def _check_reopen(ticket: Ticket, now: datetime) -> None:
    if ticket.closed_at is None:
        raise MoveNotAllowed(Move.REOPEN, ticket.state)
    if now >= (until := reopen_until(ticket.closed_at)):
        raise ReopenTooLate(Move.REOPEN, ticket.state, until)


def _text(text: str, field: str) -> str:
    if not text.strip():
        raise TextMissing(field)
    return text.strip()
