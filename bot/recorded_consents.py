"""Recorded consents in the ledger: documents of providers that ask no Microsoft tenant (R25).

Each record is a source of its own, by its number. What was recorded before there was a ledger is adopted: with the next
act on the customer's consents, and by itself after the first start. Until then it is judged as it stands in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import ledger
from bot.turn import Policy
from contract.access import AccessConsent
from contract.consent_checks import next_check_at
from contract.consents import Finding, Grant, GrantState, Mechanism, Proof
from contract.ledger import EntryKind
from contract.people import Person
from storage import timers
from storage.contacts import load_customer
from storage.contracts import load_consents
from storage.grants import customers_to_adopt, load_grants, set_grant
from storage.people import load_person

ADOPT_CONSENTS = "adopt_consents"
"""The kind of the calendar's row: there are consents from before the ledger."""

AT_ONCE = 50
"""Customers whose consents are adopted in one transaction."""


def adopt(
    session: Session,
    policy: Policy,
    customer_id: int,
    now: datetime,
    *,
    given_by: str | None = None,
    is_new: bool = False,
) -> None:
    """Write every record of a customer that is not in the ledger yet into it; the customer's row is held.

    `is_new`: the latest one was recorded just now, and `given_by` consented.
    """
    known = {one.source_id for one in load_grants(session, customer_id) if one.mechanism is Mechanism.MANUAL}
    records = load_consents(session, customer_id)
    latest = max((one.id for one in records), default=0) if is_new else 0
    for record in records:
        if str(record.id) in known:
            continue
        is_latest = record.id == latest
        _adopt(session, policy, record, now, given_by=given_by if is_latest else None, is_new=is_latest)


def _adopt(
    session: Session, policy: Policy, record: AccessConsent, now: datetime, *, given_by: str | None, is_new: bool
) -> None:
    by = load_person(session, record.recorded_by) if record.recorded_by is not None else None
    source = policy, record.customer_id, Mechanism.MANUAL, str(record.id)
    found = Finding(
        state=GrantState.ACTIVE,
        title=record.document,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        approved_by=given_by,
        proof=Proof.DOCUMENT,
    )
    kind = None if is_new else EntryKind.ADOPTED
    after = ledger.observe(session, *source, found, now, by=by, checked_at=record.created_at, kind=kind).after
    is_cut = record.revoked_at is not None and record.ends_at == record.revoked_at
    if is_cut and after.known_state.is_active:
        gone = Finding(state=GrantState.REVOKED, valid_until=record.ends_at)
        after = ledger.observe(session, *source, gone, now, checked_at=record.ends_at).after
    if after.known_state.is_active:
        after = ledger.look_at_date(session, policy, after, now).after
    _plan(session, after, now)


def revoke(session: Session, policy: Policy, customer_id: int, now: datetime, *, by: Person | None) -> None:
    """The customer withdrew every recorded consent, at this instant."""
    for grant in load_grants(session, customer_id):
        if grant.mechanism is Mechanism.MANUAL and grant.known_state.is_active:
            gone = Finding(state=GrantState.REVOKED, valid_until=now)
            source = policy, customer_id, grant.mechanism, grant.source_id
            _plan(session, ledger.observe(session, *source, gone, now, by=by).after, now)


def _plan(session: Session, grant: Grant, now: datetime) -> None:
    """Have it looked at when a warning is due, and when it ends."""
    set_grant(session, grant.id, next_check_at=next_check_at(grant, now))


# --- what was recorded before there was a ledger ----------------------------------------------------------------------


def look_for_old(session: Session, now: datetime) -> None:
    """At the start: have consents adopted that are not in the ledger."""
    if customers_to_adopt(session, 1):
        timers.arm(session, ADOPT_CONSENTS, now, ADOPT_CONSENTS, {})


def adopt_consents(session: Session, payload: Mapping[str, Any], now: datetime, *, policy: Policy) -> None:
    """Adopt the consents of some customers, and go on with others a second later."""
    found = customers_to_adopt(session, AT_ONCE)
    for customer_id in found:
        load_customer(session, customer_id, lock=True)
        adopt(session, policy, customer_id, now)
    if len(found) == AT_ONCE:
        timers.arm(session, ADOPT_CONSENTS, now + timedelta(seconds=1), ADOPT_CONSENTS, {})
