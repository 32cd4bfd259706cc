"""A world at the issue moment of November, and what the tests of the managers' month do in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot.invoice_months import begin_month
from bot.reminders import timers_with
from bot.schedule import Schedule
from cards.clicks.invoicing import IssueInvoices
from contract.invoices import Invoice
from storage.billing_details import save_billing_details
from storage.billing_tables import invoices
from storage.database import Database
from storage.invoice_runs import InvoiceRun, find_run
from storage.invoices import load_invoices
from tests.bot.billing import BILLING, FIRST, NOVEMBER, details
from tests.bot.deliveries import SetClock
from tests.bot.people import Somebody, World
from tests.bot.worked import log, world_with_ticket

RUN = 202611
ANYTHING = "0" * 32


async def month_world(database: Database) -> World:
    """Anna's ticket with 40 minutes of Eva's work on 23 November; now it is 1 December, 12:00: nothing is issued."""
    made = await world_with_ticket(database)
    made.router = replace(made.router, policy=BILLING)
    await log(made, made.eva, "10:00", "10:40")
    await database.write(lambda session: save_billing_details(session, made.customer_id, details("Brood B.V.")))
    made.now = FIRST
    return made


async def run(world: World) -> InvoiceRun:
    """The run of November as it is."""
    found = await world.database.read(lambda session: find_run(session, NOVEMBER))
    assert found is not None
    return found


async def do_timers(world: World) -> None:
    """What is due by itself happens, as on a replica."""
    clock = SetClock()
    clock.at = world.now
    await Schedule(world.database, timers_with(world.router.policy), (), clock).run_due()


async def issued(world: World) -> list[Invoice]:
    """Everything that was issued."""
    found = await world.database.read(
        lambda session: load_invoices(session, session.scalars(select(invoices.c.id)).all())
    )
    return list(found)


async def prepared(world: World) -> IssueInvoices:
    """The month is prepared; returns the click that releases it as it was shown."""
    await world.database.write(lambda session: begin_month(session, world.now, world.now))
    await do_timers(world)
    return IssueInvoices(run=RUN, shown=(await run(world)).totals.digest(NOVEMBER))


async def november(world: World) -> Invoice:
    """The invoice of November, issued."""
    await world.click(world.mia, await prepared(world))
    await do_timers(world)
    [invoice] = await issued(world)
    return invoice


async def shown_to(world: World, who: Somebody, view: str) -> list[dict[str, Any]]:
    """The rows that show somebody a view."""
    return [row for row in await world.waiting(who) if row.get("view") == view]
