"""Remote sessions of engineers on tickets: started, ended, and ended by themselves when they must not go on (R25).

Whoever starts one and whoever withdraws consent hold the customer's row, so that no session begins under a consent that
is being withdrawn. A timer stands at the instant at which a running session is over at the latest; whatever may end it
earlier (the ticket was closed, the consent changed) has the timer ring at once, and the rule decides from when on it
was over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, ledger, timer
from bot.access import load_access
from bot.consent_looks import check_at_work
from bot.tickets import event, keep_event, ticket_view, visible_ticket
from bot.turn import Answer, Policy, Turn
from cards.clicks.access import StartSession
from cards.refusals import refusal_text
from contract.events import EventKind, TicketEvent
from contract.ledger import EntryKind
from contract.moves import Move, check_move, moves
from contract.people import Person
from contract.remote_sessions import (
    EndedWhy,
    RemoteSession,
    SessionNeedsAccess,
    SessionRefusal,
    check_start,
    ending,
    ends_at_latest,
)
from contract.tickets import Ticket
from storage import timers
from storage.contacts import load_customer
from storage.hours import lock_engineer
from storage.ledger import hold_ledger
from storage.people import load_standings
from storage.remote_sessions import (
    add_session,
    end_session,
    load_running,
    load_running_at,
    load_running_on,
    load_session,
)
from storage.tickets import add_event, load_ticket

REMOTE_SESSION = "remote_session"
"""The kind of the calendar's row: a session has to be looked at."""


def start_session(turn: Turn, click: StartSession) -> Answer:
    """Start a session, and the work timer along where none runs elsewhere; says what is missing where it can't."""
    customer_id = visible_ticket(turn, click.ticket).customer_id
    # Before the ticket: in this order a consent is withdrawn, found to be gone, and a contract ended.
    load_customer(turn.session, customer_id, lock=True)
    hold_ledger(turn.session, customer_id)
    ticket = visible_ticket(turn, click.ticket, lock=True)
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.START_SESSION, ticket, turn.now)
    lock_engineer(turn.session, turn.person.id)
    running = load_running(turn.session, turn.person.id)
    if running is not None and _settle(turn.session, turn.policy, running, turn.now):
        running = None
    if running is not None and running.ticket_number == ticket.number:
        return ticket_view(turn, ticket)
    try:
        _begin(turn, ticket, running)
    except SessionRefusal as refusal:
        return ticket_view(turn, ticket, refusal_text(refusal, turn.language, turn.now))
    busy = timer.begin_timer(turn, ticket)
    if busy is None:
        return ticket_view(turn, ticket)
    notice = turn.texts("Your timer goes on with ticket {number}.", number=busy.ticket_number)
    return ticket_view(turn, ticket, notice)


def _begin(turn: Turn, ticket: Ticket, running: RemoteSession | None) -> None:
    """Keep the session and say so everywhere. Raises SessionRefusal."""
    # What is found comes later and may end the session; what is decided now is decided on what is known.
    check_at_work(turn.session, turn.policy, ticket.customer_id, turn.now)
    access = load_access(turn.session, ticket.customer_id, turn.policy)
    check_start(ticket.number, running, access.spans, access.withdrawals, turn.now)
    span = access.covering(turn.now)
    if span is None:
        raise SessionNeedsAccess(ticket.number)
    started = add_session(
        turn.session,
        RemoteSession(
            id=0,
            customer_id=ticket.customer_id,
            ticket_number=ticket.number,
            engineer_id=turn.person.id,
            engineer_name=turn.person.name,
            started_at=turn.now,
            grant_id=span.grant_id,
            mechanism=span.mechanism,
            scope=span.scope,
            is_carried=span.is_carried,
        ),
    )
    _arm(turn.session, started, ends_at_latest(started, access.spans))
    details: dict[str, Any] = {"mechanism": span.mechanism.value, "is_carried": span.is_carried, "session": started.id}
    happened = keep_event(turn, event(turn, ticket, EventKind.SESSION_STARTED, **details))
    _note(turn.session, turn.policy, started, turn.now, by=turn.person)
    announcements.ticket_changed(turn.session, ticket, happened, turn.now)
    announcements.follow(turn.session, announcements.access_subject(ticket.customer_id), turn.now)


def finish_session(turn: Turn, ticket: Ticket) -> RemoteSession | None:
    """End the caller's session on this ticket; None where none runs any more. The ticket's row may be held."""
    hold_ledger(turn.session, ticket.customer_id)
    lock_engineer(turn.session, turn.person.id)
    running = load_running(turn.session, turn.person.id)
    if running is None or running.ticket_number != ticket.number:
        return None
    if not _settle(turn.session, turn.policy, running, turn.now):
        over = (turn.now, EndedWhy.BY_ENGINEER)
        _end(turn.session, turn.policy, running, over, turn.now, by=turn.person)
    return load_session(turn.session, running.id)


