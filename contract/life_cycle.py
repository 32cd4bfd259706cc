"""How a ticket changes: one function per change, each returns the next version (R17, R34, D12, D13, D22, D28-D31).

    new --claim--> in progress <--wait, resume--> waiting for customer, waiting for Microsoft --resolve--> closed
    any open state --withdraw, contract ended--> closed; any state --mark duplicate--> closed
    closed --reopen--> in progress, or new when nobody had it

A contact's answer resumes a waiting ticket. The first claim wins; a second one is refused and learns who has the
ticket.

    Reopened on the 14th local day after closing: in progress with the same engineer and the same allowance. A day
    later: refused.

Every function raises MoveNotAllowed where the state does not allow it; who may is decided before, by `moves`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract.allowance import Allowance, after_approval, stopped
from contract.errors import MoveNotAllowed, NotADuplicate, NothingToStop, TextMissing
from contract.moves import STAFF_MOVES, WAITING, Move, check_reopen, check_state, check_unclaimed
from contract.outcomes import RESOLVE_OUTCOMES, Outcome, OutcomeDetails, check_outcome
from contract.tickets import State

if TYPE_CHECKING:
    from datetime import datetime

    from contract.tickets import Ticket, Urgency


def claim(ticket: Ticket, *, engineer_id: int, now: datetime) -> Ticket:
    """Return the ticket picked up by one engineer: the first claim wins, time-stamped (R34, D29).

    Raises AlreadyClaimed.
    """
    check_unclaimed(ticket)
    check_state(ticket, Move.CLAIM)
    claimed_at = ticket.claimed_at or now
    return _changed(ticket, state=State.IN_PROGRESS, engineer_id=engineer_id, claimed_at=claimed_at)


def hand_over(ticket: Ticket, *, to: int) -> Ticket:
    """Return the ticket given to a colleague; the pick-up stays when it was (R34). Handing it to oneself is no move."""
    return _given(ticket, Move.HAND_OVER, to)


def take_over(ticket: Ticket, *, engineer_id: int) -> Ticket:
    """Return the ticket taken from an absent colleague; the pick-up stays when it was (R34)."""
    return _given(ticket, Move.TAKE_OVER, engineer_id)


def set_urgency(ticket: Ticket, urgency: Urgency | None) -> Ticket:
    """Return the ticket with an urgency, or without (R11)."""
    check_state(ticket, Move.SET_URGENCY)
    return _changed(ticket, urgency=urgency)


def answered_by_contact(ticket: Ticket) -> Ticket:
    """Return the ticket after a contact's answer, which resumes a waiting one (D31)."""
    if not ticket.is_open:
        raise MoveNotAllowed(Move.ANSWER, ticket.state)
    return _changed(ticket, state=State.IN_PROGRESS if ticket.state in WAITING else ticket.state)


def answered_by_staff(ticket: Ticket) -> Ticket:
    """Return the ticket after an engineer's answer: its state stays, somebody has to have it (R34)."""
    if ticket.state not in STAFF_MOVES[Move.ANSWER]:
        raise MoveNotAllowed(Move.ANSWER, ticket.state)
    return _changed(ticket)


def wait_for_customer(ticket: Ticket) -> Ticket:
    """Return the ticket waiting for a contact's answer (D31)."""
    check_state(ticket, Move.WAIT_FOR_CUSTOMER)
    return _changed(ticket, state=State.WAITING_CUSTOMER)


def wait_for_microsoft(ticket: Ticket, case: str) -> Ticket:
    """Return the ticket waiting for Microsoft, with the number of the case there (R17, D31). Raises TextMissing."""
    check_state(ticket, Move.WAIT_FOR_MICROSOFT)
    return _changed(ticket, state=State.WAITING_MICROSOFT, microsoft_case=_text(case, "microsoft_case"))


def resume(ticket: Ticket) -> Ticket:
    """Return a waiting ticket in progress again (D31)."""
    check_state(ticket, Move.RESUME)
    return _changed(ticket, state=State.IN_PROGRESS)


def withdraw(ticket: Ticket, now: datetime) -> Ticket:
    """Return the ticket withdrawn by a contact; it is still billed (D22)."""
    check_state(ticket, Move.WITHDRAW)
    return _closed(ticket, Outcome.WITHDRAWN, OutcomeDetails(), now)


def resolve(ticket: Ticket, outcome: Outcome, details: OutcomeDetails, now: datetime) -> Ticket:
    """Return the ticket closed with an outcome of R17; a case number the ticket already has counts.

    Raises OutcomeNeeds; ValueError for an outcome that has its own move.
    """
    check_state(ticket, Move.RESOLVE)
    if outcome not in RESOLVE_OUTCOMES:
        raise ValueError(outcome)
    if outcome is Outcome.ESCALATED and not (details.microsoft_case or "").strip():
        details = replace(details, microsoft_case=ticket.microsoft_case)
    check_outcome(outcome, details)
    return _closed(ticket, outcome, details, now)


def mark_duplicate(ticket: Ticket, original: Ticket, now: datetime) -> Ticket:
    """Return the ticket closed as a technical duplicate: void, never billed (D22). Raises NotADuplicate."""
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
    check_reopen(ticket, now)
    state = State.NEW if ticket.engineer_id is None else State.IN_PROGRESS
    opened = _changed(ticket, state=state, closed_at=None, outcome=None, outcome_details=OutcomeDetails())
    return replace(opened, is_void=False, duplicate_of=None)


def grant(ticket: Ticket, extra_minutes: int) -> Ticket:
    """Return the ticket after an approved estimate: its allowance grows by exactly those minutes (D13)."""
    check_state(ticket, Move.DECIDE)
    granted = after_approval(Allowance(ticket.granted_minutes), extra_minutes).granted_minutes
    return _changed(ticket, granted_minutes=granted, approved_minutes=ticket.approved_minutes + extra_minutes)


def stop_work(ticket: Ticket, logged_minutes: int) -> Ticket:
    """Return the ticket whose allowance fell to the billable minutes already logged (D13). Raises NothingToStop."""
    check_state(ticket, Move.STOP_WORK)
    if not ticket.approved_minutes or ticket.granted_minutes <= logged_minutes:
        raise NothingToStop
    return _changed(ticket, granted_minutes=stopped(Allowance(ticket.granted_minutes, logged_minutes)).granted_minutes)


def _changed(ticket: Ticket, **changes: Any) -> Ticket:
    return replace(ticket, version=ticket.version + 1, **changes)


def _closed(ticket: Ticket, outcome: Outcome, details: OutcomeDetails, now: datetime) -> Ticket:
    return _changed(ticket, state=State.CLOSED, outcome=outcome, outcome_details=details, closed_at=now)


def _given(ticket: Ticket, move: Move, engineer_id: int) -> Ticket:
    check_state(ticket, move)
    if ticket.engineer_id == engineer_id:
        raise MoveNotAllowed(move, ticket.state)
    return _changed(ticket, engineer_id=engineer_id)


def _text(text: str, field: str) -> str:
    if not text.strip():
        raise TextMissing(field)
    return text.strip()
