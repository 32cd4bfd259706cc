"""Whether tickets wait for remote access, since when, and whom for: derived when it is shown (R25, D31)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.access import Access, load_access, load_access_of
from bot.turn import Policy
from cards.ticket_access import NO_ACCESS_TO_TELL, AccessWait, TicketAccess
from contract.consent_requests import ConsentRequest
from contract.consents import Mechanism
from contract.tickets import State, Ticket
from contract.withdrawals import waiting_since
from storage.administrators import load_administrator
from storage.consent_requests import open_requests
from storage.overview import TicketRow
from storage.people import Standing
from storage.remote_sessions import load_running_on
from storage.tickets import names_of


def ticket_access(session: Session, reader: Standing, ticket: Ticket, policy: Policy, now: datetime) -> TicketAccess:
    """What the card of a ticket says of access; nothing once it is closed."""
    if not ticket.is_open:
        return NO_ACCESS_TO_TELL
    access = load_access(session, ticket.customer_id, policy)
    sessions = load_running_on(session, ticket.number)
    return TicketAccess(
        wait=access_wait(session, ticket.customer_id, access, ticket.created_at, now, policy=policy),
        sessions=sessions,
        has_own_session=any(one.engineer_id == reader.person.id for one in sessions),
    )


def access_wait(
    session: Session, customer_id: int, access: Access, created_at: datetime, now: datetime, *, policy: Policy
) -> AccessWait | None:
    """Since when something that was created then waits, and whom for; None while access is consented."""
    if access.covering(now) is not None:
        return None
    since = waiting_since(access.spans, created_at, now)
    withdrawal = access.withdrawal(now)
    if withdrawal is not None:
        return AccessWait(since=since, withdrawn_by=withdrawal.withdrawn_by_name)
    asked = waiting_request(session, customer_id, policy, now)
    if asked is not None and asked.administrator:
        by = names_of(session, [asked.forwarded_by]) if asked.forwarded_by is not None else {}
        return AccessWait(
            since=since,
            is_asked=True,
            administrator=asked.administrator,
            forwarded_by=by.get(asked.forwarded_by or 0),
            forwarded_at=asked.forwarded_at,
        )
    named = load_administrator(session, customer_id)
    return AccessWait(since=since, is_asked=asked is not None, administrator=named.name if named else None)


def waiting_request(session: Session, customer_id: int, policy: Policy, now: datetime) -> ConsentRequest | None:
    """The request that remote work waits for, if there is one; for the app's permission only where work rests on it."""
    asked_first = (Mechanism.GDAP, Mechanism.APP) if policy.app_consent_covers_work else (Mechanism.GDAP,)
    found = open_requests(session, customer_id, now)
    return next((found[mechanism] for mechanism in asked_first if mechanism in found), None)


def waiting_customers(session: Session, rows: Iterable[TicketRow], policy: Policy, now: datetime) -> frozenset[int]:
    """Whose open tickets wait for access now, for a list of tickets."""
    customers = {row.customer_id for row in rows if row.state is not State.CLOSED}
    if not customers:
        return frozenset()
    found = load_access_of(session, customers, policy)
    return frozenset(one for one in customers if found[one].covering(now) is None)
