"""Contacts by address: asking for one, proposing one, and what a manager decides (R4, R5, D32).

Nobody is appointed by what a person typed or picked: the customer's directory is asked who that is, in the background,
and the card follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot import contact_offers
from bot.people import waiting_knocks
from bot.tickets import new_form_id
from bot.turn import Answer, Notice, Policy, Turn
from cards.clicks.accounts import (
    ConfirmContact,
    DeclineContact,
    LookAgain,
    ProposeContact,
    SearchForContact,
    ShowContactSearch,
    StartContactSearch,
    TakePlace,
)
from cards.components import Card
from cards.contact_searches import (
    ContactSearchSheet,
    ProposalSheet,
    contact_search_card,
    contact_search_form,
    proposal_form,
)
from cards.inputs import NOBODY
from contract.accounts import WhyNot
from contract.people import Customer, Role, check_appointment, is_address
from storage import contact_searches as searches
from storage.accounts import lost_contact
from storage.contact_searches import ContactSearch, SearchState
from storage.contacts import contact_ids, load_contacts, load_customer, load_knock
from storage.errors import NotFound
from storage.people import Standing, load_people
from storage.watches import load_watch

MOST_PROPOSED = 4
"""Open searches of one customer: more than there will ever be places for."""
MOST_IN_A_DAY = 10
"""Searches of one customer after which contacts propose nobody more; each may put a card before every manager."""


# --- asking and proposing ---------------------------------------------------------------------------------------------


def start_contact_search(turn: Turn, click: StartContactSearch) -> Answer:
    """The manager's form for a contact by address."""
    return contact_search_form(load_customer(turn.session, click.customer), new_form_id(), turn.language)


def search_for_contact(turn: Turn, click: SearchForContact) -> Answer:
    """Look somebody up and appoint who is found. The same address again finds the search that is under way."""
    customer = load_customer(turn.session, click.customer, lock=True)
    if not is_address(click.email):
        notice = turn.texts("That is no e-mail address. Write it as name@organisation.example.")
        return contact_search_form(customer, new_form_id(), turn.language, email=click.email, notice=notice)
    search_id = look_for(turn.session, customer, click.email, turn.person.id, turn.now)
    return search_answer(turn, search_id)


def look_for(session: Session, customer: Customer, email: str, by: int | None, now: datetime) -> int:
    """Have somebody looked up and appointed; `by` is None from the command line. Returns the id of the search.

    The customer's row has to be held. Who was proposed by a contact is confirmed by it.
    """
    found = searches.find_open(session, customer.id, email, None)
    if found is not None:
        if found.state is SearchState.PROPOSED:
            _look(session, found, by, now)
        return found.id
    search_id = searches.add_search(session, customer.id, email=email, state=SearchState.LOOKING, now=now, asked_by=by)
    contact_offers.ask_directory(session, searches.load_search(session, search_id), now)
    return search_id


def propose_contact(turn: Turn, click: ProposeContact) -> Answer:
    """A contact proposes somebody for a free place. Raises TooManyContacts where there is none (R4)."""
    customer = turn.caller.customer
    if customer is None:
        raise NotFound("customer", 0)
    load_customer(turn.session, customer.id, lock=True)
    check_appointment(len(contact_ids(turn.session, customer.id)))
    proposed = _proposed(turn, customer, click)
    if isinstance(proposed, str):
        sheet = ProposalSheet(
            form_id=new_form_id(),
            customer_name=customer.name,
            knocks=waiting_knocks(turn.session, customer.id),
            email=click.email,
        )
        return proposal_form(sheet, turn.language, notice=proposed)
    same = searches.find_open(turn.session, customer.id, proposed["email"], proposed["object_id"])
    if same is not None:
        return search_answer(turn, same.id)
    if len(searches.list_open(turn.session, customer.id)) >= MOST_PROPOSED or _are_many(turn, customer):
        return Notice(turn.texts("Several proposals wait for us already. Call us if it is urgent."), is_error=True)
    lost = lost_contact(turn.session, customer.id)
    search_id = searches.add_search(
        turn.session,
        customer.id,
        state=SearchState.PROPOSED,
        now=turn.now,
        replaces_id=lost.person.id if lost else None,
        asked_by=turn.person.id,
        **proposed,
    )
    contact_offers.propose(turn.session, search_id, turn.now)
    if proposed["person_id"] is None:
        contact_offers.ask_directory(turn.session, searches.load_search(turn.session, search_id), turn.now)
    return search_answer(turn, search_id)


def _are_many(turn: Turn, customer: Customer) -> bool:
    latest = searches.list_latest(turn.session, customer.id, MOST_IN_A_DAY)
    return len(latest) == MOST_IN_A_DAY and latest[-1].asked_at > turn.now - timedelta(days=1)


