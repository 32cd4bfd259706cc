"""What is to happen at an instant: timers, one per key, and calendar work, one row per name.

Both are armed and cancelled in the transaction of the change they belong to, and run by bot/schedule.py: whoever runs
one holds its row, so it happens once however many replicas look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from storage.outbox_tables import cron, timer
from storage.sessions import Insert, insert_into


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to be done at `due_at`; `attempts` failed before."""

    key: str
    due_at: datetime
    kind: str
    payload: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A turn of calendar work: `at` is the instant it stands for, which may be long past."""

    name: str
    at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class DeadTimer:
    """A timer that failed too often."""

    key: str
    kind: str
    attempts: int
    error: str | None


# --- timers -----------------------------------------------------------------------------------------------------------


def arm(session: Session, key: str, due_at: datetime, kind: str, payload: Mapping[str, Any]) -> None:
    """Have `kind` happen at `due_at`; arming the same key again moves it."""
    session.execute(
        _arm(session.get_bind().dialect.name),
        {"key": key, "due_at": due_at, "kind": kind, "payload": dict(payload), "attempts": 0, "error": None},
    )


@cache
def _arm(engine: str) -> Insert:
    """Made once: building the statement costs more than running it."""
    armed = insert_into(engine, timer)
    changed = {name: armed.excluded[name] for name in ("due_at", "kind", "payload", "attempts", "error")}
    return armed.on_conflict_do_update(index_elements=["key"], set_=changed)


_CANCEL = delete(timer).where(timer.c.key.in_(bindparam("keys", expanding=True)))


def cancel(session: Session, *keys: str) -> None:
    """Have it not happen; no matter if there is no such timer."""
    session.execute(_CANCEL, {"keys": keys})


def armed_until(session: Session, key: str) -> datetime | None:
    """When a timer is due; None where it is not armed."""
    return session.scalar(select(timer.c.due_at).where(timer.c.key == key))


def due(session: Session, now: datetime, limit: int) -> list[Timer]:
    """Lock timers whose time has come and that nobody else is running."""
    columns = timer.c.key, timer.c.due_at, timer.c.kind, timer.c.payload, timer.c.attempts
    query = select(*columns).where(timer.c.due_at <= now).order_by(timer.c.due_at).limit(limit)
    return [Timer(*tuple(row)) for row in session.execute(query.with_for_update(skip_locked=True))]


def fired(session: Session, one: Timer) -> None:
    """It happened; a timer that its handler armed again stays."""
    session.execute(delete(timer).where(timer.c.key == one.key, timer.c.due_at == one.due_at))


def failed(session: Session, one: Timer, error: str, again_at: datetime | None) -> None:
    """It did not happen: again at that instant, or never by itself."""
    session.execute(
        update(timer).where(timer.c.key == one.key).values(attempts=one.attempts + 1, error=error, due_at=again_at)
    )


def dead_timers(session: Session) -> tuple[DeadTimer, ...]:
    """Timers that failed too often."""
    query = select(timer.c.key, timer.c.kind, timer.c.attempts, timer.c.error).where(timer.c.due_at.is_(None))
    return tuple(DeadTimer(*tuple(row)) for row in session.execute(query.order_by(timer.c.key)))


def revive(session: Session, now: datetime) -> int:
    """Have the timers that failed too often tried again; returns how many."""
    again = update(timer).where(timer.c.due_at.is_(None)).values(due_at=now, attempts=0).returning(timer.c.key)
    return len(session.execute(again).all())


def late(session: Session, now: datetime) -> int:
    """How many timers are due and have not happened."""
    return session.scalar(select(func.count()).select_from(timer).where(timer.c.due_at <= now)) or 0


# --- calendar work ----------------------------------------------------------------------------------------------------


def plan(session: Session, name: str, first_at: datetime) -> None:
    """Have calendar work begin at `first_at`, unless it has begun already."""
    session.execute(insert_into(session, cron).values(name=name, next_at=first_at).on_conflict_do_nothing())


def due_slot(session: Session, name: str, now: datetime) -> Slot | None:
    """Lock the next slot of calendar work, if its time has come and nobody else is running it.

    Work that failed comes back later, with the slot it failed for.
    """
    row = session.execute(
        select(cron.c.name, cron.c.next_at, cron.c.attempts)
        .where(
            cron.c.name == name, cron.c.next_at <= now, (cron.c.blocked_until.is_(None)) | (cron.c.blocked_until <= now)
        )
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return None if row is None else Slot(*tuple(row))


def slot_done(session: Session, slot: Slot, next_at: datetime) -> None:
    """It happened; the next slot is at `next_at`."""
    done = update(cron).where(cron.c.name == slot.name)
    session.execute(done.values(next_at=next_at, attempts=0, error=None, blocked_until=None))


def slot_failed(session: Session, slot: Slot, error: str, again_at: datetime) -> None:
    """It did not happen: the same slot again at that instant."""
    failed_now = update(cron).where(cron.c.name == slot.name)
    session.execute(failed_now.values(attempts=slot.attempts + 1, error=error, blocked_until=again_at))
