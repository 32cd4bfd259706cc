"""Logging time (R18, R20, R24-R26, D4, D11, D12, D23-D27, D33, D35).

`log_work` is the whole of it, for every form that logs: locks, check, entry, event, notices, timer. The forms are in
`bot/log_forms.py`, corrections in `bot/corrections.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot import announcements, timer
from bot.access import access_spans
from bot.consent_looks import check_at_work
from bot.tickets import event, keep_event, prices_of
from bot.turn import Turn
from cards.clicks.hours import LogFields
from contract.allowance import Allowance, notices
from contract.amounts import entry_amount_cents
from contract.contracts import Contract
from contract.errors import EntryRefusal, NoContract, TextMissing
from contract.events import EventKind, TicketEvent
from contract.grants import Grant
from contract.hours import (
    Place,
    WorkEntry,
    billed_minutes_by_band,
    check_entry,
    fitting,
    logged_minutes,
    outside_hours_minutes,
)
from contract.local_time import Span, local
from contract.moves import Move, check_move, moves
from contract.prices import PriceBook
from contract.tickets import Ticket
from contract.work_times import clock_of, is_shown_as, read_work_times
from storage.contracts import load_contracts
from storage.estimates import load_grants
from storage.hours import (
    add_entry,
    load_own_entries,
    load_recorded_entries,
    load_sent_notices,
    load_timer,
    lock_engineer,
)

REFUSED_ENTRY = (EntryRefusal, NoContract, TextMissing)
"""What `log_work` raises about what was filled in; the form comes back with `cards.entries.refused_text` on top."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What an entry on a ticket is judged by, loaded while ticket and engineer are locked."""

    ticket: Ticket
    entries: tuple[WorkEntry, ...]
    """Every one ever recorded, also those that were corrected since."""
    prices: PriceBook
    contracts: tuple[Contract, ...]
    grants: tuple[Grant, ...]
    """Which estimate allowed which minute, and at most at which price (D13)."""

    @property
    def allowance(self) -> Allowance:
        """As it stands (D12)."""
        return Allowance(self.ticket.granted_minutes, logged_minutes(self.entries))


def load_ledger(turn: Turn, ticket: Ticket) -> Ledger:
    """What an entry on this ticket is judged by."""
    return Ledger(
        ticket=ticket,
        entries=load_recorded_entries(turn.session, ticket.number),
        prices=prices_of(turn.session, ticket, turn.now),
        contracts=load_contracts(turn.session, ticket.customer_id),
        grants=load_grants(turn.session, ticket),
    )


def check_draft(turn: Turn, ledger: Ledger, draft: WorkEntry, replacing: WorkEntry | None = None) -> bool:
    """Refuse an entry that can not be logged; raises what `contract.hours.check_entry` raises, and TextMissing.

    Returns whether it rests on the last known consent only (R25).
    """
    if draft.minutes and not draft.what:
        raise TextMissing("work")
    is_remote = draft.place is Place.REMOTE
    return check_entry(
        draft,
        ticket=ledger.ticket,
        now=turn.now,
        own_entries=load_own_entries(turn.session, draft.engineer_id, draft.started_at, draft.ended_at),
        contracts=ledger.contracts,
        access=access_spans(turn.session, ledger.ticket.customer_id, turn.policy) if is_remote else (),
        allowance=ledger.allowance,
        calendar=ledger.prices.profile,
        replacing=replacing,
    )


def log_work(turn: Turn, ticket: Ticket, fields: LogFields, *, key: str | None) -> TicketEvent:
    """Log what is in the fields of a form, on a ticket that was loaded with a lock; returns the event of it.

    Writes nothing when it raises: `REFUSED_ENTRY`, or MoveNotAllowed. Everybody is told, the timer from which the form
    was filled in is stopped. `key` is the event's (`form:<id>`): find it before, a second submit is no second entry.
    """
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.LOG_TIME, ticket, turn.now)
    draft, span = draft_of(turn, ticket, fields)
    return log_draft(turn, ticket, draft, key=key, was_repeated=span.was_repeated, timer_since=fields.timer_since)


def log_draft(
    turn: Turn,
    ticket: Ticket,
    draft: WorkEntry,
    *,
    key: str | None,
    was_repeated: bool = False,
    timer_since: datetime | None = None,
) -> TicketEvent:
    """As `log_work`, for an entry of the caller's that did not come from a form."""
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.LOG_TIME, ticket, turn.now)
    lock_engineer(turn.session, turn.person.id)
    ledger = load_ledger(turn, ticket)
    draft = without_idle_reason(draft, ledger.prices)
    is_carried = check_draft(turn, ledger, draft)
    return _keep(
        turn, ledger, draft, key=key, was_repeated=was_repeated, is_carried=is_carried, timer_since=timer_since
    )


