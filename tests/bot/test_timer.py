"""The engineer's timer, through the router, on both engines (D4, D12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.reminders import TIMERS
from bot.timer import TIMER_LIMIT, allowance_changed
from cards.clicks.hours import DiscardTimer, LogTime, StartLogging, StartTimer, StopTimer
from cards.clicks.tickets import ShowTicket
from contract.events import EventKind
from contract.life_cycle import grant, withdraw
from contract.local_time import truncate
from storage.database import Database
from storage.hours import WorkTimer, load_timer
from storage.tickets import load_ticket, save_ticket
from storage.timers import armed_until, due, fired
from tests.bot.people import World, buttons_of, json_of, text_of
from tests.bot.worked import TICKET, add_ticket, entries, events, filled, log, world_with_ticket


async def running(world: World) -> WorkTimer | None:
    """Eva's timer."""
    return await world.database.read(lambda session: load_timer(session, world.eva.id))


async def warned_at(world: World) -> datetime | None:
    """When Eva is warned next."""
    return await world.database.read(lambda session: armed_until(session, f"{TIMER_LIMIT}:{world.eva.id}"))


async def pass_time(world: World, minutes: int) -> None:
    """Let time pass, and have happen what the calendar has for it."""
    world.now += timedelta(minutes=minutes)

    def ring(session: Any) -> None:
        for timer in due(session, world.now, 10):
            if timer.kind == TIMER_LIMIT:
                TIMERS[timer.kind](session, timer.payload, world.now)
                fired(session, timer)

    await world.database.write(ring)


def sent(card: dict[str, Any], verb: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a click on the button sends: what it carries, and the fields as they stand."""
    return {**data, **{name: value or "" for name, value in filled(card).items()}}


async def save(world: World, reply: Any, **typed: str) -> Any:
    """Fill in what was done on the form of a timer, and save it."""
    [button] = [found for found in buttons_of(reply).values() if found["verb"] == "log_time"]
    inputs = sent(json_of(reply), "log_time", button["data"]) | {"work": "Watched it run"} | typed
    return await world.send(world.eva, "log_time", inputs)


async def test_a_timer_becomes_an_entry(database: Database) -> None:
    """Stopping opens the form with begin and end filled in; saving it logs exactly that and ends the timer."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=25, seconds=50)
    form = await world.click(world.eva, StopTimer(ticket=TICKET))
    assert (filled(json_of(form))["begin"], filled(json_of(form))["end"]) == ("15:00", "15:26")
    await save(world, form)
    [entry] = await entries(world)
    assert (entry.started_at, entry.minutes) == (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), 26)
    assert await running(world) is None
    assert await warned_at(world) is None


async def test_an_abandoned_form_loses_nothing(database: Database) -> None:
    """The timer goes on until its time is saved, and the ticket's card keeps showing it."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=30)
    await world.click(world.eva, StopTimer(ticket=TICKET))
    card = await world.click(world.eva, ShowTicket(ticket=TICKET))
    assert "stop_timer" in {button["verb"] for button in buttons_of(card).values()}
    assert "15:00" in text_of(card)
    assert await running(world) is not None


async def test_a_refused_form_keeps_the_timer(database: Database) -> None:
    """A timer that ran over the limit keeps its minutes while the form asks what to do with them (D12)."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "09:00", "10:50")
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=30)
    reply = await save(world, await world.click(world.eva, StopTimer(ticket=TICKET)))
    offered = {button["verb"]: button["data"] for button in buttons_of(reply).values()}
    assert offered["start_estimate"]["minutes"] == 20
    assert await running(world) is not None
    inputs = sent(json_of(reply), "log_what_fits", offered["log_what_fits"])
    await world.send(world.eva, "log_what_fits", inputs)
    assert [(entry.minutes, entry.is_billable) for entry in await entries(world)][1:] == [(10, True), (20, False)]
    assert await running(world) is None


async def test_a_timer_of_more_than_a_day_is_taken_exactly(database: Database) -> None:
    """Begin and end on different days, shown as two clock times, are still the minutes that passed."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(hours=25)
    form = await world.click(world.eva, StopTimer(ticket=TICKET))
    await save(world, form, billable="false", outside_hours_reason="own_choice")
    assert [entry.minutes for entry in await entries(world)] == [25 * 60]


async def test_what_was_typed_counts_over_the_timer(database: Database) -> None:
    """Who changes begin or end of a timer's form logs that, and the timer is over."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=30)
    await save(world, await world.click(world.eva, StopTimer(ticket=TICKET)), end="15:10")
    assert [entry.minutes for entry in await entries(world)] == [10]
    assert await running(world) is None


