"""Who takes part (R4, R5, D15, D32)."""

from __future__ import annotations

import pytest

from contract.errors import TooManyContacts
from contract.people import MAX_CONTACTS, Role, check_appointment, is_address


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


@pytest.mark.parametrize(
    "written,expected",
    [
        ("anna@brood.example", True),
        (" anna.de-vries+it@mail.brood.example ", True),
        ("o'neil@brood.example", True),
        ("anna", False),
        ("@brood.example", False),
        ("anna@brood", False),
        ("anna@.example", False),
        ("anna@brood..example", False),
        ("anna de vries@brood.example", False),
        ("anna@brood.example, bram@brood.example", False),
        ("Anna <anna@brood.example>", False),
    ],
)
def test_what_can_be_an_address(written: str, expected: bool) -> None:
    """One address and nothing beside it; whether anybody has it only the directory can tell (R4)."""
    assert is_address(written) is expected
