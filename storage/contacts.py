"""The (at most two) contacts of a customer, and who knocked without being one (R4, D32).

Two managers may appoint at the same instant: the customer's row is held while the places are counted, and a unique
index over (customer, place) among the active appointments makes a third one impossible whatever happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from contract.people import MAX_CONTACTS, Contact, Customer, Person, check_appointment
from storage.errors import NotFound
from storage.people import person_of
from storage.rows import count_changed, insert_row
from storage.tables import contacts, customers, knocks, people

# Statements of every turn are made once: building one costs more than running it.
_CUSTOMER = select(customers).where(customers.c.id == bindparam("customer_id"))
_IN_OFFICE = contacts.c.customer_id == bindparam("customer_id"), contacts.c.removed_at.is_(None)
_CONTACTS = (
    select(
        people,
        contacts.c.id.label("contact_id"),
        contacts.c.customer_id,
        contacts.c.appointed_at,
        contacts.c.appointed_by,
    )
    .join(contacts, contacts.c.person_id == people.c.id)
    .where(*_IN_OFFICE)
    .order_by(contacts.c.slot)
)
_CONTACT_IDS = select(contacts.c.person_id).where(*_IN_OFFICE).order_by(contacts.c.slot)


def add_customer(session: Session, name: str, tenant_id: str, now: datetime) -> int:
    """Keep a new customer; one Microsoft 365 tenant each. Returns the customer id."""
    return insert_row(session, customers, name=name, tenant_id=tenant_id, created_at=now)


def load_customer(session: Session, customer_id: int, *, lock: bool = False) -> Customer:
    """The customer with this id. Raises NotFound."""
    # A row that only refers to the customer, such as a receipt, need not wait: the key never changes.
    query = _CUSTOMER.with_for_update(key_share=True) if lock else _CUSTOMER
    found = session.execute(query, {"customer_id": customer_id}).one_or_none()
    if found is None:
        raise NotFound("customer", customer_id)
    return Customer(id=found.id, name=found.name, tenant_id=found.tenant_id)


def find_customer(session: Session, word: str) -> Customer | None:
    """The customer with this name, tenant id or number."""
    condition = (customers.c.name == word) | (customers.c.tenant_id == word)
    if word.isdecimal():
        condition |= customers.c.id == int(word)
    found = session.execute(select(customers).where(condition).order_by(customers.c.id)).first()
    return Customer(id=found.id, name=found.name, tenant_id=found.tenant_id) if found else None


def list_customers(session: Session) -> list[Customer]:
    """Every customer, by name."""
    rows = session.execute(select(customers).order_by(customers.c.name))
    return [Customer(id=row.id, name=row.name, tenant_id=row.tenant_id) for row in rows]


def load_contacts(session: Session, customer_id: int) -> list[Contact]:
    """The active contacts of a customer, in order of appointment."""
    rows = session.execute(_CONTACTS, {"customer_id": customer_id})
    return [
        Contact(
            id=row.contact_id,
            customer_id=row.customer_id,
            person=person_of(row),
            appointed_at=row.appointed_at,
            appointed_by=row.appointed_by,
        )
        for row in rows
    ]


def contact_ids(session: Session, customer_id: int) -> list[int]:
    """The person ids of the active contacts."""
    return list(session.scalars(_CONTACT_IDS, {"customer_id": customer_id}))


def appoint(session: Session, customer_id: int, person_id: int, by: int | None, now: datetime) -> bool:
    """Make a person contact of a customer; False when the person is one already. Raises TooManyContacts (R4)."""
    load_customer(session, customer_id, lock=True)
    taken = session.execute(
        select(contacts.c.slot, contacts.c.person_id).where(
            contacts.c.customer_id == customer_id, contacts.c.removed_at.is_(None)
        )
    ).all()
    if any(row.person_id == person_id for row in taken):
        return False
    check_appointment(len(taken))
    slot = min(set(range(1, MAX_CONTACTS + 1)) - {row.slot for row in taken})
    session.execute(
        insert(contacts).values(
            customer_id=customer_id, person_id=person_id, slot=slot, appointed_at=now, appointed_by=by
        )
    )
    session.execute(
        update(knocks).where(knocks.c.person_id == person_id).values(state="appointed", decided_by=by, decided_at=now)
    )
    return True


def remove_contact(
    session: Session, customer_id: int, person_id: int, by: int | None, now: datetime, *, why: str | None = None
) -> bool:
    """End an appointment; False when there was none. `why`: what became of the account, where nobody decided it."""
    load_customer(session, customer_id, lock=True)
    done = count_changed(
        session,
        update(contacts)
        .where(
            contacts.c.customer_id == customer_id, contacts.c.person_id == person_id, contacts.c.removed_at.is_(None)
        )
        .values(removed_at=now, removed_by=by, removed_why=why),
    )
    if done:
        session.execute(
            update(knocks).where(knocks.c.person_id == person_id).values(state="removed", decided_by=by, decided_at=now)
        )
    return done > 0


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody of a customer who wrote to the bot without being appointed.

    `state`: waiting, appointed, refused, or removed (was a contact since, and is not any more).
    """

    id: int
    customer_id: int
    person: Person
    knocked_at: datetime
    times: int
    state: str
    decided_by: int | None = None
    decided_at: datetime | None = None


