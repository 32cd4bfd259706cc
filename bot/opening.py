"""Opening a ticket (R2, R12, R31, R32, D26): the form, and what becomes of it.

A form opens one ticket, however often and however late it is submitted: the event "opened" is kept under the form's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot import announcements
from bot.files import attach_waiting, waiting_files
from bot.pickups import arm_pickup
from bot.replies import form_key
from bot.tickets import Record, event, keep_event, new_form_id, ticket_view, visible_ticket
from bot.turn import Answer, Turn
from cards.clicks.tickets import OpenTicket, StartTicket
from cards.components import Card
from cards.opening import OpeningSheet, opening_card
from contract.contracts import check_covered
from contract.errors import MoveNotAllowed
from contract.events import EventKind
from contract.files import FileState
from contract.local_time import local
from contract.moves import Move, moves
from contract.people import Customer
from contract.pickup import due
from contract.rate_bands import is_office_time, next_office_start
from contract.tickets import Ticket, propose_subject
from storage.contracts import load_contracts
from storage.errors import NotFound
from storage.overview import recent_tickets
from storage.prices import load_prices
from storage.tickets import find_event, insert_ticket, load_ticket

RECENT = timedelta(days=14)
"""How far back a ticket is worth mentioning before the same thing is reported again."""


def customer_of(turn: Turn) -> Customer:
    """The caller's organisation. Raises NotFound for staff, who have none."""
    if turn.caller.customer is None:
        raise NotFound("customer", None)
    return turn.caller.customer


def start_ticket(turn: Turn, click: StartTicket) -> Answer:
    """Show the form, filled in with what was typed. Raises NoContract where none can be opened today (R27, D28)."""
    customer = customer_of(turn)
    check_covered(load_contracts(turn.session, customer.id), local(turn.now).date())
    if click.follow_up_of is not None:
        visible_ticket(turn, click.follow_up_of)
    return _form(turn, click)


def _form(turn: Turn, click: StartTicket, notice: str = "") -> Card:
    customer = customer_of(turn)
    year = local(turn.now).year
    # An evening in late December is handled next year, at next year's prices (D10).
    book = load_prices(turn.session, customer.id, (year, year + 1))
    handled_at = None if is_office_time(turn.now, book.profile) else next_office_start(turn.now, book.profile)
    sheet = OpeningSheet(
        form_id=new_form_id(),
        text=click.text,
        activity=click.activity,
        follow_up_of=click.follow_up_of,
        handled_at=handled_at,
        pickup_due_at=due(turn.now, None, book.profile, working_days=turn.policy.pickup_in_working_days),
        prices=book.for_year(local(handled_at or turn.now).year),
        recent=tuple(recent_tickets(turn.session, customer.id, turn.now - RECENT)),
        files=tuple(file.name for file in waiting_files(turn, click.activity) if file.state is not FileState.FAILED),
        phone=turn.policy.provider.phone,
        now=turn.now,
    )
    return opening_card(sheet, turn.language, notice=notice)


def open_ticket(turn: Turn, click: OpenTicket) -> Answer:
    """Open the ticket of a form and tell everybody; the ticket's card takes the form's place."""
    customer = customer_of(turn)
    key = form_key(click)
    if (earlier := find_event(turn.session, key)) is not None:
        return _opened_before(turn, click, earlier.ticket_number)
    check_covered(load_contracts(turn.session, customer.id), local(turn.now).date())
    if click.follow_up_of is not None:
        _check_follow_up(turn, click.follow_up_of)
    draft = Ticket(
        number=0,
        customer_id=customer.id,
        subject=click.subject or propose_subject(click.description),
        description=click.description,
        product=click.product,
        affected=click.affected,
        reach=click.reach,
        created_at=turn.now,
        created_by=turn.person.id,
        outside_hours_allowed=click.outside_hours_allowed,
        follow_up_of=click.follow_up_of,
    )
    ticket, record = keep_opened(turn, draft, key, {})
    attached = attach_waiting(turn, ticket, click.activity)
    if click.follow_up_of is not None:
        before = load_ticket(turn.session, click.follow_up_of)
        followed = keep_event(turn, event(turn, before, EventKind.TICKET_FOLLOWED_UP, follow_up=ticket.number))
        announcements.ticket_changed(turn.session, before, followed, turn.now)
    return ticket_view(turn, ticket, record=None if attached else record)


def keep_opened(turn: Turn, draft: Ticket, key: str, details: Mapping[str, Any]) -> tuple[Ticket, Record]:
    """Keep a new ticket with its pick-up target, arm the reminder, tell everybody; returns it with its number, and
    what its card shows beside it.

    What the contact allowed outside office hours stands in the history too: evidence for D26.
    """
    year = local(turn.now).year
    book = load_prices(turn.session, draft.customer_id, (year, year + 1))
    due_at = due(turn.now, None, book.profile, working_days=turn.policy.pickup_in_working_days)
    ticket = insert_ticket(turn.session, draft, due_at)
    if ticket.outside_hours_allowed:
        details = {**details, "outside_hours_allowed": True}
    opened = keep_event(turn, event(turn, ticket, EventKind.TICKET_OPENED, **details), key=key)
    arm_pickup(turn.session, ticket, due_at, turn.now)
    announcements.ticket_opened(turn.session, ticket, opened, turn.now)
    return ticket, Record(events=[opened], pickup_due_at=due_at, prices=book)


def _check_follow_up(turn: Turn, number: int) -> None:
    before = visible_ticket(turn, number)
    if Move.FOLLOW_UP not in moves(before, turn.role, turn.person.id, turn.now):
        raise MoveNotAllowed(Move.FOLLOW_UP, before.state)


def _opened_before(turn: Turn, click: OpenTicket, number: int) -> Answer:
    """A second submit: the ticket that the form became; words that differ are kept in a new form."""
    ticket = visible_ticket(turn, number)
    if click.description == ticket.description:
        return ticket_view(turn, ticket)
    again = StartTicket(text=click.description, follow_up_of=click.follow_up_of)
    return _form(
        turn, again, turn.texts("That form already became ticket {number}. This is a new one.", number=ticket.number)
    )
