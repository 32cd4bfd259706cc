"""Reminding engineers before a pick-up target passes (R10, D19, D20).

A ticket that nobody has claimed is mentioned once when its target comes near, and once when it has passed. Whoever
claims it stops both; a changed urgency moves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from contract.events import EventKind, TicketEvent
from contract.tickets import State, Ticket
from storage import timers
from storage.tickets import add_event, load_ticket, load_ticket_dates

REMIND_PICKUP = "remind_pickup"
LEAD = timedelta(hours=4)
"""How long before the target the reminder comes; where the whole time is shorter than twice that, at its half."""


def arm_pickup(session: Session, ticket: Ticket, due_at: datetime, now: datetime) -> None:
    """Have the staff reminded of a ticket that nobody has yet."""
    near = max(due_at - LEAD, now + (due_at - now) / 2)
    timers.arm(session, _key(ticket.number), near, REMIND_PICKUP, {"ticket": ticket.number})


def drop_pickup(session: Session, number: int) -> None:
    """The ticket was picked up, or needs nobody any more."""
    timers.cancel(session, _key(number))


def _key(number: int) -> str:
    return f"pickup:{number}"


def remind_pickup(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell everybody on the staff that a ticket waits; before the target, arm the one that tells when it has passed."""
    ticket = load_ticket(session, payload["ticket"], lock=True)
    if ticket.state is not State.NEW:
        return
    due_at = load_ticket_dates(session, ticket.number).pickup_due_at
    reminded = add_event(
        session,
        TicketEvent(
            id=0,
            ticket_number=ticket.number,
            at=now,
            kind=EventKind.PICKUP_NEARED,
            actor_id=None,
            actor_name="",
            details={"due_at": due_at.isoformat()},
        ),
    )
    announcements.remind_staff(session, ticket, reminded, now)
    if now < due_at:
        timers.arm(session, _key(ticket.number), due_at, REMIND_PICKUP, dict(payload))
