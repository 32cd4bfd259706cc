"""Customers as a list, and what is known of how their contacts can be reached (R4, R5).

Words are looked for in the customer's name and in the names and addresses of its contacts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from contract.people import Customer
from contract.tickets import State
from storage.tables import contacts, contracts, customers, knocks, people, tickets

_LIKE = {"\\": "\\\\", "%": "\\%", "_": "\\_"}
MOST_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """One line of the list: the contacts' names, and how many people wait to be appointed or refused."""

    customer: Customer
    contacts: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of the list, and whether another follows."""

    rows: tuple[CustomerRow, ...]
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person can be reached. `installed_at` is None until the app arrived, and again once it was taken away."""

    installed_at: datetime | None
    heard_at: datetime | None
    unreachable_since: datetime | None
    has_chat: bool


def load_customer_page(session: Session, query: str, page: int, size: int) -> CustomerPage:
    """A page of the customers by name, narrowed to a search; pages count from 1."""
    wanted = select(customers).order_by(func.lower(customers.c.name), customers.c.id)
    for word in query.split()[:MOST_WORDS]:
        pattern = f"%{''.join(_LIKE.get(char, char) for char in word.lower())}%"
        of_contact = (
            select(contacts.c.id)
            .join(people, people.c.id == contacts.c.person_id)
            .where(
                contacts.c.customer_id == customers.c.id,
                contacts.c.removed_at.is_(None),
                or_(
                    func.lower(people.c.name).like(pattern, escape="\\"),
                    func.lower(people.c.email).like(pattern, escape="\\"),
                ),
            )
            .exists()
        )
        wanted = wanted.where(or_(func.lower(customers.c.name).like(pattern, escape="\\"), of_contact))
    found = session.execute(wanted.limit(size + 1).offset((page - 1) * size)).all()
    ids = [row.id for row in found[:size]]
    names, waiting = _names(session, ids), _waiting(session, ids)
    rows = tuple(
        CustomerRow(
            customer=Customer(id=row.id, name=row.name, tenant_id=row.tenant_id),
            contacts=tuple(names.get(row.id, ())),
            waiting=waiting.get(row.id, 0),
        )
        for row in found[:size]
    )
    return CustomerPage(rows, page, len(found) > size)


def _names(session: Session, ids: list[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    for row in session.execute(
        select(contacts.c.customer_id, people.c.name)
        .join(people, people.c.id == contacts.c.person_id)
        .where(contacts.c.customer_id.in_(ids), contacts.c.removed_at.is_(None))
        .order_by(contacts.c.slot)
    ):
        names.setdefault(row.customer_id, []).append(row.name)
    return names


def _waiting(session: Session, ids: list[int]) -> dict[int, int]:
    counted = session.execute(
        select(knocks.c.customer_id, func.count().label("n"))
        .where(knocks.c.customer_id.in_(ids), knocks.c.state == "waiting")
        .group_by(knocks.c.customer_id)
    )
    return {row.customer_id: row.n for row in counted}


def load_contracted(session: Session, day: date) -> tuple[Customer, ...]:
    """The customers with a contract that runs on this day or begins later, by name."""
    runs = select(contracts.c.id).where(
        contracts.c.customer_id == customers.c.id,
        contracts.c.ends_on >= day,
        contracts.c.starts_on <= contracts.c.ends_on,
    )
    rows = session.execute(
        select(customers).where(runs.exists()).order_by(func.lower(customers.c.name), customers.c.id)
    )
    return tuple(Customer(id=row.id, name=row.name, tenant_id=row.tenant_id) for row in rows)


def load_reach(session: Session, person_ids: Iterable[int]) -> dict[int, Reach]:
    """How each of these people can be reached, by person id."""
    rows = session.execute(select(people).where(people.c.id.in_(sorted(set(person_ids)))))
    return {
        row.id: Reach(row.installed_at, row.heard_at, row.unreachable_since, row.conversation_id is not None)
        for row in rows
    }


def open_ticket_numbers(session: Session, customer_id: int) -> list[int]:
    """The tickets of a customer whose cards say something about contract and access."""
    return list(
        session.scalars(
            select(tickets.c.number)
            .where(tickets.c.customer_id == customer_id, tickets.c.state != State.CLOSED.value)
            .order_by(tickets.c.number)
        )
    )
