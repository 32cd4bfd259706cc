"""Who is put on the staff and taken from it by the provider's groups (R34, D15)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contract.people import Role
from contract.staff_groups import Member, OnStaff, StaffPlan, members_of, plan_staff

EVA = OnStaff("eva", Role.ENGINEER, is_from_group=True)
FINN = OnStaff("finn", Role.ENGINEER, is_from_group=False)
MIA = OnStaff("mia", Role.MANAGER, is_from_group=True)
MAX = OnStaff("max", Role.MANAGER, is_from_group=False)


def member(one: OnStaff, *, is_enabled: bool = True, role: Role | None = None) -> Member:
    """Somebody as the group names them."""
    return Member(one.object_id, is_enabled, role or one.role)


def test_worked_example() -> None:
    """The list stays as it is; who is disabled leaves, whoever else is in the group."""
    assert plan_staff([member(EVA)], [EVA, FINN], is_newly_empty=False) == StaffPlan()
    plan = plan_staff([member(EVA, is_enabled=False), member(MIA)], [EVA, FINN, MIA], is_newly_empty=False)
    assert plan == StaffPlan(disabled=frozenset({"eva"}))


def test_who_is_in_both_is_manager() -> None:
    """The managers' group outweighs the engineers'."""
    found = members_of([("eva", True), ("mia", True)], [("mia", True)])
    assert {one.object_id: one.role for one in found} == {"eva": Role.ENGINEER, "mia": Role.MANAGER}


def test_who_comes_and_who_changes() -> None:
    """A new member is put on the staff, a promoted one becomes manager, a disabled new one is not put there."""
    found = [Member("new", True, Role.ENGINEER), Member("off", False, Role.ENGINEER), member(EVA, role=Role.MANAGER)]
    plan = plan_staff(found, [EVA, MAX], is_newly_empty=False)
    assert plan == StaffPlan(put={"new": Role.ENGINEER, "eva": Role.MANAGER})


def test_who_is_on_the_list_stays_what_the_list_says() -> None:
    """Somebody on the list is neither promoted, demoted nor removed by the group, not even when disabled."""
    found = [member(FINN, role=Role.MANAGER), member(MAX, is_enabled=False, role=Role.ENGINEER)]
    assert plan_staff(found, [FINN, MAX], is_newly_empty=False) == StaffPlan()


def test_who_left_leaves() -> None:
    """Who is in no group any more leaves the staff with that look."""
    plan = plan_staff([member(MIA)], [EVA, MIA], is_newly_empty=False)
    assert plan == StaffPlan(left=frozenset({"eva"}))


def test_an_empty_group_takes_two_looks() -> None:
    """At the first look nobody leaves or is demoted; at the second they do."""
    found = [member(MIA, role=Role.ENGINEER)]
    first = plan_staff(found, [EVA, MIA, MAX], is_newly_empty=True)
    assert first == StaffPlan(waiting=frozenset({"eva", "mia"}))
    second = plan_staff(found, [EVA, MIA, MAX], is_newly_empty=False)
    assert second == StaffPlan(put={"mia": Role.ENGINEER}, left=frozenset({"eva"}))


def test_who_is_disabled_waits_for_no_second_look() -> None:
    """A disabled account is a fact about a person, not about the group."""
    plan = plan_staff([member(EVA, is_enabled=False)], [EVA, MIA], is_newly_empty=True)
    assert plan == StaffPlan(disabled=frozenset({"eva"}), waiting=frozenset({"mia"}))


def test_the_last_manager_stays() -> None:
    """Neither leaving nor demotion by a group leaves the staff without a manager; the others go."""
    assert plan_staff([], [EVA, MIA], is_newly_empty=False) == StaffPlan(
        left=frozenset({"eva"}), spared=frozenset({"mia"})
    )
    demoted = plan_staff([member(MIA, role=Role.ENGINEER)], [MIA], is_newly_empty=False)
    assert demoted == StaffPlan(spared=frozenset({"mia"}))
    replaced = plan_staff([Member("new", True, Role.MANAGER)], [MIA], is_newly_empty=False)
    assert replaced == StaffPlan(put={"new": Role.MANAGER}, left=frozenset({"mia"}))


PEOPLE = ("a", "b", "c", "d")
ROLES = st.sampled_from([Role.ENGINEER, Role.MANAGER])
STAFF = st.dictionaries(st.sampled_from(PEOPLE), st.tuples(ROLES, st.booleans()))
MEMBERS = st.dictionaries(st.sampled_from(PEOPLE), st.tuples(st.booleans(), ROLES))


@given(MEMBERS, STAFF, st.booleans())
def test_whatever_the_groups_say(
    members: dict[str, tuple[bool, Role]], staff: dict[str, tuple[Role, bool]], is_newly_empty: bool
) -> None:
    """Nobody of the list is touched, nobody both comes and goes, and a staff with an enabled manager keeps one."""
    found = [Member(who, *rest) for who, rest in members.items()]
    before = [OnStaff(who, *rest) for who, rest in staff.items()]
    plan = plan_staff(found, before, is_newly_empty=is_newly_empty)
    gone = plan.disabled | plan.left
    touched = set(plan.put) | gone | plan.waiting | plan.spared
    assert not touched & {one.object_id for one in before if not one.is_from_group}
    assert not set(plan.put) & (gone | plan.waiting | plan.spared)
    after = {one.object_id: one.role for one in before if one.object_id not in gone} | dict(plan.put)
    had = {one.object_id for one in before if one.role is Role.MANAGER} - plan.disabled
    assert not had or Role.MANAGER in after.values()
    assert all(members.get(who, (True,))[0] for who in plan.put)
