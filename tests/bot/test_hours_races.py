"""Logging at the same instant, 200 rounds on both engines (R18, D12, D24)."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cards.clicks.hours import LogTime, StartTimer
from contract.events import EventKind
from contract.hours import OutsideHoursReason, logged_minutes
from contract.people import Language, Role
from contract.work_times import clock_of
from storage.database import Database
from storage.hours import load_timer
from storage.people import add_person, set_staff_role
from storage.tickets import insert_ticket, load_ticket
from tests.bot.people import Somebody, World
from tests.bot.worked import TICKET, entries, events, world_with_ticket

ROUNDS = 200


def worked(world: World, begin: datetime, minutes: int, ticket: int = TICKET) -> LogTime:
    """The form for `minutes` from an instant on."""
    day, time = clock_of(begin)
    return LogTime(
        form_id=world.form(),
        ticket=ticket,
        worked_on=day,
        begin=time,
        worked_minutes=minutes,
        work="Looked into it",
        outside_hours_reason=OutsideHoursReason.AGREED_TIME,
    )


async def many_tickets(database: Database, count: int) -> World:
    """A world in which Eva has tickets 1001 up to `count` of them, at 14:00 UTC."""
    world = await world_with_ticket(database)

    def copy(session: Session) -> None:
        first = load_ticket(session, TICKET)
        for _ in range(count - 1):
            insert_ticket(session, first, first.created_at)

    await database.write(copy)
    return world


async def many_engineers(world: World, count: int) -> list[Somebody]:
    """Engineers whom nobody has met before."""
    made = [
        Somebody(0, f"Engineer {number}", world.eva.tenant_id, f"50000000-0000-4000-8000-{number:012d}")
        for number in range(count)
    ]

    def add(session: Session) -> None:
        for who in made:
            names = {"tenant_id": who.tenant_id, "object_id": who.object_id, "name": who.name}
            person_id = add_person(session, **names, language=Language.NL, now=world.now)
            set_staff_role(session, person_id, Role.ENGINEER)

    await world.database.write(add)
    return made


@pytest.mark.timeout(300)
async def test_of_two_logs_that_cross_the_limit_one_fits(database: Database) -> None:
    """Two engineers log 70 minutes at the same instant with 120 left: exactly one billable entry fits (D12)."""
    world = await many_tickets(database, ROUNDS)
    people = await many_engineers(world, 2 * ROUNDS)
    begin = world.now.replace(hour=9, minute=0)
    await asyncio.gather(
        *(world.click(who, worked(world, begin, 70, TICKET + count // 2)) for count, who in enumerate(people))
    )
    for number in range(TICKET, TICKET + ROUNDS):
        kept = await entries(world, number)
        assert [entry.billable_minutes for entry in kept] == [70], number


@pytest.mark.timeout(300)
async def test_one_engineer_is_never_twice_at_work(database: Database) -> None:
    """Overlapping time of one engineer on two tickets, logged at the same instant: exactly one stands (D24)."""
    world = await many_tickets(database, 8)
    begin = world.now.replace(hour=7, minute=0)
    spans = []
    for count in range(ROUNDS):
        # A minute each, on two tickets that change with every round.
        first, second = TICKET + count % 8, TICKET + (count + 3) % 8
        at = begin + timedelta(minutes=2 * count)
        await asyncio.gather(
            world.click(world.eva, worked(world, at, 1, first)), world.click(world.eva, worked(world, at, 2, second))
        )
    for number in range(TICKET, TICKET + 8):
        spans += [(entry.started_at, entry.ended_at) for entry in await entries(world, number)]
    spans.sort()
    assert len(spans) == ROUNDS
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


async def test_no_order_of_logs_passes_the_limit(database: Database) -> None:
    """Whatever two engineers log at once, in any order, never passes 120 minutes; each mark is told once (D12, D35)."""
    world = await world_with_ticket(database)
    chance = random.Random(20261123)
    begin = world.now.replace(hour=7, minute=0)
    clicks = []
    for count in range(30):
        at = begin + timedelta(minutes=14 * count)
        clicks += [(who, worked(world, at, chance.randint(1, 13))) for who in (world.eva, world.finn)]
    chance.shuffle(clicks)
    await asyncio.gather(*(world.click(who, click) for who, click in clicks))
    logged = logged_minutes(await entries(world))
    assert 108 <= logged <= 120
    told = [event.details["percent"] for event in await events(world, EventKind.ALLOWANCE_NOTICE_REACHED)]
    assert told == ([75, 100] if logged == 120 else [75])


async def test_two_starts_make_one_timer(database: Database) -> None:
    """Two clicks that start a timer on two tickets at the same instant start one (D24)."""
    world = await many_tickets(database, 2)
    await asyncio.gather(
        world.click(world.eva, StartTimer(ticket=TICKET)), world.click(world.eva, StartTimer(ticket=TICKET + 1))
    )
    running = await database.read(lambda session: load_timer(session, world.eva.id))
    assert running is not None
    assert running.started_at == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    started = [await events(world, EventKind.TIMER_STARTED, number=number) for number in (TICKET, TICKET + 1)]
    assert sorted(map(len, started)) == [0, 1]
