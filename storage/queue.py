"""The engineers' queue over all customers (R34): what is open, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from contract.estimates import EstimateState
from contract.tickets import State
from storage.overview import TicketPage, load_page, matching, ticket_rows
from storage.tables import estimates, tickets

_IS_OPEN = tickets.c.state != State.CLOSED.value
_IS_UNCLAIMED = tickets.c.state == State.NEW.value


def _waits_for_approval(now: datetime) -> ColumnElement[bool]:
    """Open tickets with an estimate that can still be decided (D31: derived, never stored)."""
    offered = select(estimates.c.id).where(
        estimates.c.ticket_number == tickets.c.number,
        estimates.c.state == EstimateState.OPEN.value,
        estimates.c.valid_until > now,
    )
    return _IS_OPEN & offered.exists()


class Wanted(StrEnum):
    """What the queue can be narrowed to; the same names as the buttons carry."""

    OPEN = "open"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_APPROVAL = "waiting_approval"
    WAITING_ACCESS = "waiting_access"
    OVERDUE = "overdue"


def open_customers(session: Session) -> frozenset[int]:
    """Every customer with an open ticket."""
    return frozenset(session.scalars(select(tickets.c.customer_id).where(_IS_OPEN).distinct()))


def _condition(wanted: Wanted, engineer_id: int, now: datetime, waiting: Collection[int]) -> ColumnElement[bool]:
    """Each says that the ticket is open, also where that follows: SQLite finds the index of open tickets by it."""
    match wanted:
        case Wanted.OPEN:
            return _IS_OPEN
        case Wanted.UNCLAIMED:
            return _IS_OPEN & _IS_UNCLAIMED
        case Wanted.MINE:
            return _IS_OPEN & (tickets.c.engineer_id == engineer_id)
        case Wanted.WAITING_CUSTOMER:
            return _IS_OPEN & (tickets.c.state == State.WAITING_CUSTOMER.value)
        case Wanted.WAITING_APPROVAL:
            return _waits_for_approval(now)
        case Wanted.WAITING_ACCESS:
            return _IS_OPEN & tickets.c.customer_id.in_(sorted(waiting))
        case Wanted.OVERDUE:
            return _IS_OPEN & _IS_UNCLAIMED & (tickets.c.pickup_due_at < now)


def queue_page(
    session: Session,
    wanted: Wanted,
    engineer_id: int,
    now: datetime,
    *,
    customer_id: int | None,
    query: str,
    page: int,
    size: int,
    waiting: Collection[int] = (),
) -> TicketPage:
    """A page of the queue: what nobody has first, by pick-up target; then the latest activity.

    `waiting` are the customers whose tickets wait for access: derived, never stored (D31).
    """
    # A number or words find closed tickets too: an engineer looks for what was done last time.
    condition = (
        matching(query, of_one_customer=customer_id is not None)
        if query.strip()
        else _condition(wanted, engineer_id, now, waiting)
    )
    by_customer = tickets.c.customer_id == customer_id if customer_id is not None else true()
    rows = (
        ticket_rows()
        .where(condition, by_customer)
        .order_by(_IS_UNCLAIMED.desc(), tickets.c.active_at.desc(), tickets.c.number.desc())
    )
    return load_page(session, rows, page, size)
