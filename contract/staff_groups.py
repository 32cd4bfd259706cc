"""Who of the provider is on the staff, where that follows from security groups of the provider's tenant (R34, D15).

Who is in the managers' group is manager, who is only in the engineers' group is engineer; groups inside groups count.
Who left both, or whose account is disabled, leaves the staff at once. The list that is kept by command is another
source and stays as it is, whatever the groups say:

    Eva (from the group) is in the engineers' group: engineer. Finn (from the list) is in no group: stays engineer.
    Eva's account is disabled: she leaves the staff, whoever else is in the group.

A group that is suddenly empty is more often a mistake than a dismissal of everybody: it takes two looks in a row, and
even then nobody leaves whose going would leave the staff without a manager. A disabled account leaves in any case, as
it is of no more use to anybody honest. A look that failed is no look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.people import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class StaffSource(StrEnum):
    """Why somebody is on the staff (D15)."""

    LIST = "list"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was found in a group, by the object id in the provider's tenant."""

    object_id: str
    is_enabled: bool
    role: Role


@dataclass(frozen=True, slots=True)
class OnStaff:
    """Somebody who is on the staff: by which source, as what."""

    object_id: str
    role: Role
    is_from_group: bool


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """What a look at the groups changes."""

    put: Mapping[str, Role] = field(default_factory=dict)
    """Who becomes engineer or manager by the group, by object id."""
    disabled: frozenset[str] = frozenset()
    """Who leaves the staff because the account is disabled."""
    left: frozenset[str] = frozenset()
    """Who leaves it because no group has them any more."""
    waiting: frozenset[str] = frozenset()
    """Who leaves it with the next look, if a group is still empty."""
    spared: frozenset[str] = frozenset()
    """Who stays manager because there would be none left."""


def members_of(engineers: Iterable[tuple[str, bool]], managers: Iterable[tuple[str, bool]]) -> tuple[Member, ...]:
    """Everybody in either group, (object id, enabled) each; who is in both is manager (D15)."""
    found = {object_id: Member(object_id, enabled, Role.ENGINEER) for object_id, enabled in engineers}
    found |= {object_id: Member(object_id, enabled, Role.MANAGER) for object_id, enabled in managers}
    return tuple(found.values())


def plan_staff(members: Iterable[Member], staff: Iterable[OnStaff], *, is_newly_empty: bool) -> StaffPlan:
    """What follows from a complete look at the groups (R34, D15); `is_newly_empty`: a group was not empty last time."""
    before = {one.object_id: one for one in staff}
    enabled = {one.object_id: one.role for one in members if one.is_enabled}
    off = {one.object_id for one in members if not one.is_enabled}
    of_group = {object_id: one for object_id, one in before.items() if one.is_from_group}
    missing = {object_id for object_id in of_group if object_id not in enabled and object_id not in off}
    wanted = {
        object_id: role
        for object_id, role in enabled.items()
        if object_id not in before or (before[object_id].is_from_group and before[object_id].role is not role)
    }
    demoted = {object_id for object_id, role in wanted.items() if object_id in before and role is not Role.MANAGER}
    disabled = frozenset(object_id for object_id in of_group if object_id in off)
    if is_newly_empty:
        # Also who would only be demoted: the empty group may be the managers'.
        put = {object_id: role for object_id, role in wanted.items() if object_id not in demoted}
        return StaffPlan(put=put, disabled=disabled, waiting=frozenset(missing | demoted))
    leaving = disabled | missing | demoted
    stays = {object_id for object_id, one in before.items() if one.role is Role.MANAGER and object_id not in leaving}
    comes = {object_id for object_id, role in wanted.items() if role is Role.MANAGER}
    spared = {object_id for object_id in missing | demoted if before[object_id].role is Role.MANAGER}
    if stays or comes:
        spared = set()
    return StaffPlan(
        put={object_id: role for object_id, role in wanted.items() if object_id not in spared},
        disabled=disabled,
        left=frozenset(missing - spared),
        spared=frozenset(spared),
    )
