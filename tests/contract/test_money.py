"""Money is whole cents, half up away from zero (D6)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.money import amount_cents, round_half_up, round_up, vat_cents


def test_worked_example() -> None:
    """The calculation at the top of the rule."""
    assert amount_cents(1, 8500) == 142
    assert vat_cents(250) == 53
    assert amount_cents(-1, 8500) == -142


@pytest.mark.parametrize(
    "minutes,rate_cents,cents",
    [(0, 8500, 0), (15, 8500, 2125), (85, 8500, 12042), (1, 11000, 183), (1, 13000, 217), (3, 10, 1), (-3, 10, -1)],
)
def test_amounts(minutes: int, rate_cents: int, cents: int) -> None:
    """Minutes times rate, divided by sixty, halves away from zero (D6)."""
    assert amount_cents(minutes, rate_cents) == cents


@pytest.mark.parametrize("net,percent,cents", [(0, 21, 0), (3, 21, 1), (2, 21, 0), (40250, 21, 8453), (250, 0, 0)])
def test_vat(net: int, percent: int, cents: int) -> None:
    """VAT is taken over the net, half up; reverse charge is 0 % (D6, D21)."""
    assert vat_cents(net, percent) == cents


@given(st.integers(), st.integers(1, 10**6))
def test_nearest_whole_number(numerator: int, denominator: int) -> None:
    """Rounding moves by at most a half, a half always away from zero, and is symmetric (D6)."""
    rounded = round_half_up(numerator, denominator)
    off = abs(rounded) - abs(Fraction(numerator, denominator))
    assert -Fraction(1, 2) < off <= Fraction(1, 2)
    assert round_half_up(-numerator, denominator) == -rounded


@given(st.integers(), st.integers(1, 10**6))
def test_rounding_up(numerator: int, denominator: int) -> None:
    """An upper limit is never below the exact value, and less than one above it (D13)."""
    assert 0 <= round_up(numerator, denominator) - Fraction(numerator, denominator) < 1


@pytest.mark.parametrize("function", [round_half_up, round_up])
@pytest.mark.parametrize("denominator", [0, -1])
def test_denominator_is_positive(function: object, denominator: int) -> None:
    """A denominator of zero or less is a mistake of the program."""
    assert callable(function)
    with pytest.raises(ValueError, match=str(denominator)):
        function(1, denominator)
