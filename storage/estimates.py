"""Estimates: frozen offers with the decision taken on them (D13, R19). One per ticket is open at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from contract.estimates import DecidedVia, Estimate, EstimateState, Instrument
from contract.events import EventKind, TicketEvent
from contract.grants import Grant, grants_of
from contract.rate_bands import BandCents
from contract.tickets import Ticket
from storage.errors import NotFound
from storage.rows import insert_row
from storage.tables import estimates, ticket_events
from storage.tickets import event_of

# Statements of every turn are made once: building one costs more than running it.
_BY_ID = select(estimates).where(estimates.c.id == bindparam("estimate_id"))
_HELD = _BY_ID.with_for_update()
_LATEST = (
    select(estimates)
    .where(estimates.c.ticket_number == bindparam("number"))
    .order_by(estimates.c.revision.desc())
    .limit(1)
)
_SAVE = update(estimates).where(estimates.c.id == bindparam("which"))
_STOP = (
    select(ticket_events)
    .where(
        ticket_events.c.ticket_number == bindparam("number"),
        ticket_events.c.kind == EventKind.WORK_STOPPED.value,
        ticket_events.c.at >= bindparam("since"),
    )
    .order_by(ticket_events.c.id)
    .limit(1)
)


def estimate_of(row: Row[tuple[object, ...]]) -> Estimate:
    """The estimate in a row of `estimates`."""
    return Estimate(
        id=row.id,
        ticket_number=row.ticket_number,
        revision=row.revision,
        minutes=row.minutes,
        what=row.what,
        rates=BandCents(row.office_cents, row.after_hours_cents, row.weekend_holiday_cents),
        approved_before_minutes=row.approved_before_minutes,
        instrument=Instrument(row.instrument),
        created_by=row.created_by,
        created_at=row.created_at,
        valid_until=row.valid_until,
        state=EstimateState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decided_via=DecidedVia(row.decided_via) if row.decided_via else None,
        recorded_by=row.recorded_by,
        decline_reason=row.decline_reason,
    )


def load_estimate(session: Session, estimate_id: int, *, lock: bool = False) -> Estimate:
    """The estimate with this id. Raises NotFound. Whoever decides holds its row (and the ticket's before it)."""
    found = session.execute(_HELD if lock else _BY_ID, {"estimate_id": estimate_id}).one_or_none()
    if found is None:
        raise NotFound("estimate", estimate_id)
    return estimate_of(found)


def latest_estimate(session: Session, ticket_number: int) -> Estimate | None:
    """The newest revision of a ticket's estimates, whatever its state."""
    found = session.execute(_LATEST, {"number": ticket_number}).one_or_none()
    return estimate_of(found) if found else None


def add_estimate(session: Session, estimate: Estimate) -> int:
    """Keep a new offer; returns its id. Two open ones of a ticket violate a unique constraint."""
    return insert_row(
        session,
        estimates,
        ticket_number=estimate.ticket_number,
        revision=estimate.revision,
        minutes=estimate.minutes,
        what=estimate.what,
        office_cents=estimate.rates.office,
        after_hours_cents=estimate.rates.after_hours,
        weekend_holiday_cents=estimate.rates.weekend_holiday,
        approved_before_minutes=estimate.approved_before_minutes,
        instrument=estimate.instrument.value,
        created_by=estimate.created_by,
        created_at=estimate.created_at,
        valid_until=estimate.valid_until,
        state=estimate.state.value,
    )


def save_estimate(session: Session, estimate: Estimate, *, shown_digest: str | None = None) -> None:
    """Write the state of an estimate and the decision on it; the offer itself never changes."""
    values: dict[str, Any] = {
        "state": estimate.state.value,
        "decided_by": estimate.decided_by,
        "decided_at": estimate.decided_at,
        "decided_via": estimate.decided_via.value if estimate.decided_via else None,
        "recorded_by": estimate.recorded_by,
        "decline_reason": estimate.decline_reason,
    }
    if shown_digest is not None:
        values["shown_digest"] = shown_digest
    session.execute(_SAVE, {**values, "which": estimate.id})


def load_estimates(session: Session, ticket_number: int) -> tuple[Estimate, ...]:
    """Every estimate of a ticket, oldest first."""
    rows = session.execute(
        select(estimates).where(estimates.c.ticket_number == ticket_number).order_by(estimates.c.revision)
    )
    return tuple(map(estimate_of, rows))


def load_grants(session: Session, ticket: Ticket) -> tuple[Grant, ...]:
    """Which estimate allowed which minute of a ticket; nothing is loaded where none was ever approved (D13)."""
    if not ticket.approved_minutes:
        return ()
    stops = session.execute(
        select(ticket_events.c.at, ticket_events.c.details).where(
            ticket_events.c.ticket_number == ticket.number,
            ticket_events.c.kind == EventKind.WORK_STOPPED.value,
        )
    )
    return grants_of(
        load_estimates(session, ticket.number), [(row.at, row.details["granted_minutes"]) for row in stops]
    )


def load_shown_digest(session: Session, estimate_id: int) -> str | None:
    """The digest of what the one who decided saw; None while nobody has."""
    return session.scalar(select(estimates.c.shown_digest).where(estimates.c.id == estimate_id))


def find_stop(session: Session, ticket_number: int, since: datetime) -> TicketEvent | None:
    """The first time further work was stopped on a ticket since an instant (D13)."""
    found = session.execute(_STOP, {"number": ticket_number, "since": since}).one_or_none()
    return event_of(found) if found else None
