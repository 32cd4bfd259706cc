"""One look at a customer's contacts in the directory, and what follows from it (R4, D15, D32).

A contact whose account was lost is no contact any more, in the transaction that writes the look down: whatever is
clicked after that finds it so. One who comes back is offered to the managers, and one who is a guest is named to them
once. A look that failed changes nobody's standing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, appointments, contact_offers, installs, watches
from bot.announcements import customer_subject
from bot.clock import Clock
from bot.directory import Directory, account_of, look_at
from bot.outcomes import Done, End, Kind, Outcome, Work
from cards.language import language_of_locale
from contract.accounts import AccountState, ChangeKind, DirectoryAccount, changes_between, is_coming_back
from contract.people import Customer, Person
from graph.errors import GraphError, fault_of
from storage.accounts import (
    KnownAccount,
    Watched,
    list_watched,
    load_accounts,
    mark_checked,
    prefer_language,
    save_account,
)
from storage.contacts import load_customer
from storage.database import Database
from storage.errors import NotFound
from storage.people import manager_ids
from storage.watches import load_watch

LONGEST_S = 50.0
"""A look with all its questions: less than delivery allows, so that it ends as a look that failed."""
CAN_COME_BACK = timedelta(days=90)
"""How long after an account was lost its return is noticed; a deleted one can be restored for 30 days."""


@dataclass(frozen=True, slots=True)
class _Asked:
    tenant_id: str
    object_ids: tuple[str, ...]
    link: str | None
    watched: str


@dataclass(frozen=True, slots=True)
class WatchKinds:
    """Looks at the contacts of one customer."""

    database: Database
    directory: Directory
    clock: Clock

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers. Looking twice harms nobody."""
        return (Kind(watches.WATCH_PEOPLE, self.look, finish_look, is_limited=False),)

    async def look(self, work: Work) -> Outcome:
        """Look once. That it failed is a finding too: the next look comes by itself."""
        asked = await self.database.read(partial(_asked, customer_id=work.payload["customer"], now=self.clock.now()))
        if asked is None:
            return Done()
        if not asked.object_ids:
            return Done({"seen": {}, "link": None, "watched": None})
        try:
            async with asyncio.timeout(LONGEST_S):
                found = await look_at(self.directory, asked.tenant_id, asked.object_ids, asked.link)
        except (GraphError, TimeoutError) as error:
            return Done({"error": fault_of(error)})
        return Done({"seen": found.seen, "link": found.link, "watched": asked.watched})


def digest(object_ids: Iterable[str]) -> str:
    """By which a link is recognised as being about exactly these people."""
    return hashlib.sha256("\n".join(sorted(object_ids)).encode()).hexdigest()


def _asked(session: Session, customer_id: int, now: datetime) -> _Asked | None:
    """What to ask; None where nobody watches any more."""
    watch = load_watch(session, customer_id)
    if watch is None or not watch.is_on:
        return None
    people = list_watched(session, customer_id, now - CAN_COME_BACK)
    object_ids = tuple(one.person.object_id for one in people)
    watched = digest(object_ids)
    link = watch.delta_link if watch.watched == watched else None
    return _Asked(load_customer(session, customer_id).tenant_id, object_ids, link, watched)


def finish_look(session: Session, work: Work, end: End, now: datetime) -> None:
    """Write down what the look showed, all of it or nothing."""
    customer_id = work.payload["customer"]
    try:
        customer = load_customer(session, customer_id, lock=True)
    except NotFound:
        return
    watch = load_watch(session, customer_id, lock=True)
    if watch is None or not watch.is_on:
        return
    result = end.result if isinstance(end, Done) else None
    if result is None or "error" in result:
        watches.look_failed(session, watch, str(result["error"]) if result else "no answer", now)
        return
    people = list_watched(session, customer_id, now - CAN_COME_BACK)
    known = load_accounts(session, [one.person.id for one in people])
    # Whoever was appointed while it was under way was not looked at.
    is_whole = result["watched"] == digest(one.person.object_id for one in people)
    quiet = []
    for one in people:
        said = result["seen"].get(one.person.object_id)
        if said is not None:
            _apply(session, customer, one, known.get(one.person.id), said=said, now=now)
        elif is_whole and one.person.id in known:
            quiet.append(one.person.id)
            _insist(session, customer_id, one, known[one.person.id].state, now)
    mark_checked(session, quiet, now)
    watches.look_worked(session, watch, now, link=result["link"], watched=result["watched"])
    if watch.delta_link is None:
        installs.bring_to_contacts(session, customer_id, now)
    if not is_whole and people:
        watches.look_now(session, customer_id, now)


def _apply(
    session: Session,
    customer: Customer,
    one: Watched,
    known: KnownAccount | None,
    *,
    said: dict[str, Any],
    now: datetime,
) -> None:
    """Keep what became of one person's account, and act on it."""
    account = account_of(said, known.account if known else _by_word(one.person))
    changes = changes_between(known.account if known else None, account)
    save_account(session, one.person.id, account, changes, now)
    if account.language:
        prefer_language(session, one.person.id, language_of_locale(account.language))
    if any(change.kind is not ChangeKind.FOUND for change in changes):
        announcements.follow(session, customer_subject(customer.id), now)
    if one.removed_why is None:
        if not account.state.may_act:
            appointments.remove_contact(session, customer.id, one.person.id, None, now, why=account.state)
        elif any(change.kind is ChangeKind.GUEST for change in changes):
            _tell_of_guest(session, customer.id, one.person.id, now)
    elif is_coming_back(one.removed_why, account.state):
        contact_offers.offer_return(session, customer.id, one, account.address, now)
    else:
        contact_offers.drop_return(session, customer.id, one.person.object_id, now)


def _tell_of_guest(session: Session, customer_id: int, person_id: int, now: datetime) -> None:
    """The managers hear that a contact is a guest; nobody is removed for it, as the account does exist and works."""
    args = {"customer": customer_id, "person": person_id}
    for manager_id in manager_ids(session):
        announcements.show(session, manager_id, "contact_is_guest", args, now)


def _insist(session: Session, customer_id: int, one: Watched, state: AccountState, now: datetime) -> None:
    """Somebody was appointed by word although the account is lost, of which the directory has nothing new to say."""
    if one.removed_why is None and not state.may_act:
        appointments.remove_contact(session, customer_id, one.person.id, None, now, why=state)


def _by_word(person: Person) -> DirectoryAccount:
    """Somebody as the provider named them, before the directory said anything."""
    address = person.email or ""
    return DirectoryAccount(
        object_id=person.object_id,
        name=person.name,
        user_principal_name=address,
        mail=person.email,
        language=None,
        is_guest=False,
        state=AccountState.ENABLED,
    )
