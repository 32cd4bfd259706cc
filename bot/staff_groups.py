"""Engineers and managers by security groups of the provider's tenant: read every 15 minutes, acted on at once (R34).

The groups are optional and stand beside the list that is kept by command. What a look found is applied in one
transaction, so that a crash leaves the staff as it was before. A look that fails changes nothing; the managers hear of
it at once where Microsoft refuses, after an hour where it does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot import announcements, appointments
from bot.clock import Clock
from bot.errands import ask_graph
from bot.outcomes import Done, Kind, Outcome, Work
from bot.turn import Policy
from cards.components import Card
from cards.language import language_of_locale
from cards.staff import GroupSheet, LeaverSheet, staff_group_card, staff_left_card
from contract.people import Role
from contract.staff_groups import StaffSource, members_of, plan_staff
from graph.errors import AccessRefused, GraphError, GraphRefused, fault_of
from graph.tenants import Tenants
from storage.database import Database
from storage.errors import NotFound
from storage.people import Standing, add_person, load_people, set_email
from storage.staff import (
    find_by_object_ids,
    load_group_looks,
    load_on_staff,
    open_tickets_of,
    save_group_look,
)

if TYPE_CHECKING:
    from graph.people import Account

READ_STAFF_GROUPS = "read_staff_groups"
TOLD_AFTER = timedelta(hours=1)
"""How long no answer is nobody's business."""


def groups_of(policy: Policy) -> tuple[str, ...]:
    """The groups that are set, the managers' last."""
    return tuple(one for one in (policy.engineers_group, policy.managers_group) if one)


def read_groups(session: Session, slot: datetime, now: datetime, *, policy: Policy) -> None:
    """Calendar work: have the groups read, where there are any."""
    if groups_of(policy):
        ask_graph(session, policy.provider.tenant_id, READ_STAFF_GROUPS, {}, now, replaces=READ_STAFF_GROUPS)


@dataclass(frozen=True, slots=True)
class StaffGroupKinds:
    """Performs `read_staff_groups`. Who is in a group is written down at once, and not with the row of the errand."""

    database: Database
    tenants: Tenants
    policy: Policy
    clock: Clock = field(repr=False)

    def kinds(self) -> tuple[Kind, ...]:
        """What the graph lane registers."""
        return (Kind(READ_STAFF_GROUPS, self.read, None, is_limited=False),)

    async def read(self, work: Work) -> Outcome:
        """Read every group, and put on the staff who is in one: all of them, or none."""
        from graph.groups import members

        wanted = groups_of(self.policy)
        graph = self.tenants.of(self.policy.provider.tenant_id)
        found: dict[str, tuple[Account, ...]] = {}
        for group_id in wanted:
            try:
                found[group_id] = await members(graph, group_id)
            except GraphError as error:
                is_refused = isinstance(error, GraphRefused | AccessRefused)
                failed = partial(_failed, error=fault_of(error), now=self.clock.now(), at_once=is_refused)
                await self.database.write(partial(failed, group_id=group_id))
                return Done()
        if wanted:
            apply = partial(apply_groups, found=found, policy=self.policy, now=self.clock.now())
            await self.database.write(apply)
        return Done()


def apply_groups(session: Session, *, found: Mapping[str, tuple[Account, ...]], policy: Policy, now: datetime) -> None:
    """Make the staff what a complete look at the groups says."""
    is_newly_empty = _keep_look(session, found, now)
    tenant_id = policy.provider.tenant_id
    accounts = {account.object_id: account for group in found.values() for account in group}
    known = find_by_object_ids(session, tenant_id, accounts)
    staff = load_on_staff(session, tenant_id)
    ids = {one.object_id: person_id for person_id, one in staff.items()}
    ids |= {object_id: person.id for object_id, person in known.items()}
    engineers, managers = (
        [(account.object_id, account.enabled) for account in found.get(group_id or "", ())]
        for group_id in (policy.engineers_group, policy.managers_group)
    )
    plan = plan_staff(members_of(engineers, managers), staff.values(), is_newly_empty=is_newly_empty)
    for object_id, role in sorted(plan.put.items()):
        if object_id not in ids:
            ids[object_id] = _add(session, accounts[object_id], policy, now)
        appointments.put_on_staff(session, ids[object_id], role, now, source=StaffSource.GROUP)
    for object_id, person in known.items():
        _follow(session, person.id, (person.name, person.email), accounts[object_id])
    for why, leavers in (("disabled", plan.disabled), ("left", plan.left)):
        for object_id in sorted(leavers):
            _take(session, ids[object_id], why, now)
    for problem, concerned in (("empty", plan.waiting), ("last_manager", plan.spared)):
        if concerned:
            _warn(session, problem, [ids[object_id] for object_id in concerned], now)


