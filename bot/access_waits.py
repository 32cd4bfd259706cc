"""Whether tickets wait for remote access, since when, and whom for: derived when it is shown (R25, D31)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from bot.access import access_spans, covering
from bot.turn import Policy
from cards.ticket_access import NO_ACCESS_TO_TELL, AccessWait, TicketAccess
from contract.consent_requests import ConsentRequest
from contract.consents import Mechanism
from contract.tickets import Ticket
from contract.withdrawals import covering_span, holding, waiting_since
from storage.administrators import load_administrator
from storage.consent_requests import open_request
from storage.people import Standing
from storage.remote_sessions import load_running_on
from storage.tickets import names_of
from storage.withdrawals import load_withdrawals

ASKED_FIRST = (Mechanism.GDAP, Mechanism.APP)
"""Which request is meant where several wait: the one that covers remote work by itself."""


def ticket_access(session: Session, reader: Standing, ticket: Ticket, policy: Policy, now: datetime) -> TicketAccess:
    """What the card of a ticket says of access; nothing once it is closed."""
    if not ticket.is_open:
        return NO_ACCESS_TO_TELL
    sessions = load_running_on(session, ticket.number)
    return TicketAccess(
        wait=access_wait(session, ticket.customer_id, ticket.created_at, policy, now),
        sessions=sessions,
        has_own_session=any(one.engineer_id == reader.person.id for one in sessions),
    )


def access_wait(
    session: Session, customer_id: int, created_at: datetime, policy: Policy, now: datetime
) -> AccessWait | None:
    """Since when something that was created then waits, and whom for; None while access is consented."""
    spans = access_spans(session, customer_id, policy)
    if covering_span(spans, now) is not None:
        return None
    since = waiting_since(spans, created_at, now)
    withdrawal = holding(load_withdrawals(session, customer_id), now)
    if withdrawal is not None:
        return AccessWait(since=since, withdrawn_by=withdrawal.withdrawn_by_name)
    asked = waiting_request(session, customer_id, now)
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


def waiting_request(session: Session, customer_id: int, now: datetime) -> ConsentRequest | None:
    """The request for consent that waits for the customer, if there is one."""
    found = (open_request(session, customer_id, mechanism, now) for mechanism in ASKED_FIRST)
    return next((one for one in found if one is not None), None)


def waiting_customers(session: Session, customers: Collection[int], policy: Policy, now: datetime) -> frozenset[int]:
    """Whose open tickets wait for access now: for lists, each customer once."""
    return frozenset(one for one in set(customers) if covering(session, one, now, policy) is None)
