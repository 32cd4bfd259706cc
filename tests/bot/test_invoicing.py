"""The month's run: every contract once, numbers without a gap, whoever runs it and however often (R14, D6-D9, D33)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.billing_parties import missing_of_buyer, missing_settings
from bot.invoicing import advance, drafts_of, prepare, release
from bot.turn import Policy
from contract.invoice_runs import MonthNotOver, RunState, Unusual
from contract.invoices import Invoice
from contract.lines import LineKind
from contract.parties import Seller
from storage.billing_tables import invoices
from storage.contracts import add_contract
from storage.database import Database, open_database
from storage.hours import add_entry
from storage.invoice_runs import InvoiceRun, find_run
from storage.invoices import load_invoices
from tests.bot.billing import (
    BILLING,
    FIRST,
    NOVEMBER,
    add_billed_customer,
    add_engineer,
    add_worked_ticket,
    fill,
    worked,
)

CUSTOMERS = 23


async def run_to_end(
    database: Database, begin: Callable[[Any], InvoiceRun] | None = None, *, policy: Policy = BILLING, most: int = 5
) -> InvoiceRun:
    """Do a run until nothing is left of it, as a command or a replica does."""
    await database.write(begin or (lambda session: release(session, NOVEMBER, FIRST, None)))
    while True:
        run = await database.write(lambda session: advance(session, policy, NOVEMBER, FIRST, most=most))
        if run.state in (RunState.PREPARED, RunState.ISSUED):
            return run


async def issued(database: Database) -> tuple[Invoice, ...]:
    """Everything that was issued, in order."""
    return await database.read(lambda session: load_invoices(session, session.scalars(select(invoices.c.id)).all()))


def check_numbers(found: tuple[Invoice, ...], count: int) -> None:
    """Every contract once, numbered from 1 on without a gap."""
    assert len({invoice.contract_id for invoice in found}) == len(found) == count
    assert sorted(invoice.number or "" for invoice in found) == [f"2026-{n:04}" for n in range(1, count + 1)]


async def test_a_month_is_issued(database: Database) -> None:
    """Every contract gets one invoice, in the order of the customers; the run counts and sums them."""
    await database.write(lambda session: fill(session, CUSTOMERS))
    run = await run_to_end(database)
    found = await issued(database)
    check_numbers(found, CUSTOMERS)
    assert run.totals.invoices == CUSTOMERS
    assert run.totals.net_cents == sum(invoice.net_cents for invoice in found)
    assert run.totals.gross_cents == sum(invoice.gross_cents for invoice in found)
    assert run.state is RunState.ISSUED


async def test_running_again_changes_nothing(database: Database) -> None:
    """A second run finds everything issued: no new invoice, no number used, the same sums."""
    await database.write(lambda session: fill(session, CUSTOMERS))
    first = await run_to_end(database)
    before = await issued(database)
    again = await run_to_end(database)
    assert await issued(database) == before
    assert again.totals == replace(first.totals, findings=again.totals.findings, found=again.totals.found)


async def test_two_runs_at_once(database_url: str) -> None:
    """Two databases, as two processes have them, run the same month at once: each contract once, no gap."""
    first, second = open_database(database_url), open_database(database_url, owner=False)
    try:
        await first.write(lambda session: fill(session, CUSTOMERS))
        await asyncio.gather(*(run_to_end(one, most=2) for one in (first, second, first, second)))
        check_numbers(await issued(first), CUSTOMERS)
    finally:
        await second.close()
        await first.close()


async def test_preparing_issues_nothing(database: Database) -> None:
    """Drafts have no number; what is released is what was prepared, to the cent."""
    await database.write(lambda session: fill(session, CUSTOMERS))
    prepared = await run_to_end(database, lambda session: prepare(session, NOVEMBER, FIRST))
    assert prepared.state is RunState.PREPARED
    assert await issued(database) == ()
    run = await run_to_end(database)
    assert run.totals.digest(NOVEMBER) == prepared.totals.digest(NOVEMBER)
    # A run that is issued is not prepared again.
    again = await database.write(lambda session: prepare(session, NOVEMBER, FIRST))
    assert again.state is RunState.ISSUED


async def test_issuing_without_asking(database: Database) -> None:
    """Where the setting says so the run goes on to issue by itself."""
    await database.write(lambda session: fill(session, 3))
    policy = replace(BILLING, issue_without_asking=True)
    run = await run_to_end(database, lambda session: prepare(session, NOVEMBER, FIRST), policy=policy)
    assert run.state is RunState.ISSUED
    check_numbers(await issued(database), 3)


async def test_not_before_the_issue_moment(database: Database) -> None:
    """The invoices of a month are issued from the 1st, 12:00 local time (R14, D8)."""
    early = FIRST.replace(hour=10, minute=59)
    for begin in (lambda session: release(session, NOVEMBER, early, None), partial(prepare, month=NOVEMBER, now=early)):
        with pytest.raises(MonthNotOver):
            await database.write(begin)
    assert await database.read(lambda session: find_run(session, NOVEMBER)) is None


async def test_an_incomplete_one_waits_and_the_others_go_out(database: Database) -> None:
    """Without the customer's address its invoice gets no number; once it is known, running again issues it (R1)."""

    def some(session: Any) -> None:
        for number in (1, 2, 3):
            add_billed_customer(session, number, is_complete=number != 2)

    await database.write(some)
    run = await run_to_end(database)
    assert (run.totals.invoices, run.totals.refused, run.totals.issuable) == (3, 1, 2)
    finding = next(one for one in run.totals.findings if one.what is Unusual.INCOMPLETE)
    assert finding.customer == "Customer 2"
    assert missing_of_buyer(finding.facts) == ("street", "postal_code", "city")
    check_numbers(await issued(database), 2)


