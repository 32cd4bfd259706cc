"""All of the tickets that a month's invoices rest on, for many customers at once (R14, D5-D9, D13, D22).

A ticket matters to a month when anything of it can be billed then: it was opened in that month, worked on in it, or
recorded, corrected, waived, made a duplicate, reopened or credited while the month's invoice was the next to come. Of
those tickets everything is read, however old, with a few statements for all of them together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from contract.estimates import DecidedVia, Estimate, EstimateState
from contract.events import EventKind
from contract.grants import grants_of
from contract.invoices import CreditCause
from contract.lines import Approval, Credited, TicketRecord
from contract.local_time import DAY, day_start
from contract.months import Month, issued_at, previous_month
from contract.periods import month_after
from contract.tickets import Ticket
from storage.billing_tables import addendum_items, costs, invoice_lines, invoices
from storage.columns import Instant
from storage.costs import cost_of
from storage.estimates import estimate_of
from storage.hours import entry_of
from storage.tables import estimates, ticket_events, tickets, work_entries
from storage.tickets import names_of, ticket_of

T = TypeVar("T")

MOST_AT_ONCE = 5000
"""Tickets of one statement: drivers limit the parameters of a query."""


@dataclass(frozen=True, slots=True)
class BilledTicket:
    """A ticket with everything its invoices rest on, and the decisions that allowed minutes beyond the free ones."""

    record: TicketRecord
    approvals: tuple[Approval, ...] = ()


def load_records(session: Session, customer_ids: Collection[int], month: Month) -> dict[int, list[BilledTicket]]:
    """The tickets of these customers that matter to a month's invoices, by customer and number."""
    found: dict[int, list[BilledTicket]] = {customer_id: [] for customer_id in customer_ids}
    first = date(*month, 1)
    named = {
        "customers": sorted(found),
        "since": issued_at(previous_month(month)),
        "until": issued_at(month),
        "begin": day_start(first),
        "end": day_start(month_after(first)),
        "first": first,
        "last": month_after(first) - DAY,
    }
    mattering = [ticket_of(row) for row in session.execute(_MATTERING, named)]
    for part in _parts(mattering):
        for ticket in _with_everything(session, part):
            found[ticket.record.ticket.customer_id].append(ticket)
    return found


def load_records_of(session: Session, numbers: Iterable[int]) -> list[BilledTicket]:
    """These tickets with everything their invoices rest on, by number."""
    found: list[BilledTicket] = []
    for part in _parts(sorted(set(numbers))):
        rows = session.execute(_TICKETS, {"numbers": list(part)})
        found += _with_everything(session, [ticket_of(row) for row in rows])
    return found


def _parts(things: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), MOST_AT_ONCE):
        yield things[start : start + MOST_AT_ONCE]


# --- which tickets ----------------------------------------------------------------------------------------------------


def _at(name: str) -> Any:
    return bindparam(name, type_=Instant())


def _while_next(column: Any) -> Any:
    """Whether something happened while the month's invoice was the next to come (D9)."""
    return and_(column >= _at("since"), column < _at("until"))


def _mattering() -> Select[Any]:
    of_ticket = tickets.c.number
    worked = and_(work_entries.c.started_at < _at("end"), work_entries.c.ended_at > _at("begin"))
    changes = (EventKind.TICKET_MARKED_DUPLICATE, EventKind.TICKET_REOPENED, EventKind.MINIMUM_WAIVED)
    credited = select(invoice_lines.c.id).join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
    return (
        select(tickets)
        .where(
            tickets.c.customer_id.in_(bindparam("customers", expanding=True)),
            tickets.c.created_at < _at("until"),
            or_(
                tickets.c.created_at >= _at("begin"),
                exists().where(
                    work_entries.c.ticket_number == of_ticket, or_(worked, _while_next(work_entries.c.recorded_at))
                ),
                exists().where(
                    costs.c.ticket_number == of_ticket,
                    or_(
                        _while_next(costs.c.recorded_at),
                        and_(costs.c.happened_on >= bindparam("first"), costs.c.happened_on <= bindparam("last")),
                    ),
                ),
                exists().where(
                    ticket_events.c.ticket_number == of_ticket,
                    ticket_events.c.kind.in_([kind.value for kind in changes]),
                    _while_next(ticket_events.c.at),
                ),
                credited.where(
                    invoice_lines.c.ticket_number == of_ticket,
                    invoices.c.credits == CreditCause.CORRECTION.value,
                    _while_next(invoices.c.issued_at),
                ).exists(),
            ),
        )
        .order_by(tickets.c.number)
    )


# --- everything of them -----------------------------------------------------------------------------------------------

