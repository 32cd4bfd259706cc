"""An addendum that names travel, and a visit that is charged on a ticket: what tests about costs begin with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from contract.contracts import Addendum, AddendumItem
from contract.costs import cost_of
from contract.local_time import local
from storage.contracts import add_addendum, load_contracts
from storage.costs import add_cost, load_items
from storage.tickets import load_ticket
from tests.bot.people import Somebody


def sign_addendum(session: Session, customer_id: int, *items: AddendumItem, first: date, last: date) -> list[int]:
    """An addendum of the customer's contract, signed on its first day; the numbers of its items."""
    before = {item.id for item in load_items(session, customer_id)}
    contract = load_contracts(session, customer_id)[0]
    add_addendum(session, contract.id, Addendum(first, first, last, items))
    return [item.id for item in load_items(session, customer_id) if item.id not in before]


def charged_cost(
    session: Session, customer_id: int, number: int, what: str, *, engineer: Somebody, now: datetime
) -> tuple[int, int]:
    """One piece of an addendum of today, charged on a ticket: the numbers of the item and of the cost."""
    today = local(now).date()
    (item_id,) = sign_addendum(session, customer_id, AddendumItem(what, 4500), first=today, last=today)
    item = next(one for one in load_items(session, customer_id) if one.id == item_id)
    cost = cost_of(load_ticket(session, number), item, quantity=1, happened_on=today, now=now)
    return item_id, add_cost(session, cost, engineer.id)
