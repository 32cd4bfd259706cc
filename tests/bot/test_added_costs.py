"""Charging what an addendum names on a ticket: checked, shown to both sides, counted, and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from bot.wire import Reply
from cards.clicks.costs import AddCost, RemoveCost, StartCost
from cards.clicks.hours import ShowEntries
from cards.clicks.tickets import ShowHistory, ShowTicket
from contract.contracts import AddendumItem
from contract.costs import Cost
from contract.events import EventKind
from storage.costs import load_costs, load_items, remove_cost
from storage.database import Database
from tests.bot.charged import sign_addendum
from tests.bot.people import World, buttons_of, text_of
from tests.bot.worked import TICKET, TODAY, events, log, world_with_ticket

TRAVEL, PARKING = AddendumItem("travel, one visit", 4500), AddendumItem("parking, an hour", 350)


async def prepared(database: Database, *, first: date = TODAY, last: date = TODAY) -> tuple[World, int]:
    """A ticket of today, and an addendum that names travel and parking; the number of travel."""
    world = await world_with_ticket(database)
    travel, _ = await database.write(
        lambda session: sign_addendum(session, world.customer_id, TRAVEL, PARKING, first=first, last=last)
    )
    return world, travel


async def add(world: World, item: int | None, quantity: int | None = 2, day: date | None = TODAY) -> Reply | None:
    """Eva charges something on the ticket."""
    form = AddCost(form_id=world.form(), ticket=TICKET, item=item, quantity=quantity, happened_on=day)
    return await world.click(world.eva, form)


async def costs(world: World) -> tuple[Cost, ...]:
    """What is charged on the ticket."""
    return await world.database.read(partial(load_costs, ticket_number=TICKET))


async def test_a_cost_is_added(database: Database) -> None:
    """It stands among the time, with its amount, and counts in what the ticket costs so far (R26, D33)."""
    world, travel = await prepared(database)
    await log(world, world.eva, "09:00", "09:30")
    reply = await add(world, travel)
    (cost,) = await costs(world)
    assert (cost.what, cost.quantity, cost.amount_cents, cost.happened_on) == ("travel, one visit", 2, 9000, TODAY)
    # Eva reads Dutch. 30 minutes are € 42.50.
    assert "2 × travel, one visit" in text_of(reply)
    assert "€ 132,50 excl. btw" in text_of(reply)
    for who, amount in ((world.eva, "€ 132,50"), (world.anna, "€ 132,50"), (world.bram, "€ 132.50")):
        assert amount in text_of(await world.click(who, ShowTicket(ticket=TICKET)))


async def test_both_sides_find_it_in_the_history(database: Database) -> None:
    """Added and removed with name, number and amount; nobody is disturbed for it (R5)."""
    world, travel = await prepared(database)
    await add(world, travel)
    (cost,) = await costs(world)
    await world.click(world.finn, RemoveCost(ticket=TICKET, cost=cost.id))
    shown = text_of(await world.click(world.bram, ShowHistory(ticket=TICKET)))
    assert "Eva Engineer added 2 × travel, one visit, € 90.00 excl. VAT" in shown
    assert "Finn Fixer removed 2 × travel, one visit, € 90.00 excl. VAT" in shown
    assert not [row for row in await world.waiting(world.bram) if row["kind"] == "line" and row.get("fresh")]


async def test_a_removed_cost_counts_no_more(database: Database) -> None:
    """The amount is as before; a second click changes nothing, and another ticket's cost is not found (R26)."""
    world, travel = await prepared(database)
    await add(world, travel)
    (cost,) = await costs(world)
    reply = await world.click(world.eva, RemoveCost(ticket=TICKET, cost=cost.id))
    assert await costs(world) == ()
    assert "€ 21,25 excl. btw" in text_of(reply)
    removed = (EventKind.COST_ADDED, EventKind.COST_REMOVED)
    before = len(await events(world, *removed))
    await world.click(world.eva, RemoveCost(ticket=TICKET, cost=cost.id))
    await world.click(world.eva, RemoveCost(ticket=TICKET, cost=cost.id + 1))
    assert len(await events(world, *removed)) == before == 2
    assert not await database.write(lambda session: remove_cost(session, cost.id, world.eva.id, world.now))


