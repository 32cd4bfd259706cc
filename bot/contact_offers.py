"""Somebody is to become contact: what a search asks, how it ends, and who hears it, from chat, look and command line
(R4, R5, D32).

A place is given away with the customer's row held, whoever asks: of two searches that end at the same instant for the
last place, one appoints and the other is told that there is none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import announcements, appointments
from bot.announcements import customer_subject
from bot.appointments import SEARCH_VIEW, drop_offers, search_subject
from bot.errands import ask_graph
from contract.accounts import WhyNot
from contract.errors import TooManyContacts
from contract.people import Role
from storage import contact_searches as searches
from storage.accounts import Watched
from storage.contact_searches import ContactSearch, SearchState
from storage.contacts import contact_ids, load_customer
from storage.people import load_standings, manager_ids

FIND_CONTACT = "find_contact"
VIEW = SEARCH_VIEW
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(minutes=15)


def ask_directory(session: Session, search: ContactSearch, now: datetime) -> None:
    """Have the person looked up in the customer's directory."""
    tenant_id = load_customer(session, search.customer_id).tenant_id
    ask_graph(session, tenant_id, FIND_CONTACT, {"search": search.id}, now)


def ask_again(session: Session, search: ContactSearch, now: datetime) -> ContactSearch:
    """The directory did not answer: again after a while, as long as the search is open; it is never lost."""
    wait = min(max(FIRST_RETRY, now - search.asked_at), LONGEST_RETRY)
    tenant_id = load_customer(session, search.customer_id).tenant_id
    ask_graph(session, tenant_id, FIND_CONTACT, {"search": search.id}, now, due_at=now + wait)
    if search.state is not SearchState.LOOKING:
        return search
    failed = replace(search, state=SearchState.FAILED)
    searches.save_search(session, failed)
    follow_search(session, failed, now)
    return failed


def follow_search(session: Session, search: ContactSearch, now: datetime) -> None:
    """Bring its cards, and the customer's, up to date without a sound."""
    announcements.follow(session, search_subject(search.id), now, also=_askers(search))
    announcements.follow(session, customer_subject(search.customer_id), now)


def _askers(search: ContactSearch) -> set[int]:
    return {one for one in (search.asked_by, search.decided_by) if one is not None}


def propose(session: Session, search_id: int, now: datetime) -> None:
    """Every manager gets the card with which to say yes or no."""
    announcements.show_managers(session, VIEW, {VIEW: search_id}, now, subject=search_subject(search_id))
    customer_id = searches.load_search(session, search_id).customer_id
    announcements.follow(session, customer_subject(customer_id), now)


# --- coming back ------------------------------------------------------------------------------------------------------


def offer_return(session: Session, customer_id: int, one: Watched, address: str, now: datetime) -> bool:
    """Somebody whose account was lost has it back: offered to the managers, once, and never automatic (D32)."""
    since = one.removed_at or now
    if searches.was_offered(session, customer_id, one.person.object_id, since):
        return False
    search_id = searches.add_search(
        session,
        customer_id,
        email=address,
        state=SearchState.PROPOSED,
        now=now,
        object_id=one.person.object_id,
        person_id=one.person.id,
    )
    propose(session, search_id, now)
    return True


def drop_return(session: Session, customer_id: int, object_id: str, now: datetime) -> None:
    """The account is lost again before anybody decided: there is nothing to decide."""
    drop_offers(session, customer_id, object_id, now)


# --- the ends ---------------------------------------------------------------------------------------------------------


def end_search(
    session: Session, search: ContactSearch, state: SearchState, now: datetime, why: WhyNot | None = None
) -> ContactSearch:
    """A search ended: who asked and who decided get its card once more, at the end of the chat, with the reason."""
    ended = replace(search, state=state, reason=why, ended_at=now)
    searches.save_search(session, ended)
    by = _by(search)
    # Everybody else hears of an appointment as of any other.
    hearers = _askers(search) if state is not SearchState.APPOINTED else set() if by is None else {by}
    if state is SearchState.REFUSED and not any(
        one.role is Role.MANAGER for one in load_standings(session, hearers).values()
    ):
        # Asked from the command line, or by a contact: the managers are the ones who can do something about it.
        hearers |= set(manager_ids(session))
    if why is WhyNot.DECLINED:
        # Who declined sees the card that was clicked.
        hearers.discard(search.decided_by or 0)
    for person_id in sorted(hearers) if state is not SearchState.DROPPED else ():
        announcements.show(
            session, person_id, VIEW, {VIEW: search.id}, now, fresh=True, subject=search_subject(search.id)
        )
    follow_search(session, ended, now)
    return ended


def appoint_found(session: Session, search: ContactSearch, person_id: int, now: datetime) -> ContactSearch:
    """Appoint the person who was found, in the place that was chosen if one was; refused where there is no place.

    The customer's row has to be held.
    """
    search = replace(search, person_id=person_id)
    active = contact_ids(session, search.customer_id)
    if person_id in active:
        return end_search(session, search, SearchState.REFUSED, now, WhyNot.ALREADY)
    try:
        if search.replaces_id in active:
            appointments.replace_contact(
                session, search.customer_id, search.replaces_id, person_id, by=_by(search), now=now
            )
        else:
            appointments.appoint_contact(session, search.customer_id, person_id, _by(search), now)
    except TooManyContacts:
        return end_search(session, search, SearchState.REFUSED, now, WhyNot.TWO_CONTACTS)
    return end_search(session, search, SearchState.APPOINTED, now)


def _by(search: ContactSearch) -> int | None:
    """Who answers for the appointment; a contact only proposes."""
    return search.decided_by if search.decided_by is not None else search.asked_by
