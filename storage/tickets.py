"""Tickets and their history: load, keep, list (R2, R3, R5).

A ticket that two people may change at once is loaded with `lock=True`: its row is then held until the transaction ends.
`save_ticket` writes the whole value; every change also adds an event, and events are never changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from contract.events import EventKind, TicketEvent
from contract.outcomes import Outcome, OutcomeDetails, RouteFinding
from contract.tickets import Product, State, Ticket, Urgency
from storage.errors import NotFound
from storage.recordings import DATED, recorded_at
from storage.rows import insert_row
from storage.tables import people, ticket_events, tickets

# Statements of every turn are made once: building one costs more than running it.
_BY_NUMBER = select(tickets).where(tickets.c.number == bindparam("number"))
_HELD = _BY_NUMBER.with_for_update()
_DATES = select(tickets.c.pickup_due_at, tickets.c.active_at, tickets.c.last_event).where(
    tickets.c.number == bindparam("number")
)
_SAVE = update(tickets).where(tickets.c.number == bindparam("which"))
_NOTE_ACTIVITY = _SAVE.values(active_at=bindparam("new_active_at"), last_event=bindparam("new_last_event"))
_BY_KEY = select(ticket_events).where(ticket_events.c.key == bindparam("key"))
_BY_IDS = (
    select(ticket_events).where(ticket_events.c.id.in_(bindparam("ids", expanding=True))).order_by(ticket_events.c.id)
)
_OF_TICKET = ticket_events.c.ticket_number == bindparam("number")
_ALL = (
    select(ticket_events)
    .where(_OF_TICKET)
    .order_by(ticket_events.c.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
_SHOWN = _ALL.where(ticket_events.c.is_internal.is_(False))
_LATEST_AT = select(func.max(ticket_events.c.at)).where(
    _OF_TICKET, ticket_events.c.kind.in_(bindparam("kinds", expanding=True))
)
_COUNT_ALL = select(func.count()).where(_OF_TICKET)
_COUNT_SHOWN = _COUNT_ALL.where(ticket_events.c.is_internal.is_(False))
_NAMES = select(people.c.id, people.c.name).where(people.c.id.in_(bindparam("ids", expanding=True)))


def ticket_of(row: Row[tuple[object, ...]]) -> Ticket:
    """The ticket in a row of `tickets`."""
    return Ticket(
        number=row.number,
        customer_id=row.customer_id,
        subject=row.subject,
        description=row.description,
        product=Product(row.product) if row.product else None,
        affected=row.affected,
        reach=row.reach,
        created_at=row.created_at,
        created_by=row.created_by,
        by_phone=row.by_phone,
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        outcome_details=_details_of(row.outcome_details),
        engineer_id=row.engineer_id,
        claimed_at=row.claimed_at,
        urgency=Urgency(row.urgency) if row.urgency else None,
        microsoft_case=row.microsoft_case,
        closed_at=row.closed_at,
        outside_hours_allowed=row.outside_hours_allowed,
        duplicate_of=row.duplicate_of,
        follow_up_of=row.follow_up_of,
        is_void=row.is_void,
        minimum_waived_reason=row.minimum_waived_reason,
        granted_minutes=row.granted_minutes,
        approved_minutes=row.approved_minutes,
        version=row.version,
    )


def _details_of(kept: Mapping[str, Any]) -> OutcomeDetails:
    routes = {name: RouteFinding(**found) for name, found in kept.items() if isinstance(found, dict)}
    return OutcomeDetails(**{**kept, **routes})


def _columns(ticket: Ticket) -> dict[str, Any]:
    return {
        "customer_id": ticket.customer_id,
        "subject": ticket.subject,
        "description": ticket.description,
        "product": ticket.product.value if ticket.product else None,
        "affected": ticket.affected,
        "reach": ticket.reach,
        "created_at": ticket.created_at,
        "created_by": ticket.created_by,
        "by_phone": ticket.by_phone,
        "state": ticket.state.value,
        "outcome": ticket.outcome.value if ticket.outcome else None,
        "outcome_details": asdict(ticket.outcome_details),
        "engineer_id": ticket.engineer_id,
        "claimed_at": ticket.claimed_at,
        "urgency": ticket.urgency.value if ticket.urgency else None,
        "microsoft_case": ticket.microsoft_case,
        "closed_at": ticket.closed_at,
        "outside_hours_allowed": ticket.outside_hours_allowed,
        "duplicate_of": ticket.duplicate_of,
        "follow_up_of": ticket.follow_up_of,
        "is_void": ticket.is_void,
        "minimum_waived_reason": ticket.minimum_waived_reason,
        "granted_minutes": ticket.granted_minutes,
        "approved_minutes": ticket.approved_minutes,
        "version": ticket.version,
    }


def load_ticket(session: Session, number: int, *, lock: bool = False) -> Ticket:
    """The ticket with this number. Raises NotFound."""
    found = session.execute(_HELD if lock else _BY_NUMBER, {"number": number}).one_or_none()
    if found is None:
        raise NotFound("ticket", number)
    return ticket_of(found)


@dataclass(frozen=True, slots=True)
class TicketDates:
    """What is kept beside a ticket for sorting and reminding: pick-up target and latest activity (UTC)."""

    pickup_due_at: datetime
    active_at: datetime
    last_event: EventKind


def load_ticket_dates(session: Session, number: int) -> TicketDates:
    """Pick-up target (D19, D20) and latest activity of a ticket. Raises NotFound."""
    found = session.execute(_DATES, {"number": number}).one_or_none()
    if found is None:
        raise NotFound("ticket", number)
    return TicketDates(found.pickup_due_at, found.active_at, EventKind(found.last_event))


def insert_ticket(session: Session, ticket: Ticket, pickup_due_at: datetime) -> Ticket:
    """Keep a new ticket; returns it with the number it got (whatever number it carried)."""
    number = insert_row(
        session,
        tickets,
        **_columns(ticket),
        pickup_due_at=pickup_due_at,
        active_at=ticket.created_at,
        last_event=EventKind.TICKET_OPENED.value,
    )
    return replace(ticket, number=number)


def save_ticket(session: Session, ticket: Ticket, *, pickup_due_at: datetime | None = None) -> None:
    """Write a ticket that was loaded with a lock and changed by a function of `contract.moves`, which counts its
    version.
    """
    values = _columns(ticket)
    if pickup_due_at is not None:
        values["pickup_due_at"] = pickup_due_at
    session.execute(_SAVE, {**values, "which": ticket.number})


def event_of(row: Row[tuple[object, ...]]) -> TicketEvent:
    """The event in a row of `ticket_events`."""
    return TicketEvent(
        id=row.id,
        ticket_number=row.ticket_number,
        at=row.at,
        kind=EventKind(row.kind),
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        text=row.text,
        details=row.details,
    )


def find_event(session: Session, key: str) -> TicketEvent | None:
    """The event that a form or a message already led to, if it did (the keys are made in `bot/replies.py`)."""
    found = session.execute(_BY_KEY, {"key": key}).one_or_none()
    return event_of(found) if found else None


def add_event(
    session: Session, event: TicketEvent, *, key: str | None = None, activity_id: str | None = None
) -> TicketEvent:
    """Add to a ticket's history, and note the activity on the ticket; returns the event with its id.

    A second event with the same `key` violates a unique constraint: the transaction is run again and finds the first.
    """
    if event.kind in DATED:
        event = replace(event, at=recorded_at(session, event.at))
    event_id = insert_row(
        session,
        ticket_events,
        ticket_number=event.ticket_number,
        at=event.at,
        kind=event.kind.value,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        text=event.text,
        details=dict(event.details),
        is_internal=event.is_internal,
        key=key,
        activity_id=activity_id,
    )
    # A new ticket was kept with its first activity.
    if not event.is_internal and event.kind is not EventKind.TICKET_OPENED:
        session.execute(
            _NOTE_ACTIVITY,
            {"which": event.ticket_number, "new_active_at": event.at, "new_last_event": event.kind.value},
        )
    return replace(event, id=event_id)


def load_events(session: Session, number: int, *, internal: bool, limit: int = 10, skip: int = 0) -> list[TicketEvent]:
    """The latest events of a ticket (after the `skip` latest), newest last; internal ones only for staff."""
    rows = session.execute(_ALL if internal else _SHOWN, {"number": number, "most": limit, "skip": skip}).all()
    return [event_of(row) for row in reversed(rows)]


def load_events_by_id(session: Session, event_ids: Sequence[int]) -> list[TicketEvent]:
    """These events, oldest first."""
    return [event_of(row) for row in session.execute(_BY_IDS, {"ids": list(event_ids)})]


def count_events(session: Session, number: int, *, internal: bool) -> int:
    """How many events a ticket's history has for this reader."""
    return int(session.execute(_COUNT_ALL if internal else _COUNT_SHOWN, {"number": number}).scalar_one())


def latest_event_at(session: Session, number: int, kinds: Collection[EventKind]) -> datetime | None:
    """When something of these kinds happened last on a ticket; None where nothing did."""
    named = {"number": number, "kinds": [kind.value for kind in kinds]}
    found: datetime | None = session.scalar(_LATEST_AT, named)
    return found


def names_of(session: Session, person_ids: Sequence[int | None]) -> Mapping[int, str]:
    """The present names of these people."""
    ids = [person_id for person_id in person_ids if person_id is not None]
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(_NAMES, {"ids": ids})}
