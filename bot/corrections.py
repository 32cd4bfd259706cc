"""What was logged on a ticket, and correcting it (D23, D24, D26, D33).

A correction is a new entry in the place of the old one; both stay, and the history says from what to what. Less is
always allowed, down to nothing; anything else is checked like any entry.
"""

from __future__ import annotations

from dataclasses import replace

from bot import announcements
from bot.consent_looks import check_at_work
from bot.credits import note_changes
from bot.hours import REFUSED_ENTRY, check_draft, load_ledger, spending_changed, without_idle_reason
from bot.replies import form_key
from bot.tickets import allowance_of, event, keep_event, new_form_id, ticket_view, visible_ticket
from bot.turn import Answer, Turn
from cards.clicks.hours import CorrectTime, ShowEntries, StartCorrection
from cards.components import Card
from cards.entries import PAGE_ENTRIES, EntriesSheet, EntryLine, entries_card, refused_text
from cards.hours import CorrectionSheet, correction_card
from contract.allowance import Allowance
from contract.amounts import entry_amount_cents, ticket_amount_cents
from contract.costs import chargeable
from contract.errors import NeedsOutsideHoursReason, Refusal, UnclearTimes
from contract.events import EventKind
from contract.hours import Place, WorkEntry, billed_minutes_by_band, is_cut, logged_minutes, standing
from contract.local_time import MINUTE, local
from contract.moves import Move, check_move, moves
from contract.tickets import Ticket
from contract.work_times import clock_of, read_work_times
from storage.contacts import load_customer
from storage.costs import load_costs, load_items
from storage.errors import NotFound
from storage.hour_lists import carried_entries
from storage.hours import add_entry, load_entry, lock_engineer
from storage.people import load_people
from storage.tickets import find_event


def show_entries(turn: Turn, click: ShowEntries) -> Answer:
    """Show the time logged on a ticket, newest first."""
    return entries_view(turn, visible_ticket(turn, click.ticket), click.page)


