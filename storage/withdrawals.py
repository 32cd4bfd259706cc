"""Withdrawals of consent by contacts, and what lifted them (R25)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from contract.people import Person
from contract.withdrawals import Withdrawal
from storage.access_tables import access_withdrawals
from storage.rows import count_changed, insert_row

LONGEST_REASON = 500

_OF_CUSTOMERS = (
    select(access_withdrawals)
    .where(access_withdrawals.c.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(access_withdrawals.c.id)
)


def load_withdrawals(session: Session, customer_id: int) -> tuple[Withdrawal, ...]:
    """Every withdrawal of a customer, lifted ones too, oldest first."""
    return load_withdrawals_of(session, [customer_id])


def load_withdrawals_of(session: Session, customers: Collection[int]) -> tuple[Withdrawal, ...]:
    """Every withdrawal of these customers, oldest first."""
    return tuple(map(_withdrawal_of, session.execute(_OF_CUSTOMERS, {"customers": sorted(customers)})))


def add_withdrawal(session: Session, customer_id: int, by: Person, reason: str, now: datetime) -> int:
    """Keep that a contact withdrew consent at this instant; returns its id."""
    return insert_row(
        session,
        access_withdrawals,
        customer_id=customer_id,
        withdrawn_by=by.id,
        withdrawn_by_name=by.name,
        withdrawn_at=now,
        reason=reason,
    )


def lift_withdrawals(session: Session, customer_id: int, by: Person, now: datetime) -> int:
    """A contact consents again: whatever was withdrawn is lifted; returns how many withdrawals held."""
    return count_changed(
        session,
        update(access_withdrawals)
        .where(access_withdrawals.c.customer_id == customer_id, access_withdrawals.c.lifted_at.is_(None))
        .values(lifted_by=by.id, lifted_by_name=by.name, lifted_at=now),
    )


def _withdrawal_of(row: Row[Any]) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        customer_id=row.customer_id,
        withdrawn_by=row.withdrawn_by,
        withdrawn_by_name=row.withdrawn_by_name,
        withdrawn_at=row.withdrawn_at,
        reason=row.reason,
        lifted_by=row.lifted_by,
        lifted_by_name=row.lifted_by_name,
        lifted_at=row.lifted_at,
    )
