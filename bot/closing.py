"""Closing a ticket from the engineers' side: resolve with the last hours, duplicate, waive the minimum (R17, D5,
D22).
"""

from __future__ import annotations

from bot import announcements
from bot.credits import note_changes
from bot.estimates import withdraw_open_estimate
from bot.hours import REFUSED_ENTRY, draft_of, log_fitting, log_work, time_values
from bot.pickups import drop_pickup
from bot.remote_sessions import ticket_closed
from bot.replies import form_key
from bot.tickets import allowance_of, event, keep_event, new_form_id, ticket_view, visible_ticket
from bot.timer import running_on
from bot.turn import Answer, Turn
from bot.work import allowed_ticket, record
from cards.clicks.queue import (
    MarkDuplicate,
    ResolveTicket,
    StartDuplicate,
    StartResolving,
    StartWaiving,
    WaiveMinimum,
)
from cards.closing import ResolvingSheet, duplicate_card, resolving_card, waiving_card
from cards.components import Card
from cards.entries import refused_text
from cards.refusals import refusal_text
from contract import life_cycle
from contract.errors import NeedsOutsideHoursReason, NotADuplicate, OutcomeNeeds, OverAllowance, Refusal, TextMissing
from contract.events import EventKind
from contract.moves import Move
from contract.outcomes import Outcome, OutcomeDetails, RouteFinding
from contract.tickets import Ticket
from storage.contacts import load_contacts
from storage.errors import NotFound
from storage.tickets import find_event, load_ticket, save_ticket


def start_resolving(turn: Turn, click: StartResolving) -> Answer:
    """Show the form, with the engineer's own timer on this ticket filled in as the last time."""
    ticket = allowed_ticket(turn, click.ticket, Move.RESOLVE)
    return _form(turn, ticket, _empty_form(turn, ticket, click.outcome))


def _empty_form(turn: Turn, ticket: Ticket, outcome: Outcome) -> ResolveTicket:
    values = {"form_id": new_form_id(), "ticket": ticket.number, "outcome": outcome}
    return ResolveTicket.model_validate({**values, **time_values(turn, ticket)})


def _form(turn: Turn, ticket: Ticket, filled: ResolveTicket, error: Refusal | None = None) -> Card:
    allowance = allowance_of(turn.session, ticket)
    over = 0
    if isinstance(error, OverAllowance):
        over = draft_of(turn, ticket, filled)[0].minutes - allowance.remaining_minutes
    contacts = load_contacts(turn.session, ticket.customer_id)
    readers = ", ".join(f"{one.person.name} ({one.person.language.value.upper()})" for one in contacts)
    sheet = ResolvingSheet(
        ticket=ticket,
        filled=filled,
        allowance=allowance,
        over_minutes=over,
        asks_reason=isinstance(error, NeedsOutsideHoursReason) or filled.outside_hours_reason is not None,
        readers=readers,
    )
    notice = refused_text(error, turn.language, turn.now) if isinstance(error, Refusal) else ""
    return resolving_card(sheet, turn.language, notice=notice)


def resolve_ticket(turn: Turn, click: ResolveTicket) -> Answer:
    """Log the last time and close, both or neither; whatever is refused, the form stays as it was filled in."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is not None:
        return ticket_view(turn, ticket)
    allowed_ticket(turn, click.ticket, Move.RESOLVE)
    details = _details(click)
    try:
        with turn.session.begin_nested():
            if click.has_time:
                log = log_fitting if click.fits else log_work
                log(turn, ticket, click, key=f"{key}:time")
            ticket = load_ticket(turn.session, ticket.number)
            closed = life_cycle.resolve(ticket, click.outcome, details, turn.now)
    except (*REFUSED_ENTRY, OutcomeNeeds) as error:
        return _form(turn, load_ticket(turn.session, click.ticket), click, error)
    withdraw_open_estimate(turn.session, closed, turn.now, turn.person)
    drop_pickup(turn.session, closed.number)
    ticket_closed(turn.session, closed.number, turn.now)
    also = running_on(turn.session, closed)
    record(turn, closed, EventKind.TICKET_RESOLVED, details.summary, key=key, also=also, outcome=click.outcome.value)
    return ticket_view(turn, closed)


def _details(click: ResolveTicket) -> OutcomeDetails:
    routes: dict[str, RouteFinding | None] = {}
    for name in ("workaround", "redesign", "escalation"):
        verdict, reason = getattr(click, name), getattr(click, f"{name}_reason")
        routes[name] = RouteFinding(is_investigated=verdict == "investigated", reason=reason) if verdict else None
    return OutcomeDetails(summary=click.summary, microsoft_case=click.microsoft_case or None, **routes)


def start_duplicate(turn: Turn, click: StartDuplicate) -> Answer:
    """Ask of which ticket this one is a duplicate."""
    ticket = allowed_ticket(turn, click.ticket, Move.MARK_DUPLICATE)
    return duplicate_card(ticket, new_form_id(), turn.language)


def mark_duplicate(turn: Turn, click: MarkDuplicate) -> Answer:
    """Close as a technical duplicate, which is never billed (D22)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is not None:
        return ticket_view(turn, ticket)
    allowed_ticket(turn, click.ticket, Move.MARK_DUPLICATE)
    try:
        # Held as well: two tickets that are marked at the same instant must not both be void, each for the other.
        original = load_ticket(turn.session, click.duplicate_of or 0, lock=True)
        void = life_cycle.mark_duplicate(ticket, original, turn.now)
    except (NotFound, NotADuplicate) as error:
        text = refusal_text(NotADuplicate(click.duplicate_of or 0), turn.language, turn.now)
        if isinstance(error, NotFound) and click.duplicate_of is None:
            text = turn.texts("Give the number of the other ticket.")
        return duplicate_card(ticket, click.form_id, turn.language, notice=text)
    withdraw_open_estimate(turn.session, void, turn.now, turn.person)
    drop_pickup(turn.session, void.number)
    ticket_closed(turn.session, void.number, turn.now)
    also = running_on(turn.session, void)
    record(turn, void, EventKind.TICKET_MARKED_DUPLICATE, key=key, also=also, duplicate_of=original.number)
    note_changes(turn.session, [void.number], turn.now)
    return ticket_view(turn, void)


def start_waiving(turn: Turn, click: StartWaiving) -> Answer:
    """Ask why the minimum is not charged."""
    ticket = allowed_ticket(turn, click.ticket, Move.WAIVE_MINIMUM)
    return waiving_card(ticket, new_form_id(), turn.language)


def waive_minimum(turn: Turn, click: WaiveMinimum) -> Answer:
    """Do not charge the 15 minutes, for a reason that the invoice shows (D5)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is not None:
        return ticket_view(turn, ticket)
    allowed_ticket(turn, click.ticket, Move.WAIVE_MINIMUM)
    try:
        waived = life_cycle.waive_minimum(ticket, click.reason)
    except TextMissing:
        return waiving_card(ticket, click.form_id, turn.language, notice=turn.texts("Give a reason."))
    save_ticket(turn.session, waived)
    happened = keep_event(turn, event(turn, waived, EventKind.MINIMUM_WAIVED, click.reason), key=key)
    announcements.ticket_changed(turn.session, waived, happened, turn.now)
    note_changes(turn.session, [waived.number], turn.now)
    return ticket_view(turn, waived)
