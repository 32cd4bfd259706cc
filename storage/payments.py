"""Payments of invoices, and who was reminded (R15). One that was booked by mistake is taken back by a negative one.

Whoever books holds the invoice's row (`load_invoice(..., lock=True)`), so that no two payments are each the last one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from contract.invoices import InvoiceKind
from contract.payments import Balance
from storage.billing_tables import invoices, payment_reminders, payments
from storage.rows import insert_row
from storage.sessions import insert_into


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What was paid of an invoice, in cents; negative where a payment was taken back."""

    id: int
    paid_on: date
    amount_cents: int
    note: str
    recorded_by: int | None
    recorded_at: datetime


def add_payment(
    session: Session,
    invoice_id: int,
    *,
    paid_on: date,
    amount_cents: int,
    note: str = "",
    recorded_by: int | None = None,
    now: datetime,
) -> int:
    """Book a payment; returns its id. What can be booked is the caller's to check (`contract.payments`)."""
    return insert_row(
        session,
        payments,
        invoice_id=invoice_id,
        paid_on=paid_on,
        amount_cents=amount_cents,
        note=note[:200],
        recorded_by=recorded_by,
        recorded_at=now,
    )


def load_payments(session: Session, invoice_id: int) -> tuple[Payment, ...]:
    """Every payment of an invoice, and what was taken back, in the order it was booked."""
    rows = session.execute(select(payments).where(payments.c.invoice_id == invoice_id).order_by(payments.c.id))
    return tuple(map(_payment_of, rows))


def load_balances(session: Session, invoice_ids: Collection[int]) -> dict[int, Balance]:
    """What is open of these invoices, by id (R15)."""
    ids = sorted(set(invoice_ids))
    if not ids:
        return {}
    credited = {
        row.original_id: row
        for row in session.execute(
            select(
                invoices.c.original_id,
                func.sum(invoices.c.net_cents).label("net"),
                func.sum(invoices.c.gross_cents).label("gross"),
            )
            .where(invoices.c.original_id.in_(ids))
            .group_by(invoices.c.original_id)
        )
    }
    paid = {
        row.invoice_id: int(row.paid)
        for row in session.execute(
            select(payments.c.invoice_id, func.sum(payments.c.amount_cents).label("paid"))
            .where(payments.c.invoice_id.in_(ids))
            .group_by(payments.c.invoice_id)
        )
    }
    rows = session.execute(
        select(invoices.c.id, invoices.c.net_cents, invoices.c.gross_cents, invoices.c.due_date).where(
            invoices.c.id.in_(ids)
        )
    )
    return {
        row.id: Balance(
            net_cents=row.net_cents,
            gross_cents=row.gross_cents,
            credited_net_cents=int(credited[row.id].net) if row.id in credited else 0,
            credited_cents=int(credited[row.id].gross) if row.id in credited else 0,
            paid_cents=paid.get(row.id, 0),
            due_date=row.due_date,
        )
        for row in rows
    }


def load_balance(session: Session, invoice_id: int) -> Balance:
    """What is open of one invoice."""
    return load_balances(session, [invoice_id])[invoice_id]


def unpaid_ids(
    session: Session, *, customer_id: int | None = None, due_before: date | None = None, limit: int = 10_000
) -> list[int]:
    """The invoices that are not paid or credited in full, the longest due first."""
    paid = (
        select(func.coalesce(func.sum(payments.c.amount_cents), 0))
        .where(payments.c.invoice_id == invoices.c.id)
        .scalar_subquery()
    )
    notes = invoices.alias("notes")
    credited = (
        select(func.coalesce(func.sum(notes.c.gross_cents), 0))
        .where(notes.c.original_id == invoices.c.id)
        .scalar_subquery()
    )
    credited_net = (
        select(func.coalesce(func.sum(notes.c.net_cents), 0))
        .where(notes.c.original_id == invoices.c.id)
        .scalar_subquery()
    )
    # As Balance.open_cents: what was credited as a whole is not owed, whatever its VAT rounded to.
    owed = case(((credited_net == invoices.c.net_cents) & (credited != 0), 0), else_=invoices.c.gross_cents - credited)
    query = select(invoices.c.id).where(invoices.c.kind == InvoiceKind.INVOICE.value, owed > paid)
    if customer_id is not None:
        query = query.where(invoices.c.customer_id == customer_id)
    if due_before is not None:
        query = query.where(invoices.c.due_date < due_before)
    return list(session.scalars(query.order_by(invoices.c.due_date, invoices.c.id).limit(limit)))


def reminded(session: Session, invoice_ids: Collection[int]) -> dict[int, datetime]:
    """When somebody was reminded of these invoices."""
    found = session.execute(
        select(payment_reminders).where(payment_reminders.c.invoice_id.in_(sorted(set(invoice_ids))))
    )
    return {row.invoice_id: row.reminded_at for row in found}


def note_reminder(session: Session, invoice_id: int, now: datetime) -> bool:
    """Remember that somebody is reminded of an invoice; false where that was done before (once an invoice, R15)."""
    noted = (
        insert_into(session, payment_reminders)
        .values(invoice_id=invoice_id, reminded_at=now)
        .on_conflict_do_nothing(index_elements=["invoice_id"])
        .returning(payment_reminders.c.invoice_id)
    )
    return session.execute(noted).one_or_none() is not None


def _payment_of(row: Row[Any]) -> Payment:
    return Payment(
        id=row.id,
        paid_on=row.paid_on,
        amount_cents=row.amount_cents,
        note=row.note,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )
