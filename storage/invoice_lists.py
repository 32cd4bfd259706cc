"""Lists of invoices: by month, by customer, what is open, and which invoices a ticket is on (R15, D9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, extract, func, select
from sqlalchemy.orm import Session

from contract.events import EventKind
from contract.invoices import InvoiceKind
from contract.months import Month
from contract.payments import Balance
from storage.billing_tables import cancellations, costs, invoice_lines, invoices
from storage.payments import load_balances
from storage.tables import customers, ticket_events, work_entries

CHANGES = (
    EventKind.TIME_CORRECTED,
    EventKind.TICKET_MARKED_DUPLICATE,
    EventKind.MINIMUM_WAIVED,
    EventKind.COST_REMOVED,
)
"""What can make something due back that was invoiced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """One invoice or credit note of a list, without its lines. Amounts in cents."""

    id: int
    number: str
    kind: InvoiceKind
    customer_id: int
    customer: str
    month: Month
    invoice_date: date
    due_date: date
    net_cents: int
    vat_cents: int
    gross_cents: int
    balance: Balance


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """A page of a list, and whether another follows."""

    rows: tuple[InvoiceRow, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class MonthSums:
    """The invoices of a month without its credit notes, in cents."""

    invoices: int
    net_cents: int
    gross_cents: int


def list_invoices(
    session: Session,
    *,
    customer_id: int | None = None,
    month: Month | None = None,
    ids: Collection[int] | None = None,
    page: int = 1,
    size: int = 1000,
) -> InvoicePage:
    """A page of the invoices and credit notes, newest first; narrowed to a customer, a month, or these ids."""
    query = _rows()
    if customer_id is not None:
        query = query.where(invoices.c.customer_id == customer_id)
    if month is not None:
        query = query.where(invoices.c.year == month[0], invoices.c.month == month[1])
    if ids is not None:
        query = query.where(invoices.c.id.in_(sorted(ids)))
    found = session.execute(query.limit(size + 1).offset((page - 1) * size)).all()
    balances = load_balances(session, [row.id for row in found])
    rows = tuple(_row_of(row, balances[row.id]) for row in found[:size])
    return InvoicePage(rows, len(found) > size)


def _rows() -> Select[Any]:
    return (
        select(invoices, customers.c.name.label("customer"))
        .join(customers, customers.c.id == invoices.c.customer_id)
        .order_by(invoices.c.id.desc())
    )


def _row_of(row: Row[Any], balance: Balance) -> InvoiceRow:
    return InvoiceRow(
        id=row.id,
        number=row.number,
        kind=InvoiceKind(row.kind),
        customer_id=row.customer_id,
        customer=row.customer,
        month=(row.year, row.month),
        invoice_date=row.invoice_date,
        due_date=row.due_date,
        net_cents=row.net_cents,
        vat_cents=row.vat_cents,
        gross_cents=row.gross_cents,
        balance=balance,
    )


def month_sums(session: Session, month: Month) -> MonthSums:
    """How many invoices a month has, and what they come to."""
    row = session.execute(
        select(
            func.count().label("n"),
            func.coalesce(func.sum(invoices.c.net_cents), 0).label("net"),
            func.coalesce(func.sum(invoices.c.gross_cents), 0).label("gross"),
        ).where(invoices.c.kind == InvoiceKind.INVOICE.value, invoices.c.year == month[0], invoices.c.month == month[1])
    ).one()
    return MonthSums(row.n, int(row.net), int(row.gross))


def months_of_tickets(session: Session, ticket_numbers: Collection[int]) -> frozenset[int]:
    """The invoices that have lines of these tickets."""
    if not ticket_numbers:
        return frozenset()
    found = session.scalars(
        select(invoice_lines.c.invoice_id)
        .distinct()
        .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
        .where(invoice_lines.c.ticket_number.in_(sorted(ticket_numbers)), invoices.c.kind == InvoiceKind.INVOICE.value)
    )
    return frozenset(found)


def changed_after(session: Session, ticket_numbers: Collection[int], at: datetime) -> list[int]:
    """Those of these tickets that were corrected, waived, made a duplicate or lost a cost at or after an instant."""
    if not ticket_numbers:
        return []
    numbers = sorted(ticket_numbers)
    events = select(ticket_events.c.ticket_number).where(
        ticket_events.c.ticket_number.in_(numbers),
        ticket_events.c.kind.in_([kind.value for kind in CHANGES]),
        ticket_events.c.at >= at,
    )
    corrected = select(work_entries.c.ticket_number).where(
        work_entries.c.ticket_number.in_(numbers), work_entries.c.replaced_at >= at
    )
    removed = select(costs.c.ticket_number).where(costs.c.ticket_number.in_(numbers), costs.c.removed_at >= at)
    return sorted(session.scalars(events.union(corrected, removed)))


def invoices_with_changes(session: Session, since: datetime, limit: int) -> list[int]:
    """The latest invoices with tickets that changed since an instant, in a way that can make something due back."""
    found = session.scalars(
        select(invoice_lines.c.invoice_id)
        .distinct()
        .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
        .join(ticket_events, ticket_events.c.ticket_number == invoice_lines.c.ticket_number)
        .where(
            invoices.c.kind == InvoiceKind.INVOICE.value,
            ticket_events.c.kind.in_([kind.value for kind in CHANGES]),
            ticket_events.c.at >= since,
        )
        .order_by(invoice_lines.c.invoice_id.desc())
        .limit(limit)
    )
    return list(found)


def invoices_after_end(
    session: Session, *, contract_id: int | None = None, since: datetime | None = None, limit: int = 100
) -> list[int]:
    """The latest invoices of months after the end that a cancellation gave their contract: of one contract, or of
    those whose cancellation was recorded since an instant (D18).
    """
    end = extract("year", cancellations.c.ends_on) * 12 + extract("month", cancellations.c.ends_on)
    query = (
        select(invoices.c.id)
        .join(cancellations, cancellations.c.contract_id == invoices.c.contract_id)
        .where(invoices.c.kind == InvoiceKind.INVOICE.value, invoices.c.year * 12 + invoices.c.month > end)
    )
    if contract_id is not None:
        query = query.where(invoices.c.contract_id == contract_id)
    if since is not None:
        query = query.where(cancellations.c.recorded_at >= since)
    return list(session.scalars(query.order_by(invoices.c.id.desc()).limit(limit)))