def log_fitting(turn: Turn, ticket: Ticket, fields: LogFields, *, key: str) -> list[TicketEvent]:
    """As `log_work`, but billable only up to the limit and the rest not billable (D12, D27): one or two entries."""
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.LOG_TIME, ticket, turn.now)
    draft, span = draft_of(turn, ticket, fields)
    lock_engineer(turn.session, turn.person.id)
    ledger = load_ledger(turn, ticket)
    billable, rest = fitting(draft, ledger.allowance.remaining_minutes if draft.is_billable else 0)
    parts = [without_idle_reason(part, ledger.prices) for part in (billable, rest) if part is not None] or [draft]
    # All are checked before one is kept. Cut from one draft they can not overlap each other.
    carried = [check_draft(turn, ledger, part) for part in parts]
    happened = []
    for count, (part, is_carried) in enumerate(zip(parts, carried, strict=True)):
        happened.append(
            _keep(
                turn,
                ledger,
                part,
                key=f"{key}:{count}" if count else key,
                was_repeated=span.was_repeated,
                is_carried=is_carried,
                timer_since=fields.timer_since,
            )
        )
        ledger = load_ledger(turn, ticket)
    return happened


def draft_of(turn: Turn, ticket: Ticket, fields: LogFields) -> tuple[WorkEntry, Span]:
    """The entry as it was filled in, not yet checked, and its time. Raises UnclearTimes and SkippedLocalTime."""
    span = span_of(turn, fields)
    draft = WorkEntry(
        id=0,
        ticket_number=ticket.number,
        engineer_id=turn.person.id,
        started_at=span.start,
        ended_at=span.end,
        is_billable=fields.billable,
        place=fields.place,
        what=fields.work,
        outside_hours_reason=fields.outside_hours_reason,
        recorded_at=turn.now,
    )
    return without_idle_reason(draft, prices_of(turn.session, ticket, turn.now)), span


def without_idle_reason(draft: WorkEntry, prices: PriceBook) -> WorkEntry:
    """The draft without a reason that is not needed: the times were changed after it was asked (D26)."""
    if draft.outside_hours_reason is None or outside_hours_minutes(draft, prices.profile):
        return draft
    return replace(draft, outside_hours_reason=None)


def span_of(turn: Turn, fields: LogFields) -> Span:
    """From when to when the work was; the exact instants of the timer while the form still shows them."""
    day = fields.worked_on or local(turn.now).date()
    since, until = fields.timer_since, fields.timer_until
    if (
        since is not None
        and until is not None
        and fields.worked_minutes is None
        and is_shown_as(since, until, day, fields.begin, fields.end)
    ):
        return Span(since, until, was_repeated=False)
    return read_work_times(day, fields.begin, fields.end, fields.worked_minutes, turn.now)


def _keep(
    turn: Turn,
    ledger: Ledger,
    draft: WorkEntry,
    *,
    key: str | None,
    was_repeated: bool,
    is_carried: bool,
    timer_since: datetime | None,
) -> TicketEvent:
    ticket = ledger.ticket
    entry = replace(draft, id=add_entry(turn.session, draft))
    bands = billed_minutes_by_band(entry, ledger.prices.profile)
    details: dict[str, Any] = {
        "entry": entry.id,
        "minutes": entry.minutes,
        "is_billable": entry.is_billable,
        "bands": {band.value: minutes for band, minutes in bands.items() if minutes},
        "amount_cents": entry_amount_cents(ticket, ledger.entries, draft, ledger.prices, grants=ledger.grants),
    }
    if was_repeated:
        details["was_repeated"] = True
    if is_carried:
        details["is_carried"] = True
    if entry.place is Place.REMOTE:
        check_at_work(turn.session, turn.policy, ticket.customer_id, turn.now)
    happened = keep_event(turn, event(turn, ticket, EventKind.TIME_LOGGED, entry.what, **details), key=key)
    announcements.ticket_changed(turn.session, ticket, happened, turn.now)
    if timer_since is not None:
        timer.end_timer(turn, ticket, timer_since)
    after = replace(ledger.allowance, logged_minutes=ledger.allowance.logged_minutes + entry.billable_minutes)
    spending_changed(turn, ticket, ledger.allowance, after)
    return happened


def spending_changed(turn: Turn, ticket: Ticket, before: Allowance, after: Allowance) -> None:
    """Tell both contacts and the one who has the ticket of a reached mark (D35), and set running timers anew."""
    if before == after:
        return
    for percent in notices(before, after, load_sent_notices(turn.session, ticket.number)):
        # Nobody's act: the one who logged may be the one who has the ticket, and is told as well.
        reached = replace(event(turn, ticket, EventKind.ALLOWANCE_NOTICE_REACHED), actor_id=None, actor_name="")
        details = {"percent": percent, "logged": after.logged_minutes, "granted": after.granted_minutes}
        kept = keep_event(turn, replace(reached, details=details))
        announcements.ticket_changed(turn.session, ticket, kept, turn.now)
    timer.allowance_changed(turn.session, ticket, turn.now)


def time_values(turn: Turn, ticket: Ticket) -> dict[str, Any]:
    """What a form for time is filled in with at first: the caller's timer on this ticket, else today."""
    running = load_timer(turn.session, turn.person.id)
    if running is None or running.ticket_number != ticket.number:
        return {"worked_on": local(turn.now).date()}
    day, begin = clock_of(running.started_at)
    return {
        "worked_on": day,
        "begin": begin,
        "end": clock_of(turn.now)[1],
        "timer_since": running.started_at,
        "timer_until": turn.now.replace(second=0, microsecond=0),
    }
