"""The subscription of a customer's tenant to changes of its users: which one, its secret, when it is looked after.

The secret is compared with what each notification carries and leaves the database for nothing else. A subscription is
put in the place of the one before only where that one is still there, so that of two workers who made one each only one
is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from storage.access_tables import LONGEST_ERROR, tenant_watches
from storage.rows import count_changed
from storage.tables import customers


@dataclass(frozen=True, slots=True)
class Subscribed:
    """How a customer's tenant is subscribed to; `subscription_id` is None where it is not."""

    customer_id: int
    tenant_id: str
    is_on: bool
    """Whether the tenant is watched."""
    subscription_id: str | None
    secret: str | None = field(repr=False)
    ends_at: datetime | None
    error: str | None
    notified_at: datetime | None


_COLUMNS = (
    tenant_watches.c.customer_id,
    customers.c.tenant_id,
    tenant_watches.c.is_on,
    tenant_watches.c.subscription_id,
    tenant_watches.c.subscription_secret,
    tenant_watches.c.subscription_ends_at,
    tenant_watches.c.subscription_error,
    tenant_watches.c.notified_at,
)
_WATCHES = select(*_COLUMNS).join(customers, customers.c.id == tenant_watches.c.customer_id)


def _subscribed(row: Any) -> Subscribed:
    return Subscribed(*tuple(row))


def load_subscribed(session: Session, customer_id: int) -> Subscribed | None:
    """How a customer's tenant is subscribed to; None where it never was watched."""
    found = session.execute(_WATCHES.where(tenant_watches.c.customer_id == customer_id)).one_or_none()
    return _subscribed(found) if found else None


def find_subscribed(session: Session, subscription_ids: Collection[str]) -> dict[str, Subscribed]:
    """The watched tenants that these subscriptions belong to, by the subscription's id."""
    query = _WATCHES.where(tenant_watches.c.subscription_id.in_(sorted(subscription_ids)), tenant_watches.c.is_on)
    return {row.subscription_id: _subscribed(row) for row in session.execute(query)}


def claim_due(session: Session, now: datetime, again_at: datetime, limit: int) -> list[Subscribed]:
    """The tenants whose subscription is to be looked after; each is put off until `again_at` in the same breath.

    Watched tenants when their time has come, and those no longer watched that still have one.
    """
    due = tenant_watches.c.subscription_due_at
    wanted = and_(
        or_(tenant_watches.c.is_on, tenant_watches.c.subscription_id.is_not(None)), or_(due.is_(None), due <= now)
    )
    query = _WATCHES.where(wanted).order_by(due.asc().nulls_first(), tenant_watches.c.customer_id).limit(limit)
    found = [_subscribed(row) for row in session.execute(query.with_for_update(of=tenant_watches, skip_locked=True))]
    look_after(session, [one.customer_id for one in found], again_at)
    return found


def look_after(session: Session, customer_ids: Collection[int], at: datetime | None) -> None:
    """Have these subscriptions looked after at an instant; None: as soon as somebody looks."""
    if customer_ids:
        session.execute(
            update(tenant_watches)
            .where(tenant_watches.c.customer_id.in_(sorted(customer_ids)))
            .values(subscription_due_at=at)
        )


def replace_subscription(
    session: Session, customer_id: int, old_id: str | None, new_id: str, *, secret: str, ends_at: datetime
) -> bool:
    """Keep a new subscription and its secret; False where the old one was replaced, or the watch ended, meanwhile."""
    is_old = (
        tenant_watches.c.subscription_id.is_(None) if old_id is None else tenant_watches.c.subscription_id == old_id
    )
    done = count_changed(
        session,
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id, tenant_watches.c.is_on, is_old)
        .values(
            subscription_id=new_id, subscription_secret=secret, subscription_ends_at=ends_at, subscription_error=None
        ),
    )
    return done > 0


def renewed(session: Session, customer_id: int, subscription_id: str, ends_at: datetime) -> None:
    """The subscription goes on until `ends_at`."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id, tenant_watches.c.subscription_id == subscription_id)
        .values(subscription_ends_at=ends_at, subscription_error=None)
    )


def forget_subscription(session: Session, customer_id: int, subscription_id: str) -> None:
    """The subscription is gone; another one that took its place stays."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id, tenant_watches.c.subscription_id == subscription_id)
        .values(subscription_id=None, subscription_secret=None, subscription_ends_at=None, subscription_error=None)
    )


def keep_subscription_error(session: Session, customer_id: int, error: str | None) -> None:
    """Why looking after the subscription failed; None: it did not."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id)
        .values(subscription_error=error[:LONGEST_ERROR] if error else None)
    )


def mark_notified(session: Session, customer_id: int, now: datetime) -> None:
    """Note when a notification last had the tenant looked at."""
    session.execute(update(tenant_watches).where(tenant_watches.c.customer_id == customer_id).values(notified_at=now))
