"""Where a consent stands (R25)."""

from __future__ import annotations

import pytest

from contract.consent_states import unseen
from contract.consents import Change, ChangeKind, GrantState, Mechanism
from tests.contract.builders import MONDAY


@pytest.mark.parametrize("state", GrantState)
def test_only_what_is_known_to_hold_is_active(state: GrantState) -> None:
    """Unknown is never active: only a consent that a check found in force is, also while it nears its end (R25)."""
    assert state.is_active is (state in {GrantState.ACTIVE, GrantState.EXPIRING})


def test_the_weightiest_change_is_told() -> None:
    """Whoever tells only one thing of a check tells the first; where nothing is new there is nothing to tell (R25)."""
    grant = unseen(7, Mechanism.APP, "app", MONDAY)
    assert Change(before=None, after=grant).kind is ChangeKind.NONE
    both = (ChangeKind.NARROWED, ChangeKind.RECOVERED)
    assert Change(before=grant, after=grant, kinds=both).kind is ChangeKind.NARROWED
