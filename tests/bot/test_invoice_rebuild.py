"""Whatever happened to the entries: an issued invoice equals its rebuild from them, to the cent (R14, D5, D9, D22).

Random months of a customer's tickets: work, late recordings, corrections up and down, duplicates, reopenings, waived
minimums, and credit notes in between. Each month is issued as it ends.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.credits import due_of, issue_due
from bot.invoicing import advance, release
from contract.billing import ticket_bill
from contract.events import EventKind, TicketEvent
from contract.hours import logged_minutes
from contract.invoice_lines import InvoiceLine, invoice_lines
from contract.invoice_runs import RunState
from contract.invoices import Invoice, InvoiceKind
from contract.months import Month, issued_at, next_month
from storage.billed_customers import load_billed_customers
from storage.billing_tables import invoices
from storage.database import Database
from storage.hours import add_entry, load_entries
from storage.invoices import load_invoices, load_invoices_of
from storage.tables import tickets
from storage.ticket_records import load_records, load_records_of
from storage.tickets import add_event, load_ticket, save_ticket
from tests.bot.billing import BILLING, NOVEMBER, add_billed_customer, add_engineer, add_worked_ticket, worked

MONTHS: tuple[Month, ...] = (NOVEMBER, next_month(NOVEMBER), next_month(next_month(NOVEMBER)))
BEGIN = datetime(2026, 11, 2, 8, tzinfo=UTC)
STEPS_A_MONTH = 14


class Walk:
    """What happens to one customer, one thing after the other."""

    def __init__(self, session: Any, seed: int, customer: int, engineer: int) -> None:
        self.session = session
        self.chance = random.Random(seed)
        self.customer = customer
        self.engineer = engineer

    def step(self, now: datetime) -> None:
        """Let one thing happen at an instant."""
        numbers = list(self.session.scalars(select(tickets.c.number).order_by(tickets.c.number)))
        number = self.chance.choice(numbers) if numbers else None
        what = self.chance.choice(["open", "credit", *["work"] * 3, *["correct"] * 3, "waive", "void"])
        if what == "open" or number is None:
            self.open(now)
        elif what == "credit":
            self.credit(now)
        else:
            acts = {"work": self.work, "correct": self.correct, "waive": self.waive, "void": self.void}
            acts[what](now, number)

    def open(self, now: datetime) -> None:
        """Somebody opens a ticket."""
        add_worked_ticket(self.session, self.customer, self.engineer, now)

    def work(self, now: datetime, number: int) -> None:
        """Work of some time ago is recorded, as much as fits into the free two hours."""
        ticket = load_ticket(self.session, number)
        begin = max(ticket.created_at, now - timedelta(hours=self.chance.randrange(1, 24 * 25)))
        minutes = min(self.chance.randrange(1, 50), 120 - logged_minutes(load_entries(self.session, number)))
        if minutes > 0 and begin + timedelta(minutes=minutes) <= now:
            billable = self.chance.random() > 0.15
            entry = worked(number, self.engineer, begin, minutes, recorded_at=now, is_billable=billable)
            add_entry(self.session, entry)

    def correct(self, now: datetime, number: int) -> None:
        """An entry that stands is made longer or shorter, down to nothing."""
        entries = load_entries(self.session, number)
        if not entries:
            return
        entry = self.chance.choice(entries)
        room = 120 - logged_minutes(entries) + entry.billable_minutes
        minutes = min(self.chance.randrange(60), max(0, room))
        end = entry.started_at + timedelta(minutes=minutes)
        if end <= now:
            add_entry(self.session, replace(entry, id=0, ended_at=end, recorded_at=now, corrects_id=entry.id))
            self.happened(EventKind.TIME_CORRECTED, number, now)

    def waive(self, now: datetime, number: int) -> None:
        """The minimum is waived, seldom."""
        ticket = load_ticket(self.session, number)
        if not ticket.is_minimum_waived and self.chance.random() < 0.3:
            save_ticket(self.session, replace(ticket, minimum_waived_reason="Our own mistake"))
            self.happened(EventKind.MINIMUM_WAIVED, number, now)

    def void(self, now: datetime, number: int) -> None:
        """A ticket turns out to be a duplicate, or counts again."""
        ticket = load_ticket(self.session, number)
        kind = EventKind.TICKET_REOPENED if ticket.is_void else EventKind.TICKET_MARKED_DUPLICATE
        save_ticket(self.session, replace(ticket, is_void=not ticket.is_void))
        self.happened(kind, number, now)

    def credit(self, now: datetime) -> None:
        """A manager issues what is due back of an invoice, if anything is."""
        ids = list(self.session.scalars(select(invoices.c.id).where(invoices.c.kind == InvoiceKind.INVOICE.value)))
        if ids:
            issue_due(self.session, self.chance.choice(ids), None, now, None)

    def happened(self, kind: EventKind, number: int, now: datetime) -> None:
        """Note it in the ticket's history."""
        event = TicketEvent(id=0, ticket_number=number, at=now, kind=kind, actor_id=self.engineer, actor_name="Erik")
        add_event(self.session, event)


