"""Contacts and staff come and go: what follows from it, the same from chat and from the command line (R4, R5, D32).

Who is appointed is welcomed, the other contact and the managers hear it. Who is removed loses every card that stands in
the chat at once, also one on which a form is open. Tickets and estimates stay with the organisation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, watches
from bot.announcements import customer_subject, knock_subject
from bot.installs import bring_app
from bot.remote_sessions import engineer_left
from contract.accounts import AccountState
from contract.people import Role
from contract.staff_groups import StaffSource
from storage import contacts
from storage.contact_searches import drop_returns
from storage.errors import NotFound
from storage.guests import forget_guests_of
from storage.people import load_person, load_standings, manager_ids, mark_welcomed, set_staff_role
from storage.posted_cards import release_all

SEARCH_VIEW = "contact_search"


def search_subject(search_id: int) -> str:
    """What the cards of a search for a contact are remembered by."""
    return f"{SEARCH_VIEW}:{search_id}"


def appoint_contact(session: Session, customer_id: int, person_id: int, by: int | None, now: datetime) -> bool:
    """Make a person contact; False when the person is one already. `by` is None from the command line.

    Raises TooManyContacts.
    """
    if not contacts.appoint(session, customer_id, person_id, by, now):
        return False
    watches.look_now(session, customer_id, now)
    _drop_offers_of(session, customer_id, person_id, now)
    _greet(session, person_id, now, customer_id)
    _tell(session, customer_id, by, now, appointed=person_id)
    return True


def remove_contact(
    session: Session,
    customer_id: int,
    person_id: int,
    by: int | None,
    now: datetime,
    *,
    why: AccountState | None = None,
) -> bool:
    """End an appointment; False when there was none. `why`: what became of the account, where nobody decided it.

    Then the other contact is asked whom to propose in that place.
    """
    if not contacts.remove_contact(session, customer_id, person_id, by, now, why=why.value if why else None):
        return False
    _take_cards(session, person_id, now)
    _tell(session, customer_id, by, now, removed=person_id, why=why)
    return True


def replace_contact(
    session: Session, customer_id: int, old_id: int, new_id: int, *, by: int | None, now: datetime
) -> None:
    """Remove one and appoint another in the same transaction. Raises NotFound when the first is no contact."""
    if not contacts.remove_contact(session, customer_id, old_id, by, now):
        raise NotFound("contact", old_id)
    _take_cards(session, old_id, now)
    contacts.appoint(session, customer_id, new_id, by, now)
    watches.look_now(session, customer_id, now)
    _drop_offers_of(session, customer_id, new_id, now)
    _greet(session, new_id, now, customer_id)
    _tell(session, customer_id, by, now, appointed=new_id, removed=old_id)


def drop_offers(session: Session, customer_id: int, object_id: str, now: datetime) -> None:
    """Nothing is left to decide of somebody who was offered as contact."""
    for search_id in drop_returns(session, customer_id, object_id, now):
        announcements.follow(session, search_subject(search_id), now, also=manager_ids(session))
        announcements.follow(session, customer_subject(customer_id), now)


def _drop_offers_of(session: Session, customer_id: int, person_id: int, now: datetime) -> None:
    drop_offers(session, customer_id, load_person(session, person_id).object_id, now)


def put_on_staff(
    session: Session, person_id: int, role: Role, now: datetime, *, source: StaffSource = StaffSource.LIST
) -> None:
    """Make somebody engineer or manager; who is new is welcomed."""
    before = load_standings(session, [person_id])[person_id].role
    set_staff_role(session, person_id, role, source)
    if not before.is_staff:
        _greet(session, person_id, now)


def take_from_staff(session: Session, person_id: int, now: datetime) -> None:
    """Somebody is no longer on the staff: the cards in the chat lose what they show. Tickets stay in that name.

    Guests who were this engineer are strangers again.
    """
    set_staff_role(session, person_id, None)
    forget_guests_of(session, person_id)
    engineer_left(session, person_id, now)
    _take_cards(session, person_id, now)


def refuse_knock(session: Session, knock: contacts.Knock, by: int, now: datetime) -> None:
    """Somebody who knocked does not become a contact, and is told so politely."""
    contacts.refuse_knock(session, knock.id, by, now)
    announcements.show(session, knock.person.id, "knock_refused", {"customer": knock.customer_id}, now)
    announcements.follow(session, knock_subject(knock.id), now)
    announcements.follow(session, customer_subject(knock.customer_id), now)


def _greet(session: Session, person_id: int, now: datetime, customer_id: int | None = None) -> None:
    """Welcome somebody new whose chat is known; the others are welcomed when the app arrives, which a contact of this
    customer is brought.
    """
    if load_standings(session, [person_id])[person_id].chat is None:
        if customer_id is not None:
            bring_app(session, customer_id, person_id, now)
        return
    mark_welcomed(session, person_id, now)
    announcements.show(session, person_id, "welcome", {}, now)
    announcements.follow_person(session, person_id, now)


def _take_cards(session: Session, person_id: int, now: datetime) -> None:
    release_all(session, person_id)
    announcements.follow_person(session, person_id, now)


def _tell(
    session: Session,
    customer_id: int,
    by: int | None,
    now: datetime,
    *,
    appointed: int | None = None,
    removed: int | None = None,
    why: AccountState | None = None,
) -> None:
    args: dict[str, Any] = {"customer": customer_id, "appointed": appointed, "removed": removed}
    if why is not None:
        args["why"] = why.value
    concerned = {*contacts.contact_ids(session, customer_id), *manager_ids(session)}
    if removed is not None:
        concerned.add(removed)
    for person_id in sorted(concerned - {by, appointed}):
        announcements.show(session, person_id, "contact_changed", args, now)
    # Every card on which the places of this customer stand: who waits can be appointed now, or not any more.
    for knock_id in contacts.knock_ids(session, customer_id):
        announcements.follow(session, knock_subject(knock_id), now)
    announcements.follow(session, customer_subject(customer_id), now)
