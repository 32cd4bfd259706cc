"""What engineers do with a ticket: pick it up, pass it on, note, wait, go on (R11, R34, D29, D31).

Two engineers may click at the same instant: each of these holds the ticket's row first, so that exactly one claims, and
the other learns who.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot import announcements
from bot.pickups import arm_pickup, drop_pickup
from bot.replies import form_key, text_key, words_key
from bot.tickets import event, keep_event, new_form_id, prices_of, ticket_view, visible_ticket
from bot.turn import Answer, Turn
from cards.clicks.queue import (
    AddNote,
    ClaimTicket,
    HandOverTicket,
    KeepNote,
    ResumeTicket,
    SetUrgency,
    ShowMore,
    StartHandOver,
    StartNote,
    StartUrgency,
    StartWaiting,
    TakeOverTicket,
    WaitForCustomer,
    WaitForMicrosoft,
)
from cards.components import Card
from cards.language import texts_for
from cards.work import hand_over_card, more_card, note_card, urgency_card, waiting_card
from contract import life_cycle
from contract.errors import TextMissing
from contract.events import EventKind
from contract.moves import Move, check_move, moves
from contract.pickup import due
from contract.tickets import State, Ticket
from storage.people import load_person
from storage.staff import load_staff
from storage.tickets import find_event, save_ticket


def allowed_ticket(turn: Turn, number: int, move: Move) -> Ticket:
    """The ticket, its row held, if this move is allowed on it now. Raises what `check_move` raises."""
    ticket = visible_ticket(turn, number, lock=True)
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), move, ticket, turn.now)
    return ticket


def record(
    turn: Turn,
    ticket: Ticket,
    kind: EventKind,
    text: str = "",
    *,
    key: str | None = None,
    also: Collection[int | None] = (),
    **details: Any,
) -> None:
    """Keep a changed ticket with what happened, and tell whom it concerns; `also` are others who are told."""
    save_ticket(turn.session, ticket)
    happened = keep_event(turn, event(turn, ticket, kind, text, **details), key=key)
    told = [person_id for person_id in also if person_id is not None]
    announcements.ticket_changed(turn.session, ticket, happened, turn.now, also=told)


def claim_ticket(turn: Turn, click: ClaimTicket) -> Answer:
    """Pick a ticket up: the first click wins; the same engineer's second click changes nothing (R34)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if ticket.engineer_id != turn.person.id or ticket.state is State.NEW:
        ticket = life_cycle.claim(ticket, engineer_id=turn.person.id, now=turn.now)
        drop_pickup(turn.session, ticket.number)
        record(turn, ticket, EventKind.TICKET_CLAIMED)
    return ticket_view(turn, ticket)


def take_over_ticket(turn: Turn, click: TakeOverTicket) -> Answer:
    """Take a ticket from a colleague who is away; the colleague hears of it."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if ticket.engineer_id == turn.person.id:
        return ticket_view(turn, ticket)
    before = ticket.engineer_id
    ticket = life_cycle.take_over(ticket, engineer_id=turn.person.id)
    colleague = load_person(turn.session, before).name if before is not None else ""
    record(turn, ticket, EventKind.TICKET_TAKEN_OVER, also=[before], **{"from": colleague})
    return ticket_view(turn, ticket)


def start_hand_over(turn: Turn, click: StartHandOver) -> Answer:
    """Show who the ticket can be handed to."""
    ticket = allowed_ticket(turn, click.ticket, Move.HAND_OVER)
    return _hand_over_form(turn, ticket, HandOverTicket(form_id=new_form_id(), ticket=ticket.number))


def _hand_over_form(turn: Turn, ticket: Ticket, filled: HandOverTicket, notice: str = "") -> Card:
    colleagues = {one.id: one.name for one in load_staff(turn.session) if one.id != ticket.engineer_id}
    return hand_over_card(ticket, colleagues, filled, turn.language, notice=notice)


def hand_over_ticket(turn: Turn, click: HandOverTicket) -> Answer:
    """Give the ticket to a colleague, who hears of it; a word along becomes an internal note."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is not None:
        return ticket_view(turn, ticket)
    colleagues = {one.id: one.name for one in load_staff(turn.session)}
    if click.engineer not in colleagues or click.engineer == ticket.engineer_id:
        return _hand_over_form(turn, ticket, click, turn.texts("Choose a colleague."))
    allowed_ticket(turn, click.ticket, Move.HAND_OVER)
    before = ticket.engineer_id
    ticket = life_cycle.hand_over(ticket, to=click.engineer)
    if click.text:
        keep_event(turn, event(turn, ticket, EventKind.NOTE_ADDED, click.text))
    record(turn, ticket, EventKind.TICKET_HANDED_OVER, key=key, also=[before], to=colleagues[click.engineer])
    return ticket_view(turn, ticket)


