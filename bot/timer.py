"""An engineer's running timer: one at a time, kept until what it measured is saved or thrown away (D4, D12).

Ten minutes before a timer passes what may still be spent, and when it does, its engineer is told. The instant is a row
of the calendar, set anew whenever the ticket's allowance changes; when it comes, everything is computed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.tickets import allowance_of, event, keep_event, ticket_view, visible_ticket
from bot.turn import Answer, Turn
from cards.clicks.hours import DiscardTimer, StartTimer
from cards.entries import RunningTimer, timer_elsewhere_card
from contract.events import EventKind, TicketEvent
from contract.local_time import MINUTE, truncate
from contract.moves import Move, check_move, moves
from contract.tickets import Ticket
from storage import hours as kept
from storage import timers
from storage.hours import WorkTimer, load_timer, load_timers_on, lock_engineer
from storage.people import load_person
from storage.tickets import add_event, load_ticket

WARNED_BEFORE = timedelta(minutes=10)
"""How long before the limit an engineer is told."""

TIMER_LIMIT = "timer_limit"
"""The kind of the calendar's row."""


def start_timer(turn: Turn, click: StartTimer) -> Answer:
    """Start the timer, or say which one runs and offer to stop that."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    running = begin_timer(turn, ticket)
    if running is None:
        return ticket_view(turn, ticket)
    other = RunningTimer(ticket=load_ticket(turn.session, running.ticket_number), since=running.started_at)
    return timer_elsewhere_card(ticket, other, turn.now, turn.language)


def begin_timer(turn: Turn, ticket: Ticket) -> WorkTimer | None:
    """Start the caller's timer on this ticket; returns the one that keeps running on another.

    One that runs on this ticket already just goes on. Raises MoveNotAllowed.
    """
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.START_TIMER, ticket, turn.now)
    lock_engineer(turn.session, turn.person.id)
    running = load_timer(turn.session, turn.person.id)
    if running is not None:
        return None if running.ticket_number == ticket.number else running
    started = WorkTimer(turn.person.id, ticket.number, truncate(turn.now))
    kept.start_timer(turn.session, started)
    happened = keep_event(turn, event(turn, ticket, EventKind.TIMER_STARTED))
    announcements.ticket_changed(turn.session, ticket, happened, turn.now)
    _arm(turn.session, started, ticket, turn.now)
    return None


def end_timer(turn: Turn, ticket: Ticket, since: datetime) -> bool:
    """Stop the caller's timer if it is the one that was started on this ticket at `since`; False if it is not."""
    lock_engineer(turn.session, turn.person.id)
    running = load_timer(turn.session, turn.person.id)
    if running is None or (running.ticket_number, running.started_at) != (ticket.number, since):
        return False
    kept.stop_timer(turn.session, turn.person.id)
    timers.cancel(turn.session, _key(turn.person.id))
    return True


def discard_timer(turn: Turn, click: DiscardTimer) -> Answer:
    """Throw the timer away; how long it ran stays in the ticket's history."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if end_timer(turn, ticket, click.since):
        minutes = (truncate(turn.now) - click.since) // MINUTE
        happened = keep_event(turn, event(turn, ticket, EventKind.TIMER_STOPPED, minutes=minutes))
        announcements.ticket_changed(turn.session, ticket, happened, turn.now)
    return ticket_view(turn, ticket)


def running_on(session: Session, ticket: Ticket) -> list[int]:
    """Whose timers run on a ticket: they are told when it is closed, what was measured is still to be logged."""
    return [running.engineer_id for running in load_timers_on(session, ticket.number)]


def allowance_changed(session: Session, ticket: Ticket, now: datetime) -> None:
    """Set the warnings of every timer on the ticket anew: something was logged, corrected, approved or stopped."""
    for running in load_timers_on(session, ticket.number):
        _arm(session, running, ticket, now)


def warn_of_limit(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Tell the engineer of a timer how long it may still run, or that it has come to the limit."""
    running = load_timer(session, payload["engineer"])
    if running is None or running.ticket_number != payload["ticket"]:
        return
    ticket = load_ticket(session, running.ticket_number)
    if not ticket.is_open:
        return
    reached_at = _reached_at(session, running, ticket)
    if now < reached_at - WARNED_BEFORE:
        # More was approved meanwhile.
        _arm(session, running, ticket, now)
        return
    left = max(0, -(-(reached_at - now) // MINUTE))
    warned = add_event(
        session,
        TicketEvent(
            id=0,
            ticket_number=ticket.number,
            at=now,
            kind=EventKind.TIMER_NEARED_LIMIT,
            actor_id=None,
            actor_name="",
            details={"left_minutes": left, "engineer": load_person(session, running.engineer_id).name},
        ),
    )
    announcements.tell(session, running.engineer_id, warned.id, now)
    if left:
        timers.arm(session, _key(running.engineer_id), reached_at, TIMER_LIMIT, dict(payload))


def _arm(session: Session, running: WorkTimer, ticket: Ticket, now: datetime) -> None:
    due_at = max(now, _reached_at(session, running, ticket) - WARNED_BEFORE)
    payload = {"engineer": running.engineer_id, "ticket": running.ticket_number}
    timers.arm(session, _key(running.engineer_id), due_at, TIMER_LIMIT, payload)


def _reached_at(session: Session, running: WorkTimer, ticket: Ticket) -> datetime:
    return running.started_at + allowance_of(session, ticket).remaining_minutes * MINUTE


def _key(engineer_id: int) -> str:
    return f"{TIMER_LIMIT}:{engineer_id}"
