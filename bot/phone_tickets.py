"""Opening a ticket for a contact who phoned: marked as such, both contacts are told (R4, R31)."""

from __future__ import annotations

from dataclasses import replace

from bot.opening import keep_opened
from bot.replies import form_key
from bot.tickets import new_form_id, ticket_view
from bot.turn import Answer, Turn
from cards.clicks.queue import OpenPhoneTicket, StartPhoneTicket
from cards.components import Card
from cards.phone_tickets import PhoneSheet, caller_card, phone_ticket_card
from contract.contracts import check_covered
from contract.local_time import local
from contract.people import Customer
from contract.tickets import Ticket, propose_subject
from storage.contacts import list_customers, load_contacts, load_customer
from storage.contracts import load_contracts
from storage.tickets import find_event, load_ticket

MOST_CHOICES = 200


def start_phone_ticket(turn: Turn, click: StartPhoneTicket) -> Answer:
    """Ask which customer phoned, then show the form for it. Raises NoContract (R27, D28)."""
    if click.customer is None:
        return caller_card({one.id: one.name for one in list_customers(turn.session)[:MOST_CHOICES]}, turn.language)
    customer = load_customer(turn.session, click.customer)
    check_covered(load_contracts(turn.session, customer.id), local(turn.now).date())
    return _form(turn, customer, OpenPhoneTicket(form_id=new_form_id(), customer=customer.id))


def _form(turn: Turn, customer: Customer, filled: OpenPhoneTicket, notice: str = "") -> Card:
    contacts = {one.person.id: one.person.name for one in load_contacts(turn.session, customer.id)}
    if not contacts:
        notice = turn.texts("{customer} has no contact yet. A manager appoints one first.", customer=customer.name)
    sheet = PhoneSheet(customer_id=customer.id, customer_name=customer.name, contacts=contacts, filled=filled)
    return phone_ticket_card(sheet, turn.language, notice=notice)


def open_phone_ticket(turn: Turn, click: OpenPhoneTicket) -> Answer:
    """Open the ticket for the contact; the engineer's card shows it, both contacts get theirs."""
    key = form_key(click)
    if (earlier := find_event(turn.session, key)) is not None:
        return ticket_view(turn, load_ticket(turn.session, earlier.ticket_number))
    customer = load_customer(turn.session, click.customer)
    who = {one.person.id: one.person for one in load_contacts(turn.session, customer.id)}.get(click.contact or 0)
    if who is None:
        return _form(turn, customer, click, turn.texts("Choose who phoned: only a contact can open a ticket."))
    check_covered(load_contracts(turn.session, customer.id), local(turn.now).date())
    draft = Ticket(
        number=0,
        customer_id=customer.id,
        subject=click.subject or propose_subject(click.description),
        description=click.description,
        product=click.product,
        affected=click.affected,
        reach=click.reach,
        created_at=turn.now,
        created_by=who.id,
        by_phone=True,
        outside_hours_allowed=click.outside_hours_allowed,
    )
    recorded = {"recorded_by": turn.person.name, "contact": who.name}
    ticket, record = keep_opened(turn, draft, key, recorded)
    return ticket_view(turn, ticket, record=replace(record, names={who.id: who.name}))
