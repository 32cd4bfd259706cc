"""What the evaluation of a contract looks at: tickets, time, estimates and invoices of its term (R30)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from contract.estimates import Estimate
from contract.events import EventKind
from contract.hours import WorkEntry
from contract.invoices import InvoiceKind
from contract.periods import Month
from contract.tickets import Ticket, Urgency
from storage.billing_tables import invoices
from storage.estimates import estimate_of
from storage.hours import load_entries_of
from storage.tables import estimates, ticket_events, tickets, work_entries
from storage.tickets import ticket_of

MOST_AT_ONCE = 1000
"""Tickets of one statement: drivers limit the parameters of a query."""


@dataclass(frozen=True, slots=True)
class TicketHistory:
    """A ticket with its standing time, its estimates, its target as stored, and every urgency that was set."""

    ticket: Ticket
    pickup_due_at: datetime
    entries: Sequence[WorkEntry]
    estimates: Sequence[Estimate]
    urgencies: Sequence[tuple[datetime, Urgency | None]]


def load_histories(session: Session, customer_id: int, begin: datetime, end: datetime) -> list[TicketHistory]:
    """The tickets of a customer that were opened, worked on or decided about in a time, by number."""
    number = tickets.c.number
    mattering = (
        select(tickets)
        .where(
            tickets.c.customer_id == customer_id,
            tickets.c.created_at < end,
            or_(
                tickets.c.created_at >= begin,
                exists().where(
                    work_entries.c.ticket_number == number,
                    and_(work_entries.c.started_at < end, work_entries.c.ended_at > begin),
                ),
                exists().where(
                    estimates.c.ticket_number == number,
                    and_(estimates.c.decided_at >= begin, estimates.c.decided_at < end),
                ),
            ),
        )
        .order_by(number)
    )
    rows = session.execute(mattering).all()
    return [
        history for start in range(0, len(rows), MOST_AT_ONCE) for history in _of(session, rows[start:][:MOST_AT_ONCE])
    ]


def _of(session: Session, rows: Sequence[Row[Any]]) -> Iterator[TicketHistory]:
    numbers = [row.number for row in rows]
    entries = load_entries_of(session, numbers)
    offered = _by_ticket(
        session.execute(select(estimates).where(estimates.c.ticket_number.in_(numbers)).order_by(estimates.c.id))
    )
    urgencies = _by_ticket(
        session.execute(
            select(ticket_events.c.ticket_number, ticket_events.c.at, ticket_events.c.details)
            .where(ticket_events.c.ticket_number.in_(numbers), ticket_events.c.kind == EventKind.URGENCY_SET.value)
            .order_by(ticket_events.c.id)
        )
    )
    for row in rows:
        yield TicketHistory(
            ticket=ticket_of(row),
            pickup_due_at=row.pickup_due_at,
            entries=entries[row.number],
            estimates=[estimate_of(one) for one in offered.get(row.number, ())],
            urgencies=[(one.at, _urgency(one.details.get("urgency"))) for one in urgencies.get(row.number, ())],
        )


def _urgency(kept: str | None) -> Urgency | None:
    return Urgency(kept) if kept else None


def _by_ticket(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.ticket_number, []).append(row)
    return found


def load_spend(session: Session, contract_id: int) -> dict[Month, int]:
    """What was invoiced for each month of a contract, less what was credited, in cents excluding VAT."""
    signed = case((invoices.c.kind == InvoiceKind.CREDIT_NOTE.value, -invoices.c.net_cents), else_=invoices.c.net_cents)
    found = session.execute(
        select(invoices.c.year, invoices.c.month, func.sum(signed).label("net"))
        .where(invoices.c.contract_id == contract_id)
        .group_by(invoices.c.year, invoices.c.month)
        .order_by(invoices.c.year, invoices.c.month)
    )
    return {(row.year, row.month): int(row.net) for row in found}
