"""Correcting logged time, through the router, on both engines (D12, D23, D24, D33)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cards.clicks.hours import CorrectTime, ShowEntries, StartCorrection
from contract.events import EventKind
from contract.hours import logged_minutes
from storage.database import Database
from storage.tables import work_entries
from tests.bot.people import Somebody, World, buttons_of, json_of, text_of
from tests.bot.worked import TICKET, TODAY, clock, entries, events, filled, log, world_with_ticket


async def correct(world: World, who: Somebody, entry: int, begin: str, minutes: int | None, **fields: Any) -> Any:
    """Submit the form that corrects an entry."""
    values = {"worked_on": TODAY, "begin": clock(begin), "work": "Rules of the mailbox repaired", "why": "Typing error"}
    click = CorrectTime(
        form_id=world.form(), ticket=TICKET, entry=entry, worked_minutes=minutes, **{**values, **fields}
    )
    return await world.click(who, click)


async def test_the_entry_is_picked_from_a_list(database: Database) -> None:
    """The list has every entry with its amount and its button; the form is filled in with the entry."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "09:30")
    await log(world, world.finn, "10:00", "10:01", work="Looked again")
    shown = await world.click(world.eva, ShowEntries(ticket=TICKET))
    assert "Looked again" in text_of(shown)
    assert "42,50" in text_of(shown)
    offered = [b["data"] for b in buttons_of(shown).values() if b["verb"] == "start_correction"]
    assert offered == [{"ticket": TICKET, "entry": 2}, {"ticket": TICKET, "entry": 1}]
    form = await world.click(world.eva, StartCorrection(ticket=TICKET, entry=1))
    assert filled(json_of(form))["worked_minutes"] == 30
    assert filled(json_of(form))["begin"] == "09:00"


async def test_less_is_always_allowed(database: Database) -> None:
    """A correction downwards needs neither room nor access; both entries stay, the event has both (D24)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "11:00")
    reply = await correct(world, world.eva, 1, "09:00", 90)
    assert "1:30" in text_of(reply)
    assert [entry.minutes for entry in await entries(world)] == [90]
    kept = await database.read(lambda session: session.execute(select(work_entries)).all())
    assert [(row.id, row.corrects_id, row.replaced_at is None) for row in kept] == [(1, None, False), (2, 1, True)]
    [corrected] = await events(world, EventKind.TIME_CORRECTED)
    assert corrected.text == "Typing error"
    assert (corrected.details["before_minutes"], corrected.details["minutes"]) == (120, 90)
    assert corrected.details["amount_cents"] == -4250


async def test_to_nothing(database: Database) -> None:
    """No minutes take an entry away; its room is free again (D12, D24)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "11:00")
    await correct(world, world.mia, 1, "09:00", 0)
    assert logged_minutes(await entries(world)) == 0
    await log(world, world.eva, "09:00", "11:00")
    assert logged_minutes(await entries(world)) == 120


async def test_more_is_checked_like_any_entry(database: Database) -> None:
    """A correction upwards has to fit the allowance; its own minutes do not stand in its way (D12, D24)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "10:00")
    await log(world, world.finn, "09:00", "09:30")
    form = await correct(world, world.eva, 1, "09:00", 91)
    assert "0:30" in text_of(form)
    assert filled(json_of(form))["worked_minutes"] == 91
    assert filled(json_of(form))["why"] == "Typing error"
    await correct(world, world.eva, 1, "09:00", 90)
    assert logged_minutes(await entries(world)) == 120


async def test_a_correction_does_not_collide_with_itself_but_with_others(database: Database) -> None:
    """An entry may move within its own time, and not into another of the same engineer (D24)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "09:30")
    await log(world, world.eva, "10:00", "10:30")
    await correct(world, world.eva, 1, "09:15", 30)
    assert [entry.minutes for entry in await entries(world)] == [30, 30]
    await correct(world, world.eva, 3, "09:45", 30)
    assert len(await events(world, EventKind.TIME_CORRECTED)) == 1


async def test_a_second_submit_and_an_old_form_correct_nothing(database: Database) -> None:
    """A form corrects once; one for an entry that was corrected meanwhile shows the list as it is now."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "10:00")
    click = CorrectTime(
        form_id=world.form(), ticket=TICKET, entry=1, worked_on=TODAY, begin=clock("09:00"), worked_minutes=50, work="x"
    )
    await world.click(world.eva, click)
    await world.click(world.eva, click)
    stale = await correct(world, world.finn, 1, "09:00", 40)
    assert "start_correction" in {button["verb"] for button in buttons_of(stale).values()}
    assert [entry.minutes for entry in await entries(world)] == [50]


async def test_an_entry_is_corrected_on_its_own_ticket_only(database: Database) -> None:
    """The number of an entry of another ticket leads nowhere."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "10:00")
    reply = await world.click(world.eva, StartCorrection(ticket=TICKET, entry=99))
    assert "correct_time" not in {button["verb"] for button in buttons_of(reply).values()}


async def test_nothing_changed_is_no_correction(database: Database) -> None:
    """A form saved as it was leaves no trace."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "10:00")
    await correct(world, world.eva, 1, "09:00", 60)
    assert await events(world, EventKind.TIME_CORRECTED) == []


async def test_a_correction_upwards_reaches_a_mark(database: Database) -> None:
    """Minutes that a correction adds can reach 75 %, which is told like any other (D35)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "10:00")
    await correct(world, world.eva, 1, "09:00", 95)
    told = await events(world, EventKind.ALLOWANCE_NOTICE_REACHED)
    assert [dict(event.details) for event in told] == [{"percent": 75, "logged": 95, "granted": 120}]


async def test_what_is_no_longer_billed_frees_its_minutes(database: Database) -> None:
    """Making an entry not billable gives its minutes back (D11)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "11:00")
    await correct(world, world.eva, 1, "09:00", 120, billable=False)
    assert logged_minutes(await entries(world)) == 0
