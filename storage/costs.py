"""What addenda charge beside hours, and what of it was charged on tickets (R26, D25). Nothing is deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from contract.costs import Cost, CostItem
from storage.billing_tables import addendum_items, costs
from storage.errors import NotFound
from storage.recordings import recorded_at
from storage.rows import count_changed, insert_row
from storage.tables import addenda, contracts

# Statements of every card are made once: building one is more work than running it.
_ITEMS = (
    select(addendum_items, addenda.c.signed_on, addenda.c.starts_on, addenda.c.ends_on)
    .join(addenda, addenda.c.id == addendum_items.c.addendum_id)
    .join(contracts, contracts.c.id == addenda.c.contract_id)
    .where(contracts.c.customer_id == bindparam("customer_id"))
    .order_by(addenda.c.starts_on, addendum_items.c.id)
)
_COSTS = (
    select(costs, addendum_items.c.what, addendum_items.c.price_cents)
    .join(addendum_items, addendum_items.c.id == costs.c.item_id)
    .where(costs.c.ticket_number == bindparam("number"), costs.c.removed_at.is_(None))
    .order_by(costs.c.happened_on, costs.c.id)
)


def load_items(session: Session, customer_id: int) -> tuple[CostItem, ...]:
    """What the addenda of a customer charge, with when each of them holds."""
    return tuple(
        CostItem(
            id=row.id,
            what=row.what,
            price_cents=row.price_cents,
            signed_on=row.signed_on,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in session.execute(_ITEMS, {"customer_id": customer_id})
    )


def load_costs(session: Session, ticket_number: int) -> tuple[Cost, ...]:
    """What is charged on a ticket beside its hours, by day; without what was removed."""
    return tuple(map(cost_of, session.execute(_COSTS, {"number": ticket_number})))


def load_cost(session: Session, ticket_number: int, cost_id: int) -> Cost:
    """A cost that stands on a ticket. Raises NotFound, also for one of another ticket."""
    found = next((cost for cost in load_costs(session, ticket_number) if cost.id == cost_id), None)
    if found is None:
        raise NotFound("cost", cost_id)
    return found


def add_cost(session: Session, cost: Cost, by: int) -> int:
    """Keep a cost; returns its id."""
    return insert_row(
        session,
        costs,
        ticket_number=cost.ticket_number,
        item_id=cost.item_id,
        happened_on=cost.happened_on,
        quantity=cost.quantity,
        recorded_by=by,
        recorded_at=recorded_at(session, cost.recorded_at),
    )


def remove_cost(session: Session, cost_id: int, by: int, now: datetime) -> bool:
    """Charge a cost no longer; False where it was removed before."""
    standing = update(costs).where(costs.c.id == cost_id, costs.c.removed_at.is_(None))
    return count_changed(session, standing.values(removed_by=by, removed_at=recorded_at(session, now))) > 0


def cost_of(row: Row[Any]) -> Cost:
    """The cost in a row of `costs`, joined with its item."""
    return Cost(
        id=row.id,
        ticket_number=row.ticket_number,
        item_id=row.item_id,
        what=row.what,
        price_cents=row.price_cents,
        quantity=row.quantity,
        happened_on=row.happened_on,
        recorded_at=row.recorded_at,
        removed_at=row.removed_at,
    )
