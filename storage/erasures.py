"""What is going on with a customer, how old its records are, and what was erased when (R28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select
from sqlalchemy.orm import Session

from contract.local_time import day_start, local
from contract.people import Customer
from contract.tickets import State
from storage import billing_tables as billing
from storage import tables
from storage.erasing_kept import ERASED
from storage.exports import CUSTOMER, SUBJECT, is_of_customer
from storage.payments import unpaid_ids

_people = tables.people
_others = tables.customers.alias("others")
_elsewhere = tables.contacts.alias("elsewhere")
OWN_PEOPLE = (
    select(_people.c.id)
    .where(
        is_of_customer,
        # Who changed employer is somebody else's contact by now.
        ~select(_others.c.id).where(_others.c.id != CUSTOMER, _others.c.tenant_id == _people.c.tenant_id).exists(),
        ~select(_elsewhere.c.id)
        .where(
            _elsewhere.c.customer_id != CUSTOMER,
            _elsewhere.c.person_id == _people.c.id,
            _elsewhere.c.removed_at.is_(None),
        )
        .exists(),
    )
    .order_by(_people.c.id)
)
"""The people of the customer with the parameter `customer`, and of nobody else."""

_TICKETS = select(tables.tickets.c.number).where(tables.tickets.c.customer_id == CUSTOMER)


@dataclass(frozen=True, slots=True)
class Standing:
    """The numbers of open tickets and unpaid invoices, and the days on which kept records were made."""

    tickets: tuple[int, ...]
    invoices: tuple[str, ...]
    days: tuple[date, ...]


def load_own_people(session: Session, customer_id: int) -> list[int]:
    """Everybody of a customer who is nobody else's."""
    return list(session.scalars(OWN_PEOPLE, {"customer": customer_id}))


def load_named_in_decisions(session: Session, customer_id: int) -> set[int]:
    """Who decided on estimates or signed a contract: the law keeps the name with the decision (D15)."""
    decided, signed = tables.estimates.c.decided_by, billing.signatures.c.person_id
    queries: tuple[Select[Any], ...] = (
        select(decided).where(SUBJECT["estimates"].belongs, decided.is_not(None)),
        select(signed).where(SUBJECT["signatures"].belongs, signed.is_not(None)),
    )
    return {found for query in queries for found in session.scalars(query, {"customer": customer_id})}


def load_standing(session: Session, customer_id: int) -> Standing:
    """What is going on with a customer besides its contracts."""
    named = {"customer": customer_id}
    still_open = tables.tickets.c.state != State.CLOSED.value
    numbers = session.scalars(_TICKETS.where(still_open).order_by(tables.tickets.c.number), named)
    unpaid = unpaid_ids(session, customer_id=customer_id)
    invoices = session.scalars(
        select(billing.invoices.c.number).where(billing.invoices.c.id.in_(unpaid)).order_by(billing.invoices.c.id)
    )
    return Standing(tuple(numbers), tuple(invoices), _days(session, customer_id))


def _days(session: Session, customer_id: int) -> tuple[date, ...]:
    """The latest day of each kind of kept record."""
    entries, estimates, invoices = tables.work_entries, tables.estimates, billing.invoices
    latest: tuple[tuple[Any, ColumnElement[bool]], ...] = (
        (tables.contracts.c.ends_on, SUBJECT["contracts"].belongs),
        (invoices.c.invoice_date, SUBJECT["invoices"].belongs),
        (billing.payments.c.paid_on, SUBJECT["payments"].belongs),
        (entries.c.ended_at, SUBJECT["time_entries"].belongs),
        (func.coalesce(estimates.c.decided_at, estimates.c.created_at), SUBJECT["estimates"].belongs),
        (billing.costs.c.happened_on, SUBJECT["costs"].belongs),
    )
    found = [
        session.scalar(select(func.max(column)).where(belongs), {"customer": customer_id}) for column, belongs in latest
    ]
    return tuple(local(day).date() if isinstance(day, datetime) else day for day in found if day is not None)


def customers_over(session: Session, since: date, *, limit: int) -> list[Customer]:
    """Customers who had a contract and of whom nothing was made on or after this day, until they are erased."""
    customers, contracts, invoices = tables.customers, tables.contracts, billing.invoices
    began = day_start(since)
    recent: tuple[Select[Any], ...] = (
        select(contracts.c.id).where(contracts.c.customer_id == customers.c.id, contracts.c.ends_on >= since),
        select(invoices.c.id).where(invoices.c.customer_id == customers.c.id, invoices.c.invoice_date >= since),
        select(billing.payments.c.id)
        .join(invoices, invoices.c.id == billing.payments.c.invoice_id)
        .where(invoices.c.customer_id == customers.c.id, billing.payments.c.paid_on >= since),
        select(tables.tickets.c.number).where(
            tables.tickets.c.customer_id == customers.c.id, tables.tickets.c.active_at >= began
        ),
    )
    had = select(contracts.c.id).where(contracts.c.customer_id == customers.c.id)
    rows = session.execute(
        select(customers)
        .where(had.exists(), *(~query.exists() for query in recent), customers.c.tenant_id.not_like(f"{ERASED}%"))
        .order_by(customers.c.name, customers.c.id)
        .limit(limit)
    )
    return [Customer(id=row.id, name=row.name, tenant_id=row.tenant_id) for row in rows]


def keep_erasure(session: Session, customer_id: int, report: Mapping[str, Any], now: datetime) -> None:
    """Remember what was erased, and what was kept and why."""
    session.execute(insert(billing.erasures).values(customer_id=customer_id, erased_at=now, report=dict(report)))


def last_erasure(session: Session, customer_id: int) -> Mapping[str, Any] | None:
    """The report of the last erasure of a customer; None where there was none."""
    found: Mapping[str, Any] | None = session.scalar(
        select(billing.erasures.c.report)
        .where(billing.erasures.c.customer_id == customer_id)
        .order_by(billing.erasures.c.id.desc())
        .limit(1)
    )
    return found


def count_kept(session: Session, customer_id: int) -> dict[str, int]:
    """How many records stay of each subject that the law keeps."""
    names = ("invoices", "invoice_lines", "invoice_documents", "payments", "time_entries", "costs", "estimates")
    return {
        name: session.scalar(
            select(func.count()).select_from(SUBJECT[name].table).where(SUBJECT[name].belongs),
            {"customer": customer_id},
        )
        or 0
        for name in (
            *names,
            "receipts",
            "consent_ledger",
            "contracts",
            "signatures",
            "addenda",
            "price_lists",
            "cancellations",
        )
    }
