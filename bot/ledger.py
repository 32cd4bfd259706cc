"""The only writer of the ledger of consents, and of what is known of each source (R25).

`observe` takes what a check found, or that it got no answer; `note` what somebody did. Both hold the ledger of the
customer first, so that entries stand in the order in which what they tell of was decided, and write in the caller's
transaction. A check that found nothing new writes no entry; when it was is kept beside the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot.turn import Policy
from contract.consent_states import observed, unseen
from contract.consents import Change, ChangeKind, Finding, Grant, GrantState, Mechanism, NoFinding
from contract.ledger import EntryKind, GrantFact, Note, fact_of
from contract.local_time import local
from contract.people import Person
from contract.receipts import identity_of
from documents.ledger import seal_entry
from documents.receipts import signer_of
from storage.contacts import load_customer
from storage.grants import find_grant, keep_grant, load_grant
from storage.ledger import append_entry, hold_ledger
from storage.people import load_people


def observe(  # noqa: PLR0917 -- which source, what was found, and when: in this order everywhere
    session: Session,
    policy: Policy,
    customer_id: int,
    mechanism: Mechanism,
    source_id: str,
    finding: Finding | NoFinding,
    now: datetime,
    *,
    by: Person | None = None,
    checked_at: datetime | None = None,
    kind: EntryKind | None = None,
    details: Mapping[str, Any] | None = None,
) -> Change:
    """Keep what a check found of a source, known or new; returns what that changed.

    `by` is whoever had it looked at, or recorded it. `checked_at` is when that was found, where it is written down only
    now; `kind` names the entry otherwise than by what changed.
    """
    at = checked_at or now
    hold_ledger(session, customer_id)
    before = find_grant(session, customer_id, mechanism, source_id, lock=True)
    if before is None:
        # Kept first, because the entry names its number; who else found it at the same instant was faster.
        before = keep_grant(session, unseen(customer_id, mechanism, source_id, at))
        is_known = before.checked_at is not None or before.failing_since is not None
    else:
        is_known = True
    change = observed(before, finding, at, is_known=is_known)
    keep_grant(session, change.after)
    if change.kinds:
        _append(
            session,
            policy,
            customer_id,
            kind or EntryKind(change.kind),
            now,
            grant=change.after,
            seen_before=before.checked_at,
            changes=change.kinds,
            by=by,
            details=details or {},
        )
    return change


def look_at_date(session: Session, policy: Policy, grant: Grant, now: datetime) -> Change:
    """See by the clock where a recorded consent stands: nobody can be asked about it, but it expires."""
    found = Finding(
        state=GrantState.ACTIVE if grant.known_state.is_active else grant.known_state,
        scope=grant.scope,
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        approved_by=grant.approved_by,
        proof=grant.proof,
    )
    return observe(session, policy, grant.customer_id, grant.mechanism, grant.source_id, found, now)


def note(
    session: Session,
    policy: Policy,
    customer_id: int,
    kind: EntryKind,
    now: datetime,
    *,
    grant: Grant | None = None,
    ticket_number: int | None = None,
    by: Person | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what somebody did: asked, forwarded, withdrew, began a session. `details` are plain JSON values.

    A `grant` is written as it stands; it changes nothing of what is covered.
    """
    hold_ledger(session, customer_id)
    current = load_grant(session, grant.id) if grant else None
    _append(
        session,
        policy,
        customer_id,
        kind,
        now,
        grant=current,
        ticket_number=ticket_number,
        by=by,
        details=details or {},
    )


def _append(
    session: Session,
    policy: Policy,
    customer_id: int,
    kind: EntryKind,
    at: datetime,
    *,
    grant: Grant | None,
    details: Mapping[str, Any],
    seen_before: datetime | None = None,
    changes: tuple[ChangeKind, ...] = (),
    ticket_number: int | None = None,
    by: Person | None = None,
) -> None:
    customer = load_customer(session, customer_id)
    said = Note(
        kind=kind,
        changes=changes,
        at=at,
        at_local=local(at).isoformat(),
        provider=policy.provider.name,
        customer_id=customer.id,
        customer_name=customer.name,
        tenant_id=customer.tenant_id,
        grant=_fact(session, grant, seen_before) if grant else None,
        ticket_number=ticket_number,
        by=identity_of(by) if by else None,
        details=details,
    )
    append_entry(
        session,
        partial(seal_entry, signer_of(policy.receipt_key), said),
        customer_id=customer_id,
        kind=kind,
        at=at,
        grant_id=grant.id if grant else None,
        ticket_number=ticket_number,
    )


def _fact(session: Session, grant: Grant, seen_before: datetime | None) -> GrantFact:
    asked_by = None
    if grant.asked_by is not None:
        asked_by = load_people(session, [grant.asked_by]).get(grant.asked_by)
    return fact_of(grant, asked_by=identity_of(asked_by) if asked_by else None, seen_before=seen_before)
