"""The evaluation of a contract at the end of its year (R30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract.estimates import Estimate, EstimateState
from contract.evaluation import Decided, EvaluatedTicket, Evaluation, PickUps, evaluate
from contract.holidays import CONTRACT_HOLIDAYS
from contract.hours import OutsideHoursReason, WorkEntry
from contract.local_time import local
from contract.outcomes import Outcome
from contract.periods import Term
from contract.rate_bands import RateBand
from contract.tickets import State
from tests.contract.builders import MONDAY, at, entry, estimate, instants, minutes_of_work, ticket

YEAR = Term(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
NEW_YEAR = at("2027-01-04 09:00")
WITHDRAWN: dict[str, Any] = {"state": State.CLOSED, "outcome": Outcome.WITHDRAWN, "closed_at": MONDAY}


def facts(*entries: WorkEntry, estimates: tuple[Estimate, ...] = (), **fields: Any) -> EvaluatedTicket:
    """A ticket of Monday, due on Thursday at 17:00."""
    return EvaluatedTicket(
        ticket=ticket(**fields), pickup_due_at=at("2026-11-26 17:00"), entries=entries, estimates=estimates
    )


def look(*tickets: EvaluatedTicket, term: Term = YEAR, now: datetime = NEW_YEAR, **net: int) -> Evaluation:
    """Evaluate, with the net of months as november=27500."""
    months = {(2026, ("october", "november", "december").index(name) + 10): cents for name, cents in net.items()}
    return evaluate(term, tickets, months, CONTRACT_HOLIDAYS, now)


def decided(state: EstimateState, minutes: int, when: str = "2026-11-24 10:00") -> Estimate:
    """An estimate that was decided."""
    return replace(estimate(minutes), state=state, decided_at=at(when))


def test_worked_example() -> None:
    """150 minutes of which 30 beyond the allowance, and 15 of a ticket that was withdrawn: on average 13 a month."""
    found = look(
        facts(minutes_of_work(150), estimates=(decided(EstimateState.APPROVED, 60),), claimed_at=MONDAY),
        facts(**WITHDRAWN),
    )
    assert (found.tickets, found.open_tickets, dict(found.outcomes)) == (2, 1, {Outcome.WITHDRAWN: 1})
    assert found.minutes == {RateBand.OFFICE: 150, RateBand.AFTER_HOURS: 0, RateBand.WEEKEND_HOLIDAY: 0}
    assert (found.billable_minutes, found.beyond_minutes, found.minimum_minutes) == (150, 30, 15)
    assert (found.approved, found.declined) == (Decided(count=1, minutes=60), Decided(count=0, minutes=0))
    assert (len(found.months), found.average_minutes) == (12, 13)


def test_pick_ups() -> None:
    """By the target that held; at the due instant is in time, and nobody by then is late (D20)."""
    due = at("2026-11-26 17:00")
    tickets = (
        facts(claimed_at=due),
        facts(claimed_at=due + timedelta(seconds=1)),
        facts(),
        facts(**WITHDRAWN),
        facts(claimed_at=MONDAY, **WITHDRAWN),
    )
    assert look(*tickets, now=due).pick_ups == PickUps(in_time=2, late=1, waiting=1, not_needed=1)
    assert look(*tickets).pick_ups == PickUps(in_time=2, late=2, waiting=0, not_needed=1)


def test_only_the_term_counts() -> None:
    """A ticket opened before it is not counted, its work within the term is; an entry over the border is cut (D7)."""
    older = facts(
        entry("2026-11-30 23:00", "2026-12-01 01:00", outside_hours_reason=OutsideHoursReason.AGREED_TIME),
        estimates=(
            decided(EstimateState.DECLINED, 60, "2026-11-30 12:00"),
            decided(EstimateState.DECLINED, 90, "2026-12-01 12:00"),
        ),
    )
    december = look(older, term=Term(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31)))
    assert (december.tickets, december.billable_minutes, december.minimum_minutes) == (0, 60, 0)
    assert december.minutes[RateBand.AFTER_HOURS] == 60
    assert december.declined == Decided(count=1, minutes=90)


def test_beyond_the_allowance_in_the_order_of_the_work() -> None:
    """The first 120 minutes of a ticket need no permission, also those worked under the contract before (R18, R32)."""
    worked = facts(entry("2026-11-30 09:00", "2026-11-30 10:50"), entry("2026-12-01 09:00", "2026-12-01 09:30"))
    november = look(worked, term=Term(starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 30)))
    december = look(worked, term=Term(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31)))
    assert (november.beyond_minutes, december.beyond_minutes) == (0, 20)


def test_what_is_not_charged() -> None:
    """Non-billable work, and all of a duplicate, is told apart; a waived minimum is not charged (D5, D11, D22, D26)."""
    found = look(
        facts(minutes_of_work(30, is_billable=False), minimum_waived_reason="ours"),
        facts(minutes_of_work(20), is_void=True, state=State.CLOSED, outcome=Outcome.DUPLICATE, closed_at=MONDAY),
        facts(entry("2026-11-23 17:00", "2026-11-23 17:10", outside_hours_reason=OutsideHoursReason.OWN_CHOICE)),
    )
    assert (found.billable_minutes, found.unbilled_minutes, found.minimum_minutes) == (10, 50, 5)
    assert found.minutes[RateBand.OFFICE] == 10
    assert found.beyond_minutes == 0


def test_spend_by_month() -> None:
    """What was invoiced, excluding VAT, for the months of the term; of other months nothing."""
    found = look(october=27500, november=40000, term=Term(starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31)))
    assert found.spend_cents == {(2026, 11): 40000}
    assert found.total_cents == 40000


def test_before_the_end() -> None:
    """Of a running contract the months that have begun are counted; of one that has not begun, none."""
    running = look(facts(minutes_of_work(110)), now=at("2026-11-24 09:00"))
    assert (running.through, len(running.months), running.average_minutes) == (date(2026, 11, 24), 11, 10)
    coming = look(term=Term(starts_on=date(2027, 2, 1), ends_on=date(2027, 12, 31)))
    assert (coming.months, coming.average_minutes, coming.tickets) == ((), 0, 0)


@given(st.lists(st.tuples(instants(2026, 2026), st.integers(1, 300)), max_size=6), st.integers(2, 12))
def test_two_terms_are_their_sum(work: list[tuple[datetime, int]], month: int) -> None:
    """What is worked is counted once, wherever one contract ends and the next begins; so is what lies beyond."""
    entries = tuple(
        entry(start, start + timedelta(minutes=minutes), id=number, outside_hours_reason=OutsideHoursReason.AGREED_TIME)
        for number, (start, minutes) in enumerate(work, start=1)
        if local(start).year == 2026 and local(start + timedelta(minutes=minutes)).year == 2026
    )
    cut = date(2026, month, 1)
    first = look(facts(*entries), term=Term(starts_on=YEAR.starts_on, ends_on=cut - timedelta(days=1)))
    second = look(facts(*entries), term=Term(starts_on=cut, ends_on=YEAR.ends_on))
    whole = look(facts(*entries))
    assert first.billable_minutes + second.billable_minutes == whole.billable_minutes
    assert first.beyond_minutes + second.beyond_minutes == whole.beyond_minutes
    assert {band: first.minutes[band] + second.minutes[band] for band in RateBand} == whole.minutes
    assert sum(one.minutes for one in entries) == whole.billable_minutes
