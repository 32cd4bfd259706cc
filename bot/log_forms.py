"""The form for time: shown, submitted, and shown again as it was filled in (D12, D23-D27).

A refused form comes back with the reason on top; where work lies outside office hours it asks why, at the limit it
offers to log what fits and to send an estimate. The timer goes on until what it measured is saved or thrown away.
"""

from __future__ import annotations

from bot import timer
from bot.hours import REFUSED_ENTRY, Ledger, draft_of, load_ledger, log_fitting, log_work, span_of, time_values
from bot.remote_sessions import finish_session
from bot.replies import form_key
from bot.tickets import allowance_of, new_form_id, ticket_sheet, ticket_view, visible_ticket
from bot.turn import Answer, Turn
from cards.clicks.access import EndSession
from cards.clicks.hours import LogFields, LogTime, LogWhatFits, StartLogging, StopTimer
from cards.components import Card
from cards.entries import logged_notice, refused_text
from cards.hours import LogSheet, log_card
from cards.tickets import ticket_card
from contract.errors import EntryRefusal, NeedsOutsideHoursReason, OverAllowance, Refusal
from contract.events import TicketEvent
from contract.local_time import local
from contract.moves import Move, check_move, moves
from contract.tickets import Ticket
from contract.work_times import clock_of
from storage.contacts import load_contacts, load_customer
from storage.hours import load_timer
from storage.tickets import find_event


def start_logging(turn: Turn, click: StartLogging) -> Answer:
    """Show the form, for today; the running timer is one click away."""
    ticket = visible_ticket(turn, click.ticket)
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.LOG_TIME, ticket, turn.now)
    day = local(turn.now).date()
    return _form(turn, ticket, LogTime(form_id=new_form_id(), ticket=ticket.number, worked_on=day))


def stop_timer(turn: Turn, click: StopTimer) -> Answer:
    """Show the form filled in with what the timer measured. It goes on until that is saved: nothing gets lost."""
    ticket = visible_ticket(turn, click.ticket)
    values = time_values(turn, ticket)
    if "timer_since" not in values:
        return ticket_view(turn, ticket)
    then = {"then": click.then} if click.then is not None else {}
    filled = LogTime.model_validate({"form_id": new_form_id(), "ticket": ticket.number, **values, **then})
    return _form(turn, ticket, filled, then=click.then)


def end_session(turn: Turn, click: EndSession) -> Answer:
    """End the remote session, and offer to log its time: the form comes filled in, from the timer where one runs."""
    ticket = visible_ticket(turn, click.ticket)
    ended = finish_session(turn, ticket)
    if ended is None or ended.ended_at is None or not ended.minutes(turn.now):
        return ticket_view(turn, ticket)
    if Move.LOG_TIME not in moves(ticket, turn.role, turn.person.id, turn.now):
        return ticket_view(turn, ticket)
    values = time_values(turn, ticket)
    if "timer_since" not in values:
        day, begin = clock_of(ended.started_at)
        values = {"worked_on": day, "begin": begin, "end": clock_of(ended.ended_at)[1]}
    filled = LogTime.model_validate({"form_id": new_form_id(), "ticket": ticket.number, **values})
    return _form(turn, ticket, filled)


def log_time(turn: Turn, click: LogTime) -> Answer:
    """Log the time; the ticket's card with minutes per rate band and amount takes the form's place."""
    return _logged(turn, click)


def log_what_fits(turn: Turn, click: LogWhatFits) -> Answer:
    """Log billable what fits and the rest not billable."""
    return _logged(turn, click)


def _logged(turn: Turn, click: LogTime | LogWhatFits) -> Answer:
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if (earlier := find_event(turn.session, key)) is not None:
        return _view(turn, click, ticket, [earlier])
    try:
        if isinstance(click, LogWhatFits):
            happened = log_fitting(turn, ticket, click, key=key)
        else:
            happened = [log_work(turn, ticket, click, key=key)]
    except REFUSED_ENTRY as refusal:
        return _form(turn, ticket, click, refusal, then=click.then)
    if click.then is not None:
        _go_on(turn, visible_ticket(turn, click.then))
    return _view(turn, click, ticket, happened)


def _go_on(turn: Turn, ticket: Ticket) -> None:
    """Start the timer for which the other was stopped, unless the ticket was closed meanwhile."""
    if Move.START_TIMER in moves(ticket, turn.role, turn.person.id, turn.now):
        timer.begin_timer(turn, ticket)


def _view(turn: Turn, click: LogTime | LogWhatFits, ticket: Ticket, happened: list[TicketEvent]) -> Card:
    notice = logged_notice(happened, allowance_of(turn.session, ticket), turn.language)
    shown = ticket if click.then is None else visible_ticket(turn, click.then)
    sheet = ticket_sheet(turn.session, turn.caller, shown, turn.now, turn.policy)
    return ticket_card(sheet, turn.language, is_staff=True, notice=notice, is_done=True)


def _form(
    turn: Turn, ticket: Ticket, filled: LogFields, refusal: Refusal | None = None, *, then: int | None = None
) -> Card:
    running = load_timer(turn.session, turn.person.id)
    ledger = load_ledger(turn, ticket)
    outside, over = questions(turn, ledger, filled, refusal)
    if refusal is not None and filled.worked_minutes is not None and not (filled.begin or filled.end):
        filled = _pinned(turn, filled)
    sheet = LogSheet(
        ticket=ticket,
        customer_name=load_customer(turn.session, ticket.customer_id).name,
        readers=_readers(turn, ticket),
        filled=filled,
        allowance=ledger.allowance,
        then=then,
        timer_since=running.started_at if running is not None and running.ticket_number == ticket.number else None,
        outside_minutes=outside,
        over_minutes=over,
        now=turn.now,
    )
    notice = refused_text(refusal, turn.language, turn.now) if refusal is not None else ""
    return log_card(sheet, turn.language, notice=notice)


def _readers(turn: Turn, ticket: Ticket) -> str:
    people = [contact.person for contact in load_contacts(turn.session, ticket.customer_id)]
    return ", ".join(f"{person.name} ({person.language.value.upper()})" for person in people)


def _pinned(turn: Turn, filled: LogFields) -> LogFields:
    """Minutes until now were until *then*: on the form that comes back they are a begin and an end."""
    try:
        span = span_of(turn, filled)
    except EntryRefusal:
        return filled
    day, begin = clock_of(span.start)
    times = {"worked_on": day, "begin": begin, "end": clock_of(span.end)[1], "worked_minutes": None}
    return filled.model_copy(update=times)


def questions(turn: Turn, ledger: Ledger, filled: LogFields, refusal: Refusal | None) -> tuple[int, int]:
    """What a form that comes back asks: minutes outside office hours without a reason, and minutes over the limit."""
    if isinstance(refusal, NeedsOutsideHoursReason):
        return refusal.minutes, 0
    if isinstance(refusal, OverAllowance):
        draft, _ = draft_of(turn, ledger.ticket, filled)
        return 0, draft.minutes - refusal.remaining_minutes
    return 0, 0
