"""Long random walks over a ticket's life: no dead end, no illegal move, nothing that contradicts itself (D31)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract import life_cycle as change
from contract.errors import Refusal
from contract.moves import CONTACT_MOVES, STAFF_MOVES, Move, check_move, moves
from contract.outcomes import RESOLVE_OUTCOMES, Outcome, OutcomeDetails, RouteFinding
from contract.people import Role
from contract.tickets import State, Ticket, Urgency
from tests.contract.builders import BOSS, COLLEAGUE, CONTACT, ENGINEER, MONDAY, OTHER_CONTACT, ticket

PEOPLE = {
    CONTACT: Role.CONTACT,
    OTHER_CONTACT: Role.CONTACT,
    ENGINEER: Role.ENGINEER,
    COLLEAGUE: Role.ENGINEER,
    BOSS: Role.MANAGER,
    90: Role.STRANGER,
    91: Role.OUTSIDER,
}
LOOKED_AT = RouteFinding(is_investigated=True, reason="Tried")
EVERYTHING = OutcomeDetails(
    summary="Done", microsoft_case="26112300", workaround=LOOKED_AT, redesign=LOOKED_AT, escalation=LOOKED_AT
)
STATELESS = frozenset(
    {
        Move.NOTE,
        Move.FOLLOW_UP,
        Move.LOG_TIME,
        Move.CORRECT_TIME,
        Move.START_TIMER,
        Move.STOP_TIMER,
        Move.ESTIMATE,
        Move.START_SESSION,
    }
)


class TicketWalk(RuleBasedStateMachine):
    """Anybody tries anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.ticket = ticket()
        self.now = MONDAY
        self.logged_minutes = 0
        self.has_open_estimate = False
        self.picked_up_at: datetime | None = None

    def allowed(self, person_id: int) -> frozenset[Move]:
        """What is on this person's card."""
        return moves(
            self.ticket,
            PEOPLE[person_id],
            person_id,
            self.now,
            has_open_estimate=self.has_open_estimate,
            logged_minutes=self.logged_minutes,
        )

    def act(self, move: Move, person_id: int, outcome: Outcome, minutes: int) -> Callable[[Ticket], Ticket]:
        """The change that a move makes."""
        answered = change.answered_by_staff if PEOPLE[person_id].is_staff else change.answered_by_contact
        other = COLLEAGUE if self.ticket.engineer_id != COLLEAGUE else ENGINEER
        acts: dict[Move, Callable[[Ticket], Ticket]] = {
            Move.ANSWER: answered,
            Move.WITHDRAW: lambda one: change.withdraw(one, self.now),
            Move.REOPEN: lambda one: change.reopen(one, self.now),
            Move.DECIDE: lambda one: change.grant(one, minutes),
            Move.RECORD_DECISION: lambda one: change.grant(one, minutes),
            Move.STOP_WORK: lambda one: change.stop_work(one, self.logged_minutes),
            Move.CLAIM: lambda one: change.claim(one, engineer_id=person_id, now=self.now),
            Move.HAND_OVER: lambda one: change.hand_over(one, to=other),
            Move.TAKE_OVER: lambda one: change.take_over(one, engineer_id=person_id),
            Move.SET_URGENCY: lambda one: change.set_urgency(one, Urgency.HIGH),
            Move.WAIT_FOR_CUSTOMER: change.wait_for_customer,
            Move.WAIT_FOR_MICROSOFT: lambda one: change.wait_for_microsoft(one, "26112300"),
            Move.RESUME: change.resume,
            Move.MARK_DUPLICATE: lambda one: change.mark_duplicate(one, ticket(number=1000), self.now),
            Move.WAIVE_MINIMUM: lambda one: change.waive_minimum(one, "Our mistake"),
            Move.RESOLVE: lambda one: change.resolve(one, outcome, EVERYTHING, self.now),
        }
        return acts.get(move, lambda one: one)

    @rule(
        move=st.sampled_from(Move),
        person_id=st.sampled_from(sorted(PEOPLE)),
        outcome=st.sampled_from(RESOLVE_OUTCOMES),
        minutes=st.integers(1, 600),
    )
    def anybody_tries(self, move: Move, person_id: int, outcome: Outcome, minutes: int) -> None:
        """A move that is on the card works; one that nobody can make from this state is refused and changes nothing."""
        allowed = self.allowed(person_id)
        step = self.act(move, person_id, outcome, minutes)
        if move not in allowed:
            with pytest.raises(Refusal):
                check_move(allowed, move, self.ticket, self.now)
        if move in allowed:
            check_move(allowed, move, self.ticket, self.now)
            before = self.ticket
            self.ticket = step(before)
            assert move in STATELESS or self.ticket.version > before.version
            if move in {Move.DECIDE, Move.RECORD_DECISION}:
                self.has_open_estimate = False
            if move is Move.ESTIMATE:
                self.has_open_estimate = True
            self.has_open_estimate = self.has_open_estimate and self.ticket.is_open
            if move is Move.LOG_TIME:
                self.logged_minutes = min(self.ticket.granted_minutes, self.logged_minutes + minutes)
        elif self.is_impossible(move):
            with pytest.raises(Refusal):
                step(self.ticket)

    def is_impossible(self, move: Move) -> bool:
        """No role can make this move from the ticket's state."""
        states = CONTACT_MOVES.get(move, frozenset()) | STAFF_MOVES.get(move, frozenset())
        return move not in STATELESS and self.ticket.state not in states

    @rule(days=st.integers(0, 16))
    def time_passes(self, days: int) -> None:
        """Days pass."""
        self.now += timedelta(days=days)

    @rule()
    @precondition(lambda self: self.ticket.is_open)
    def contract_ends(self) -> None:
        """The contract ends without a renewal; the customer has a new one when the walk goes on (D28)."""
        self.ticket = change.close_contract_ended(self.ticket, self.now)
        self.has_open_estimate = False

    @invariant()
    def no_dead_end(self) -> None:
        """A contact can always end an open ticket, and go on from a closed one."""
        ways = {Move.WITHDRAW} if self.ticket.is_open else {Move.REOPEN, Move.FOLLOW_UP}
        assert self.allowed(CONTACT) & ways
        assert self.allowed(ENGINEER) & ({Move.CLAIM, Move.RESOLVE} | ways)

    @invariant()
    def nothing_contradicts_itself(self) -> None:
        """State, engineer, pick-up, outcome and closing tell one story (R34, D22, D29, D31)."""
        one = self.ticket
        assert one.is_open == (one.closed_at is None) == (one.outcome is None)
        assert (one.engineer_id is None) == (one.claimed_at is None)
        assert one.engineer_id is not None or one.state in {State.NEW, State.CLOSED}
        assert one.engineer_id is None or one.state is not State.NEW
        assert one.is_void == (one.outcome is Outcome.DUPLICATE) == (one.duplicate_of is not None)
        assert one.state is not State.WAITING_MICROSOFT or one.microsoft_case
        assert self.logged_minutes <= one.granted_minutes <= 120 + one.approved_minutes

    @invariant()
    def strangers_have_no_move(self) -> None:
        """Nobody but contacts and staff ever has a move (R4)."""
        assert not self.allowed(90) | self.allowed(91)

    @invariant()
    def picked_up_once(self) -> None:
        """The first pick-up stays the pick-up (R34, D29)."""
        assert self.picked_up_at in {None, self.ticket.claimed_at}
        self.picked_up_at = self.ticket.claimed_at


TestTicketWalk = TicketWalk.TestCase
TestTicketWalk.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
