"""Who of the provider is on the staff, by which source, and what the looks at its groups found (R34, D15).

Somebody whose source was never written down came by the list.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contract.people import Person, Role
from contract.staff_groups import OnStaff, StaffSource
from contract.tickets import State
from storage.access_tables import LONGEST_ERROR, staff_groups
from storage.people import person_of
from storage.sessions import insert_into
from storage.tables import people, tickets


@dataclass(frozen=True, slots=True)
class GroupLook:
    """What is known of a security group of the provider."""

    group_id: str
    looked_at: datetime | None = None
    """The last look that succeeded."""
    members: int = 0
    empty_since: datetime | None = None
    failing_since: datetime | None = None
    error: str | None = None


def load_group_looks(session: Session, group_ids: Collection[str], *, lock: bool = False) -> dict[str, GroupLook]:
    """What is known of these groups; a group that was never looked at has an empty one. `lock` makes its row."""
    if lock:
        for group_id in sorted(group_ids):
            session.execute(
                insert_into(session, staff_groups).values(group_id=group_id, members=0).on_conflict_do_nothing()
            )
    query = select(staff_groups).where(staff_groups.c.group_id.in_(sorted(group_ids))).order_by(staff_groups.c.group_id)
    rows = session.execute(query.with_for_update() if lock else query)
    found = {
        row.group_id: GroupLook(row.group_id, row.looked_at, row.members, row.empty_since, row.failing_since, row.error)
        for row in rows
    }
    return {group_id: found.get(group_id, GroupLook(group_id)) for group_id in group_ids}


def save_group_look(session: Session, look: GroupLook) -> None:
    """Keep what a look found."""
    values = {
        "looked_at": look.looked_at,
        "members": look.members,
        "empty_since": look.empty_since,
        "failing_since": look.failing_since,
        "error": look.error[:LONGEST_ERROR] if look.error else None,
    }
    kept = insert_into(session, staff_groups).values(group_id=look.group_id, **values)
    session.execute(kept.on_conflict_do_update(index_elements=["group_id"], set_=values))


def load_staff(session: Session) -> list[Person]:
    """Every engineer and manager, by name."""
    return [
        person_of(row)
        for row in session.execute(select(people).where(people.c.staff_role.is_not(None)).order_by(people.c.name))
    ]


def load_on_staff(session: Session, tenant_id: str) -> dict[int, OnStaff]:
    """The staff of this tenant, by person id."""
    rows = session.execute(select(people).where(people.c.tenant_id == tenant_id, people.c.staff_role.is_not(None)))
    return {
        row.id: OnStaff(row.object_id, Role(row.staff_role), row.staff_source == StaffSource.GROUP.value)
        for row in rows
    }


def load_sources(session: Session) -> dict[int, StaffSource]:
    """By which source each of the staff is on it, by person id."""
    rows = session.execute(select(people.c.id, people.c.staff_source).where(people.c.staff_role.is_not(None)))
    return {row.id: StaffSource(row.staff_source or StaffSource.LIST.value) for row in rows}


def find_by_object_ids(session: Session, tenant_id: str, object_ids: Collection[str]) -> dict[str, Person]:
    """The people of a tenant with these object ids, as far as anybody knows them, by object id."""
    rows = session.execute(
        select(people).where(people.c.tenant_id == tenant_id, people.c.object_id.in_(sorted(object_ids)))
    )
    return {row.object_id: person_of(row) for row in rows}


def open_tickets_of(session: Session, engineer_id: int) -> list[tuple[int, str]]:
    """Number and subject of the open tickets that somebody has, oldest first."""
    rows = session.execute(
        select(tickets.c.number, tickets.c.subject)
        .where(tickets.c.engineer_id == engineer_id, tickets.c.state != State.CLOSED.value)
        .order_by(tickets.c.number)
    )
    return [(row.number, row.subject) for row in rows]
