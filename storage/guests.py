"""The same engineer as a guest in a customer's tenant: who was found, who was asked, and what they said (D15).

Only what the engineer confirmed in the own chat makes the guest that engineer: an address is what the customer's
administrator writes there, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from contract.people import Customer, Person
from storage.access_tables import guest_identities
from storage.errors import NotFound
from storage.people import person_of
from storage.sessions import insert_into
from storage.tables import customers, people


class GuestState(StrEnum):
    """What became of the question whether a guest is that engineer."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GuestIdentity:
    """A guest who may be, is, or is not this engineer. `customer` is None where the tenant is no customer's."""

    id: int
    tenant_id: str
    object_id: str
    person: Person
    state: GuestState
    found_at: datetime
    decided_at: datetime | None
    customer: Customer | None


_GUESTS = (
    select(
        people,
        guest_identities.c.id.label("guest_id"),
        guest_identities.c.tenant_id.label("guest_tenant_id"),
        guest_identities.c.object_id.label("guest_object_id"),
        guest_identities.c.state.label("guest_state"),
        guest_identities.c.found_at,
        guest_identities.c.decided_at,
        customers.c.id.label("customer_id"),
        customers.c.name.label("customer_name"),
    )
    .select_from(guest_identities)
    .join(people, people.c.id == guest_identities.c.person_id)
    .outerjoin(customers, customers.c.tenant_id == guest_identities.c.tenant_id)
)


def _guest(row: Row[Any]) -> GuestIdentity:
    customer = Customer(row.customer_id, row.customer_name, row.guest_tenant_id) if row.customer_id else None
    return GuestIdentity(
        id=row.guest_id,
        tenant_id=row.guest_tenant_id,
        object_id=row.guest_object_id,
        person=person_of(row),
        state=GuestState(row.guest_state),
        found_at=row.found_at,
        decided_at=row.decided_at,
        customer=customer,
    )


def offer_guest(session: Session, tenant_id: str, object_id: str, person_id: int, now: datetime) -> int | None:
    """Keep that a guest may be this engineer; None where that was asked before."""
    offered = insert_into(session, guest_identities).values(
        tenant_id=tenant_id, object_id=object_id, person_id=person_id, state=GuestState.OFFERED.value, found_at=now
    )
    done = session.execute(
        offered.on_conflict_do_nothing(index_elements=["tenant_id", "object_id"]).returning(guest_identities.c.id)
    ).one_or_none()
    return done.id if done else None


def find_guest(session: Session, tenant_id: str, object_id: str) -> GuestIdentity | None:
    """Whom a guest of this tenant was taken for."""
    query = _GUESTS.where(guest_identities.c.tenant_id == tenant_id, guest_identities.c.object_id == object_id)
    found = session.execute(query).one_or_none()
    return _guest(found) if found else None


def was_asked(session: Session, tenant_id: str, person_id: int) -> bool:
    """Whether this engineer was ever asked about a guest of this tenant."""
    query = select(guest_identities.c.id).where(
        guest_identities.c.tenant_id == tenant_id, guest_identities.c.person_id == person_id
    )
    return session.execute(query.limit(1)).first() is not None


def load_guest(session: Session, guest_id: int, *, lock: bool = False) -> GuestIdentity:
    """One of them. Raises NotFound."""
    query = _GUESTS.where(guest_identities.c.id == guest_id)
    found = session.execute(query.with_for_update(of=guest_identities) if lock else query).one_or_none()
    if found is None:
        raise NotFound("guest", guest_id)
    return _guest(found)


def list_guests(session: Session) -> list[GuestIdentity]:
    """All of them, by engineer and customer."""
    return [_guest(row) for row in session.execute(_GUESTS.order_by(people.c.name, customers.c.name))]


def decide_guest(session: Session, guest_id: int, state: GuestState, now: datetime) -> None:
    """What the engineer said."""
    session.execute(
        update(guest_identities).where(guest_identities.c.id == guest_id).values(state=state.value, decided_at=now)
    )


def forget_guest(session: Session, guest_id: int) -> None:
    """The guest is nobody we know."""
    session.execute(delete(guest_identities).where(guest_identities.c.id == guest_id))


def forget_guests_of(session: Session, person_id: int) -> list[int]:
    """The engineer is no longer on the staff, and is nobody as a guest either; returns which they were."""
    gone = delete(guest_identities).where(guest_identities.c.person_id == person_id).returning(guest_identities.c.id)
    return sorted(session.scalars(gone))


def staff_with_address(session: Session, addresses: Collection[str]) -> list[int]:
    """Who on the staff has one of these addresses, whichever way it is written."""
    wanted = sorted({address.lower() for address in addresses if address})
    rows = select(people.c.id).where(people.c.staff_role.is_not(None), func.lower(people.c.email).in_(wanted))
    return sorted(session.scalars(rows)) if wanted else []
