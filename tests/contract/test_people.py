"""Who takes part (R4, R5, D15, D32)."""

from __future__ import annotations

import pytest

from contract.errors import TooManyContacts
from contract.people import MAX_CONTACTS, Role, check_appointment


def test_worked_example() -> None:
    """One is active: a second may be appointed; with two, a third is refused and told how many there may be (R4)."""
    check_appointment(0)
    check_appointment(1)
    with pytest.raises(TooManyContacts) as refused:
        check_appointment(MAX_CONTACTS)
    assert refused.value.most == 2


def test_staff() -> None:
    """Engineers and managers are the provider's people, nobody else is."""
    assert {role for role in Role if role.is_staff} == {Role.ENGINEER, Role.MANAGER}
