"""How many billable minutes may be logged without asking (R18, R32, D12, D13, D35)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.allowance import Allowance, after_approval, check_fits, notices, stopped
from contract.errors import OverAllowance

MINUTES = st.integers(0, 2000)
ALLOWANCES = st.builds(Allowance, MINUTES, MINUTES)


def test_worked_example() -> None:
    """110 logged, 30 refused with 10 left, 10 fit; 60 approved, then stopped (D12, D13)."""
    allowance = Allowance(logged_minutes=110)
    with pytest.raises(OverAllowance) as refused:
        check_fits(allowance, 30)
    assert refused.value.remaining_minutes == 10
    check_fits(allowance, 10)
    with pytest.raises(OverAllowance):
        check_fits(Allowance(logged_minutes=120), 1)
    approved = after_approval(Allowance(logged_minutes=120), 60)
    assert (approved.granted_minutes, approved.remaining_minutes) == (180, 60)
    assert stopped(approved) == Allowance(120, 120)


@given(ALLOWANCES, MINUTES)
def test_fits_exactly_what_remains(allowance: Allowance, minutes: int) -> None:
    """An entry fits when the total stays within the grant; one that does not is refused whole (D12)."""
    if minutes <= allowance.remaining_minutes:
        check_fits(allowance, minutes)
        assert minutes == 0 or allowance.logged_minutes + minutes <= allowance.granted_minutes
    else:
        with pytest.raises(OverAllowance):
            check_fits(allowance, minutes)


@given(ALLOWANCES)
def test_stopping(allowance: Allowance) -> None:
    """After a stop nothing is left, and stopping never adds; stopping twice is stopping once (D13)."""
    after = stopped(allowance)
    assert after.remaining_minutes == 0
    assert after.granted_minutes <= allowance.granted_minutes
    assert stopped(after) == after


@pytest.mark.parametrize(
    "total,before,after,due",
    [
        (120, 0, 89, ()),
        (120, 0, 90, (75,)),
        (120, 89, 119, (75,)),
        (120, 90, 120, (100,)),
        (120, 0, 120, (75, 100)),
        (120, 120, 120, ()),
        (180, 120, 135, (75,)),
        (0, 0, 0, ()),
    ],
)
def test_notices(total: int, before: int, after: int, due: tuple[int, ...]) -> None:
    """At 75 % and at 100 % of the total, when logged minutes reach it (D35)."""
    assert notices(Allowance(total, before), Allowance(total, after)) == due


def test_notices_once_per_total() -> None:
    """A correction down and the same minutes again send no second notice; a new total has its own (D35)."""
    sent = [(120, 75)]
    assert notices(Allowance(120, 60), Allowance(120, 100), sent) == ()
    assert notices(Allowance(180, 130), Allowance(180, 140), sent) == (75,)


def test_a_new_total_is_no_notice() -> None:
    """An approval or a stop moves the total, not the minutes: nobody is told (D35)."""
    assert notices(Allowance(120, 100), Allowance(360, 100)) == ()
    assert notices(Allowance(360, 100), Allowance(100, 100)) == ()
