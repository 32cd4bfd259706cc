"""What is asked of a customer's tenant by default (R25)."""

from __future__ import annotations

from uuid import UUID

from contract.permissions import APP_ROLES, GLOBAL_ADMINISTRATOR, LEAST_ROLES, AccessTemplate


def test_the_app_asks_for_reading_people_and_nothing_else() -> None:
    """Least privilege: one permission, which only reads (R25)."""
    assert AccessTemplate().permissions == ("User.Read.All",)
    assert not AccessTemplate().extends


def test_no_role_may_do_everything() -> None:
    """The engineers' roles are least-privileged, each named once (R25)."""
    ids = [role.id for role in LEAST_ROLES]
    assert GLOBAL_ADMINISTRATOR not in ids
    assert len(set(ids)) == len(ids) == len({role.name for role in LEAST_ROLES})


def test_ids_are_ids() -> None:
    """Every id is a GUID in the one form in which Microsoft compares them (R25)."""
    for value in (*APP_ROLES.values(), *(role.id for role in LEAST_ROLES), GLOBAL_ADMINISTRATOR):
        assert str(UUID(value)) == value
