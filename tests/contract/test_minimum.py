"""At least fifteen minutes for every ticket (R31, D5)."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contract.minimum import MINIMUM_MINUTES, minimum_line, shortfall_minutes
from contract.money import amount_cents


def test_worked_calculation() -> None:
    """5 minutes in the month of creation, then 4, then 10: 10 minutes minimum, -4, -6; without work € 21.25."""
    assert minimum_line(5, 0) == 10
    assert minimum_line(9, 10) == -4
    assert minimum_line(19, 6) == -6
    assert amount_cents(shortfall_minutes(0), 8500) == 2125


def test_a_waived_minimum_does_not_grow() -> None:
    """Once waived nothing is billed; what was billed before is still set off by work (D5)."""
    assert minimum_line(0, 0, is_waived=True) == 0
    assert minimum_line(0, 10, is_waived=True) == 0
    assert minimum_line(12, 10, is_waived=True) == -7


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_over_its_life_a_ticket_is_billed_fifteen_minutes_or_its_work(months: list[int]) -> None:
    """However the work is spread over months, work and minimum together are the larger of both (R31, D5)."""
    totals = [sum(months[: count + 1]) for count in range(len(months))]
    billed = 0
    for total in totals:
        billed += minimum_line(total, billed)
        assert total + billed == max(MINIMUM_MINUTES, total)
    assert all(before <= after for before, after in pairwise(totals))
