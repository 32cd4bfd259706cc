"""What can be done with a ticket, by whom, in which state (R2, R11, R34, D15, D28, D30, D31)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from contract.errors import AlreadyClaimed, MoveNotAllowed, ReopenTooLate
from contract.moves import (
    CONTACT_MOVES,
    NEEDS_CLAIM,
    STAFF_MOVES,
    Move,
    check_move,
    check_reopen,
    check_state,
    check_unclaimed,
    moves,
)
from contract.people import Role
from contract.tickets import State, Ticket
from tests.contract.builders import BOSS, COLLEAGUE, CONTACT, ENGINEER, MONDAY, at, ticket

LAST_DAY, TOO_LATE = at("2026-12-07 23:59"), at("2026-12-08 00:00")
TAKEN = ticket(state=State.IN_PROGRESS, engineer_id=ENGINEER, claimed_at=MONDAY)
CLOSED = ticket(state=State.CLOSED, engineer_id=ENGINEER, claimed_at=MONDAY, closed_at=MONDAY)


def contact(of: Ticket, now: datetime = MONDAY, **facts: Any) -> set[Move]:
    """What a contact can do."""
    return set(moves(of, Role.CONTACT, CONTACT, now, **facts))


def engineer(of: Ticket, now: datetime = MONDAY, person_id: int = ENGINEER, **facts: Any) -> set[Move]:
    """What an engineer can do."""
    return set(moves(of, Role.ENGINEER, person_id, now, **facts))


def test_worked_example() -> None:
    """A new ticket, and a closed one on the fourteenth and on the fifteenth day (R2, R34, D30)."""
    assert contact(ticket()) == {Move.ANSWER, Move.WITHDRAW}
    assert Move.CLAIM in engineer(ticket())
    assert contact(CLOSED, LAST_DAY) == {Move.REOPEN}
    assert contact(CLOSED, TOO_LATE) == {Move.FOLLOW_UP}
    assert Move.REOPEN in engineer(CLOSED, LAST_DAY)
    assert Move.FOLLOW_UP in engineer(CLOSED, TOO_LATE)


@pytest.mark.parametrize("role", [Role.STRANGER, Role.OUTSIDER])
@pytest.mark.parametrize("state", State)
def test_nobody_else(role: Role, state: State) -> None:
    """Who is neither an appointed contact nor of the provider can do nothing, in any state (R4)."""
    assert moves(ticket(state=state, closed_at=MONDAY), role, 99, MONDAY, has_open_estimate=True) == frozenset()


@pytest.mark.parametrize("state", State)
def test_what_is_never_the_contacts(state: State) -> None:
    """A contact sets no urgency, sees no note, logs no time; staff decides for no customer (R12, D15)."""
    facts: dict[str, Any] = {"has_open_estimate": True}
    of = ticket(state=state, closed_at=MONDAY, approved_minutes=60, granted_minutes=180)
    assert not contact(of, **facts) & {Move.SET_URGENCY, Move.NOTE, Move.LOG_TIME, Move.RESOLVE, Move.RECORD_DECISION}
    assert not engineer(of, **facts) & {Move.DECIDE, Move.STOP_WORK, Move.WITHDRAW}


def test_claim_before_work() -> None:
    """Work on a ticket that nobody has can not be recorded: first somebody claims it (R34, D29)."""
    new = {Move.CLAIM, Move.NOTE, Move.SET_URGENCY, Move.MARK_DUPLICATE, Move.WAIVE_MINIMUM}
    assert engineer(ticket()) - {Move.CORRECT_TIME, Move.STOP_TIMER} == new
    assert Move.CLAIM not in engineer(TAKEN)
    assert engineer(TAKEN) >= {Move.ANSWER, Move.LOG_TIME, Move.START_TIMER, Move.ESTIMATE, Move.RESOLVE}


def test_who_hands_over() -> None:
    """The one who has it hands it over, or a manager does; a colleague takes it over (R34)."""
    assert (Move.HAND_OVER in engineer(TAKEN), Move.TAKE_OVER in engineer(TAKEN)) == (True, False)
    colleague = engineer(TAKEN, person_id=COLLEAGUE)
    assert (Move.HAND_OVER in colleague, Move.TAKE_OVER in colleague) == (False, True)
    assert {Move.HAND_OVER, Move.TAKE_OVER} <= moves(TAKEN, Role.MANAGER, BOSS, MONDAY)


def test_decisions_need_an_estimate() -> None:
    """Deciding, and recording a decision by phone, are offered while an estimate is open (D13, D15)."""
    assert Move.DECIDE not in contact(TAKEN)
    assert Move.DECIDE in contact(TAKEN, has_open_estimate=True)
    assert Move.RECORD_DECISION not in engineer(TAKEN)
    assert Move.RECORD_DECISION in engineer(TAKEN, has_open_estimate=True)


def test_stopping_needs_approved_time() -> None:
    """Stopping is offered after an approval while minutes of the allowance are left (D13)."""
    approved = ticket(state=State.IN_PROGRESS, approved_minutes=60, granted_minutes=180)
    assert Move.STOP_WORK not in contact(TAKEN)
    assert Move.STOP_WORK in contact(approved, logged_minutes=179)
    assert Move.STOP_WORK not in contact(approved, logged_minutes=180)


def test_without_a_contract() -> None:
    """A closed ticket stays closed while the customer has no contract (D28)."""
    assert contact(CLOSED, is_covered=False) == contact(CLOSED, TOO_LATE, is_covered=False) == set()


def test_void() -> None:
    """A contact does not reopen a duplicate, but can follow it up; an engineer can undo it; it has no minimum (D22)."""
    void = ticket(state=State.CLOSED, closed_at=MONDAY, is_void=True, duplicate_of=1000)
    assert contact(void) == {Move.FOLLOW_UP}
    assert Move.REOPEN in engineer(void)
    assert not engineer(void) & {Move.MARK_DUPLICATE, Move.WAIVE_MINIMUM}
    assert Move.WAIVE_MINIMUM not in engineer(ticket(minimum_waived_reason="Our mistake"))


def test_refusals_say_why() -> None:
    """A refused claim names who has it, a late reopening until when it was possible (R34, D30)."""
    with pytest.raises(AlreadyClaimed) as claimed:
        check_move(moves(TAKEN, Role.ENGINEER, COLLEAGUE, MONDAY), Move.CLAIM, TAKEN, MONDAY)
    assert (claimed.value.engineer_id, claimed.value.state) == (ENGINEER, State.IN_PROGRESS)
    with pytest.raises(ReopenTooLate) as late:
        check_move(moves(CLOSED, Role.CONTACT, CONTACT, TOO_LATE), Move.REOPEN, CLOSED, TOO_LATE)
    assert late.value.until == TOO_LATE
    with pytest.raises(MoveNotAllowed) as refused:
        check_move(moves(TAKEN, Role.CONTACT, CONTACT, MONDAY), Move.NOTE, TAKEN, MONDAY)
    assert (refused.value.move, refused.value.state) == (Move.NOTE, State.IN_PROGRESS)


def test_plain_refusals() -> None:
    """Claiming a closed ticket and reopening one without a contract are refused as moves (D28, D31)."""
    for move in (Move.CLAIM, Move.REOPEN):
        with pytest.raises(MoveNotAllowed) as refused:
            check_move(moves(CLOSED, Role.CONTACT, CONTACT, MONDAY, is_covered=False), move, CLOSED, MONDAY)
        assert type(refused.value) is MoveNotAllowed
    check_move(frozenset({Move.NOTE}), Move.NOTE, CLOSED, MONDAY)


def test_single_checks() -> None:
    """The parts of `check_move` by themselves: unclaimed, reopenable, possible at all in this state (R34, D30, D31)."""
    check_unclaimed(ticket())
    check_unclaimed(CLOSED)
    check_reopen(CLOSED, LAST_DAY)
    with pytest.raises(MoveNotAllowed):
        check_reopen(ticket(), MONDAY)
    check_state(ticket(), Move.CLAIM)
    with pytest.raises(MoveNotAllowed):
        check_state(CLOSED, Move.CLAIM)


def test_every_move_is_somebodys() -> None:
    """Each move stands in one of the two tables, with at least one state (D31)."""
    assert set(CONTACT_MOVES) | set(STAFF_MOVES) == set(Move)
    assert all([*CONTACT_MOVES.values(), *STAFF_MOVES.values()])


def test_what_needs_a_claim_first() -> None:
    """Answering, waiting, logging and resolving need somebody who has the ticket; notes and urgency do not (R34)."""
    assert {Move.ANSWER, Move.WAIT_FOR_CUSTOMER, Move.LOG_TIME, Move.ESTIMATE, Move.RESOLVE} <= NEEDS_CLAIM
    assert not NEEDS_CLAIM & {Move.CLAIM, Move.NOTE, Move.SET_URGENCY, Move.MARK_DUPLICATE, Move.REOPEN}
