"""The evaluation of a year goes to both sides on 15 January, once (R30)."""

from __future__ import annotations

import asyncio

from storage.database import Database
from tests.bot.people import make_world
from tests.bot.year_end import begin, posted, run
from tests.contract.builders import at


async def test_on_15_january(database: Database) -> None:
    """Both contacts and the manager get that of each contract which ended with the year, whoever runs the calendar."""
    world = await make_world(database)
    await begin(world, at("2026-12-20 12:00"))
    await run(world, at("2027-01-15 08:59"))
    assert await posted(world, "evaluation") == []
    await asyncio.gather(*(run(world, at("2027-01-15 09:00")) for _ in range(2)))
    await run(world, at("2027-01-16 09:00"))
    expected = [world.anna.id, world.bram.id, world.mia.id, world.other.id, world.mia.id]
    assert sorted(await posted(world, "evaluation")) == sorted(expected)


async def test_a_missed_day(database: Database) -> None:
    """Sent on 20 January where the calendar stood still; a year too late nobody is troubled with it any more."""
    world = await make_world(database)
    await begin(world, at("2026-12-20 12:00"))
    await run(world, at("2027-01-20 12:00"))
    assert len(await posted(world, "evaluation")) == 5
    await run(world, at("2028-01-20 12:00"), only="send_evaluations")
    assert len(await posted(world, "evaluation")) == 5
