"""Which contracts end with a year, what became of them, and whose tickets are left without one (D17, D28, D34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from contract.outcomes import Outcome
from contract.tickets import State
from storage.billing_tables import cancellations
from storage.tables import contracts, customers, price_lists, tickets

_next = contracts.alias("following")
_HAS_TERM = contracts.c.starts_on <= contracts.c.ends_on
"""A contract that was cancelled before its start never starts (D18)."""
_IS_CANCELLED = select(cancellations.c.contract_id).where(cancellations.c.contract_id == contracts.c.id).exists()
_IS_RENEWED = (
    select(_next.c.id)
    .where(
        _next.c.customer_id == contracts.c.customer_id,
        _next.c.starts_on > contracts.c.ends_on,
        _next.c.starts_on <= _next.c.ends_on,
    )
    .exists()
)


@dataclass(frozen=True, slots=True)
class RenewalCounts:
    """How many contracts end with the year, and what became of them; the rest is open."""

    ending: int
    renewed: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Unrenewed:
    """A contract that ends with the year and that nobody has renewed or cancelled."""

    contract_id: int
    number: str
    customer_id: int
    customer_name: str


@dataclass(frozen=True, slots=True)
class CustomerName:
    """A customer of a list."""

    customer_id: int
    name: str


def _ends_with(year: int) -> ColumnElement[bool]:
    return and_(contracts.c.ends_on == date(year, 12, 31), _HAS_TERM)


def _is_open(year: int) -> ColumnElement[bool]:
    return and_(_ends_with(year), ~_IS_CANCELLED, ~_IS_RENEWED)


def unrenewed_ids(session: Session, year: int, *, after: int, limit: int) -> list[int]:
    """The next contracts by id that end with the year and still need a signature (D17)."""
    wanted = select(contracts.c.id).where(_is_open(year), contracts.c.id > after).order_by(contracts.c.id)
    return list(session.scalars(wanted.limit(limit)))


def ended_ids(session: Session, year: int, *, after: int, limit: int) -> list[int]:
    """The next contracts by id that ended with the year, renewed or not (R30)."""
    wanted = select(contracts.c.id).where(_ends_with(year), contracts.c.id > after).order_by(contracts.c.id)
    return list(session.scalars(wanted.limit(limit)))


def load_unrenewed(session: Session, year: int, *, limit: int, skip: int = 0) -> list[Unrenewed]:
    """A page of them, by the name of the customer."""
    found = session.execute(
        select(contracts.c.id, contracts.c.number, customers.c.id.label("customer_id"), customers.c.name)
        .join(customers, customers.c.id == contracts.c.customer_id)
        .where(_is_open(year))
        .order_by(func.lower(customers.c.name), contracts.c.id)
        .limit(limit)
        .offset(skip)
    )
    return [Unrenewed(row.id, row.number, row.customer_id, row.name) for row in found]


def count_renewals(session: Session, year: int) -> RenewalCounts:
    """What became of the contracts that end with the year; of one that was cancelled and renewed the renewal counts."""

    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(contracts).where(_ends_with(year), *conditions)) or 0

    return RenewalCounts(ending=count(), renewed=count(_IS_RENEWED), cancelled=count(_IS_CANCELLED, ~_IS_RENEWED))


# --- the end of a contract --------------------------------------------------------------------------------------------


def customers_to_close(session: Session, day: date, *, after: int, limit: int) -> list[int]:
    """The next customers by id who had a contract, have none on this day, and have tickets open (D28)."""
    had = select(contracts.c.id).where(
        contracts.c.customer_id == tickets.c.customer_id, contracts.c.ends_on < day, _HAS_TERM
    )
    has = select(contracts.c.id).where(
        contracts.c.customer_id == tickets.c.customer_id, contracts.c.starts_on <= day, contracts.c.ends_on >= day
    )
    wanted = (
        select(tickets.c.customer_id)
        .where(tickets.c.state != State.CLOSED.value, tickets.c.customer_id > after, had.exists(), ~has.exists())
        .distinct()
        .order_by(tickets.c.customer_id)
    )
    return list(session.scalars(wanted.limit(limit)))


@dataclass(frozen=True, slots=True)
class EndedTicket:
    """A ticket that was closed with the contract."""

    number: int
    subject: str


def tickets_ended_at(session: Session, customer_id: int, closed_at: datetime) -> list[EndedTicket]:
    """The tickets of a customer that were closed because a contract ended at this instant (D28)."""
    found = session.execute(
        select(tickets.c.number, tickets.c.subject)
        .where(
            tickets.c.customer_id == customer_id,
            tickets.c.outcome == Outcome.CONTRACT_ENDED.value,
            tickets.c.closed_at == closed_at,
        )
        .order_by(tickets.c.number)
    )
    return [EndedTicket(row.number, row.subject) for row in found]


def numbers_ended_since(session: Session, customer_id: int, since: datetime) -> list[int]:
    """The tickets of a customer that a contract's end closed at or after an instant and that are closed still."""
    wanted = select(tickets.c.number).where(
        tickets.c.customer_id == customer_id,
        tickets.c.outcome == Outcome.CONTRACT_ENDED.value,
        tickets.c.closed_at >= since,
    )
    return list(session.scalars(wanted.order_by(tickets.c.number)))


# --- prices -----------------------------------------------------------------------------------------------------------


def _without_prices(year: int) -> Select[tuple[int, str]]:
    """Customers with a list of the year before and none of this one, whose contract lasts to the year's begin."""
    old = select(price_lists.c.id).where(price_lists.c.customer_id == customers.c.id, price_lists.c.year == year - 1)
    new = select(price_lists.c.id).where(price_lists.c.customer_id == customers.c.id, price_lists.c.year == year)
    lasts = select(contracts.c.id).where(
        contracts.c.customer_id == customers.c.id, contracts.c.ends_on >= date(year - 1, 12, 31), _HAS_TERM
    )
    return select(customers.c.id, customers.c.name).where(old.exists(), ~new.exists(), lasts.exists())


def customers_without_prices(session: Session, year: int, *, limit: int) -> list[CustomerName]:
    """Customers whose own prices end with the year before, by name: the last list holds (D34)."""
    wanted = _without_prices(year).order_by(func.lower(customers.c.name), customers.c.id)
    return [CustomerName(row.id, row.name) for row in session.execute(wanted.limit(limit))]


def count_without_prices(session: Session, year: int) -> int:
    """How many they are."""
    return session.scalar(select(func.count()).select_from(_without_prices(year).subquery())) or 0
