"""What can be done with a ticket, by whom, in which state (R2, R11, R34, D15, D22, D28, D30, D31).

How it changes is in `life_cycle`.

Contacts of the organisation answer, withdraw, reopen and decide; everybody of the provider does the rest. A ticket
that nobody has must be claimed before work on it is recorded, so that exactly one engineer picks it up. Nobody else
has any move.

    A new ticket: a contact can answer or withdraw it, an engineer can claim it. Closed on 23 November: both can
    reopen it through 7 December; from the 8th on they can open a follow-up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import AlreadyClaimed, MoveNotAllowed, ReopenTooLate
from contract.people import Role
from contract.tickets import State, reopen_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contract.tickets import Ticket


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
    START_SESSION = "start_session"
    ESTIMATE = "estimate"
    RECORD_DECISION = "record_decision"
    MARK_DUPLICATE = "mark_duplicate"
    WAIVE_MINIMUM = "waive_minimum"
    RESOLVE = "resolve"


_ALL = frozenset(State)
_OPEN = _ALL - {State.CLOSED}
_TAKEN = _OPEN - {State.NEW}
WAITING = frozenset({State.WAITING_CUSTOMER, State.WAITING_MICROSOFT})
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
    Move.RESUME: WAITING,
    Move.LOG_TIME: _TAKEN | _CLOSED,
    Move.CORRECT_TIME: _ALL,
    Move.START_TIMER: _TAKEN,
    Move.STOP_TIMER: _ALL,
    Move.START_SESSION: _TAKEN,
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

NEEDS_CLAIM = frozenset(
    move for move, states in STAFF_MOVES.items() if State.IN_PROGRESS in states and State.NEW not in states
)
"""What staff can do only with a ticket that somebody has (R34)."""


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

    `role` is the person's towards the ticket's customer. `logged_minutes` are the billable ones; `is_covered` tells
    whether the customer has a contract today: without one a closed ticket stays closed (D28).
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
        check_unclaimed(ticket)
    if move is Move.REOPEN:
        check_reopen(ticket, now)
    raise MoveNotAllowed(move, ticket.state)


def check_state(ticket: Ticket, move: Move) -> None:
    """Refuse a move that nobody can make from the ticket's state: raises MoveNotAllowed (D31)."""
    if ticket.state not in CONTACT_MOVES.get(move, frozenset()) | STAFF_MOVES.get(move, frozenset()):
        raise MoveNotAllowed(move, ticket.state)


def check_unclaimed(ticket: Ticket) -> None:
    """Refuse a second claim: raises AlreadyClaimed (R34)."""
    if ticket.is_open and ticket.engineer_id is not None:
        raise AlreadyClaimed(Move.CLAIM, ticket.state, ticket.engineer_id)


def check_reopen(ticket: Ticket, now: datetime) -> None:
    """Refuse reopening an open ticket, or after the 14th local day: raises ReopenTooLate (D30)."""
    if ticket.closed_at is None:
        raise MoveNotAllowed(Move.REOPEN, ticket.state)
    if now >= (until := reopen_until(ticket.closed_at)):
        raise ReopenTooLate(Move.REOPEN, ticket.state, until)