def _keep_look(session: Session, found: Mapping[str, tuple[Account, ...]], now: datetime) -> bool:
    """Keep what the look found; whether a group is empty that was not at the last look."""
    newly_empty = False
    for group_id, look in load_group_looks(session, list(found), lock=True).items():
        is_empty = not found[group_id]
        newly_empty |= is_empty and look.empty_since is None
        empty_since = (look.empty_since or now) if is_empty else None
        save_group_look(
            session,
            replace(
                look,
                looked_at=now,
                members=len(found[group_id]),
                empty_since=empty_since,
                failing_since=None,
                error=None,
            ),
        )
    return newly_empty


def _failed(session: Session, *, group_id: str, error: str, now: datetime, at_once: bool) -> None:
    """Remember that a group could not be read; the managers hear it once for as long as it lasts."""
    look = load_group_looks(session, [group_id], lock=True)[group_id]
    failing = replace(look, failing_since=look.failing_since or now, error=error)
    save_group_look(session, failing)
    since = failing.failing_since or now
    if at_once or now - since >= TOLD_AFTER:
        args = {"problem": "failing", "people": [], "since": since.isoformat(), "error": error}
        announcements.warn_managers(session, "staff_group", args, now, once=f"staff_group:failing:{since.isoformat()}")


def _add(session: Session, account: Account, policy: Policy, now: datetime) -> int:
    return add_person(
        session,
        tenant_id=policy.provider.tenant_id,
        object_id=account.object_id,
        name=account.name,
        email=account.mail or account.user_principal_name,
        language=language_of_locale(account.language) if account.language else policy.default_language,
        now=now,
    )


def _follow(session: Session, person_id: int, before: tuple[str, str | None], account: Account) -> None:
    """Names and addresses follow the directory."""
    after = (account.name[:200], account.mail or account.user_principal_name)
    if before != after:
        set_email(session, person_id, *after)


def _take(session: Session, person_id: int, why: str, now: datetime) -> None:
    """Somebody left: at once, with the cards in the chat. Tickets stay in that name, and the managers hear of them."""
    appointments.take_from_staff(session, person_id, now)
    args = {"person": person_id, "why": why, "at": now.isoformat()}
    announcements.warn_managers(session, "staff_left", args, now, once=f"staff_left:{person_id}:{now.isoformat()}")


def _warn(session: Session, problem: str, people: list[int], now: datetime) -> None:
    args = {"problem": problem, "people": sorted(people), "since": now.isoformat(), "error": ""}
    # For each day and the same people once.
    once = f"staff_group:{problem}:{now:%Y-%m-%d}:{'-'.join(map(str, sorted(people)))}"
    announcements.warn_managers(session, "staff_group", args, now, once=once)


# --- what delivery shows ----------------------------------------------------------------------------------------------


def staff_left_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """Who left the staff, with the tickets in that name as they are now. Raises NotFound for anybody but a manager."""
    _check_manager(reader, "staff")
    sheet = LeaverSheet(
        name=load_people(session, [args["person"]])[args["person"]].name,
        why=args["why"],
        at=datetime.fromisoformat(args["at"]),
        tickets=tuple(open_tickets_of(session, args["person"])),
    )
    return staff_left_card(sheet, reader.person.language, now)


def staff_group_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """What is wrong with a group. Raises NotFound for anybody but a manager."""
    _check_manager(reader, "staff_group")
    names = load_people(session, args["people"])
    sheet = GroupSheet(
        problem=args["problem"],
        names=tuple(person.name for _, person in sorted(names.items())),
        since=datetime.fromisoformat(args["since"]),
        error=args["error"],
    )
    return staff_group_card(sheet, reader.person.language, now)


def _check_manager(reader: Standing, what: str) -> None:
    if reader.role is not Role.MANAGER:
        raise NotFound(what, reader.person.id)