_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_KEPT_EVENTS = (
    EventKind.TICKET_MARKED_DUPLICATE,
    EventKind.TICKET_REOPENED,
    EventKind.MINIMUM_WAIVED,
    EventKind.WORK_STOPPED,
    EventKind.ESTIMATE_APPROVED,
)
# Statements of every run are made once: building one costs more than running it.
_MATTERING = _mattering()
_TICKETS = select(tickets).where(tickets.c.number.in_(_NUMBERS)).order_by(tickets.c.number)
_ENTRIES = select(work_entries).where(work_entries.c.ticket_number.in_(_NUMBERS)).order_by(work_entries.c.id)
_COSTS = (
    select(costs, addendum_items.c.what, addendum_items.c.price_cents)
    .join(addendum_items, addendum_items.c.id == costs.c.item_id)
    .where(costs.c.ticket_number.in_(_NUMBERS))
    .order_by(costs.c.id)
)
_APPROVED = (
    select(estimates)
    .where(estimates.c.ticket_number.in_(_NUMBERS), estimates.c.state == EstimateState.APPROVED.value)
    .order_by(estimates.c.ticket_number, estimates.c.revision)
)
_EVENTS = (
    select(
        ticket_events.c.ticket_number,
        ticket_events.c.at,
        ticket_events.c.kind,
        ticket_events.c.actor_name,
        ticket_events.c.details,
    )
    .where(ticket_events.c.ticket_number.in_(_NUMBERS), ticket_events.c.kind.in_([kind.value for kind in _KEPT_EVENTS]))
    .order_by(ticket_events.c.id)
)
_CREDITS = (
    select(invoice_lines.c.ticket_number, invoices.c.issued_at, invoices.c.year, invoices.c.month)
    .distinct()
    .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
    .where(invoice_lines.c.ticket_number.in_(_NUMBERS), invoices.c.credits == CreditCause.CORRECTION.value)
    .order_by(invoices.c.issued_at, invoices.c.year, invoices.c.month)
)


def _with_everything(session: Session, found: Sequence[Ticket]) -> list[BilledTicket]:
    if not found:
        return []
    named = {"numbers": [ticket.number for ticket in found]}
    tables = [_by_ticket(session.execute(query, named)) for query in (_ENTRIES, _COSTS, _APPROVED, _EVENTS, _CREDITS)]
    deciders = {row.decided_by for rows in tables[2].values() for row in rows}
    names = names_of(session, sorted(deciders - {None}))
    return [_billed(ticket, _Rows(*(table.get(ticket.number, []) for table in tables)), names) for ticket in found]


def _by_ticket(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.ticket_number, []).append(row)
    return found


class _Rows(NamedTuple):
    """What was read of one ticket, table by table."""

    entries: list[Row[Any]]
    costs: list[Row[Any]]
    approved: list[Row[Any]]
    events: list[Row[Any]]
    credits: list[Row[Any]]

    def of(self, *kinds: EventKind) -> list[Row[Any]]:
        """The events of these kinds."""
        return [row for row in self.events if EventKind(row.kind) in kinds]


def _billed(ticket: Ticket, rows: _Rows, names: Mapping[int, str]) -> BilledTicket:
    approved = [estimate_of(row) for row in rows.approved]
    waived = rows.of(EventKind.MINIMUM_WAIVED)
    stops = [(row.at, row.details["granted_minutes"]) for row in rows.of(EventKind.WORK_STOPPED)]
    turns = rows.of(EventKind.TICKET_MARKED_DUPLICATE, EventKind.TICKET_REOPENED)
    voided = [(row.at, EventKind(row.kind) is EventKind.TICKET_MARKED_DUPLICATE) for row in turns]
    said = {row.details.get("estimate"): row for row in rows.of(EventKind.ESTIMATE_APPROVED)}
    return BilledTicket(
        TicketRecord(
            ticket=ticket,
            entries=[entry_of(row) for row in rows.entries],
            costs=[cost_of(row) for row in rows.costs],
            grants=grants_of(approved, stops),
            # A ticket that was only ever reopened was never a duplicate.
            voided=voided if any(is_void for _, is_void in voided) else (),
            waived_at=waived[-1].at if waived else None,
            credits=[Credited(row.issued_at, (row.year, row.month)) for row in rows.credits],
        ),
        tuple(_approval(one, said.get(one.number), names) for one in approved),
    )


def _approval(estimate: Estimate, said: Row[Any] | None, names: Mapping[int, str]) -> Approval:
    """Who allowed it, by the name of then: the one who clicked, or the contact whose word was recorded (D15)."""
    name = (said.details.get("contact") or said.actor_name) if said is not None else ""
    return Approval(
        estimate=estimate.number,
        minutes=estimate.minutes,
        rates=estimate.rates,
        decided_by=name or names.get(estimate.decided_by or 0, ""),
        decided_at=estimate.decided_at or estimate.created_at,
        is_by_phone=estimate.decided_via is DecidedVia.PHONE,
    )