# --- ended by themselves ----------------------------------------------------------------------------------------------


def look_again(session: Session, running: Iterable[RemoteSession], now: datetime) -> None:
    """Have sessions looked at at once: something happened that may have ended them."""
    for one in running:
        known_until = timers.armed_until(session, _key(one.id)) or now
        _arm(session, one, known_until, due_at=now)


def ticket_closed(session: Session, number: int, now: datetime) -> None:
    """A ticket was closed: the sessions on it are over (R25)."""
    look_again(session, load_running_on(session, number), now)


def engineer_left(session: Session, engineer_id: int, now: datetime) -> None:
    """Somebody is no longer on the staff: the session is over (R25)."""
    running = load_running(session, engineer_id)
    look_again(session, [running] if running is not None else [], now)


def access_changed(session: Session, policy: Policy, customer_id: int, now: datetime) -> None:
    """A customer's consent changed: sessions that it does not cover any more end now, the rest is looked at later.

    The customer's row or ledger is held by the caller.
    """
    for one in load_running_at(session, customer_id):
        _settle(session, policy, one, now)


def look_at_session(session: Session, payload: Mapping[str, Any], now: datetime, *, policy: Policy) -> None:
    """The timer of a session rang: end it if it is over, else look again when it will be at the latest."""
    found = load_session(session, payload["session"])
    load_customer(session, found.customer_id, lock=True)
    _settle(session, policy, found, now, known_until=datetime.fromisoformat(payload["until"]))


def _settle(
    session: Session, policy: Policy, running: RemoteSession, now: datetime, *, known_until: datetime | None = None
) -> bool:
    """End a session that is over by the rule; True where it is over. Otherwise its timer stands where it has to."""
    running = load_session(session, running.id)
    if running.ended_at is not None:
        return True
    access = load_access(session, running.customer_id, policy)
    over = ending(
        running,
        spans=access.spans,
        withdrawals=access.withdrawals,
        closed_at=load_ticket(session, running.ticket_number).closed_at,
        is_on_staff=load_standings(session, [running.engineer_id])[running.engineer_id].role.is_staff,
        known_until=known_until or timers.armed_until(session, _key(running.id)) or now,
        now=now,
    )
    if over is None:
        _arm(session, running, ends_at_latest(running, access.spans))
        return False
    _end(session, policy, running, over, now)
    return True


def _end(
    session: Session,
    policy: Policy,
    running: RemoteSession,
    over: tuple[datetime, EndedWhy],
    now: datetime,
    *,
    by: Person | None = None,
) -> None:
    ended_at, why = over
    hold_ledger(session, running.customer_id)
    if not end_session(session, running.id, ended_at, why):
        return
    timers.cancel(session, _key(running.id))
    ended = load_session(session, running.id)
    ticket = load_ticket(session, running.ticket_number)
    happened = add_event(
        session,
        TicketEvent(
            id=0,
            ticket_number=ticket.number,
            at=now,
            kind=EventKind.SESSION_ENDED,
            actor_id=by.id if by is not None else None,
            actor_name=by.name if by is not None else "",
            details={
                "engineer": running.engineer_name,
                "minutes": ended.minutes(now),
                "why": why.value,
                "session": running.id,
            },
        ),
    )
    _note(session, policy, ended, now, by=by)
    # Who did not end it hears that it is over, and that the time is still to be logged.
    also = () if by is not None else (running.engineer_id,)
    announcements.ticket_changed(session, ticket, happened, now, also=also)
    announcements.follow(session, announcements.access_subject(running.customer_id), now)


def _note(session: Session, policy: Policy, about: RemoteSession, now: datetime, *, by: Person | None) -> None:
    """Write the begin or the end of a session into the ledger; by nobody where it ended by itself."""
    kind = EntryKind.SESSION_STARTED
    details: dict[str, Any] = {
        "session": about.id,
        "engineer": about.engineer_name,
        "mechanism": about.mechanism.value,
        "scope": [{"id": one.id, "name": one.name} for one in about.scope],
        "is_carried": about.is_carried,
        "started_at": about.started_at.isoformat(),
    }
    if about.ended_at is not None and about.ended_why is not None:
        kind = EntryKind.SESSION_ENDED
        details |= {"ended_at": about.ended_at.isoformat(), "why": about.ended_why.value}
    ledger.note(
        session,
        policy,
        about.customer_id,
        kind,
        now,
        ticket_number=about.ticket_number,
        by=by,
        details=details,
    )


def _arm(session: Session, running: RemoteSession, until: datetime, *, due_at: datetime | None = None) -> None:
    payload = {"session": running.id, "until": until.isoformat()}
    timers.arm(session, _key(running.id), due_at or until, REMOTE_SESSION, payload)


def _key(session_id: int) -> str:
    return f"{REMOTE_SESSION}:{session_id}"
