"""Which estimate allowed which minute (R18, R32, D12, D13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.allowance import FREE_MINUTES, Allowance, after_approval, stopped
from contract.estimates import Estimate, EstimateState
from contract.grants import Grant, grants_of, standing_grants
from tests.contract.builders import MONDAY, at, estimate


def approved(minutes: int, revision: int, when: datetime) -> Estimate:
    """An estimate that was approved at an instant."""
    return replace(estimate(minutes, revision=revision), state=EstimateState.APPROVED, decided_at=when)


def test_worked_calculation() -> None:
    """240 approved, stopped at 180 logged, 60 approved: 121-180 by the first, 181-240 by the second (D13)."""
    first = approved(240, 1, at("2026-11-24 10:00"))
    second = approved(60, 2, at("2026-11-26 10:00"))
    found = standing_grants(grants_of([second, first], [(at("2026-11-25 10:00"), 180)]))
    assert found == (
        Grant(0, 120),
        Grant(120, 180, "1001-1", first.rates),
        Grant(180, 240, "1001-2", second.rates),
    )
    assert grants_of([first])[1] == Grant(120, 360, "1001-1", first.rates)


def test_only_approvals_allow_anything() -> None:
    """An open, declined or expired estimate allows nothing; a stop with nothing logged takes the free minutes (D13)."""
    assert grants_of([estimate(), replace(estimate(), state=EstimateState.DECLINED, decided_at=MONDAY)]) == (
        Grant(0, FREE_MINUTES),
    )
    one, two = approved(60, 1, at("2026-11-24 10:00")), approved(30, 2, at("2026-11-26 10:00"))
    found = grants_of([one, two], [(at("2026-11-25 10:00"), 0)])
    assert standing_grants(found) == (Grant(0, 30, "1001-2", two.rates),)


def test_what_a_stop_ends_is_kept() -> None:
    """Until a stop all that was approved allowed its minutes; at later instants what is left of it does (D13)."""
    first, stopped_at = approved(240, 1, at("2026-11-24 10:00")), at("2026-11-25 10:00")
    found = grants_of([first], [(stopped_at, 180)])
    ended = Grant(120, 360, "1001-1", first.rates, ended_at=stopped_at)
    assert found == (Grant(0, 120), ended, Grant(120, 180, "1001-1", first.rates))
    assert [ended.holds_at(stopped_at + timedelta(minutes=late)) for late in (-1, 0, 1)] == [True, True, False]
    # Stopped once more: what had ended stays as it was.
    later = stopped_at + timedelta(days=1)
    again = grants_of([first], [(stopped_at, 180), (later, 90)])
    assert again == (
        Grant(0, 120, ended_at=later),
        Grant(0, 90),
        ended,
        Grant(120, 180, "1001-1", first.rates, ended_at=later),
    )


@given(st.lists(st.one_of(st.integers(1, 600), st.tuples(st.integers(0, 700))), max_size=6))
def test_together_they_are_the_allowance(changes: list[int | tuple[int]]) -> None:
    """Approvals and stops in any order: the grants follow each other and end at the allowance (D12, D13)."""
    allowance = Allowance()
    estimates, stops = [], []
    for number, change in enumerate(changes, start=1):
        when = MONDAY + timedelta(hours=number)
        if isinstance(change, int):
            estimates.append(approved(change, number, when))
            allowance = after_approval(allowance, change)
        else:
            stops.append((when, change[0]))
            allowance = stopped(replace(allowance, logged_minutes=change[0]))
    found = standing_grants(grants_of(estimates, stops))
    ends = [0, *(grant.until_minutes for grant in found)]
    assert [grant.from_minutes for grant in found] == ends[:-1]
    assert ends[-1] == allowance.granted_minutes
