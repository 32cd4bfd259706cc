"""How a ticket changes (R17, R34, D12, D13, D22, D28-D31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from contract import life_cycle as change
from contract.errors import (
    AlreadyClaimed,
    MoveNotAllowed,
    NotADuplicate,
    NothingToStop,
    OutcomeNeeds,
    ReopenTooLate,
    TextMissing,
)
from contract.outcomes import Outcome, OutcomeDetails
from contract.tickets import State, Ticket, Urgency
from tests.contract.builders import COLLEAGUE, ENGINEER, MONDAY, at, ticket

LATER = MONDAY + timedelta(hours=2)
TAKEN = change.claim(ticket(), engineer_id=ENGINEER, now=MONDAY)
CLOSED = change.resolve(TAKEN, Outcome.SOLVED, OutcomeDetails(summary="A new profile"), LATER)


def test_worked_example() -> None:
    """Reopened on the fourteenth local day: same engineer, same allowance; a day later refused (D12, D30)."""
    stopped = replace(CLOSED, granted_minutes=180, approved_minutes=60)
    again = change.reopen(stopped, at("2026-12-07 23:59"))
    assert (again.state, again.engineer_id, again.granted_minutes) == (State.IN_PROGRESS, ENGINEER, 180)
    assert (again.closed_at, again.outcome, again.outcome_details) == (None, None, OutcomeDetails())
    with pytest.raises(ReopenTooLate):
        change.reopen(stopped, at("2026-12-08 00:00"))


def test_first_claim_wins() -> None:
    """The first claim picks the ticket up and is time-stamped; the second learns who has it (R34, D29)."""
    assert (TAKEN.state, TAKEN.engineer_id, TAKEN.claimed_at) == (State.IN_PROGRESS, ENGINEER, MONDAY)
    for engineer_id in (COLLEAGUE, ENGINEER):
        with pytest.raises(AlreadyClaimed) as refused:
            change.claim(TAKEN, engineer_id=engineer_id, now=LATER)
        assert refused.value.engineer_id == ENGINEER


def test_the_pick_up_stays() -> None:
    """Handing over and taking over change who has it, not when it was picked up; to oneself is no move (R34)."""
    handed = change.hand_over(TAKEN, to=COLLEAGUE)
    taken = change.take_over(handed, engineer_id=ENGINEER)
    assert (handed.engineer_id, taken.engineer_id, taken.claimed_at) == (COLLEAGUE, ENGINEER, MONDAY)
    for move in (change.hand_over(TAKEN, to=COLLEAGUE), change.take_over(TAKEN, engineer_id=COLLEAGUE)):
        with pytest.raises(MoveNotAllowed):
            change.hand_over(move, to=COLLEAGUE)


def test_an_answer_resumes() -> None:
    """A contact's answer resumes a waiting ticket, and leaves a new one new (D31)."""
    waiting = change.wait_for_customer(TAKEN)
    at_microsoft = change.wait_for_microsoft(waiting, " 26112300 ")
    assert (waiting.state, at_microsoft.state) == (State.WAITING_CUSTOMER, State.WAITING_MICROSOFT)
    assert at_microsoft.microsoft_case == "26112300"
    for one in (waiting, at_microsoft, TAKEN):
        assert change.answered_by_contact(one).state is State.IN_PROGRESS
    assert change.answered_by_contact(ticket()).state is State.NEW
    assert change.answered_by_staff(waiting).state is State.WAITING_CUSTOMER
    assert change.resume(at_microsoft).state is State.IN_PROGRESS


def test_urgency() -> None:
    """Staff sets an urgency and takes it away again (R11)."""
    urgent = change.set_urgency(ticket(), Urgency.HIGH)
    assert (urgent.urgency, change.set_urgency(urgent, None).urgency) == (Urgency.HIGH, None)


def test_resolving() -> None:
    """An outcome of R17 with its conditions; the case number the ticket already has counts (R17)."""
    assert (CLOSED.state, CLOSED.outcome, CLOSED.closed_at) == (State.CLOSED, Outcome.SOLVED, LATER)
    with pytest.raises(OutcomeNeeds):
        change.resolve(TAKEN, Outcome.ESCALATED, OutcomeDetails(), LATER)
    at_microsoft = change.wait_for_microsoft(TAKEN, "26112300")
    escalated = change.resolve(at_microsoft, Outcome.ESCALATED, OutcomeDetails(microsoft_case=" "), LATER)
    assert escalated.outcome_details.microsoft_case == "26112300"
    named = change.resolve(at_microsoft, Outcome.ESCALATED, OutcomeDetails(microsoft_case="26112301"), LATER)
    assert named.outcome_details.microsoft_case == "26112301"


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.CONTRACT_ENDED])
def test_outcomes_with_their_own_move(outcome: Outcome) -> None:
    """Nobody resolves a ticket as withdrawn, duplicate or contract ended (D22, D28)."""
    with pytest.raises(ValueError, match=outcome):
        change.resolve(TAKEN, outcome, OutcomeDetails(), LATER)