async def test_one_timer_an_engineer(database: Database) -> None:
    """Starting a second timer says which one runs and offers to stop that; saving its time starts the second."""
    world = await world_with_ticket(database)
    await add_ticket(world, 1002)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=10)
    reply = await world.click(world.eva, StartTimer(ticket=1002))
    assert "1001" in text_of(reply)
    [stop] = [button for button in buttons_of(reply).values() if button["verb"] == "stop_timer"]
    form = await world.send(world.eva, "stop_timer", stop["data"])
    assert form is not None
    assert form.card is not None
    assert form.card.subject == "ticket:1002"
    card = await save(world, form)
    assert "1002" in text_of(card)
    assert [entry.minutes for entry in await entries(world)] == [10]
    now_running = await running(world)
    assert now_running == WorkTimer(world.eva.id, 1002, truncate(world.now))


async def test_starting_again_goes_on(database: Database) -> None:
    """A second click on start leaves the timer as it runs."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=10)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    now_running = await running(world)
    assert now_running is not None
    assert now_running.started_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


async def test_a_discarded_timer_stays_in_the_history(database: Database) -> None:
    """Throwing a timer away logs nothing, and the history says how long it ran; an old button throws nothing away."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    world.now += timedelta(minutes=10)
    old = DiscardTimer(ticket=TICKET, since=truncate(world.now))
    await world.click(world.eva, old)
    assert await running(world) is not None
    await world.click(world.eva, DiscardTimer(ticket=TICKET, since=datetime(2026, 11, 23, 14, 0, tzinfo=UTC)))
    assert await running(world) is None
    assert [event.details["minutes"] for event in await events(world, EventKind.TIMER_STOPPED)] == [10]


async def test_the_form_for_time_offers_the_timer(database: Database) -> None:
    """The ordinary form leaves the running timer alone and has a button that takes its time."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    form = await world.click(world.eva, StartLogging(ticket=TICKET))
    assert "stop_timer" in {button["verb"] for button in buttons_of(form).values()}
    [button] = [found for found in buttons_of(form).values() if found["verb"] == "log_time"]
    assert LogTime.model_validate(button["data"]).timer_since is None


async def test_the_engineer_is_warned_before_and_at_the_limit(database: Database) -> None:
    """Ten minutes before a timer passes the limit its engineer is told, and when it does; nobody else is (D12)."""
    world = await world_with_ticket(database)
    await log(world, world.finn, "09:00", "10:30")
    await world.click(world.eva, StartTimer(ticket=TICKET))
    await pass_time(world, 19)
    assert await events(world, EventKind.TIMER_NEARED_LIMIT) == []
    await pass_time(world, 1)
    [near] = await events(world, EventKind.TIMER_NEARED_LIMIT)
    assert near.details["left_minutes"] == 10
    await pass_time(world, 10)
    warned = await events(world, EventKind.TIMER_NEARED_LIMIT)
    assert [event.details["left_minutes"] for event in warned] == [10, 0]
    told = [
        row["person"]
        for row in await world.waiting()
        if row["kind"] == "line" and row["event"] in {e.id for e in warned}
    ]
    assert told == [world.eva.id, world.eva.id]
    assert await warned_at(world) is None
    assert await running(world) is not None


async def test_the_warning_follows_the_allowance(database: Database) -> None:
    """What a colleague logs brings the warning forward, and what is approved puts it off (D12, D13)."""
    world = await world_with_ticket(database)
    await world.click(world.eva, StartTimer(ticket=TICKET))
    assert await warned_at(world) == datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
    await log(world, world.finn, "09:00", "10:00")
    assert await warned_at(world) == datetime(2026, 11, 23, 14, 50, tzinfo=UTC)

    def approve(session: Any) -> None:
        granted = grant(load_ticket(session, TICKET, lock=True), 60)
        save_ticket(session, granted)

    await database.write(approve)
    await pass_time(world, 50)
    assert await events(world, EventKind.TIMER_NEARED_LIMIT) == []
    assert await warned_at(world) == datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
    await database.write(lambda session: allowance_changed(session, load_ticket(session, TICKET), world.now))
    assert await warned_at(world) == datetime(2026, 11, 23, 15, 50, tzinfo=UTC)


async def test_nobody_is_warned_on_a_closed_ticket(database: Database) -> None:
    """A timer that still runs on a closed ticket keeps its minutes and warns of nothing."""
    world = await world_with_ticket(database)
    await log(world, world.finn, "09:00", "10:30")
    await world.click(world.eva, StartTimer(ticket=TICKET))

    def close(session: Any) -> None:
        save_ticket(session, withdraw(load_ticket(session, TICKET, lock=True), world.now))

    await database.write(close)
    await pass_time(world, 40)
    assert await events(world, EventKind.TIMER_NEARED_LIMIT) == []
    assert await running(world) is not None
