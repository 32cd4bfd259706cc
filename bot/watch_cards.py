"""Watching the contacts' accounts as the staff sees it, and what is read when the directory is silent (R4, D32)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.turn import Policy
from cards.accounts import AccountLine, SilenceSheet, WatchSheet, guest_contact_card, silence_card
from cards.components import Card
from contract.accounts import may_only_read
from contract.people import Role
from storage.accounts import load_accounts
from storage.contact_searches import list_open
from storage.contacts import load_contacts, load_customer
from storage.errors import NotFound
from storage.people import Standing, load_people
from storage.watches import Watch, load_watch


def watch_sheet(session: Session, customer_id: int, watch: Watch | None) -> WatchSheet:
    """How a customer's contacts are watched, and who is to become one."""
    waiting = list_open(session, customer_id)
    people = load_people(session, [one.person_id for one in waiting if one.person_id is not None])
    names = {person.id: person.name for person in people.values()}
    open_ones = tuple((one.id, names.get(one.person_id or 0) or one.email or f"#{one.id}") for one in waiting)
    if watch is None:
        return WatchSheet(is_on=False, searches=open_ones)
    stopper = load_people(session, [watch.stopped_by]).get(watch.stopped_by) if watch.stopped_by is not None else None
    return WatchSheet(
        is_on=watch.is_on,
        looked_at=watch.looked_at,
        failing_since=watch.failing_since,
        error=watch.error,
        stopped_at=watch.stopped_at,
        stopped_by=stopper.name if stopper else None,
        stopped_why=watch.stopped_why,
        searches=open_ones,
    )


def account_lines(
    session: Session, watch: Watch | None, person_ids: list[int], now: datetime
) -> dict[int, AccountLine]:
    """What the directory said of a customer's contacts, by person id; nothing of whom it never said anything."""
    failing_since = watch.failing_since if watch is not None and watch.is_on else None
    return {
        person_id: AccountLine(
            state=known.state,
            checked_at=known.checked_at,
            is_guest=known.is_guest,
            only_reads=may_only_read(known.checked_at, failing_since, now),
        )
        for person_id, known in load_accounts(session, person_ids).items()
    }


def guest_contact_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """That a contact is a guest, for managers. Raises NotFound where that is not so when it goes out."""
    customer_id, person_id = args["customer"], args["person"]
    contact = next((one for one in load_contacts(session, customer_id) if one.person.id == person_id), None)
    known = load_accounts(session, [person_id]).get(person_id)
    if reader.role is not Role.MANAGER or contact is None or known is None or not known.is_guest:
        raise NotFound("contact", person_id)
    return guest_contact_card(load_customer(session, customer_id), contact.person, reader.person.language)


def silence_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """That the contacts only read, or no longer. Raises NotFound for anybody but the contacts and the managers.

    What is not so any more when it goes out is not said.
    """
    customer_id, is_over = args["customer"], args["over"]
    is_contact = reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == customer_id
    watch = load_watch(session, customer_id)
    if not (is_contact or reader.role is Role.MANAGER) or watch is None or (watch.failing_since is None) is not is_over:
        raise NotFound("customer", customer_id)
    sheet = SilenceSheet(
        customer=load_customer(session, customer_id),
        since=watch.looked_at or watch.failing_since,
        is_over=is_over,
        is_staff=reader.role.is_staff,
        provider_name=policy.provider.name,
        provider_phone=policy.provider.phone,
        now=now,
    )
    return silence_card(sheet, reader.person.language)
