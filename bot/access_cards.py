"""The card of remote access: what is consented now, and who had access when, for which ticket (R25).

A contact sees it of the own organisation, the staff of every customer. It stays current in every chat in which it
stands; whoever turned a page sees the first one again when something changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.access import load_access
from bot.access_waits import access_wait, waiting_request
from bot.announcements import access_subject, customer_subject
from bot.consent_links import consent_url
from bot.consent_news import consents_subject
from bot.customers import show_customers
from bot.links import Download, Purpose, link_url
from bot.turn import Answer, Policy, Turn
from cards.access import AccessSheet, AdministratorLine, Forwarding, access_card
from cards.access_history import COLUMNS, PAGE_SESSIONS, SessionPage, session_file_card, session_rows
from cards.clicks.access import GetSessions, SessionFile, ShowAccess
from cards.clicks.people import ShowCustomers
from cards.components import Card
from contract.consent_requests import ConsentRequest, may_forward
from contract.consents import GrantState
from contract.people import Customer, Language, Role
from documents.row_files import csv_chunks, json_chunks
from storage.administrators import load_administrator
from storage.contacts import contact_ids, load_customer
from storage.customers import open_ticket_numbers
from storage.errors import NotFound
from storage.grants import load_grant
from storage.people import Standing, manager_ids
from storage.remote_sessions import count_sessions, every_session, load_history, ticket_subjects

_OVER = frozenset({GrantState.NONE, GrantState.EXPIRED, GrantState.REVOKED})
_FILES = {SessionFile.CSV: Purpose.SESSIONS_CSV, SessionFile.JSON: Purpose.SESSIONS_JSON}


def show_access(turn: Turn, click: ShowAccess) -> Answer:
    """Show a page of it; staff who name no customer choose one first. Raises NotFound for another organisation's."""
    if turn.role.is_staff and click.customer is None:
        return show_customers(turn, ShowCustomers())
    customer = theirs(turn.session, turn.caller, click.customer)
    return access_answer(turn, customer.id, page=click.page)


def theirs(session: Session, reader: Standing, customer_id: int | None) -> Customer:
    """The customer that is meant: a contact's own, staff's the one that is named. Raises NotFound for any other."""
    own = reader.customer if reader.role is Role.CONTACT else None
    if own is not None and customer_id in (None, own.id):
        return own
    if reader.role.is_staff and customer_id is not None:
        return load_customer(session, customer_id)
    raise NotFound("customer", customer_id)


def access_answer(turn: Turn, customer_id: int, notice: str = "", *, page: int = 1, is_warning: bool = False) -> Card:
    """The card for the caller, as it is now. Raises NotFound."""
    sheet = access_sheet(turn.session, turn.caller, customer_id, turn.policy, turn.now, page=page)
    return access_card(sheet, turn.language, notice=notice, is_warning=is_warning)


def access_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The card for delivery. Raises NotFound where the reader may not see it."""
    return access_card(access_sheet(session, reader, args["access"], policy, now), reader.person.language)


def access_sheet(
    session: Session, reader: Standing, customer_id: int, policy: Policy, now: datetime, *, page: int = 1
) -> AccessSheet:
    """Everything the card shows to this reader. Raises NotFound where the reader may not see it."""
    customer = theirs(session, reader, customer_id)
    access = load_access(session, customer.id, policy)
    named = load_administrator(session, customer.id)
    asked = waiting_request(session, customer.id, policy, now)
    language = named.language if named is not None else reader.person.language
    return AccessSheet(
        customer_id=customer.id,
        customer_name=customer.name,
        is_staff=reader.role.is_staff,
        is_manager=reader.role is Role.MANAGER,
        covering=access.covering(now),
        grants=tuple(grant for grant in access.grants if grant.state not in _OVER),
        withdrawal=access.withdrawal(now),
        wait=access_wait(session, customer.id, access, now, now, policy=policy),
        administrator=AdministratorLine(name=named.name, email=named.email, language=named.language)
        if named is not None
        else None,
        forwarding=Forwarding(
            consent_request=asked.id,
            url=administrator_url(session, policy, asked, language),
            may_forward=may_forward(asked, named.email if named is not None else None, now),
        )
        if asked is not None
        else None,
        history=_history(session, customer.id, page),
        now=now,
    )


def administrator_url(session: Session, policy: Policy, asked: ConsentRequest, language: Language) -> str | None:
    """The page on which the administrator consents; None while Microsoft is still preparing what is asked."""
    grant = load_grant(session, asked.grant_id) if asked.grant_id is not None else None
    return consent_url(policy, asked, grant, language)


def _history(session: Session, customer_id: int, page: int) -> SessionPage:
    pages = max(1, -(-count_sessions(session, customer_id) // PAGE_SESSIONS))
    page = min(page, pages)
    found = load_history(session, customer_id, limit=PAGE_SESSIONS, skip=(page - 1) * PAGE_SESSIONS)
    subjects = ticket_subjects(session, [one.ticket_number for one in found])
    return SessionPage(sessions=found, subjects=subjects, page=page, pages=pages)


# --- who follows ------------------------------------------------------------------------------------------------------


def follow_access(session: Session, customer_id: int, now: datetime) -> None:
    """Every card that says something about this customer's access follows: tickets, access, consents, the customer."""
    for number in open_ticket_numbers(session, customer_id):
        announcements.follow(session, announcements.ticket_subject(number), now)
    for subject in (access_subject(customer_id), customer_subject(customer_id), consents_subject(customer_id)):
        announcements.follow(session, subject, now)


def announce_access(session: Session, customer_id: int, now: datetime, *, but: int) -> None:
    """Something was decided about access: both sides get the card, the contacts and the managers, but who did it."""
    told = {*contact_ids(session, customer_id), *manager_ids(session)} - {but}
    subject = access_subject(customer_id)
    for person_id in sorted(told):
        announcements.show(session, person_id, "access", {"access": customer_id}, now, fresh=True, subject=subject)
    follow_access(session, customer_id, now)


# --- as a file --------------------------------------------------------------------------------------------------------


def get_sessions(turn: Turn, click: GetSessions) -> Answer:
    """The address of the file, which opens for this reader for ten minutes."""
    customer = theirs(turn.session, turn.caller, click.customer)
    url = link_url(turn.policy, _FILES[click.kind], customer.id, turn.person, turn.now)
    return session_file_card(url, click.kind.value, customer.id if turn.role.is_staff else None, turn.language)


def sessions_csv(session: Session, reader: Standing, customer_id: int) -> Download:
    """Who had access when, for a spreadsheet. Raises NotFound where the reader may not have it."""
    customer = theirs(session, reader, customer_id)
    rows = session_rows(every_session(session, customer.id))
    return Download(f"access-{customer.id}.csv", "text/csv", b"".join(csv_chunks(COLUMNS, rows)))


def sessions_json(session: Session, reader: Standing, customer_id: int) -> Download:
    """As `sessions_csv`, for a program."""
    customer = theirs(session, reader, customer_id)
    rows = session_rows(every_session(session, customer.id))
    return Download(f"access-{customer.id}.json", "application/json", b"".join(json_chunks(rows)))