def start_urgency(turn: Turn, click: StartUrgency) -> Answer:
    """Show the urgencies, each with the response time that follows from it."""
    ticket = allowed_ticket(turn, click.ticket, Move.SET_URGENCY)
    return urgency_card(ticket, turn.policy.response_minutes, new_form_id(), turn.language)


def set_urgency(turn: Turn, click: SetUrgency) -> Answer:
    """Set the urgency: the pick-up target follows, counted from the creation (R11, D20)."""
    ticket = allowed_ticket(turn, click.ticket, Move.SET_URGENCY)
    key = form_key(click)
    if find_event(turn.session, key) is not None:
        return ticket_view(turn, ticket)
    ticket = life_cycle.set_urgency(ticket, click.urgency)
    minutes = turn.policy.response_minutes.get(click.urgency) if click.urgency else None
    calendar = prices_of(turn.session, ticket, turn.now).profile
    due_at = due(ticket.created_at, minutes, calendar, working_days=turn.policy.pickup_in_working_days)
    save_ticket(turn.session, ticket, pickup_due_at=due_at)
    if ticket.state is State.NEW:
        arm_pickup(turn.session, ticket, due_at, turn.now)
    urgency = click.urgency.value if click.urgency else None
    happened = event(turn, ticket, EventKind.URGENCY_SET, click.reason, urgency=urgency)
    announcements.ticket_changed(turn.session, ticket, keep_event(turn, happened, key=key), turn.now)
    return ticket_view(turn, ticket)


def start_note(turn: Turn, click: StartNote) -> Answer:
    """Show the form for an internal note."""
    return note_card(visible_ticket(turn, click.ticket), new_form_id(), turn.language)


def add_note(turn: Turn, click: AddNote) -> Answer:
    """Keep a note that no contact ever sees."""
    return _note(turn, click.ticket, click.text, text_key(click, click.text))


def keep_note(turn: Turn, click: KeepNote) -> Answer:
    """Keep words typed in the chat as a note."""
    return _note(turn, click.ticket, click.text, words_key(turn, click))


def _note(turn: Turn, number: int, text: str, key: str) -> Answer:
    ticket = visible_ticket(turn, number, lock=True)
    if find_event(turn.session, key) is None:
        noted = keep_event(turn, event(turn, ticket, EventKind.NOTE_ADDED, text), key=key)
        also = [ticket.engineer_id] if ticket.engineer_id is not None else []
        announcements.ticket_changed(turn.session, ticket, noted, turn.now, also=also)
    return ticket_view(turn, ticket)


def start_waiting(turn: Turn, click: StartWaiting) -> Answer:
    """Ask for whom the ticket waits."""
    return waiting_card(visible_ticket(turn, click.ticket), new_form_id(), turn.language)


def wait_for_customer(turn: Turn, click: WaitForCustomer) -> Answer:
    """Wait for the customer; what is asked goes to both contacts with it (R5, D31)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is None:
        if not click.text:
            notice = turn.texts("Say what you need from the customer.")
            return waiting_card(ticket, click.form_id, turn.language, notice=notice)
        allowed_ticket(turn, click.ticket, Move.WAIT_FOR_CUSTOMER)
        ticket = life_cycle.wait_for_customer(ticket)
        record(turn, ticket, EventKind.WAITING_FOR_CUSTOMER, click.text, key=key)
    return ticket_view(turn, ticket)


def wait_for_microsoft(turn: Turn, click: WaitForMicrosoft) -> Answer:
    """Wait for Microsoft, with the number of the case there (R17, D31)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is None:
        allowed_ticket(turn, click.ticket, Move.WAIT_FOR_MICROSOFT)
        try:
            ticket = life_cycle.wait_for_microsoft(ticket, click.case)
        except TextMissing:
            notice = texts_for(turn.language)("Give the number of the case at Microsoft.")
            return waiting_card(ticket, click.form_id, turn.language, notice=notice)
        record(turn, ticket, EventKind.WAITING_FOR_MICROSOFT, key=key, case=ticket.microsoft_case)
    return ticket_view(turn, ticket)


def resume_ticket(turn: Turn, click: ResumeTicket) -> Answer:
    """Go on with a ticket that waited; a second click changes nothing."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if ticket.state is not State.IN_PROGRESS:
        ticket = life_cycle.resume(ticket)
        record(turn, ticket, EventKind.TICKET_RESUMED)
    return ticket_view(turn, ticket)


def show_more(turn: Turn, click: ShowMore) -> Answer:
    """The rarer things that can be done with a ticket, as far as they can be done now."""
    ticket = visible_ticket(turn, click.ticket)
    return more_card(ticket, moves(ticket, turn.role, turn.person.id, turn.now), turn.language)