async def test_without_the_settings_nothing_is_issued(database: Database) -> None:
    """The settings that are missing are named (R1)."""
    await database.write(lambda session: fill(session, 2))
    bare: Seller = replace(BILLING.seller, vat_id="", iban="")
    run = await run_to_end(database, policy=replace(BILLING, seller=bare))
    assert await issued(database) == ()
    assert missing_settings(run.totals.findings[0].facts) == ("FOURSTAR_PROVIDER_VAT_ID", "FOURSTAR_PROVIDER_IBAN")
    check_numbers((await run_to_end(database), await issued(database))[1], 2)


async def test_nothing_before_and_after_a_contract(database: Database) -> None:
    """A customer without a contract yet, or with an ended one and no late work, gets no draft (R14, D9)."""
    customer = await database.write(lambda session: add_billed_customer(session, 1))
    for month in ((2025, 12), (2027, 1)):
        looked = partial(drafts_of, policy=BILLING, customer_ids=[customer], month=month, now=FIRST)
        assert not await database.read(looked)


async def test_a_contract_kept_after_the_fact_charges_its_fee_and_no_work_twice(database: Database) -> None:
    """November's late work went out without a fee; the contract kept for November later charges only its fee."""

    def ended(session: Any) -> int:
        customer, engineer = add_billed_customer(session, 1, ends_on=date(2026, 10, 31)), add_engineer(session)
        ticket = add_worked_ticket(session, customer, engineer, datetime(2026, 10, 30, 9, tzinfo=UTC))
        begin, recorded = datetime(2026, 10, 30, 10, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC)
        add_entry(session, worked(ticket.number, engineer, begin, 40, recorded_at=recorded))
        return customer

    customer = await database.write(ended)
    await run_to_end(database)

    def sign(session: Any) -> None:
        dates = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 31)}
        add_contract(session, customer, number="2026-B", signed_at=None, **dates)

    await database.write(sign)
    await run_to_end(database)
    late, again = await issued(database)
    assert [line.kind for line in late.lines] == [LineKind.OFFICE, LineKind.MINIMUM]
    assert [line.kind for line in again.lines] == [LineKind.FEE]


async def test_late_work_comes_without_a_fee(database: Database) -> None:
    """What is recorded after the contract's end is invoiced on it, without a fee (D9)."""
    after, january = datetime(2027, 1, 5, 9, tzinfo=UTC), datetime(2027, 2, 1, 11, tzinfo=UTC)

    def late(session: Any) -> int:
        customer, engineer = add_billed_customer(session, 1), add_engineer(session)
        ticket = add_worked_ticket(session, customer, engineer, datetime(2026, 12, 30, 9, tzinfo=UTC))
        begin = datetime(2026, 12, 30, 10, tzinfo=UTC)
        add_entry(session, worked(ticket.number, engineer, begin, 40, recorded_at=after))
        return customer

    customer = await database.write(late)
    drafts = await database.read(lambda session: drafts_of(session, BILLING, [customer], (2027, 1), january))
    assert drafts[0].invoice is not None
    lines = [(line.kind, line.quantity) for line in drafts[0].invoice.lines]
    assert lines == [(LineKind.OFFICE, 40), (LineKind.MINIMUM, -15)]
    assert drafts[0].invoice.fee_cents == 0
    assert [finding.what for finding in drafts[0].findings] == []