def test_withdrawing() -> None:
    """A withdrawn ticket is closed and still billed (D22); reopened before anybody had it, it is new again."""
    withdrawn = change.withdraw(ticket(), LATER)
    assert (withdrawn.state, withdrawn.outcome, withdrawn.is_void) == (State.CLOSED, Outcome.WITHDRAWN, False)
    assert change.reopen(withdrawn, LATER).state is State.NEW


def test_duplicates() -> None:
    """A technical duplicate is void, names the other ticket, and counts again when reopened (D22)."""
    original = ticket(number=1000)
    void = change.mark_duplicate(ticket(), original, LATER)
    assert (void.state, void.outcome, void.is_void, void.duplicate_of, void.closed_at) == (
        State.CLOSED,
        Outcome.DUPLICATE,
        True,
        1000,
        LATER,
    )
    again = change.reopen(void, LATER)
    assert (again.is_void, again.duplicate_of) == (False, None)
    assert change.mark_duplicate(CLOSED, original, at("2026-12-01 10:00")).closed_at == LATER
    with pytest.raises(MoveNotAllowed):
        change.mark_duplicate(void, original, LATER)


@pytest.mark.parametrize(
    "original",
    [ticket(), ticket(number=1000, customer_id=8), ticket(number=1000, is_void=True)],
    ids=["itself", "of another customer", "itself void"],
)
def test_not_a_duplicate(original: Ticket) -> None:
    """A duplicate is of another ticket of the same customer that itself counts (D22)."""
    with pytest.raises(NotADuplicate) as refused:
        change.mark_duplicate(ticket(), original, LATER)
    assert refused.value.original_number == original.number


def test_contract_ended() -> None:
    """Open tickets close when the contract ends without a renewal (D28)."""
    assert change.close_contract_ended(TAKEN, LATER).outcome is Outcome.CONTRACT_ENDED


def test_waiving() -> None:
    """The minimum is waived once, with a reason (D5)."""
    waived = change.waive_minimum(CLOSED, " Our mistake ")
    assert waived.minimum_waived_reason == "Our mistake"
    with pytest.raises(MoveNotAllowed):
        change.waive_minimum(waived, "Again")
    with pytest.raises(TextMissing) as refused:
        change.waive_minimum(TAKEN, " ")
    assert refused.value.field == "reason"


def test_microsoft_needs_a_case() -> None:
    """Waiting for Microsoft carries the number of the case there (R17)."""
    with pytest.raises(TextMissing) as refused:
        change.wait_for_microsoft(TAKEN, "")
    assert refused.value.field == "microsoft_case"


def test_granting_and_stopping() -> None:
    """An approval adds exactly its minutes; a stop falls to what is logged, and is over when nothing is left (D13)."""
    granted = change.grant(TAKEN, 60)
    assert (granted.granted_minutes, granted.approved_minutes) == (180, 60)
    stopped = change.stop_work(granted, 130)
    assert (stopped.granted_minutes, stopped.approved_minutes) == (130, 60)
    assert change.grant(stopped, 30).granted_minutes == 160
    for one, logged in ((TAKEN, 30), (stopped, 130)):
        with pytest.raises(NothingToStop):
            change.stop_work(one, logged)


@pytest.mark.parametrize(
    "move",
    [
        lambda one: change.claim(one, engineer_id=COLLEAGUE, now=LATER),
        lambda one: change.hand_over(one, to=COLLEAGUE),
        lambda one: change.take_over(one, engineer_id=COLLEAGUE),
        lambda one: change.set_urgency(one, Urgency.LOW),
        change.answered_by_contact,
        change.answered_by_staff,
        change.wait_for_customer,
        lambda one: change.wait_for_microsoft(one, "26112300"),
        change.resume,
        lambda one: change.withdraw(one, LATER),
        lambda one: change.resolve(one, Outcome.SOLVED, OutcomeDetails(), LATER),
        lambda one: change.close_contract_ended(one, LATER),
        lambda one: change.grant(one, 60),
        lambda one: change.stop_work(one, 0),
    ],
)
def test_closed_is_closed(move: Callable[[Ticket], Ticket]) -> None:
    """Nothing but reopening, a waiver and marking a duplicate changes a closed ticket (D31)."""
    with pytest.raises(MoveNotAllowed):
        move(CLOSED)


def test_versions_grow() -> None:
    """Every change is the next version, so an older copy can be told from a newer one."""
    assert [ticket().version, TAKEN.version, CLOSED.version, change.reopen(CLOSED, LATER).version] == [1, 2, 3, 4]
