"""What a month's invoices need to know of many customers at once: contracts, prices, billing details, signs (R14, D34).

A few statements for all of them, however many they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, func, select
from sqlalchemy.orm import Session

from contract.contracts import Contract
from contract.invoice_runs import Signs
from contract.invoices import InvoiceKind
from contract.months import Month, issued_at
from contract.parties import BillingDetails
from contract.prices import PriceBook
from storage.billing_details import details_of
from storage.billing_tables import billing_details, costs, invoice_lines, invoices
from storage.billing_tables import invoice_questions as questions
from storage.invoice_lists import CHANGES
from storage.prices import load_prices_of
from storage.tables import contracts, customers, ticket_events, tickets, work_timers

MONTHS_BEFORE = 6
"""The invoices of so many months before are what a draft is compared with."""

YEARS_BEFORE = 10
"""Of how many years before the prices are read: a ticket that old can still be worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledCustomer:
    """A customer as the month's run needs it."""

    id: int
    name: str
    contracts: tuple[Contract, ...]
    prices: PriceBook
    details: BillingDetails


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NEXT = (
    select(customers.c.id)
    .where(customers.c.id > bindparam("after"))
    .order_by(customers.c.id)
    .limit(bindparam("most", type_=customers.c.id.type))
)
_CUSTOMERS = (
    select(customers.c.name.label("customer_name"), customers.c.id, billing_details)
    .outerjoin(billing_details, billing_details.c.customer_id == customers.c.id)
    .where(customers.c.id.in_(_IDS))
    .order_by(customers.c.id)
)
_CONTRACTS = select(contracts).where(contracts.c.customer_id.in_(_IDS)).order_by(contracts.c.starts_on, contracts.c.id)


def next_customers(session: Session, after: int, most: int) -> list[int]:
    """The next customers after one, by number."""
    return list(session.scalars(_NEXT, {"after": after, "most": most}))


def count_customers(session: Session) -> int:
    """How many customers there are."""
    return session.scalar(select(func.count()).select_from(customers)) or 0


def load_billed_customers(session: Session, ids: Collection[int], month: Month) -> tuple[BilledCustomer, ...]:
    """These customers, by number."""
    named = {"ids": sorted(ids)}
    terms = _by_customer(session.execute(_CONTRACTS, named))
    # Of a ticket everything is played again from its beginning, at the prices of those years.
    prices = load_prices_of(session, ids, range(month[0] - YEARS_BEFORE, month[0] + 1))
    return tuple(
        BilledCustomer(
            id=row.id,
            name=row.customer_name,
            contracts=tuple(_contract_of(one) for one in terms.get(row.id, ())),
            prices=prices[row.id],
            details=details_of(row),
        )
        for row in session.execute(_CUSTOMERS, named)
    )


def _by_customer(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def _contract_of(row: Row[Any]) -> Contract:
    return Contract(
        id=row.id,
        customer_id=row.customer_id,
        number=row.number,
        signed_at=row.signed_at,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


# --- signs ------------------------------------------------------------------------------------------------------------

_month_number = invoices.c.year * 12 + invoices.c.month
_EARLIER = select(invoices.c.customer_id, invoices.c.net_cents).where(
    invoices.c.customer_id.in_(_IDS),
    invoices.c.kind == InvoiceKind.INVOICE.value,
    _month_number >= bindparam("since"),
    _month_number < bindparam("until"),
)
_RUNNING = (
    select(tickets.c.customer_id, tickets.c.number)
    .join(work_timers, work_timers.c.ticket_number == tickets.c.number)
    .where(tickets.c.customer_id.in_(_IDS))
    .order_by(tickets.c.number)
)
_QUESTIONS = (
    select(invoices.c.customer_id, func.count().label("n"))
    .join(questions, questions.c.invoice_id == invoices.c.id)
    .where(invoices.c.customer_id.in_(_IDS), questions.c.answered_at.is_(None))
    .group_by(invoices.c.customer_id)
)
_CHANGED = (
    select(
        invoices.c.customer_id,
        invoice_lines.c.ticket_number,
        func.min(_month_number).label("number"),
        func.max(ticket_events.c.at).label("at"),
    )
    .join(invoice_lines, invoice_lines.c.invoice_id == invoices.c.id)
    .join(ticket_events, ticket_events.c.ticket_number == invoice_lines.c.ticket_number)
    .where(invoices.c.customer_id.in_(_IDS), ticket_events.c.kind.in_([kind.value for kind in CHANGES]))
    .group_by(invoices.c.customer_id, invoice_lines.c.ticket_number)
)
_REMOVED = (
    select(
        invoices.c.customer_id,
        invoice_lines.c.ticket_number,
        func.min(_month_number).label("number"),
        func.max(costs.c.removed_at).label("at"),
    )
    .join(invoice_lines, invoice_lines.c.invoice_id == invoices.c.id)
    .join(costs, costs.c.ticket_number == invoice_lines.c.ticket_number)
    .where(invoices.c.customer_id.in_(_IDS), costs.c.removed_at.is_not(None))
    .group_by(invoices.c.customer_id, invoice_lines.c.ticket_number)
)


def load_signs(session: Session, ids: Collection[int], month: Month) -> dict[int, Signs]:
    """What is known of these customers beside their drafts. Of tickets that changed after an invoice all are named
    in `credit_tickets`; whether anything is due back of them is the caller's to see.
    """
    number = month[0] * 12 + month[1]
    named = {"ids": sorted(ids)}
    earlier = _by_customer(session.execute(_EARLIER, {**named, "since": number - MONTHS_BEFORE, "until": number}))
    running = _by_customer(session.execute(_RUNNING, named))
    asked = {row.customer_id: row.n for row in session.execute(_QUESTIONS, named)}
    changed: dict[int, set[int]] = {}
    for query in (_CHANGED, _REMOVED):
        for row in session.execute(query, named):
            # Invoices count months from year 0; what changed after the first issue moment may be due back.
            if row.at >= issued_at(((row.number - 1) // 12, (row.number - 1) % 12 + 1)):
                changed.setdefault(row.customer_id, set()).add(row.ticket_number)
    return {
        customer_id: Signs(
            earlier_net_cents=tuple(row.net_cents for row in earlier.get(customer_id, ())),
            running=tuple(sorted({row.number for row in running.get(customer_id, ())})),
            credit_tickets=tuple(sorted(changed.get(customer_id, ()))),
            open_questions=asked.get(customer_id, 0),
        )
        for customer_id in named["ids"]
    }
