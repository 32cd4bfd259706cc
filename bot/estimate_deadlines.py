"""What the calendar does to an open estimate: two reminders and its end (D13).

Armed in the transaction that offers the estimate, dropped in the one that decides, replaces or withdraws it. A timer
that fires all the same finds the estimate no longer open and does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import estimate_subject
from contract.estimates import Estimate, EstimateState, at_most_cents, expire, reminder_times
from contract.events import EventKind, TicketEvent
from contract.prices import PriceBook
from contract.tickets import Ticket
from storage import timers
from storage.contacts import contact_ids
from storage.estimates import load_estimate, save_estimate
from storage.posted_cards import readers_of
from storage.tickets import add_event, load_ticket

REMIND_ESTIMATE, EXPIRE_ESTIMATE = "remind_estimate", "expire_estimate"
_REMINDERS = 2


def arm_deadlines(session: Session, estimate: Estimate, prices: PriceBook) -> None:
    """Have both contacts reminded of an estimate, and have it expire."""
    payload = {"estimate": estimate.id}
    times = reminder_times(estimate.created_at, estimate.valid_until, prices.profile)
    for number, at in enumerate(times):
        timers.arm(session, _reminder_key(estimate.id, number), at, REMIND_ESTIMATE, payload)
    timers.arm(session, _expiry_key(estimate.id), estimate.valid_until, EXPIRE_ESTIMATE, payload)


def drop_deadlines(session: Session, estimate_id: int) -> None:
    """Nothing more happens to this estimate by itself."""
    reminders = (_reminder_key(estimate_id, number) for number in range(_REMINDERS))
    timers.cancel(session, *reminders, _expiry_key(estimate_id))


def _reminder_key(estimate_id: int, number: int) -> str:
    return f"estimate:{estimate_id}:remind:{number}"


def _expiry_key(estimate_id: int) -> str:
    return f"estimate:{estimate_id}:expire"


def remind_estimate(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell both contacts that an estimate still waits, and put its card at the end of their chats, within reach."""
    ticket, estimate = _held(session, payload["estimate"])
    if not estimate.is_open(now):
        return
    _announce(session, ticket, estimate, EventKind.ESTIMATE_REMINDED, now)
    for person_id in contact_ids(session, ticket.customer_id):
        announcements.show(
            session,
            person_id,
            "estimate",
            {"estimate": estimate.id},
            now,
            fresh=True,
            subject=estimate_subject(estimate.id),
        )


def expire_estimate(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Mark an estimate that nobody decided in time; its cards follow, and everybody concerned hears."""
    ticket, estimate = _held(session, payload["estimate"])
    over = expire(estimate, now)
    if estimate.state is not EstimateState.OPEN or over.state is EstimateState.OPEN:
        return
    save_estimate(session, over)
    _announce(session, ticket, over, EventKind.ESTIMATE_EXPIRED, now)
    subject = estimate_subject(over.id)
    for person_id in sorted({*contact_ids(session, ticket.customer_id), *readers_of(session, subject)}):
        announcements.show(session, person_id, "estimate", {"estimate": over.id}, now, post=False, subject=subject)


def _held(session: Session, estimate_id: int) -> tuple[Ticket, Estimate]:
    number = load_estimate(session, estimate_id).ticket_number
    return load_ticket(session, number, lock=True), load_estimate(session, estimate_id, lock=True)


def _announce(session: Session, ticket: Ticket, estimate: Estimate, kind: EventKind, now: datetime) -> None:
    happened = TicketEvent(
        id=0,
        ticket_number=ticket.number,
        at=now,
        kind=kind,
        actor_id=None,
        actor_name="",
        details={
            "estimate": estimate.number,
            "minutes": estimate.minutes,
            "at_most_cents": at_most_cents(estimate),
            "valid_until": estimate.valid_until.isoformat(),
        },
    )
    announcements.ticket_changed(session, ticket, add_event(session, happened), now)