def keep_knock(session: Session, customer_id: int, person_id: int, now: datetime) -> bool:
    """Count a knock; True when the managers are to hear of it: the first, and the first after a removal (D32)."""
    again = count_changed(
        session,
        update(knocks)
        .where(knocks.c.person_id == person_id, knocks.c.state == "removed")
        .values(state="waiting", knocked_at=now, times=1, decided_by=None, decided_at=None),
    )
    if again:
        return True
    done = count_changed(
        session,
        update(knocks).where(knocks.c.person_id == person_id).values(knocked_at=now, times=knocks.c.times + 1),
    )
    if done:
        return False
    session.execute(
        insert(knocks).values(customer_id=customer_id, person_id=person_id, knocked_at=now, times=1, state="waiting")
    )
    return True


# Who knocked, with who that is; callers add which ones.
_KNOCKS = select(
    people,
    knocks.c.id.label("knock_id"),
    knocks.c.customer_id,
    knocks.c.knocked_at,
    knocks.c.times,
    knocks.c.state,
    knocks.c.decided_by,
    knocks.c.decided_at,
).join(knocks, knocks.c.person_id == people.c.id)


def _knock(row: Row[Any]) -> Knock:
    return Knock(
        row.knock_id,
        row.customer_id,
        person_of(row),
        row.knocked_at,
        row.times,
        row.state,
        row.decided_by,
        row.decided_at,
    )


def load_knock(session: Session, knock_id: int, *, lock: bool = False) -> Knock:
    """One knock. Raises NotFound."""
    query = _KNOCKS.where(knocks.c.id == knock_id)
    found = session.execute(query.with_for_update(of=knocks) if lock else query).one_or_none()
    if found is None:
        raise NotFound("knock", knock_id)
    return _knock(found)


def find_knock(session: Session, person_id: int) -> int | None:
    """The id of a person's knock."""
    return session.scalar(select(knocks.c.id).where(knocks.c.person_id == person_id))


def list_knocks(session: Session, customer_id: int) -> list[Knock]:
    """Who of a customer waits to be appointed or refused, latest first."""
    query = _KNOCKS.where(knocks.c.customer_id == customer_id, knocks.c.state == "waiting")
    return [_knock(row) for row in session.execute(query.order_by(knocks.c.knocked_at.desc()))]


def knock_ids(session: Session, customer_id: int) -> list[int]:
    """Everybody of a customer who ever knocked, by the id of the knock."""
    return list(session.scalars(select(knocks.c.id).where(knocks.c.customer_id == customer_id).order_by(knocks.c.id)))


def refuse_knock(session: Session, knock_id: int, by: int, now: datetime) -> None:
    """A manager decided that this person does not become a contact."""
    session.execute(
        update(knocks).where(knocks.c.id == knock_id).values(state="refused", decided_by=by, decided_at=now)
    )
