"""Approved minutes are shown, and billed, at most at the price the estimate's card had (D10, D13, D33)."""

from __future__ import annotations

from dataclasses import replace

from cards.clicks.tickets import ShowTicket
from contract.prices import contract_prices
from storage.database import Database
from storage.estimates import latest_estimate
from storage.prices import set_prices
from storage.tickets import load_ticket
from tests.bot.estimate_acts import approve, form
from tests.bot.people import text_of
from tests.bot.worked import TICKET, log, world_with_ticket


async def test_a_dearer_list_does_not_touch_what_was_approved(database: Database) -> None:
    """Two free hours at the new € 90, the approved hour at the € 85 of its card, on every card (D13)."""
    world = await world_with_ticket(database)
    ticket = await database.read(lambda session: load_ticket(session, TICKET))
    await world.click(world.eva, form(ticket, 60))
    estimate = await database.read(lambda session: latest_estimate(session, TICKET))
    assert estimate is not None
    await world.click(world.anna, approve(estimate))
    dearer = replace(contract_prices(2026), office_cents=9000)
    await database.write(lambda session: set_prices(session, world.customer_id, dearer))
    await log(world, world.eva, "09:00", "11:00")
    await log(world, world.eva, "11:00", "12:00")
    await log(world, world.eva, "12:00", "13:00", billable=False)
    shown = text_of(await world.click(world.bram, ShowTicket(ticket=TICKET)))
    assert "€ 265.00" in shown.replace("\xa0", " ")
