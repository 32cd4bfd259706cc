"""Consents that were asked for by a link (R25).

Of what a link and a state carry only the digests are kept: who reads the database can't use them. Using one up is an
UPDATE that only one of two at the same instant can do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from contract.consent_requests import ConsentRequest, Outcome, SignedIn
from contract.consents import Mechanism
from storage.access_tables import consent_requests as requests
from storage.errors import NotFound
from storage.rows import count_changed, insert_row

_REQUESTS: Select[Any] = select(
    requests.c.id,
    requests.c.customer_id,
    requests.c.mechanism,
    requests.c.grant_id,
    requests.c.asked_by,
    requests.c.asked_at,
    requests.c.expires_at,
    requests.c.administrator,
    requests.c.administrator_email,
    requests.c.forwarded_by,
    requests.c.forwarded_at,
    requests.c.signed_in,
    requests.c.used_at,
    requests.c.outcome,
)


def digest_of(secret: str) -> str:
    """What is kept of a nonce: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _request(row: Row[Any]) -> ConsentRequest:
    values = dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it
    signed = values.pop("signed_in")
    return ConsentRequest(
        **{**values, "mechanism": Mechanism(row.mechanism)}, signed_in=SignedIn(**signed) if signed else None
    )


def add_request(
    session: Session,
    customer_id: int,
    mechanism: Mechanism,
    nonce: str,
    *,
    asked_by: int | None,
    now: datetime,
    expires_at: datetime,
    grant_id: int | None = None,
    administrator: tuple[str, str] | None = None,
) -> int:
    """Keep a request, in the place of an earlier one that is still open; returns its id."""
    earlier = update(requests).where(
        requests.c.customer_id == customer_id,
        requests.c.mechanism == mechanism.value,
        requests.c.used_at.is_(None),
    )
    session.execute(earlier.values(outcome=Outcome.SUPERSEDED.value, state_digest=None, sign_in_flow=None))
    name, email = administrator or (None, None)
    return insert_row(
        session,
        requests,
        customer_id=customer_id,
        mechanism=mechanism.value,
        grant_id=grant_id,
        nonce_digest=digest_of(nonce),
        asked_by=asked_by,
        asked_at=now,
        expires_at=expires_at,
        administrator=name,
        administrator_email=email,
    )


def load_request(session: Session, request_id: int, *, lock: bool = False) -> ConsentRequest:
    """One request. Raises NotFound."""
    query = _REQUESTS.where(requests.c.id == request_id)
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("consent_request", request_id)
    return _request(found)


def has_nonce(session: Session, request_id: int, nonce: str) -> bool:
    """Whether a request was given out with this nonce."""
    query = select(requests.c.id).where(requests.c.id == request_id, requests.c.nonce_digest == digest_of(nonce))
    return session.scalar(query) is not None


def load_requests(session: Session, customer_id: int, *, limit: int = 10) -> list[ConsentRequest]:
    """The customer's requests, latest first."""
    query = _REQUESTS.where(requests.c.customer_id == customer_id).order_by(requests.c.id.desc()).limit(limit)
    return [_request(row) for row in session.execute(query)]


def open_request(session: Session, customer_id: int, mechanism: Mechanism, now: datetime) -> ConsentRequest | None:
    """The request that still waits for the customer, if there is one."""
    return open_requests(session, customer_id, now).get(mechanism)


def open_requests(session: Session, customer_id: int, now: datetime) -> dict[Mechanism, ConsentRequest]:
    """The request of each mechanism that still waits for the customer: the latest, unless that was superseded."""
    query = _REQUESTS.where(
        requests.c.customer_id == customer_id, requests.c.used_at.is_(None), requests.c.expires_at > now
    )
    latest = {one.mechanism: one for one in map(_request, session.execute(query.order_by(requests.c.id)))}
    return {mechanism: one for mechanism, one in latest.items() if one.outcome != Outcome.SUPERSEDED}


def request_of_grant(session: Session, grant_id: int) -> ConsentRequest | None:
    """The latest request for a source."""
    query = _REQUESTS.where(requests.c.grant_id == grant_id).order_by(requests.c.id.desc())
    found = session.execute(query).first()
    return _request(found) if found is not None else None


def mark_forwarded(
    session: Session, request_id: int, by: int | None, now: datetime, *, administrator: tuple[str, str]
) -> None:
    """A contact, or a manager, had it mailed to the customer's administrator; from then on it waits for that person."""
    name, email = administrator
    session.execute(
        update(requests)
        .where(requests.c.id == request_id)
        .values(forwarded_by=by, forwarded_at=now, administrator=name, administrator_email=email)
    )


# --- the administrator's way through Microsoft ------------------------------------------------------------------------


def begin_attempt(session: Session, request_id: int, state: str, flow: Mapping[str, Any] | None) -> None:
    """Somebody sets out for Microsoft: only the latest state is good, and with it what signing in needs."""
    session.execute(
        update(requests)
        .where(requests.c.id == request_id)
        .values(state_digest=digest_of(state), sign_in_flow=dict(flow) if flow is not None else None)
    )


def take_state(session: Session, request_id: int, state: str) -> bool:
    """Use a state up; False where it is not the latest, or was used."""
    used = update(requests).where(
        requests.c.id == request_id, requests.c.state_digest == digest_of(state), requests.c.used_at.is_(None)
    )
    return count_changed(session, used.values(state_digest=None)) > 0


def take_flow(session: Session, request_id: int) -> dict[str, Any] | None:
    """What signing in needs, which is good once."""
    flow = session.scalar(select(requests.c.sign_in_flow).where(requests.c.id == request_id))
    session.execute(update(requests).where(requests.c.id == request_id).values(sign_in_flow=None))
    return flow if isinstance(flow, dict) else None


def keep_signed_in(session: Session, request_id: int, who: SignedIn) -> None:
    """Who signed in before consenting."""
    named = {"tenant_id": who.tenant_id, "object_id": who.object_id, "name": who.name, "username": who.username}
    session.execute(update(requests).where(requests.c.id == request_id).values(signed_in=named))


def mark_used(session: Session, request_id: int, now: datetime) -> bool:
    """Microsoft brought the administrator back: the link does nothing more. False where it was used already."""
    used = update(requests).where(requests.c.id == request_id, requests.c.used_at.is_(None))
    return count_changed(session, used.values(used_at=now, outcome=Outcome.VERIFYING.value)) > 0


def set_outcome(session: Session, request_id: int, outcome: str) -> None:
    """How it ended, or how the last attempt did."""
    session.execute(update(requests).where(requests.c.id == request_id).values(outcome=outcome[:60]))


def set_request_grant(session: Session, request_id: int, grant_id: int) -> None:
    """The source that it is about."""
    session.execute(update(requests).where(requests.c.id == request_id).values(grant_id=grant_id))
