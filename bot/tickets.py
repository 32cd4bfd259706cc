"""The ticket as its readers see it: who may see which, and everything its card shows.

Every handler that changes a ticket ends here: `ticket_view` puts the card together for the person who acted, and
delivery uses the same function for everybody else (`bot/views.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.access_waits import ticket_access
from bot.reach import reach_of
from bot.turn import Answer, Policy, Turn
from bot.wire import IncomingKind
from cards.clicks.tickets import ShowHistory, ShowTicket
from cards.components import Card
from cards.history import PAGE_EVENTS, history_card
from cards.tickets import TicketSheet, ticket_card
from contract.allowance import Allowance
from contract.amounts import ticket_amount_cents
from contract.contracts import covering
from contract.costs import Cost
from contract.estimates import Estimate
from contract.events import EventKind, TicketEvent
from contract.grants import Grant
from contract.hours import WorkEntry, logged_minutes
from contract.local_time import local
from contract.moves import moves
from contract.people import Contact, Role
from contract.prices import PriceBook
from contract.tickets import Ticket, waiting_for
from storage.contacts import load_contacts, load_customer
from storage.contracts import load_contracts
from storage.costs import load_costs
from storage.errors import NotFound
from storage.estimates import latest_estimate, load_grants
from storage.files import count_files
from storage.hours import load_entries, load_recorded_entries, load_timer
from storage.people import Standing
from storage.prices import load_prices
from storage.tickets import (
    add_event,
    count_events,
    latest_event_at,
    load_events,
    load_ticket,
    load_ticket_dates,
    names_of,
)

_SHOWN_EVENTS = 6
_PASSED_ON = (EventKind.TICKET_HANDED_OVER, EventKind.TICKET_TAKEN_OVER)


def new_form_id() -> str:
    """An id for a form that is being rendered; a second submit of the same form finds the first one by it."""
    return secrets.token_urlsafe(12)


def visible_ticket(turn: Turn, number: int, *, lock: bool = False) -> Ticket:
    """The ticket, if the caller may see it: staff every one, a contact those of the own organisation (R3).

    Raises NotFound for both "there is none" and "it is another organisation's", so that numbers tell nothing.
    """
    return check_visible(load_ticket(turn.session, number, lock=lock), turn.caller)


def check_visible(ticket: Ticket, reader: Standing) -> Ticket:
    """The ticket itself. Raises NotFound for a reader who may not see it."""
    if reader.role.is_staff:
        return ticket
    if reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == ticket.customer_id:
        return ticket
    raise NotFound("ticket", ticket.number)


def is_covered(session: Session, customer_id: int, now: datetime) -> bool:
    """Whether the customer has a contract today (R27, D28)."""
    return covering(load_contracts(session, customer_id), local(now).date()) is not None


def prices_of(session: Session, ticket: Ticket, now: datetime) -> PriceBook:
    """The price lists that a ticket's minutes can fall under."""
    return load_prices(session, ticket.customer_id, range(local(ticket.created_at).year, local(now).year + 1))


