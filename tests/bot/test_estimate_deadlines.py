"""Reminders and the end of an open estimate, on both engines (D13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.estimate_deadlines import EXPIRE_ESTIMATE, REMIND_ESTIMATE
from bot.reminders import TIMERS
from cards.clicks.estimates import WithdrawEstimate
from cards.events import event_text
from contract.estimates import Estimate, EstimateState
from contract.people import Language
from storage.database import Database
from storage.outbox_tables import timer
from tests.bot.estimate_acts import (
    approve,
    click,
    decline,
    estimate_of,
    events_of,
    lines_to,
    offered,
    outbox_rows,
    send,
    ticket_of,
)
from tests.bot.people import NOW, World, make_world


async def armed(world: World) -> list[tuple[str, datetime]]:
    """The timers of estimates: kind and instant, earliest first."""
    query = select(timer.c.kind, timer.c.due_at).where(timer.c.kind.in_([REMIND_ESTIMATE, EXPIRE_ESTIMATE]))
    rows = await world.database.read(lambda session: session.execute(query.order_by(timer.c.due_at)).all())
    return [(row.kind, row.due_at) for row in rows]


async def fire(world: World, kind: str, estimate: Estimate, at: datetime) -> None:
    """The timer goes off."""
    await world.database.write(lambda session: TIMERS[kind](session, {"estimate": estimate.id}, at))


async def test_the_timers_of_an_offer(database: Database) -> None:
    """Both reminders and the end are armed with the offer: after two working days, the day before the end, the end."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    # Offered on Monday 23 November at 10:30; valid through Monday 7 December.
    assert await armed(world) == [
        (REMIND_ESTIMATE, datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),
        (REMIND_ESTIMATE, datetime(2026, 12, 6, 8, 0, tzinfo=UTC)),
        (EXPIRE_ESTIMATE, datetime(2026, 12, 7, 23, 0, tzinfo=UTC)),
    ]
    assert estimate.valid_until == datetime(2026, 12, 7, 23, 0, tzinfo=UTC)


async def test_a_decision_drops_the_timers(database: Database) -> None:
    """Nothing is left to happen once an estimate is approved, declined, withdrawn or replaced."""
    world = await make_world(database)
    for end in (approve, decline):
        _, estimate = await offered(world, 60)
        await click(world, world.anna, end(estimate))
        assert await armed(world) == []
    ticket, estimate = await offered(world, 60)
    await send(world, ticket, 90)
    assert len(await armed(world)) == 3
    newest = await send(world, ticket, 30)
    await click(world, world.eva, WithdrawEstimate(estimate=newest.id))
    assert await armed(world) == []


async def test_a_reminder(database: Database) -> None:
    """A reminder tells both contacts by a line and puts the card, ready to be decided, at the end of their chats."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    before = len(await outbox_rows(world))
    await fire(world, REMIND_ESTIMATE, estimate, NOW + timedelta(days=2))
    rows = (await outbox_rows(world))[before:]
    assert lines_to(rows) == {world.anna.id, world.bram.id}
    fresh = {row["payload"]["person"] for row in rows if row["kind"] == "show" and row["payload"]["fresh"]}
    assert fresh == {world.anna.id, world.bram.id}
    event = (await events_of(world, ticket.number))[-1]
    assert event.kind.value == "estimate_reminded"
    assert event_text(event, Language.EN) == (
        "Estimate 1001-1 (at most €\xa085.00) still waits for a decision, until the end of Mon 7 Dec"
    )


async def test_no_reminder_after_a_decision(database: Database) -> None:
    """A reminder that fires all the same finds the estimate decided and says nothing."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    rows = await outbox_rows(world)
    await fire(world, REMIND_ESTIMATE, estimate, NOW + timedelta(days=2))
    await fire(world, EXPIRE_ESTIMATE, estimate, estimate.valid_until)
    assert await outbox_rows(world) == rows
    assert (await estimate_of(world, estimate.id)).state is EstimateState.APPROVED


async def test_the_end(database: Database) -> None:
    """At its end an undecided estimate expires once: both contacts and the engineer hear, the cards follow."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await fire(world, EXPIRE_ESTIMATE, estimate, estimate.valid_until - timedelta(microseconds=1))
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN
    before = len(await outbox_rows(world))
    for _ in range(2):
        await fire(world, EXPIRE_ESTIMATE, estimate, estimate.valid_until)
    assert (await estimate_of(world, estimate.id)).state is EstimateState.EXPIRED
    rows = (await outbox_rows(world))[before:]
    assert lines_to(rows) == {world.anna.id, world.bram.id, world.eva.id}
    assert len([row for row in rows if row["kind"] == "line"]) == 3
    turned = {row["payload"]["person"] for row in rows if row["payload"].get("subject") == f"estimate:{estimate.id}"}
    assert turned == {world.anna.id, world.bram.id}
    assert (await ticket_of(world, ticket.number)).granted_minutes == 120


async def test_an_estimate_whose_end_came_unnoticed_makes_room(database: Database) -> None:
    """A newer estimate after the end of the last one finds it expired, not superseded, even before the timer."""
    world = await make_world(database)
    ticket, old = await offered(world, 60)
    await send(world, ticket, 90, at=old.valid_until)
    assert (await estimate_of(world, old.id)).state is EstimateState.EXPIRED
