"""Contacts in chat: who they are, who knocked, appointing, refusing, removing and replacing (R4, D32).

Appointing holds the customer's row, so of two managers who give the last place away at the same instant one is first;
the other sees the card as it is by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import appointments
from bot.customers import customer_answer, show_customers
from bot.strangers import knock_sheet
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from cards.clicks.people import (
    AppointContact,
    RefuseKnock,
    RemoveContact,
    ShowContacts,
    ShowCustomers,
    ShowKnock,
    StartRemoval,
)
from cards.components import Card
from cards.people import (
    ContactChange,
    ContactsSheet,
    RemovalSheet,
    contact_changed_card,
    knock_card,
    knock_refused_card,
    removal_card,
)
from cards.refusals import refusal_text
from cards.welcome import contacts_card
from contract.accounts import AccountState
from contract.errors import TooManyContacts
from contract.people import MAX_CONTACTS, Role
from storage.contacts import Knock, list_knocks, load_contacts, load_customer, load_knock
from storage.errors import NotFound
from storage.people import Standing, load_people


def show_contacts(turn: Turn, _: ShowContacts) -> Answer:
    """A contact sees who the contacts are; the staff, who has no organisation of its own, all customers."""
    if turn.caller.customer is None:
        return show_customers(turn, ShowCustomers())
    customer = turn.caller.customer
    people = [contact.person for contact in load_contacts(turn.session, customer.id)]
    return contacts_card(turn.person, turn.policy.provider, customer.name, people)


def _contacts_sheet(session: Session, customer_id: int, policy: Policy) -> ContactsSheet:
    return ContactsSheet(
        customer_id=customer_id,
        customer_name=load_customer(session, customer_id).name,
        contacts=tuple(contact.person for contact in load_contacts(session, customer_id)),
        provider_name=policy.provider.name,
        provider_phone=policy.provider.phone,
    )


# --- who knocked ------------------------------------------------------------------------------------------------------


def waiting_knocks(session: Session, customer_id: int) -> tuple[tuple[int, str], ...]:
    """Who waits to be appointed or refused: the number of the knock, and the name."""
    return tuple((knock.id, knock.person.name) for knock in list_knocks(session, customer_id))


def show_knock(turn: Turn, click: ShowKnock) -> Answer:
    """The card of a knock. Raises NotFound."""
    return _knock_answer(turn, click.knock)


def _knock_answer(turn: Turn, knock_id: int, notice: str = "") -> Card:
    return knock_card(knock_sheet(turn.session, knock_id), turn.language, turn.now, notice=notice)


def appoint_contact(turn: Turn, click: AppointContact) -> Answer:
    """Make the person who knocked a contact. A second click, or one that came too late, shows the card as it is."""
    knock = _held(turn, click.knock)
    if knock.state == "appointed":
        return _knock_answer(turn, knock.id)
    try:
        appointments.appoint_contact(turn.session, knock.customer_id, knock.person.id, turn.person.id, turn.now)
    except TooManyContacts as error:
        return _knock_answer(turn, knock.id, refusal_text(error, turn.language, turn.now))
    return _knock_answer(turn, knock.id)


def refuse_knock(turn: Turn, click: RefuseKnock) -> Answer:
    """Decide that the person does not become a contact; whoever was appointed meanwhile stays one."""
    knock = _held(turn, click.knock)
    if knock.state == "waiting":
        appointments.refuse_knock(turn.session, knock, turn.person.id, turn.now)
    return _knock_answer(turn, knock.id)


def _held(turn: Turn, knock_id: int) -> Knock:
    """The knock, with its customer's row held first, as everywhere that places are given away."""
    load_customer(turn.session, load_knock(turn.session, knock_id).customer_id, lock=True)
    return load_knock(turn.session, knock_id, lock=True)


# --- removing and replacing -------------------------------------------------------------------------------------------


def start_removal(turn: Turn, click: StartRemoval) -> Answer:
    """Ask once more. Somebody who is no contact any more: the customer as it is."""
    contacts = [contact.person for contact in load_contacts(turn.session, click.customer)]
    found = next((person for person in contacts if person.id == click.contact), None)
    if found is None:
        return customer_answer(turn, click.customer)
    waiting = list_knocks(turn.session, click.customer)
    return removal_card(
        RemovalSheet(
            form_id=new_form_id(),
            customer_id=click.customer,
            customer_name=load_customer(turn.session, click.customer).name,
            person=found,
            others=tuple(person for person in contacts if person.id != click.contact),
            knocks=tuple((knock.id, knock.person.name) for knock in waiting),
            chosen=click.knock if click.knock in {knock.id for knock in waiting} else None,
        ),
        turn.language,
    )


def remove_contact(turn: Turn, click: RemoveContact) -> Answer:
    """Remove a contact, with or without somebody in their place. A second submit finds it done."""
    load_customer(turn.session, click.customer, lock=True)
    active = {contact.person.id for contact in load_contacts(turn.session, click.customer)}
    if click.contact not in active:
        return customer_answer(turn, click.customer)
    if not click.knock:
        appointments.remove_contact(turn.session, click.customer, click.contact, turn.person.id, turn.now)
        return customer_answer(turn, click.customer)
    knock = load_knock(turn.session, click.knock, lock=True)
    if knock.customer_id != click.customer:
        raise NotFound("knock", click.knock)
    if knock.person.id in active:
        # Appointed by a colleague meanwhile: removing is still what was asked, but not without being asked again.
        notice = turn.texts("{name} is a contact already; nobody was removed.", name=knock.person.name)
        return customer_answer(turn, click.customer, notice, is_warning=True)
    appointments.replace_contact(
        turn.session, click.customer, click.contact, knock.person.id, by=turn.person.id, now=turn.now
    )
    return customer_answer(turn, click.customer)


# --- what delivery shows ----------------------------------------------------------------------------------------------


def contact_changed_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """Who came and who went, for the managers, the contacts, and whoever was removed. Raises NotFound for others."""
    customer_id, appointed, removed = args["customer"], args["appointed"], args["removed"]
    is_contact = reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == customer_id
    is_removed_one = reader.person.id == removed and not is_contact
    if not (reader.role.is_staff or is_contact or is_removed_one):
        raise NotFound("customer", customer_id)
    names = load_people(session, [one for one in (appointed, removed) if one is not None])
    sheet = _contacts_sheet(session, customer_id, policy)
    why = AccountState(args["why"]) if "why" in args else None
    may_propose = why is not None and is_contact and len(sheet.contacts) < MAX_CONTACTS
    change = ContactChange(
        appointed=names[appointed].name if appointed is not None else None,
        removed=names[removed].name if removed is not None else None,
        sheet=sheet,
        is_staff=reader.role.is_staff,
        is_removed_one=is_removed_one,
        why=why,
        form_id=new_form_id() if may_propose else "",
        knocks=waiting_knocks(session, customer_id) if may_propose else (),
    )
    return contact_changed_card(change, reader.person.language)


def knock_refused_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """That nothing changed, for the person who knocked. Raises NotFound for one who became a contact after all."""
    if reader.role is not Role.STRANGER or reader.customer is None or reader.customer.id != args["customer"]:
        raise NotFound("customer", args["customer"])
    sheet = _contacts_sheet(session, args["customer"], policy)
    return knock_refused_card(sheet, reader.person.language)