def allowance_of(session: Session, ticket: Ticket) -> Allowance:
    """Granted and logged billable minutes of a ticket (D11, D12)."""
    logged = sum(entry.minutes for entry in load_entries(session, ticket.number) if entry.is_billable)
    return Allowance(granted_minutes=ticket.granted_minutes, logged_minutes=logged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept of a ticket beside its row: of a new one there is next to nothing, and nothing to be loaded."""

    events: list[TicketEvent]
    pickup_due_at: datetime
    prices: PriceBook
    entries: tuple[WorkEntry, ...] = ()
    """Every one ever recorded: what was invoiced before a correction stays on its invoice."""
    grants: tuple[Grant, ...] = ()
    costs: tuple[Cost, ...] = ()
    estimate: Estimate | None = None
    more_events: int = 0
    files: int = 0
    names: Mapping[int, str] = field(default_factory=dict)
    passed_on_at: datetime | None = None
    """When the engineer who has it got it from a colleague."""


def _record(session: Session, reader: Standing, ticket: Ticket, now: datetime) -> Record:
    is_staff = reader.role.is_staff
    estimate = latest_estimate(session, ticket.number)
    events = load_events(session, ticket.number, internal=is_staff, limit=_SHOWN_EVENTS)
    full = len(events) == _SHOWN_EVENTS
    return Record(
        events=events,
        pickup_due_at=load_ticket_dates(session, ticket.number).pickup_due_at,
        prices=prices_of(session, ticket, now),
        entries=load_recorded_entries(session, ticket.number),
        grants=load_grants(session, ticket),
        costs=load_costs(session, ticket.number),
        estimate=estimate,
        more_events=count_events(session, ticket.number, internal=is_staff) - len(events) if full else 0,
        files=count_files(session, ticket.number, internal=is_staff),
        names=names_of(session, [ticket.created_by, ticket.engineer_id, estimate.decided_by if estimate else None]),
        passed_on_at=_passed_on_at(session, ticket, events, is_all=not full),
    )


def _passed_on_at(session: Session, ticket: Ticket, events: Sequence[TicketEvent], *, is_all: bool) -> datetime | None:
    if ticket.engineer_id is None:
        return None
    if shown := [event.at for event in events if event.kind in _PASSED_ON]:
        return shown[-1]
    return None if is_all else latest_event_at(session, ticket.number, _PASSED_ON)


def ticket_sheet(
    session: Session, reader: Standing, ticket: Ticket, now: datetime, policy: Policy, *, record: Record | None = None
) -> TicketSheet:
    """Everything the card of a ticket shows to this reader. Raises NotFound for a ticket that is not theirs to see.

    Without `record` what is kept of the ticket is loaded.
    """
    check_visible(ticket, reader)
    is_staff = reader.role.is_staff
    record = record or _record(session, reader, ticket, now)
    estimate = record.estimate
    names = {reader.person.id: reader.person.name, **record.names}
    logged = logged_minutes(record.entries)
    timer = load_timer(session, reader.person.id) if is_staff else None
    offered = estimate is not None and estimate.is_open(now)
    contacts = load_contacts(session, ticket.customer_id) if is_staff else []
    reach = reach_of(session, contacts, sends_mail=policy.sends_mail)
    access = ticket_access(session, reader, ticket, policy, now)
    return TicketSheet(
        ticket=ticket,
        customer_name=load_customer(session, ticket.customer_id).name
        if is_staff or reader.customer is None
        else reader.customer.name,
        opened_by=names[ticket.created_by],
        engineer=names[ticket.engineer_id] if ticket.engineer_id is not None else None,
        passed_on_at=record.passed_on_at,
        pickup_due_at=record.pickup_due_at,
        allowance=Allowance(ticket.granted_minutes, logged),
        amount_cents=ticket_amount_cents(
            ticket, record.entries, record.prices, grants=record.grants, costs=record.costs
        ),
        estimate=estimate,
        decided_by=names[estimate.decided_by] if estimate and estimate.decided_by is not None else None,
        events=tuple(record.events),
        more_events=record.more_events,
        files=record.files,
        waits=waiting_for(ticket, has_open_estimate=offered, has_access=access.wait is None),
        access=access,
        moves=moves(
            ticket,
            reader.role,
            reader.person.id,
            now,
            has_open_estimate=offered,
            logged_minutes=logged,
            is_covered=ticket.is_open or is_covered(session, ticket.customer_id, now),
        ),
        form_id=new_form_id(),
        readers=_readers(contacts),
        reach=tuple((contact.person.name, reach[contact.person.id]) for contact in contacts),
        timer_since=timer.started_at if timer and timer.ticket_number == ticket.number else None,
        now=now,
    )


def _readers(contacts: list[Contact]) -> str:
    return ", ".join(f"{contact.person.name} ({contact.person.language.value.upper()})" for contact in contacts)


def ticket_view(turn: Turn, ticket: Ticket, notice: str = "", *, record: Record | None = None) -> Card:
    """The card of a ticket for the caller, as it is now; with `record` where what is kept of it is known."""
    sheet = ticket_sheet(turn.session, turn.caller, ticket, turn.now, turn.policy, record=record)
    return ticket_card(sheet, turn.language, is_staff=turn.role.is_staff, notice=notice)


def event(turn: Turn, ticket: Ticket, kind: EventKind, text: str = "", **details: Any) -> TicketEvent:
    """What the caller just did to a ticket, not yet kept."""
    return TicketEvent(
        id=0,
        ticket_number=ticket.number,
        at=turn.now,
        kind=kind,
        actor_id=turn.person.id,
        actor_name=turn.person.name,
        text=text,
        details=details,
    )


def keep_event(turn: Turn, happened: TicketEvent, *, key: str | None = None) -> TicketEvent:
    """Keep an event of this turn; `key` makes a second submit of the same thing find it."""
    return add_event(turn.session, happened, key=key, activity_id=turn.source.activity_id)


def show_ticket(turn: Turn, click: ShowTicket) -> Answer:
    """Show a ticket: in place of the clicked card, or as a new message that stays current from then on."""
    ticket = visible_ticket(turn, click.ticket)
    if turn.source.kind is IncomingKind.MESSAGE:
        # Posted by delivery, which remembers the message and keeps it current.
        announcements.show_ticket(turn.session, turn.person.id, ticket.number, turn.now, post=True, fresh=True)
        return None
    return ticket_view(turn, ticket)


def show_history(turn: Turn, click: ShowHistory) -> Answer:
    """Show everything that happened on a ticket, newest page first; a contact sees nothing internal."""
    ticket = visible_ticket(turn, click.ticket)
    is_staff = turn.role.is_staff
    total = count_events(turn.session, ticket.number, internal=is_staff)
    pages = max(1, -(-total // PAGE_EVENTS))
    page = min(click.page, pages)
    events = load_events(
        turn.session, ticket.number, internal=is_staff, limit=PAGE_EVENTS, skip=(page - 1) * PAGE_EVENTS
    )
    return history_card(ticket, tuple(events), turn.language, page=page, pages=pages, now=turn.now)
