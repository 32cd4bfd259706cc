"""Two people at the same instant about invoices: one is first, nothing is charged or given back twice (R14, D9)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.contract_ends import close_ended
from bot.credits import due_of, give_back, issue_due
from bot.invoicing import advance, prepare
from bot.payment_reminders import remind_unpaid
from bot.payments import book_payment
from bot.terms import NotKept, renew_contract
from contract.errors import Refusal
from contract.invoice_runs import RunState
from contract.invoices import CreditTooHigh, InvoiceKind
from contract.payments import PaymentRefusal
from storage.billing_tables import invoices, payments
from storage.contracts import load_contracts
from storage.database import Database
from storage.hours import add_entry, load_entries
from storage.invoices import load_invoices
from storage.tables import tickets
from storage.tickets import load_ticket
from tests.bot.billing import BILLING, FIRST, NOVEMBER, worked
from tests.bot.test_issue_moment import begin, correct, run

ROUNDS = 100
LATER = FIRST + timedelta(days=3)
pytestmark = pytest.mark.timeout(240)


async def tried(act: Awaitable[Any]) -> Any:
    """What came of an act, or why it was refused."""
    try:
        return await act
    except (Refusal, NotKept) as refusal:
        return refusal


async def at_once(*acts: Awaitable[Any]) -> list[Any]:
    """All in the same instant."""
    return list(await asyncio.gather(*map(tried, acts)))


async def issued_rounds(database: Database) -> list[tuple[int, int]]:
    """As many customers as there are rounds, each with an invoice of November: invoice and ticket."""
    made = await database.write(partial(begin, customers=ROUNDS))
    await run(database, NOVEMBER, FIRST)

    def ids(session: Any) -> dict[int, int]:
        return {row.customer_id: row.id for row in session.execute(select(invoices.c.customer_id, invoices.c.id))}

    found = await database.read(ids)
    return [(found[customer], ticket) for customer, ticket in made]


async def rounds(made: list[tuple[int, int]], one: Callable[[int, int, int], Awaitable[None]]) -> None:
    """A few beside each other, so that they take less long."""
    for first in range(0, len(made), 10):
        await asyncio.gather(*(one(first + place, *pair) for place, pair in enumerate(made[first : first + 10])))


async def test_two_payments(database: Database) -> None:
    """Two managers book the whole invoice as paid at once: it is paid once."""

    async def one(_: int, invoice: int, _ticket: int) -> None:
        pay = partial(
            book_payment, invoice_id=invoice, paid_on=LATER.date(), amount_cents=None, note="", by=None, now=LATER
        )
        answers = await at_once(database.write(pay), database.write(pay))
        assert [isinstance(answer, PaymentRefusal) for answer in answers].count(True) == 1
        paid = await database.read(
            lambda session: session.scalar(select(func.count()).where(payments.c.invoice_id == invoice))
        )
        assert paid == 1

    await rounds(await issued_rounds(database), one)


async def test_what_is_due_back_and_what_is_given_back(database: Database) -> None:
    """One issues what is due back, one gives everything back, and an engineer corrects once more, at once: together
    never more than the invoice, and what is due still equals what is left to give.
    """

    async def one(count: int, invoice: int, ticket: int) -> None:
        await database.write(lambda session: correct(session, ticket, LATER, 20))
        now = LATER + timedelta(minutes=1)
        acts = [
            database.write(partial(issue_due, invoice_id=invoice, shown=None, now=now, by=None)),
            database.write(partial(give_back, invoice_id=invoice, positions=None, reason="x", now=now, by=None)),
            database.write(partial(_correct_held, ticket=ticket, now=now)),
        ]
        await at_once(*acts[count % 3 :], *acts[: count % 3])
        await database.write(
            partial(issue_due, invoice_id=invoice, shown=None, now=now + timedelta(minutes=1), by=None)
        )

        def check(session: Any) -> None:
            due = due_of(session, invoice)
            assert due.lines == ()
            assert sum(note.net_cents for note in due.notes) == due.original.net_cents

        await database.read(check)

    await rounds(await issued_rounds(database), one)


def _correct_held(session: Any, *, ticket: int, now: datetime) -> None:
    load_ticket(session, ticket, lock=True)
    correct(session, ticket, now, 10)


async def test_the_same_line_is_given_back_once(database: Database) -> None:
    """Two managers give the same line back at once: one credit note, the other reads that nothing is left of it."""

    async def one(_: int, invoice: int, _ticket: int) -> None:
        give = partial(give_back, invoice_id=invoice, positions=[1], reason="x", now=LATER, by=None)
        answers = await at_once(database.write(give), database.write(give))
        assert [isinstance(answer, CreditTooHigh) for answer in answers].count(True) == 1

    made = await issued_rounds(database)
    await rounds(made, one)
    numbers = await database.read(
        lambda session: sorted(
            session.scalars(select(invoices.c.number).where(invoices.c.kind == InvoiceKind.CREDIT_NOTE.value))
        )
    )
    assert numbers == [f"C2026-{number:04}" for number in range(1, ROUNDS + 1)]


async def test_payments_meet_reminders_and_credit_notes(database: Database) -> None:
    """The morning's reminders go out while invoices are paid and given back: nobody waits for ever, all is done."""
    made = await issued_rounds(database)
    late = FIRST + timedelta(days=20)
    acts: list[Awaitable[Any]] = [database.write(partial(remind_unpaid, slot=late, now=late)) for _ in range(3)]
    for count, (invoice, _ticket) in enumerate(made):
        if count % 2:
            pay = partial(book_payment, paid_on=LATER.date(), amount_cents=None, note="", by=None, now=late)
            acts.append(database.write(partial(pay, invoice_id=invoice)))
        else:
            back = partial(give_back, positions=None, reason="x", now=late, by=None)
            acts.append(database.write(partial(back, invoice_id=invoice)))
    answers = await at_once(*acts[::2], *acts[1::2])
    assert not [answer for answer in answers if isinstance(answer, Exception)]


