"""Lists of tickets: a customer's overview, newest activity first (R3), and what was reported lately.

A page asks for one row more than it shows, so that it knows whether there is a next one without counting everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from contract.events import EventKind
from contract.outcomes import Outcome
from contract.tickets import State, Ticket
from storage.hours import load_entries_of
from storage.tables import customers, people, ticket_events, tickets
from storage.tickets import ticket_of

_LIKE = {"\\": "\\\\", "%": "\\%", "_": "\\_"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """One line of a list. `minutes` are the billable ones logged so far."""

    number: int
    subject: str
    state: State
    outcome: Outcome | None
    customer_id: int
    customer_name: str
    engineer: str | None
    active_at: datetime
    last_event: EventKind
    pickup_due_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A page of a list, and whether another follows."""

    rows: tuple[TicketRow, ...]
    page: int
    has_more: bool


def ticket_rows() -> Select[tuple[object, ...]]:
    """What every list shows of a ticket; callers add which tickets, and in which order."""
    return (
        select(
            tickets.c.number,
            tickets.c.customer_id,
            tickets.c.subject,
            tickets.c.state,
            tickets.c.outcome,
            tickets.c.active_at,
            tickets.c.last_event,
            tickets.c.pickup_due_at,
            customers.c.name.label("customer_name"),
            people.c.name.label("engineer"),
        )
        .join(customers, customers.c.id == tickets.c.customer_id)
        .outerjoin(people, people.c.id == tickets.c.engineer_id)
    )


def matching(query: str, *, of_one_customer: bool) -> ColumnElement[bool]:
    """Tickets with this number, or with all of these words in subject, description or what was answered."""
    words = query.split()
    if len(words) == 1 and words[0].lstrip("#").isdecimal():
        number = int(words[0].lstrip("#"))
        return tickets.c.number == number if number < 2**31 else tickets.c.number < 0
    return and_(*(_has_word(word, of_one_customer=of_one_customer) for word in words[:8]))


def _has_word(word: str, *, of_one_customer: bool) -> ColumnElement[bool]:
    pattern = f"%{''.join(_LIKE.get(char, char) for char in word.lower())}%"
    told = select(ticket_events.c.id).where(
        ticket_events.c.ticket_number == tickets.c.number,
        ticket_events.c.is_internal.is_(False),
        func.lower(ticket_events.c.text).like(pattern, escape="\\"),
    )
    if of_one_customer:
        # Has PostgreSQL ask ticket by ticket; it would read the history of all customers for the tickets of one.
        told = told.offset(0)
    return or_(
        func.lower(tickets.c.subject).like(pattern, escape="\\"),
        func.lower(tickets.c.description).like(pattern, escape="\\"),
        told.exists(),
    )


def load_page(session: Session, query: Select[tuple[object, ...]], page: int, size: int) -> TicketPage:
    """One page of an ordered query made from `ticket_rows`; pages count from 1."""
    found = session.execute(query.limit(size + 1).offset((page - 1) * size)).all()
    shown = found[:size]
    entries = load_entries_of(session, [row.number for row in shown])
    rows = tuple(_row(row, sum(entry.minutes for entry in entries[row.number] if entry.is_billable)) for row in shown)
    return TicketPage(rows, page, len(found) > size)


def _row(row: Row[tuple[object, ...]], minutes: int) -> TicketRow:
    return TicketRow(
        number=row.number,
        subject=row.subject,
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        engineer=row.engineer,
        active_at=row.active_at,
        last_event=EventKind(row.last_event),
        pickup_due_at=row.pickup_due_at,
        minutes=minutes,
    )


def customer_tickets(session: Session, customer_id: int, query: str, page: int, size: int) -> TicketPage:
    """A page of all tickets of a customer, open and closed, newest activity first (R3)."""
    wanted = ticket_rows().where(tickets.c.customer_id == customer_id)
    if query.strip():
        wanted = wanted.where(matching(query, of_one_customer=True))
    return load_page(session, wanted.order_by(tickets.c.active_at.desc(), tickets.c.number.desc()), page, size)


def recent_tickets(session: Session, customer_id: int, since: datetime, limit: int = 5) -> list[Ticket]:
    """Open tickets of a customer and those closed after `since`, newest activity first."""
    rows = session.execute(
        select(tickets)
        .where(
            tickets.c.customer_id == customer_id,
            or_(tickets.c.state != State.CLOSED.value, tickets.c.closed_at >= since),
        )
        .order_by(tickets.c.active_at.desc(), tickets.c.number.desc())
        .limit(limit)
    )
    return [ticket_of(row) for row in rows]
