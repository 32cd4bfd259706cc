"""The watch over the contacts of each customer: when the directory is looked at, and how the last look went (R4, D32).

A watch that is off leaves the contacts as the provider named them. What a good look said holds for 24 hours while
looking fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, bindparam, select, update
from sqlalchemy.orm import Session

from storage.access_tables import LONGEST_ERROR, directory_accounts, tenant_watches
from storage.rows import insert_row
from storage.tables import customers


@dataclass(frozen=True, slots=True)
class Watch:
    """How a customer's directory is watched."""

    customer_id: int
    is_on: bool
    delta_link: str | None
    watched: str | None
    next_look_at: datetime | None
    looked_at: datetime | None
    failing_since: datetime | None
    error: str | None
    told_at: datetime | None
    stopped_at: datetime | None
    stopped_by: int | None
    stopped_why: str | None


_WATCH = select(tenant_watches).where(tenant_watches.c.customer_id == bindparam("customer_id"))
_FRESHNESS = (
    select(tenant_watches.c.failing_since, directory_accounts.c.checked_at)
    .select_from(tenant_watches)
    .outerjoin(directory_accounts, directory_accounts.c.person_id == bindparam("person_id"))
    .where(tenant_watches.c.customer_id == bindparam("customer_id"), tenant_watches.c.is_on)
)


def _watch(row: Row[tuple[object, ...]]) -> Watch:
    return Watch(**{name: getattr(row, name) for name in Watch.__slots__})


def load_watch(session: Session, customer_id: int, *, lock: bool = False) -> Watch | None:
    """The watch of a customer; None where nobody ever asked for one."""
    query = _WATCH.with_for_update() if lock else _WATCH
    found = session.execute(query, {"customer_id": customer_id}).one_or_none()
    return _watch(found) if found else None


def freshness(session: Session, customer_id: int, person_id: int) -> tuple[datetime | None, datetime | None]:
    """When a contact was last seen in the directory, and since when looking fails; nothing where nobody watches."""
    found = session.execute(_FRESHNESS, {"customer_id": customer_id, "person_id": person_id}).one_or_none()
    return (found.checked_at, found.failing_since) if found else (None, None)


def switch_on(session: Session, customer_id: int, now: datetime) -> None:
    """Watch from now on, beginning with a whole look."""
    values = {
        "is_on": True,
        "delta_link": None,
        "watched": None,
        "next_look_at": now,
        "failing_since": None,
        "error": None,
        "told_at": None,
        "stopped_at": None,
        "stopped_by": None,
        "stopped_why": None,
    }
    changed = session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id)
        .values(values)
        .returning(tenant_watches.c.customer_id)
    ).all()
    if not changed:
        insert_row(session, tenant_watches, customer_id=customer_id, **values)


def switch_off(session: Session, customer_id: int, now: datetime, *, by: int | None, why: str) -> None:
    """Watch no longer: the contacts are whom the provider named, and nobody is held back by a failed look."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id)
        .values(
            is_on=False,
            delta_link=None,
            watched=None,
            next_look_at=None,
            failing_since=None,
            error=None,
            told_at=None,
            stopped_at=now,
            stopped_by=by,
            stopped_why=why[:300],
        )
    )


def take_due(session: Session, now: datetime, again_at: datetime, limit: int) -> list[tuple[int, str]]:
    """The watches whose time has come: customer and tenant. They are next due `again_at`, whatever becomes of them."""
    ids = list(
        session.scalars(
            select(tenant_watches.c.customer_id)
            .where(tenant_watches.c.next_look_at <= now, tenant_watches.c.is_on)
            .order_by(tenant_watches.c.next_look_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if not ids:
        return []
    session.execute(update(tenant_watches).where(tenant_watches.c.customer_id.in_(ids)).values(next_look_at=again_at))
    rows = session.execute(select(customers.c.id, customers.c.tenant_id).where(customers.c.id.in_(ids)))
    return sorted((row.id, row.tenant_id) for row in rows)


def mark_looked(
    session: Session, customer_id: int, now: datetime, next_look_at: datetime, *, link: str | None, watched: str | None
) -> None:
    """A good look."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id)
        .values(
            delta_link=link,
            watched=watched,
            looked_at=now,
            next_look_at=next_look_at,
            failing_since=None,
            error=None,
            told_at=None,
        )
    )


def mark_failing(session: Session, watch: Watch, now: datetime, next_look_at: datetime, error: str) -> None:
    """A look that failed: the known state holds, and the first failure is remembered."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == watch.customer_id)
        .values(failing_since=watch.failing_since or now, error=error[:LONGEST_ERROR], next_look_at=next_look_at)
    )


def mark_told(session: Session, customer_id: int, now: datetime) -> bool:
    """Note that everybody hears of a failure that lasts; False when they did."""
    told = update(tenant_watches).where(
        and_(tenant_watches.c.customer_id == customer_id, tenant_watches.c.told_at.is_(None))
    )
    return bool(session.execute(told.values(told_at=now).returning(tenant_watches.c.customer_id)).all())
