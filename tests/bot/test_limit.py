"""Time at the limit: nothing is lost, nobody passes it, everybody is told (R18, D12, D24, D27, D35)."""

from __future__ import annotations

from cards.clicks.hours import LogWhatFits
from contract.events import EventKind
from storage.database import Database
from tests.bot.people import buttons_of, json_of, text_of
from tests.bot.worked import TICKET, entries, events, filled, hours, log
from tests.bot.worked import world_with_ticket as make


async def test_at_the_limit_nothing_is_lost(database: Database) -> None:
    """An entry that crosses the limit is refused whole: the form stays filled, says what is left, offers both ways."""
    world = await make(database)
    await log(world, world.eva, "09:00", "10:40")
    reply = await log(world, world.eva, "14:00", "15:00", work="Migrated half of it")
    assert len(await entries(world)) == 1
    assert "0:20" in text_of(reply)
    assert filled(json_of(reply)) == {
        "worked_on": "2026-11-23", "begin": "14:00", "end": "15:00", "worked_minutes": None, "place": "remote",
        "billable": "true", "work": "Migrated half of it",
    }  # fmt: skip
    offered = {button["verb"]: button["data"] for button in buttons_of(reply).values()}
    assert offered["start_estimate"] == {"ticket": TICKET, "minutes": 40, "what": "Migrated half of it"}
    assert "log_what_fits" in offered


async def test_what_fits_is_logged_and_the_rest_is_not_billed(database: Database) -> None:
    """What fits is billable, the rest not: minute 120 is allowed, minute 121 is not (D12, D27)."""
    world = await make(database)
    await log(world, world.eva, "09:00", "10:40")
    click = hours(world, "14:00", "15:00")
    await world.click(world.eva, click)
    fits = LogWhatFits(**click.model_dump(exclude={"then"}))
    await world.click(world.eva, fits)
    await world.click(world.eva, fits)
    assert [(entry.minutes, entry.is_billable) for entry in await entries(world)] == [
        (100, True), (20, True), (40, False),
    ]  # fmt: skip


async def test_with_nothing_left_all_of_it_is_not_billed(database: Database) -> None:
    """Work already done over the limit can still be logged, not billable (D27)."""
    world = await make(database)
    await log(world, world.eva, "09:00", "11:00")
    reply = await log(world, world.eva, "14:00", "14:30")
    assert "log_what_fits" in {button["verb"] for button in buttons_of(reply).values()}
    await world.click(world.eva, LogWhatFits(**hours(world, "14:00", "14:30").model_dump(exclude={"then"})))
    assert [(entry.minutes, entry.is_billable) for entry in await entries(world)] == [(120, True), (30, False)]


async def test_all_engineers_share_the_allowance(database: Database) -> None:
    """Minutes of all engineers count, and two engineers may work at the same time (D12, D24)."""
    world = await make(database)
    await log(world, world.eva, "09:00", "10:00")
    await log(world, world.finn, "09:00", "10:00")
    reply = await log(world, world.finn, "10:00", "10:01")
    assert len(await entries(world)) == 2
    assert "0:00" in text_of(reply)


async def test_notices_go_out_once_at_75_and_100_percent(database: Database) -> None:
    """At 75 % and 100 % of the allowance both contacts and the one who has the ticket are told, once each (D35)."""
    world = await make(database)
    await log(world, world.finn, "09:00", "10:29")
    assert await events(world, EventKind.ALLOWANCE_NOTICE_REACHED) == []
    await log(world, world.finn, "10:29", "10:30")
    [first] = await events(world, EventKind.ALLOWANCE_NOTICE_REACHED)
    assert dict(first.details) == {"percent": 75, "logged": 90, "granted": 120}
    told = {row["person"] for row in await world.waiting() if row["kind"] == "line" and row["event"] == first.id}
    assert told == {world.anna.id, world.bram.id, world.eva.id}
    await log(world, world.eva, "10:30", "11:00")
    reached = await events(world, EventKind.ALLOWANCE_NOTICE_REACHED)
    assert [event.details["percent"] for event in reached] == [75, 100]
