"""Managers are warned of a year without a price list, where the year before had one: the last one holds (D34)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot import terms
from bot.prices import keep_prices
from contract.prices import contract_prices
from storage.database import Database
from storage.prices import set_prices
from tests.bot.people import World, make_world
from tests.bot.year_end import begin, drawn, posted, run, shown
from tests.contract.builders import at


async def with_list(world: World, *customers: int) -> None:
    """These customers have a list of their own for 2026."""

    def keep(session: Session) -> None:
        for customer_id in customers:
            set_prices(session, customer_id, replace(contract_prices(2026), office_cents=9000))

    await world.database.write(keep)


async def test_on_1_december_and_at_new_year(database: Database) -> None:
    """One card for the manager on each of the two days, with the one customer that had a list, and once."""
    world = await make_world(database)
    await with_list(world, world.customer_id)
    await begin(world, at("2026-11-20 12:00"))
    for instant, count in (("2026-12-01 08:59", 0), ("2026-12-01 09:00", 1), ("2026-12-31 12:00", 1)):
        await run(world, at(instant))
        assert await posted(world, "missing_prices") == [world.mia.id] * count
    card = await drawn(world, world.mia, "missing_prices", {"missing_prices": 2027})
    assert "ontbreken voor 1 klant," in card.fallback_text
    assert b"Bakkerij Brood & Zo" in card.json
    assert b"Other Company" not in card.json
    for instant in ("2027-01-01 09:00", "2027-01-02 09:00"):
        await run(world, at(instant))
        assert await posted(world, "missing_prices") == [world.mia.id] * 2


async def test_missed_days(database: Database) -> None:
    """Found on 5 January only the warning of the new year is made up for."""
    world = await make_world(database)
    await with_list(world, world.customer_id, world.other_customer_id)
    await begin(world, at("2026-11-20 12:00"))
    await run(world, at("2027-01-05 12:00"))
    assert await posted(world, "missing_prices") == [world.mia.id]


async def test_nothing_to_warn_of(database: Database) -> None:
    """A customer on the contract's own prices has none to miss, nor has one whose contract is cancelled before."""
    world = await make_world(database)
    await with_list(world, world.other_customer_id)
    received = at("2026-11-20 12:00")
    await database.write(
        lambda session: terms.cancel_contract(session, world.other_customer_id, world.now, received_at=received)
    )
    await begin(world, at("2026-11-20 12:00"))
    await run(world, at("2026-12-01 09:00"))
    assert await posted(world, "missing_prices") == []


async def test_it_follows(database: Database) -> None:
    """A list that is recorded brings the card up to date: nobody is missing any more."""
    world = await make_world(database)
    await with_list(world, world.customer_id)
    overview = await drawn(world, world.mia, "renewals", {"renewals": 2026})
    assert b"nog geen eigen prijslijst voor 2027" in overview.json
    await database.write(lambda session: keep_prices(session, world.customer_id, contract_prices(2027), world.now))
    card = await drawn(world, world.mia, "missing_prices", {"missing_prices": 2027})
    assert b"Elke klant met eigen prijzen" in card.json
    assert await shown(world, "missing_prices") == []