async def test_a_second_submit_is_no_second_cost(database: Database) -> None:
    """A double click charges once."""
    world, travel = await prepared(database)
    form = AddCost(form_id=world.form(), ticket=TICKET, item=travel, quantity=1, happened_on=TODAY)
    for _ in range(2):
        await world.click(world.eva, form)
    assert len(await costs(world)) == 1


@pytest.mark.parametrize(
    "quantity,day,said",
    [
        (0, TODAY, "Kosten zijn voor 1 tot 1000 stuks."),
        (None, TODAY, "Kosten zijn voor 1 tot 1000 stuks."),
        (1001, TODAY, "Kosten zijn voor 1 tot 1000 stuks."),
        (1, TODAY - timedelta(days=1), "Het ticket is geopend op maandag 23 november 2026."),
        (1, TODAY + timedelta(days=1), "Die dag ligt in de toekomst."),
    ],
)
async def test_what_cannot_be_charged(database: Database, quantity: int | None, day: date, said: str) -> None:
    """The form comes back filled in, with the reason on top (R26, D23)."""
    world, travel = await prepared(database, last=TODAY + timedelta(days=30))
    reply = await add(world, travel, quantity, day)
    assert said in text_of(reply)
    assert "Kosten toevoegen aan ticket 1001" in text_of(reply)
    assert await costs(world) == ()


async def test_only_what_an_addendum_covers(database: Database) -> None:
    """An item of an addendum that is over, of another customer, or of none at all is refused (R26, D25)."""
    world, travel = await prepared(database)
    world.now += timedelta(days=1)
    (theirs,) = await database.write(
        lambda session: sign_addendum(session, world.other_customer_id, TRAVEL, first=TODAY, last=TODAY)
    )
    assert "Geen addendum" in text_of(await add(world, travel, 1, TODAY + timedelta(days=1)))
    for item in (theirs, None):
        assert "Geen addendum" in text_of(await add(world, item))
    assert await costs(world) == ()
    # The day of the addendum itself can still be charged.
    await add(world, travel)
    assert len(await costs(world)) == 1


async def test_where_it_is_offered(database: Database) -> None:
    """The button is there as soon as an addendum names something for a day of the ticket, and not before."""
    world = await world_with_ticket(database)
    assert "Kosten toevoegen" not in buttons_of(await world.click(world.eva, ShowEntries(ticket=TICKET)))
    # A card of before, or a forged one: there is nothing to choose from.
    assert "Tijd op ticket 1001" in text_of(await world.click(world.eva, StartCost(ticket=TICKET)))
    await database.write(lambda session: sign_addendum(session, world.customer_id, TRAVEL, first=TODAY, last=TODAY))
    assert "Kosten toevoegen" in buttons_of(await world.click(world.eva, ShowEntries(ticket=TICKET)))
    form = text_of(await world.click(world.eva, StartCost(ticket=TICKET)))
    assert "travel, one visit: € 45,00" in form


async def test_the_day_is_today_unless_said(database: Database) -> None:
    """A client that leaves the day out means today (D1)."""
    world, travel = await prepared(database)
    await add(world, travel, 1, None)
    assert [cost.happened_on for cost in await costs(world)] == [TODAY]


async def test_items_are_kept_by_customer(database: Database) -> None:
    """Every item of the customer's addenda, with the days of its addendum; none of another customer."""
    world, _ = await prepared(database)
    items = await database.read(partial(load_items, customer_id=world.customer_id))
    assert [(item.what, item.price_cents, item.starts_on) for item in items] == [
        ("travel, one visit", 4500, TODAY),
        ("parking, an hour", 350, TODAY),
    ]
    assert await database.read(partial(load_items, customer_id=world.other_customer_id)) == ()
