"""Customers for the staff: the list, and everything about one as it is now (R4, R6, R25, R29)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.access import load_access
from bot.reach import reach_of
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from bot.watch_cards import account_lines, watch_sheet
from cards.clicks.people import SearchCustomers, ShowCustomer, ShowCustomers
from cards.components import Card
from cards.customer_list import PAGE_CUSTOMERS, CustomerLine, CustomerList, customer_list_card
from cards.customers import ContactLine, CustomerSheet, customer_card
from contract.local_time import local
from contract.people import Role
from storage.billing_details import load_billing_details
from storage.contacts import list_knocks, load_contacts, load_customer
from storage.contracts import load_contracts
from storage.customers import load_customer_page
from storage.errors import NotFound
from storage.installs import load_installations
from storage.people import Standing
from storage.prices import load_prices, price_years
from storage.watches import Watch, load_watch


def show_customers(turn: Turn, click: ShowCustomers) -> Answer:
    """A page of all customers, narrowed to a search."""
    found = load_customer_page(turn.session, click.query, click.page, PAGE_CUSTOMERS)
    lines = tuple(CustomerLine(customer=row.customer, contacts=row.contacts, waiting=row.waiting) for row in found.rows)
    return customer_list_card(
        CustomerList(lines=lines, page=found.page, has_more=found.has_more, query=click.query, form_id=new_form_id()),
        turn.language,
    )


def search_customers(turn: Turn, click: SearchCustomers) -> Answer:
    """The first page of what matches the search box."""
    return show_customers(turn, ShowCustomers(query=click.query))


def show_customer(turn: Turn, click: ShowCustomer) -> Answer:
    """Everything about one customer. Raises NotFound."""
    return customer_answer(turn, click.customer)


def customer_answer(turn: Turn, customer_id: int, notice: str = "", *, is_warning: bool = False) -> Card:
    """The customer's card for the caller, as it is now. Raises NotFound."""
    sheet = customer_sheet(turn.session, turn.role, customer_id, turn.now, turn.policy)
    return customer_card(sheet, turn.language, notice=notice, is_warning=is_warning)


def customer_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The customer's card for delivery. Raises NotFound for somebody who is not on the staff."""
    if not reader.role.is_staff:
        raise NotFound("customer", args["customer"])
    sheet = customer_sheet(session, reader.role, args["customer"], now, policy)
    return customer_card(sheet, reader.person.language)


def customer_sheet(session: Session, role: Role, customer_id: int, now: datetime, policy: Policy) -> CustomerSheet:
    """Everything that is known of a customer. Raises NotFound."""
    customer = load_customer(session, customer_id)
    access = load_access(session, customer_id, policy)
    watch = load_watch(session, customer_id)
    year = local(now).year
    book = load_prices(session, customer_id, (year,))
    own = price_years(session, customer_id)
    return CustomerSheet(
        customer=customer,
        contacts=_contact_lines(session, customer_id, watch, now, sends_mail=policy.sends_mail),
        contracts=load_contracts(session, customer_id),
        prices=book.for_year(year),
        has_own_prices=any(first <= year for first in own),
        is_year_missing=year not in own,
        consents=access.recorded,
        has_access=access.covering(now) is not None,
        billing=load_billing_details(session, customer_id),
        knocks=tuple((knock.id, knock.person.name) for knock in list_knocks(session, customer_id)),
        is_manager=role is Role.MANAGER,
        watch=watch_sheet(session, customer_id, watch),
        sends_mail=policy.sends_mail,
        now=now,
    )


def contact_lines(
    session: Session, customer_id: int, now: datetime, *, sends_mail: bool = True
) -> tuple[ContactLine, ...]:
    """The contacts of a customer, how they can be reached, and what the directory says of them."""
    return _contact_lines(session, customer_id, load_watch(session, customer_id), now, sends_mail=sends_mail)


def _contact_lines(
    session: Session, customer_id: int, watch: Watch | None, now: datetime, *, sends_mail: bool
) -> tuple[ContactLine, ...]:
    contacts = load_contacts(session, customer_id)
    people = [contact.person for contact in contacts]
    installed = load_installations(session, [person.id for person in people])
    reach = reach_of(session, contacts, sends_mail=sends_mail, installed=installed)
    accounts = account_lines(session, watch, [person.id for person in people], now)
    return tuple(
        ContactLine(
            person=person,
            reach=reach[person.id],
            install_error=installed[person.id].error if person.id in installed else None,
            account=accounts.get(person.id),
        )
        for person in people
    )
