"""At least fifteen minutes for every ticket (R31, D5, D11, D22)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.minimum import MINIMUM_MINUTES, set_off_minutes, shortfall_minutes
from contract.money import amount_cents
from contract.tickets import State
from tests.contract.builders import MONDAY, ticket


def test_worked_example() -> None:
    """5, 4 and 10 minutes in three months; and a ticket without work (D5)."""
    assert shortfall_minutes(ticket(), 5) == 10
    assert set_off_minutes(ticket(), 5, 9) == -4
    assert set_off_minutes(ticket(), 9, 19) == -6
    assert amount_cents(shortfall_minutes(ticket(), 0), 8500) == 2125


@pytest.mark.parametrize(
    "fields", [{"is_void": True, "state": State.CLOSED, "closed_at": MONDAY}, {"minimum_waived_reason": "Our mistake"}]
)
def test_no_minimum(fields: dict[str, object]) -> None:
    """A void ticket and one whose minimum was waived owe nothing beside their work (D5, D22)."""
    assert shortfall_minutes(ticket(**fields), 0) == 0
    assert set_off_minutes(ticket(**fields), 0, 20) == 0


@given(st.lists(st.integers(0, 40), min_size=1))
def test_over_its_whole_life(worked: list[int]) -> None:
    """However the work is spread over months, minimum and set-offs add up to what is short of fifteen (D5)."""
    totals = [sum(worked[: n + 1]) for n in range(len(worked))]
    lines = [shortfall_minutes(ticket(), totals[0])]
    lines += [set_off_minutes(ticket(), before, after) for before, after in pairwise(totals)]
    assert sum(lines) + totals[-1] == max(MINIMUM_MINUTES, totals[-1])
    assert all(line <= 0 for line in lines[1:])
