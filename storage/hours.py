"""Time entries and running timers (D4, D11, D24). A correction keeps the old entry and marks it replaced.

Whoever logs holds the ticket's row, so that no two entries pass the allowance together (D12), and after it the row of
the engineer whose time it is (`lock_engineer`), so that no two of an engineer overlap, on whatever tickets (D24).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from contract.events import EventKind
from contract.hours import OutsideHoursReason, Place, WorkEntry
from storage.errors import NotFound
from storage.recordings import recorded_at
from storage.rows import insert_row
from storage.tables import people, ticket_events, work_entries, work_timers


def entry_of(row: Row[tuple[object, ...]]) -> WorkEntry:
    """The entry in a row of `work_entries`."""
    reason = row.outside_hours_reason
    return WorkEntry(
        id=row.id,
        ticket_number=row.ticket_number,
        engineer_id=row.engineer_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        is_billable=row.is_billable,
        place=Place(row.place),
        what=row.what,
        outside_hours_reason=OutsideHoursReason(reason) if reason else None,
        recorded_at=row.recorded_at,
        corrects_id=row.corrects_id,
    )


def _standing() -> Select[tuple[object, ...]]:
    return select(work_entries).where(work_entries.c.replaced_at.is_(None)).order_by(work_entries.c.started_at)


# Statements of every turn are made once: building one costs more than running it.
_OF_TICKET = _standing().where(work_entries.c.ticket_number == bindparam("number"))
_RECORDED = select(work_entries).where(work_entries.c.ticket_number == bindparam("number")).order_by(work_entries.c.id)
_TIMER = select(work_timers).where(work_timers.c.engineer_id == bindparam("engineer_id"))
_TIMERS_ON = (
    select(work_timers).where(work_timers.c.ticket_number == bindparam("number")).order_by(work_timers.c.engineer_id)
)


def load_entries(session: Session, ticket_number: int) -> tuple[WorkEntry, ...]:
    """The entries of a ticket that stand, by begin."""
    return tuple(map(entry_of, session.execute(_OF_TICKET, {"number": ticket_number})))


def load_recorded_entries(session: Session, ticket_number: int) -> tuple[WorkEntry, ...]:
    """Every entry of a ticket, also those whose place a correction took, as they were recorded: for what it costs."""
    return tuple(map(entry_of, session.execute(_RECORDED, {"number": ticket_number})))


def load_entries_of(session: Session, ticket_numbers: Collection[int]) -> dict[int, tuple[WorkEntry, ...]]:
    """The standing entries of several tickets, by ticket number."""
    found: dict[int, list[WorkEntry]] = {number: [] for number in ticket_numbers}
    if found:
        for row in session.execute(_standing().where(work_entries.c.ticket_number.in_(sorted(found)))):
            found[row.ticket_number].append(entry_of(row))
    return {number: tuple(entries) for number, entries in found.items()}


def load_entries_by_id(session: Session, entry_ids: Collection[int]) -> dict[int, WorkEntry]:
    """These entries by id, also those that were corrected since: issued invoices rest on them."""
    query = select(work_entries).where(work_entries.c.id.in_(sorted(set(entry_ids))))
    return {row.id: entry_of(row) for row in session.execute(query)}


def load_entry(session: Session, entry_id: int) -> WorkEntry:
    """A standing entry. Raises NotFound, also for one that was corrected since."""
    found = session.execute(_standing().where(work_entries.c.id == entry_id)).one_or_none()
    if found is None:
        raise NotFound("entry", entry_id)
    return entry_of(found)


def lock_engineer(session: Session, engineer_id: int) -> None:
    """Hold an engineer's time until the transaction ends. History that names the person meanwhile does not wait."""
    session.execute(select(people.c.id).where(people.c.id == engineer_id).with_for_update(key_share=True))


def load_own_entries(session: Session, engineer_id: int, start: datetime, end: datetime) -> tuple[WorkEntry, ...]:
    """The standing entries of an engineer, on any ticket, that touch the time from `start` to `end` (D24)."""
    query = _standing().where(
        work_entries.c.engineer_id == engineer_id, work_entries.c.started_at < end, work_entries.c.ended_at > start
    )
    return tuple(map(entry_of, session.execute(query)))


def load_sent_notices(session: Session, ticket_number: int) -> frozenset[tuple[int, int]]:
    """Of which allowance totals which percentages were told already: (granted minutes, percent) (D35)."""
    told = session.scalars(
        select(ticket_events.c.details).where(
            ticket_events.c.ticket_number == ticket_number,
            ticket_events.c.kind == EventKind.ALLOWANCE_NOTICE_REACHED.value,
        )
    )
    return frozenset((details["granted"], details["percent"]) for details in told)


def add_entry(session: Session, entry: WorkEntry) -> int:
    """Keep an entry; returns its id. One that corrects another marks that one replaced.

    Of a month whose invoices are being made it is too late: it is recorded at the issue moment then (D9).
    """
    recorded = recorded_at(session, entry.recorded_at)
    if entry.corrects_id is not None:
        session.execute(update(work_entries).where(work_entries.c.id == entry.corrects_id).values(replaced_at=recorded))
    return insert_row(
        session,
        work_entries,
        ticket_number=entry.ticket_number,
        engineer_id=entry.engineer_id,
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        is_billable=entry.is_billable,
        place=entry.place.value,
        what=entry.what,
        outside_hours_reason=entry.outside_hours_reason.value if entry.outside_hours_reason else None,
        recorded_at=recorded,
        corrects_id=entry.corrects_id,
    )


@dataclass(frozen=True, slots=True)
class WorkTimer:
    """A timer that an engineer has running, on one ticket at a time."""

    engineer_id: int
    ticket_number: int
    started_at: datetime


def load_timer(session: Session, engineer_id: int) -> WorkTimer | None:
    """The timer this engineer has running."""
    found = session.execute(_TIMER, {"engineer_id": engineer_id}).one_or_none()
    return WorkTimer(found.engineer_id, found.ticket_number, found.started_at) if found else None


def load_timers_on(session: Session, ticket_number: int) -> tuple[WorkTimer, ...]:
    """The timers that run on a ticket, whoever started them."""
    found = session.execute(_TIMERS_ON, {"number": ticket_number})
    return tuple(WorkTimer(row.engineer_id, row.ticket_number, row.started_at) for row in found)


def start_timer(session: Session, timer: WorkTimer) -> None:
    """Keep a running timer. A second one of the same engineer violates a unique constraint."""
    session.execute(
        insert(work_timers).values(
            engineer_id=timer.engineer_id, ticket_number=timer.ticket_number, started_at=timer.started_at
        )
    )


def stop_timer(session: Session, engineer_id: int) -> None:
    """Forget a running timer; what it measured is the caller's to keep."""
    session.execute(delete(work_timers).where(work_timers.c.engineer_id == engineer_id))
