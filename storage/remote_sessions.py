"""Remote sessions of engineers: one running for each engineer, kept for whoever asks who had access when (R25)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from contract.consents import Mechanism
from contract.remote_sessions import EndedWhy, RemoteSession
from storage.access_tables import remote_sessions
from storage.grants import scope_from, scope_to
from storage.rows import count_changed, insert_row
from storage.tables import tickets

_ALL = select(remote_sessions)
_RUNNING = _ALL.where(remote_sessions.c.ended_at.is_(None))
_OF_ENGINEER = _RUNNING.where(remote_sessions.c.engineer_id == bindparam("engineer_id"))
_ON_TICKET = _RUNNING.where(remote_sessions.c.ticket_number == bindparam("ticket_number")).order_by(
    remote_sessions.c.id
)
_AT_CUSTOMER = _RUNNING.where(remote_sessions.c.customer_id == bindparam("customer_id")).order_by(remote_sessions.c.id)
_HISTORY = _ALL.where(remote_sessions.c.customer_id == bindparam("customer_id")).order_by(
    remote_sessions.c.started_at.desc(), remote_sessions.c.id.desc()
)


def add_session(session: Session, started: RemoteSession) -> RemoteSession:
    """Keep a session that begins. A second running one of the same engineer violates a unique constraint."""
    key = insert_row(
        session,
        remote_sessions,
        customer_id=started.customer_id,
        ticket_number=started.ticket_number,
        engineer_id=started.engineer_id,
        engineer_name=started.engineer_name,
        started_at=started.started_at,
        grant_id=started.grant_id,
        mechanism=started.mechanism.value,
        scope=scope_to(started.scope),
        is_carried=started.is_carried,
    )
    return load_session(session, key)


def end_session(session: Session, session_id: int, ended_at: datetime, why: EndedWhy) -> bool:
    """Write down the end of a session; False where it had ended already."""
    ended = update(remote_sessions).where(remote_sessions.c.id == session_id, remote_sessions.c.ended_at.is_(None))
    return count_changed(session, ended.values(ended_at=ended_at, ended_why=why.value)) == 1


def load_session(session: Session, session_id: int) -> RemoteSession:
    """One session that is known to be there."""
    return _session_of(session.execute(_ALL.where(remote_sessions.c.id == session_id)).one())


def load_running(session: Session, engineer_id: int) -> RemoteSession | None:
    """The session this engineer has running."""
    row = session.execute(_OF_ENGINEER, {"engineer_id": engineer_id}).one_or_none()
    return _session_of(row) if row is not None else None


def load_running_on(session: Session, ticket_number: int) -> tuple[RemoteSession, ...]:
    """The sessions that run on a ticket."""
    return tuple(map(_session_of, session.execute(_ON_TICKET, {"ticket_number": ticket_number})))


def load_running_at(session: Session, customer_id: int) -> tuple[RemoteSession, ...]:
    """The sessions that run in a customer's tenant."""
    return tuple(map(_session_of, session.execute(_AT_CUSTOMER, {"customer_id": customer_id})))


def load_history(session: Session, customer_id: int, *, limit: int, skip: int = 0) -> tuple[RemoteSession, ...]:
    """Who had access when, for which ticket: newest first, a page at a time."""
    page: Select[Any] = _HISTORY.limit(limit).offset(skip)
    return tuple(map(_session_of, session.execute(page, {"customer_id": customer_id})))


def every_session(session: Session, customer_id: int) -> Iterator[RemoteSession]:
    """As `load_history`, all of it, a few at a time from the database."""
    rows = session.execute(_HISTORY.execution_options(yield_per=500), {"customer_id": customer_id})
    yield from map(_session_of, rows)


def count_sessions(session: Session, customer_id: int) -> int:
    """How many sessions there ever were at a customer."""
    query = select(func.count()).select_from(remote_sessions).where(remote_sessions.c.customer_id == customer_id)
    return session.scalar(query) or 0


def ticket_subjects(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """What these tickets are called."""
    query = select(tickets.c.number, tickets.c.subject).where(tickets.c.number.in_(sorted(set(numbers))))
    return {row.number: row.subject for row in session.execute(query)}


def _session_of(row: Row[Any]) -> RemoteSession:
    return RemoteSession(
        id=row.id,
        customer_id=row.customer_id,
        ticket_number=row.ticket_number,
        engineer_id=row.engineer_id,
        engineer_name=row.engineer_name,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ended_why=EndedWhy(row.ended_why) if row.ended_why else None,
        grant_id=row.grant_id,
        mechanism=Mechanism(row.mechanism),
        scope=scope_from(row.scope),
        is_carried=row.is_carried,
    )