async def test_ending_signing_and_logging_meet_the_run(database: Database) -> None:
    """Contracts end and are renewed by both contacts while time is logged and the month is run: everything is done,
    each has one renewal and one invoice, and its ticket goes on.
    """
    made = await database.write(partial(begin, customers=ROUNDS))
    new_year = datetime(2027, 1, 1, 11, tzinfo=UTC)

    def log(session: Any, *, ticket: int) -> None:
        load_ticket(session, ticket, lock=True)
        engineer = load_entries(session, ticket)[0].engineer_id
        start = datetime(2026, 12, 30, 9, tzinfo=UTC)
        add_entry(session, worked(ticket, engineer, start, 20, recorded_at=new_year - timedelta(seconds=1)))

    def sign(session: Any, *, customer: int) -> None:
        signed_at = datetime(2026, 12, 30, 9, tzinfo=UTC)
        renew_contract(session, customer, new_year, signed_at=signed_at, signatory="Anna")

    async def month() -> None:
        await database.write(lambda session: prepare(session, (2026, 12), new_year))
        while True:
            done = await database.write(lambda session: advance(session, BILLING, (2026, 12), new_year, most=9))
            if done.state is RunState.PREPARED:
                return

    acts: list[Awaitable[Any]] = []
    for customer, ticket in made:
        payload = {"customer": customer, "day": "2027-01-01"}
        acts.append(database.write(partial(close_ended, payload=payload, now=new_year)))
        acts.append(database.write(partial(log, ticket=ticket)))
        acts.append(database.write(partial(sign, customer=customer)))
        acts.append(database.write(partial(sign, customer=customer)))
    answers = await at_once(month(), *acts)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    await run(database, (2026, 12), new_year)
    issued = await database.read(lambda session: load_invoices(session, session.scalars(select(invoices.c.id)).all()))
    assert len(issued) == ROUNDS
    kept = await database.read(lambda session: [load_contracts(session, customer) for customer, _ in made])
    assert {len(contracts) for contracts in kept} == {2}
    states = await database.read(lambda session: set(session.scalars(select(tickets.c.state))))
    assert "closed" not in states
