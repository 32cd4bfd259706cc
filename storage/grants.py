"""Sources of consents to remote access, each as it is known now (R25).

How a source came to be where it is stands in the ledger (storage/ledger.py); what that tells of is written by
bot/ledger.py only. Whoever changes one holds the ledger of the customer first, then the row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, bindparam, cast, select, update
from sqlalchemy.orm import Session

from contract.consents import Grant, GrantState, Mechanism, Permission, Proof
from storage.access_tables import consent_grants
from storage.errors import NotFound
from storage.sessions import insert_into
from storage.tables import consents

# Made once: building a statement costs more than running it.
_ONE = select(consent_grants).where(consent_grants.c.id == bindparam("grant_id"))
_OF_CUSTOMERS = (
    select(consent_grants)
    .where(consent_grants.c.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(consent_grants.c.created_at, consent_grants.c.id)
)
_BY_SOURCE = select(consent_grants).where(
    consent_grants.c.customer_id == bindparam("customer_id"),
    consent_grants.c.mechanism == bindparam("mechanism"),
    consent_grants.c.source_id == bindparam("source_id"),
)
_DUE = (
    select(consent_grants)
    .where(consent_grants.c.next_check_at <= bindparam("now"))
    .order_by(consent_grants.c.next_check_at, consent_grants.c.id)
    .limit(bindparam("limit"))
)


def load_grant(session: Session, grant_id: int, *, lock: bool = False) -> Grant:
    """One source. Raises NotFound."""
    found = session.execute(_ONE.with_for_update() if lock else _ONE, {"grant_id": grant_id}).one_or_none()
    if found is None:
        raise NotFound("grant", grant_id)
    return _grant(found)


def load_grants(session: Session, customer_id: int) -> tuple[Grant, ...]:
    """Every source of a customer, oldest first."""
    return load_grants_of(session, [customer_id])


def load_grants_of(session: Session, customers: Collection[int]) -> tuple[Grant, ...]:
    """Every source of these customers, oldest first."""
    return tuple(map(_grant, session.execute(_OF_CUSTOMERS, {"customers": sorted(customers)})))


def find_grant(
    session: Session, customer_id: int, mechanism: Mechanism, source_id: str, *, lock: bool = False
) -> Grant | None:
    """The source with this id, if it is known."""
    values = {"customer_id": customer_id, "mechanism": mechanism.value, "source_id": source_id}
    found = session.execute(_BY_SOURCE.with_for_update() if lock else _BY_SOURCE, values).one_or_none()
    return _grant(found) if found else None


def due_grants(session: Session, now: datetime, limit: int) -> tuple[Grant, ...]:
    """The sources to be looked at by now, the longest waiting first."""
    return tuple(map(_grant, session.execute(_DUE, {"now": now, "limit": limit})))


def keep_grant(session: Session, grant: Grant) -> Grant:
    """Keep a source as it is now; a new one (id 0) gets its number, or that of the same one that was faster."""
    if grant.id:
        session.execute(update(consent_grants).where(consent_grants.c.id == grant.id).values(**_values(grant)))
        return grant
    session.execute(
        insert_into(session, consent_grants).on_conflict_do_nothing(
            index_elements=["customer_id", "mechanism", "source_id"]
        ),
        _values(grant),
    )
    kept = find_grant(session, grant.customer_id, grant.mechanism, grant.source_id, lock=True)
    if kept is None:
        raise NotFound("grant", 0)
    return kept


def set_grant(session: Session, grant_id: int, **values: Any) -> None:
    """Change what does not belong to the ledger: when it is looked at next, which warnings were given."""
    session.execute(update(consent_grants).where(consent_grants.c.id == grant_id).values(**values))


def customers_to_adopt(session: Session, limit: int) -> list[int]:
    """The customers of whom consents are recorded that were never written into the ledger."""
    adopted = select(consent_grants.c.source_id).where(
        consent_grants.c.customer_id == consents.c.customer_id,
        consent_grants.c.mechanism == Mechanism.MANUAL.value,
        consent_grants.c.source_id == cast(consents.c.id, String),
    )
    query = select(consents.c.customer_id).where(~adopted.exists()).distinct().order_by(consents.c.customer_id)
    return list(session.scalars(query.limit(limit)))


def scope_from(kept: Sequence[dict[str, str]]) -> tuple[Permission, ...]:
    """Permissions as they are kept."""
    return tuple(Permission(one["id"], one["name"]) for one in kept)


def scope_to(scope: Sequence[Permission]) -> list[dict[str, str]]:
    """Permissions to be kept."""
    return [{"id": one.id, "name": one.name} for one in scope]


def _values(grant: Grant) -> dict[str, Any]:
    return {
        "customer_id": grant.customer_id,
        "mechanism": grant.mechanism.value,
        "source_id": grant.source_id,
        "title": grant.title,
        "state": grant.state.value,
        "known_state": grant.known_state.value,
        "scope": scope_to(grant.scope),
        "valid_from": grant.valid_from,
        "valid_until": grant.valid_until,
        "asked_by": grant.asked_by,
        "asked_at": grant.asked_at,
        "approved_by": grant.approved_by,
        "proof": grant.proof.value if grant.proof else None,
        "approval_url": grant.approval_url,
        "etag": grant.etag,
        "raw_digest": grant.raw_digest,
        "checked_at": grant.checked_at,
        "failing_since": grant.failing_since,
        "error": grant.error,
        "warned_days": grant.warned_days,
        "warned_unknown": grant.warned_unknown,
        "end_asked_by": grant.end_asked_by,
        "end_asked_at": grant.end_asked_at,
        "next_check_at": grant.next_check_at,
        "compared_at": grant.compared_at,
        "created_at": grant.created_at,
    }


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        customer_id=row.customer_id,
        mechanism=Mechanism(row.mechanism),
        source_id=row.source_id,
        title=row.title,
        state=GrantState(row.state),
        known_state=GrantState(row.known_state),
        scope=scope_from(row.scope),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        approved_by=row.approved_by,
        proof=Proof(row.proof) if row.proof else None,
        approval_url=row.approval_url,
        etag=row.etag,
        raw_digest=row.raw_digest,
        checked_at=row.checked_at,
        failing_since=row.failing_since,
        error=row.error,
        warned_days=row.warned_days,
        warned_unknown=row.warned_unknown,
        end_asked_by=row.end_asked_by,
        end_asked_at=row.end_asked_at,
        next_check_at=row.next_check_at,
        compared_at=row.compared_at,
        created_at=row.created_at,
    )
