"""Where a consent stands (R25)."""

from __future__ import annotations

import pytest

from contract.consents import GrantState


@pytest.mark.parametrize("state", GrantState)
def test_only_what_is_known_to_hold_is_active(state: GrantState) -> None:
    """Unknown is never active: only a consent that a check found in force is, also while it nears its end (R25)."""
    assert state.is_active is (state in {GrantState.ACTIVE, GrantState.EXPIRING})