def _proposed(turn: Turn, customer: Customer, click: ProposeContact) -> dict[str, Any] | str:
    """Who is meant, or what is wrong with it. Raises NotFound for a knock at another customer's."""
    nobody: dict[str, Any] = {"email": "", "object_id": None, "person_id": None}
    if click.knock:
        knock = load_knock(turn.session, click.knock)
        if knock.customer_id != customer.id:
            raise NotFound("knock", click.knock)
        who = knock.person
        return {"email": who.email or "", "object_id": who.object_id, "person_id": who.id}
    if click.picked and click.picked != NOBODY:
        try:
            return {**nobody, "object_id": str(UUID(click.picked))}
        except ValueError:
            return turn.texts("Choose one colleague from the list, or give an e-mail address.")
    if is_address(click.email):
        return {**nobody, "email": click.email}
    return turn.texts("Choose one colleague from the list, or give an e-mail address.")


# --- what a manager decides -------------------------------------------------------------------------------------------


def show_contact_search(turn: Turn, click: ShowContactSearch) -> Answer:
    """How far a search is. Raises NotFound."""
    return search_answer(turn, click.search)


def confirm_contact(turn: Turn, click: ConfirmContact) -> Answer:
    """Say yes to who was proposed. A second click, or one that came too late, shows the card as it is."""
    search = _held(turn, click.search)
    if search.state is SearchState.PROPOSED:
        _look(turn.session, search, turn.person.id, turn.now)
    return search_answer(turn, search.id)


def decline_contact(turn: Turn, click: DeclineContact) -> Answer:
    """Say no to a proposal, or look no longer."""
    search = replace(_held(turn, click.search), decided_by=turn.person.id)
    if search.state is SearchState.PROPOSED and search.asked_by is not None:
        contact_offers.end_search(turn.session, search, SearchState.REFUSED, turn.now, WhyNot.DECLINED)
    elif search.state.is_open:
        why = WhyNot.DECLINED if search.state is SearchState.PROPOSED else None
        state = SearchState.REFUSED if why else SearchState.DROPPED
        contact_offers.end_search(turn.session, search, state, turn.now, why)
    return search_answer(turn, search.id)


def take_place(turn: Turn, click: TakePlace) -> Answer:
    """Have the person who was found appointed in the place of a contact, once looked up again."""
    search = _held(turn, click.search)
    is_theirs = click.contact in contact_ids(turn.session, search.customer_id)
    if search.reason is WhyNot.TWO_CONTACTS and search.state is SearchState.REFUSED and is_theirs:
        _look(turn.session, replace(search, replaces_id=click.contact), turn.person.id, turn.now)
    return search_answer(turn, search.id)


def look_again(turn: Turn, click: LookAgain) -> Answer:
    """Look the person up again."""
    search = _held(turn, click.search)
    if search.state is SearchState.REFUSED and search.reason is not None and search.reason.may_pass:
        _look(turn.session, search, turn.person.id, turn.now)
    return search_answer(turn, search.id)


def _held(turn: Turn, search_id: int) -> ContactSearch:
    """The search, with its customer's row held first, as everywhere that places are given away."""
    load_customer(turn.session, searches.load_search(turn.session, search_id).customer_id, lock=True)
    return searches.load_search(turn.session, search_id, lock=True)


def _look(session: Session, search: ContactSearch, by: int | None, now: datetime) -> None:
    """It is decided: the directory is asked, and appoints. By the provider's word where nobody watches it."""
    search = replace(search, state=SearchState.LOOKING, reason=None, decided_by=by, ended_at=None)
    searches.save_search(session, search)
    watch = load_watch(session, search.customer_id)
    if search.person_id is not None and (watch is None or not watch.is_on):
        contact_offers.appoint_found(session, search, search.person_id, now)
        return
    contact_offers.ask_directory(session, search, now)
    contact_offers.follow_search(session, search, now)


# --- what is shown ----------------------------------------------------------------------------------------------------


def search_answer(turn: Turn, search_id: int) -> Card:
    """The card of a search for the caller, as it is now. Raises NotFound."""
    return contact_search_card(_sheet(turn.session, turn.caller, search_id, turn.policy), turn.language)


def search_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """How far a search is, for a manager and for the contact who proposed. Raises NotFound for others."""
    sheet = _sheet(session, reader, args[contact_offers.VIEW], policy)
    return contact_search_card(sheet, reader.person.language)


def _sheet(session: Session, reader: Standing, search_id: int, policy: Policy) -> ContactSearchSheet:
    search = searches.load_search(session, search_id)
    is_manager = reader.role is Role.MANAGER
    is_theirs = reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == search.customer_id
    if not (is_manager or is_theirs):
        raise NotFound("contact search", search_id)
    ids = (search.person_id, search.asked_by, search.decided_by, search.replaces_id)
    names = {one.id: one.name for one in load_people(session, [one for one in ids if one is not None]).values()}
    return ContactSearchSheet(
        search_id=search.id,
        customer=load_customer(session, search.customer_id),
        state=search.state.value,
        address=search.email,
        name=names.get(search.person_id or 0),
        reason=search.reason,
        asked_by=names.get(search.asked_by or 0),
        is_return=search.asked_by is None and search.person_id is not None,
        replaces=names.get(search.replaces_id or 0),
        contacts=tuple(contact.person for contact in load_contacts(session, search.customer_id)),
        decided_by=names.get(search.decided_by or 0),
        is_manager=is_manager,
        provider_phone=policy.provider.phone,
    )
