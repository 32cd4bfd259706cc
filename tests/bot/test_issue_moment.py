"""What is recorded around 12:00 on the 1st is charged exactly once, on whichever invoice (R14, D5, D9, D22).

A turn's instant is read as it begins; it is committed later, and the clocks of two machines differ a little.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from bot.credits import due_of, issue_due
from bot.invoicing import advance, prepare, release
from contract.billing import ticket_bill
from contract.events import EventKind, TicketEvent
from contract.hours import logged_minutes
from contract.invoice_lines import invoice_lines
from contract.invoice_runs import RunState
from contract.invoices import InvoiceKind
from contract.lines import LineKind
from contract.months import Month, issued_at, next_month
from storage.billed_customers import load_billed_customers
from storage.database import Database
from storage.hours import add_entry, load_entries
from storage.invoices import load_invoices_of
from storage.ticket_records import load_records_of
from storage.tickets import add_event, load_ticket, save_ticket
from tests.bot.billing import (
    BILLING,
    DECEMBER,
    FIRST,
    NOVEMBER,
    add_billed_customer,
    add_engineer,
    add_worked_ticket,
    worked,
)
from tests.bot.test_invoice_rebuild import bare

OPENED = datetime.fromisoformat("2026-11-16T09:00:00+00:00")
SECOND = timedelta(seconds=1)


async def run(database: Database, month: Month, now: datetime, *, most: int = 50) -> None:
    """Issue a month."""
    await database.write(lambda session: release(session, month, now, None))
    while True:
        done = await database.write(lambda session: advance(session, BILLING, month, now, most=most))
        if done.state is RunState.ISSUED:
            return


def begin(session: Any, customers: int = 1) -> list[tuple[int, int]]:
    """So many customers, each with a ticket of November with an entry of 30 minutes: customer and ticket."""
    engineer = add_engineer(session)
    found = []
    for number in range(1, customers + 1):
        customer = add_billed_customer(session, number)
        found.append((customer, add_worked_ticket(session, customer, engineer, OPENED, [30]).number))
    return found


def log(session: Any, ticket: int, now: datetime, minutes: int = 40) -> None:
    """Work of November is logged now."""
    engineer = load_entries(session, ticket)[0].engineer_id
    count = len(load_entries(session, ticket))
    start = OPENED + timedelta(hours=1 + count)
    add_entry(session, worked(ticket, engineer, start, minutes, recorded_at=now))


async def minutes_billed(database: Database, customer: int) -> list[tuple[Month, int]]:
    """The minutes of work on each invoice of a customer."""
    issued = await database.read(lambda session: load_invoices_of(session, customer))
    return [
        (one.month, sum(line.quantity for line in one.lines if line.kind is LineKind.OFFICE))
        for one in issued
        if one.kind is InvoiceKind.INVOICE
    ]


async def check_rebuilt(database: Database, customer: int, ticket: int) -> None:
    """Every month comes out of the raw entries as it was issued, and nothing else is to bill."""

    def check(session: Any) -> None:
        [billed] = load_billed_customers(session, [customer], DECEMBER)
        [found] = load_records_of(session, [ticket])
        issued = load_invoices_of(session, customer)
        monthly = {one.month: one for one in issued if one.kind is InvoiceKind.INVOICE}
        for month in (NOVEMBER, DECEMBER):
            assert list(invoice_lines(month, [found.record], billed.prices, has_fee=True)) == bare(monthly[month].lines)
        bill = ticket_bill(found.record, billed.prices)
        assert {line.month for line in bill.lines} <= {NOVEMBER, DECEMBER}
        given = sum(one.net_cents for one in issued if one.kind is InvoiceKind.CREDIT_NOTE)
        assert sum(line.amount_cents for lines in bill.credited.values() for line in lines) == given

    await database.read(check)


async def test_the_run_waits_for_what_is_being_written(database: Database) -> None:
    """Logged at 11:59:59 and committed after the run began: it is on the month's invoice (D9)."""
    [(customer, ticket)] = await database.write(begin)
    wrote = asyncio.Event()

    def slowly(session: Any) -> None:
        log(session, ticket, FIRST - SECOND)
        wrote.set()
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_sleep(0.7)"))

    async def run_meanwhile() -> None:
        await wrote.wait()
        await run(database, NOVEMBER, FIRST)

    await asyncio.gather(database.write(slowly), run_meanwhile())
    assert await minutes_billed(database, customer) == [(NOVEMBER, 70)]


