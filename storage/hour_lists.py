"""Time entries of all tickets, with whose they are: for exports. Read page by page, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from contract.events import EventKind
from contract.hours import WorkEntry
from storage.hours import entry_of
from storage.tables import customers, people, ticket_events, tickets, work_entries

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Worked:
    """An entry with the names of the customer and the engineer, as they are now."""

    entry: WorkEntry
    customer_id: int
    customer: str
    engineer: str
    """The e-mail address, or the object id where there is none: what finds the person again."""


def list_worked(
    session: Session,
    *,
    customer_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Worked]:
    """The standing entries by begin: of one customer or of all, those that touch the time from `since` to `until`."""
    engineer = people.alias("engineer")
    query = (
        select(work_entries, customers.c.name.label("customer"), tickets.c.customer_id, engineer.c.email)
        .add_columns(engineer.c.object_id)
        .join(tickets, tickets.c.number == work_entries.c.ticket_number)
        .join(customers, customers.c.id == tickets.c.customer_id)
        .join(engineer, engineer.c.id == work_entries.c.engineer_id)
        .where(work_entries.c.replaced_at.is_(None))
        .order_by(work_entries.c.started_at, work_entries.c.id)
        .limit(_PAGE)
    )
    if customer_id is not None:
        query = query.where(tickets.c.customer_id == customer_id)
    if since is not None:
        query = query.where(work_entries.c.ended_at > since)
    if until is not None:
        query = query.where(work_entries.c.started_at < until)
    page = query
    while rows := session.execute(page).all():
        for row in rows:
            yield Worked(entry_of(row), row.customer_id, row.customer, row.email or row.object_id)
        last = rows[-1]
        page = query.where(tuple_(work_entries.c.started_at, work_entries.c.id) > (last.started_at, last.id))


_LOGGED = select(ticket_events.c.details).where(
    ticket_events.c.ticket_number == bindparam("number"),
    ticket_events.c.kind.in_([EventKind.TIME_LOGGED.value, EventKind.TIME_CORRECTED.value]),
)


def carried_entries(session: Session, number: int) -> frozenset[int]:
    """The entries of a ticket that were logged on the last known consent, as its history says (R25)."""
    details = session.scalars(_LOGGED, {"number": number})
    return frozenset(one["entry"] for one in details if one.get("is_carried"))