def entries_view(turn: Turn, ticket: Ticket, page: int = 1) -> Card:
    """What was logged and charged on a ticket, as it is now."""
    ledger = load_ledger(turn, ticket)
    costs = load_costs(turn.session, ticket.number)
    items = load_items(turn.session, ticket.customer_id)
    can_log = Move.LOG_TIME in moves(ticket, turn.role, turn.person.id, turn.now)
    # The amount of an entry is the line after it minus the line before it, in the order in which they were recorded.
    recorded = sorted(standing(ledger.entries), key=lambda entry: entry.id)
    amounts = {
        entry.id: entry_amount_cents(ticket, recorded[:count], entry, ledger.prices, grants=ledger.grants)
        for count, entry in enumerate(recorded)
    }
    newest = sorted(recorded, key=lambda entry: (entry.started_at, entry.id), reverse=True)
    pages = max(1, -(-len(newest) // PAGE_ENTRIES))
    page = min(page, pages)
    shown = newest[(page - 1) * PAGE_ENTRIES : page * PAGE_ENTRIES]
    names = load_people(turn.session, [entry.engineer_id for entry in shown])
    carried = carried_entries(turn.session, ticket.number)
    sheet = EntriesSheet(
        ticket=ticket,
        customer_name=load_customer(turn.session, ticket.customer_id).name,
        allowance=ledger.allowance,
        amount_cents=ticket_amount_cents(ticket, ledger.entries, ledger.prices, grants=ledger.grants, costs=costs),
        costs=costs,
        can_add_cost=can_log and bool(chargeable(items, ticket, turn.now)),
        lines=tuple(
            EntryLine(
                entry=entry,
                engineer=names[entry.engineer_id].name,
                bands=billed_minutes_by_band(entry, ledger.prices.profile),
                amount_cents=amounts[entry.id],
                is_carried=entry.id in carried,
            )
            for entry in shown
        ),
        page=page,
        pages=pages,
        now=turn.now,
    )
    return entries_card(sheet, turn.language)


def _entry(turn: Turn, ticket: Ticket, entry_id: int) -> WorkEntry | None:
    """The entry as it stands; None for one of another ticket, or one that was corrected since."""
    try:
        entry = load_entry(turn.session, entry_id)
    except NotFound:
        return None
    return entry if entry.ticket_number == ticket.number else None


def start_correction(turn: Turn, click: StartCorrection) -> Answer:
    """Show the form, filled in with the entry."""
    ticket = visible_ticket(turn, click.ticket)
    entry = _entry(turn, ticket, click.entry)
    if entry is None:
        return entries_view(turn, ticket)
    day, begin = clock_of(entry.started_at)
    filled = CorrectTime(
        form_id=new_form_id(),
        ticket=ticket.number,
        entry=entry.id,
        worked_on=day,
        begin=begin,
        worked_minutes=entry.minutes,
        billable=entry.is_billable,
        place=entry.place,
        work=entry.what,
        outside_hours_reason=entry.outside_hours_reason,
    )
    return _form(turn, ticket, entry, filled)


def correct_time(turn: Turn, click: CorrectTime) -> Answer:
    """Put the corrected entry in the place of the old one, and tell everybody."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is not None:
        return ticket_view(turn, ticket)
    check_move(moves(ticket, turn.role, turn.person.id, turn.now), Move.CORRECT_TIME, ticket, turn.now)
    entry = _entry(turn, ticket, click.entry)
    if entry is None:
        return entries_view(turn, ticket)
    lock_engineer(turn.session, entry.engineer_id)
    try:
        _correct(turn, ticket, entry, click, key)
    except REFUSED_ENTRY as refusal:
        return _form(turn, ticket, entry, click, refusal)
    return ticket_view(turn, ticket)


def _correct(turn: Turn, ticket: Ticket, entry: WorkEntry, click: CorrectTime, key: str) -> None:
    ledger = load_ledger(turn, ticket)
    draft = without_idle_reason(_corrected(turn, entry, click), ledger.prices)
    if replace(draft, id=entry.id, recorded_at=entry.recorded_at, corrects_id=entry.corrects_id) == entry:
        return
    is_carried = check_draft(turn, ledger, draft, replacing=entry)
    if is_cut(draft, entry):
        is_carried = draft.minutes > 0 and entry.id in carried_entries(turn.session, ticket.number)
    after = Allowance(ticket.granted_minutes, logged_minutes((*ledger.entries, draft)))
    amount_cents = entry_amount_cents(ticket, ledger.entries, draft, ledger.prices, grants=ledger.grants)
    corrected = event(
        turn,
        ticket,
        EventKind.TIME_CORRECTED,
        click.why,
        entry=add_entry(turn.session, draft),
        corrects=entry.id,
        before_minutes=entry.minutes,
        minutes=draft.minutes,
        before_billable=entry.is_billable,
        is_billable=draft.is_billable,
        amount_cents=amount_cents,
        **({"is_carried": True} if is_carried else {}),
    )
    if draft.place is Place.REMOTE and draft.minutes:
        check_at_work(turn.session, turn.policy, ticket.customer_id, turn.now)
    kept = keep_event(turn, corrected, key=key)
    announcements.ticket_changed(turn.session, ticket, kept, turn.now)
    spending_changed(turn, ticket, ledger.allowance, after)
    note_changes(turn.session, [ticket.number], turn.now)


def _corrected(turn: Turn, entry: WorkEntry, click: CorrectTime) -> WorkEntry:
    """The entry as the form has it. Raises UnclearTimes and SkippedLocalTime."""
    if click.worked_minutes is None:
        raise UnclearTimes
    day = click.worked_on or local(entry.started_at).date()
    begin = click.begin or clock_of(entry.started_at)[1]
    if (day, begin) == clock_of(entry.started_at):
        # As it was: a clock time that comes twice stands for the instant the entry has.
        started_at = entry.started_at
    else:
        started_at = read_work_times(day, begin, None, click.worked_minutes, turn.now).start
    return replace(
        entry,
        id=0,
        started_at=started_at,
        ended_at=started_at + click.worked_minutes * MINUTE,
        is_billable=click.billable,
        place=click.place,
        what=click.work,
        outside_hours_reason=click.outside_hours_reason,
        recorded_at=turn.now,
        corrects_id=entry.id,
    )


def _form(turn: Turn, ticket: Ticket, entry: WorkEntry, filled: CorrectTime, refusal: Refusal | None = None) -> Card:
    sheet = CorrectionSheet(
        ticket=ticket,
        customer_name=load_customer(turn.session, ticket.customer_id).name,
        entry=entry,
        engineer=load_people(turn.session, [entry.engineer_id])[entry.engineer_id].name,
        filled=filled,
        allowance=allowance_of(turn.session, ticket),
        outside_minutes=refusal.minutes if isinstance(refusal, NeedsOutsideHoursReason) else 0,
        now=turn.now,
    )
    notice = refused_text(refusal, turn.language, turn.now) if refusal is not None else ""
    return correction_card(sheet, turn.language, notice=notice)