def step(session: Any, *, seed: int, customer: int, engineer: int, now: datetime) -> None:
    """One thing happens; a function that is run again does the same again."""
    Walk(session, seed, customer, engineer).step(now)


async def walk(database: Database, seed: int) -> int:
    """Three months of one customer; returns its number."""

    def begin(session: Any) -> tuple[int, int]:
        return add_billed_customer(session, 1), add_engineer(session)

    customer, engineer = await database.write(begin)
    chance, now = random.Random(seed), BEGIN
    for place, month in enumerate(MONTHS):
        end = issued_at(month)
        for number in range(STEPS_A_MONTH):
            now = max(now, now + (end - now) * chance.randrange(1, 100) / (100 * (STEPS_A_MONTH - number)))
            key = seed * 1000 + place * 100 + number
            await database.write(partial(step, seed=key, customer=customer, engineer=engineer, now=now))
        # Some months are released a while after they could be.
        at = end + timedelta(hours=chance.choice((0, 0, 30)))
        await run(database, month, at)
        now = at + timedelta(minutes=1)
    return customer


async def run(database: Database, month: Month, now: datetime) -> None:
    """Issue a month."""
    await database.write(lambda session: release(session, month, now, None))
    while (await database.write(lambda session: advance(session, BILLING, month, now))).state is not RunState.ISSUED:
        pass


def bare(lines: tuple[InvoiceLine, ...]) -> list[InvoiceLine]:
    """Lines without the ids that they got when they were kept."""
    return [replace(line, id=0) for line in lines]


@pytest.mark.parametrize("seed", range(8))
async def test_an_issued_invoice_equals_its_rebuild(database: Database, seed: int) -> None:
    """From the raw entries as they are at the end, every month comes out as it was issued; nothing is charged twice."""
    customer = await walk(database, seed)

    def check(session: Any) -> None:
        issued = load_invoices_of(session, customer)
        monthly = {invoice.month: invoice for invoice in issued if invoice.kind is InvoiceKind.INVOICE}
        numbers = list(session.scalars(select(tickets.c.number)))
        [billed] = load_billed_customers(session, [customer], MONTHS[-1])
        everything = [one.record for one in load_records_of(session, numbers)]
        for month in MONTHS:
            has_fee = month[0] == 2026
            kept = bare(monthly[month].lines) if month in monthly else []
            rebuilt = invoice_lines(month, everything, billed.prices, has_fee=has_fee)
            assert list(rebuilt) == kept
            mattering = [one.record for one in load_records(session, [customer], month)[customer]]
            assert list(invoice_lines(month, mattering, billed.prices, has_fee=has_fee)) == kept
        check_sums(everything, issued, billed.prices)
        for invoice in monthly.values():
            due = due_of(session, invoice.id)
            left = invoice.net_cents - sum(note.net_cents for note in due.notes)
            assert 0 <= sum(line.amount_cents for line in due.lines) <= max(0, left)

    await database.read(check)


def check_sums(records: list[Any], issued: tuple[Invoice, ...], prices: Any) -> None:
    """What was invoiced less what was given back is what the rules say, ticket by ticket (D6, D9)."""
    for record in records:
        bill = ticket_bill(record, prices, through=MONTHS[-1])
        number = record.ticket.number
        charged = sum(line.amount_cents for line in bill.lines)
        given = sum(line.amount_cents for lines in bill.credited.values() for line in lines)
        on_paper = {
            kind: sum(
                line.amount_cents
                for invoice in issued
                if invoice.kind is kind
                for line in invoice.lines
                if line.ticket_number == number
            )
            for kind in InvoiceKind
        }
        assert on_paper == {InvoiceKind.INVOICE: charged, InvoiceKind.CREDIT_NOTE: given}


async def test_walks_reach_everything(sqlite: Database) -> None:
    """The walks above do issue credit notes, waive minimums and mark duplicates: they are worth something."""
    await walk(sqlite, 3)
    found = await sqlite.read(lambda session: load_invoices(session, session.scalars(select(invoices.c.id)).all()))
    assert {invoice.kind for invoice in found} == set(InvoiceKind)
