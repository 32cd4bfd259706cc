"""Reminding of unpaid invoices (R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest_asyncio

from bot.payment_reminders import next_morning, remind_unpaid
from cards.clicks.invoices import AskQuestion
from contract.invoices import Invoice
from storage.billing_details import load_billing_details, save_billing_details
from storage.database import Database
from storage.payments import add_payment, reminded
from tests.bot.month import month_world, november, shown_to
from tests.bot.people import World

MORNING = datetime(2026, 12, 16, 8, tzinfo=UTC)
"""Wednesday, 9:00 local: the first working day after the 15th."""


@pytest_asyncio.fixture
async def world(database: Database) -> World:
    """The invoice of November is due on 15 December; the customer has a billing address for mail."""
    made = await month_world(database)

    def address(session: Any) -> None:
        known = load_billing_details(session, made.customer_id)
        save_billing_details(session, made.customer_id, replace(known, email="billing@example.org"))

    await database.write(address)
    return made


async def morning(world: World, at: datetime = MORNING) -> None:
    """The calendar's turn."""
    world.now = at
    await world.database.write(lambda session: remind_unpaid(session, at, at))


async def is_reminded(world: World, invoice: Invoice) -> bool:
    """Whether somebody was reminded of it."""
    return invoice.id in await world.database.read(lambda session: reminded(session, [invoice.id]))


def test_mornings() -> None:
    """On working days at 9:00 local time: after Christmas on Monday the 28th (R15, D3)."""
    assert next_morning(datetime(2026, 12, 16, 7, 59, tzinfo=UTC)) == MORNING
    assert next_morning(MORNING) == datetime(2026, 12, 17, 8, tzinfo=UTC)
    assert next_morning(datetime(2026, 12, 24, 9, tzinfo=UTC)) == datetime(2026, 12, 28, 8, tzinfo=UTC)


async def test_once_to_everybody_concerned(world: World) -> None:
    """Both contacts get the card anew and the billing address a mail; the next morning nobody is reminded again."""
    invoice = await november(world)
    for at in (MORNING.replace(day=15), MORNING, MORNING.replace(day=17)):
        await morning(world, at)
        assert await is_reminded(world, invoice) is (at.day >= 16)
    for contact in (world.anna, world.bram):
        assert [row["fresh"] for row in await shown_to(world, contact, "invoice")] == [True]
    mails = [row for row in await world.waiting() if row.get("what") == "payment_reminder"]
    assert [(row["to"], row["args"]) for row in mails] == [("billing@example.org", {"invoice": invoice.id})]


async def test_not_while_a_question_waits(world: World) -> None:
    """A question holds the reminder; once it is answered it comes on the next working day (R15)."""
    invoice = await november(world)
    await world.click(world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, text="Waarom?"))
    await morning(world)
    assert not await is_reminded(world, invoice)


async def test_not_of_what_is_paid(world: World) -> None:
    """Paid in full: no reminder. Paid in part: a reminder of the rest (R15)."""
    invoice = await november(world)

    def pay(cents: int) -> Any:
        values: dict[str, Any] = {"paid_on": date(2026, 12, 10), "amount_cents": cents, "now": world.now}
        return world.database.write(lambda session: add_payment(session, invoice.id, **values))

    await pay(invoice.gross_cents)
    await morning(world)
    assert not await is_reminded(world, invoice)
    await pay(-1)
    await morning(world, MORNING.replace(day=17))
    assert await is_reminded(world, invoice)