@pytest.mark.parametrize("begun", [prepare, partial(release, by=None)])
async def test_whoever_comes_after_the_run_began_is_on_the_next_invoice(database: Database, begun: Any) -> None:
    """Logged at 11:59:59 by its clock, but after the run began: nothing is lost, it comes with the next month (D9)."""
    [(customer, ticket)] = await database.write(begin)
    await database.write(lambda session: begun(session, NOVEMBER, FIRST))
    await database.write(lambda session: log(session, ticket, FIRST - SECOND))
    await run(database, NOVEMBER, FIRST)
    await run(database, DECEMBER, issued_at(DECEMBER))
    assert await minutes_billed(database, customer) == [(NOVEMBER, 30), (DECEMBER, 40)]
    await check_rebuilt(database, customer, ticket)


async def test_a_late_correction_is_due_back(database: Database) -> None:
    """Corrected at 11:59:59 by its clock, but after the run read the entry: what is too much is due back (D9)."""
    [(customer, ticket)] = await database.write(begin)
    await run(database, NOVEMBER, FIRST)
    await database.write(lambda session: correct(session, ticket, FIRST - SECOND, 20))

    def due(session: Any) -> list[tuple[int, int]]:
        [invoice] = load_invoices_of(session, customer)
        return [(line.quantity, line.amount_cents) for line in due_of(session, invoice.id).lines]

    assert await database.read(due) == [(10, 1417)]


def correct(session: Any, ticket: int, now: datetime, minutes: int) -> None:
    """The first entry is made so long."""
    entry = load_entries(session, ticket)[0]
    end = entry.started_at + timedelta(minutes=minutes)
    add_entry(session, replace(entry, id=0, ended_at=end, recorded_at=now, corrects_id=entry.id))
    happened(session, EventKind.TIME_CORRECTED, ticket, now)


def happened(session: Any, kind: EventKind, ticket: int, now: datetime) -> None:
    """Note it in the ticket's history."""
    add_event(session, TicketEvent(id=0, ticket_number=ticket, at=now, kind=kind, actor_id=None, actor_name=""))


def step(session: Any, *, ticket: int, customer: int, seed: int, now: datetime) -> None:
    """One thing happens to a ticket, which is held meanwhile."""
    chance = random.Random(seed)
    held = load_ticket(session, ticket, lock=True)
    what = chance.choice(["log", "log", "correct", "waive", "void", "credit"])
    if what == "log" and logged_minutes(load_entries(session, ticket)) <= 100:
        log(session, ticket, now, chance.randrange(1, 20))
    elif what == "correct":
        correct(session, ticket, now, chance.randrange(30))
    elif what == "waive" and not held.is_minimum_waived:
        save_ticket(session, replace(held, minimum_waived_reason="Our own mistake"))
        happened(session, EventKind.MINIMUM_WAIVED, ticket, now)
    elif what == "void":
        save_ticket(session, replace(held, is_void=not held.is_void))
        kind = EventKind.TICKET_REOPENED if held.is_void else EventKind.TICKET_MARKED_DUPLICATE
        happened(session, kind, ticket, now)
    elif what == "credit":
        for invoice in load_invoices_of(session, customer):
            if invoice.kind is InvoiceKind.INVOICE:
                issue_due(session, invoice.id, None, now, None)


@pytest.mark.timeout(240)
async def test_a_storm_at_noon(database: Database) -> None:
    """A hundred tickets change while the run goes, by clocks that are up to a second off: every invoice equals its
    rebuild, and what is charged and given back is what the rules say.
    """
    made = await database.write(partial(begin, customers=100))
    chance = random.Random(20261201)
    plans = [(pair, [chance.randrange(10**9) for _ in range(4)], chance.random()) for pair in made]

    async def change(customer: int, ticket: int, seeds: list[int], wait: float) -> None:
        await asyncio.sleep(wait / 2)
        for count, seed in enumerate(seeds):
            now = FIRST - SECOND + timedelta(milliseconds=count * 600 + seed % 500)
            await database.write(partial(step, ticket=ticket, customer=customer, seed=seed, now=now))

    async def run_soon() -> None:
        await asyncio.sleep(0.2)
        await run(database, NOVEMBER, FIRST, most=7)

    await asyncio.gather(run_soon(), *(change(*pair, seeds, wait) for pair, seeds, wait in plans))
    await run(database, next_month(NOVEMBER), issued_at(DECEMBER))
    for customer, ticket in made:
        await check_rebuilt(database, customer, ticket)
