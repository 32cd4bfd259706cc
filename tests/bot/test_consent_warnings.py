"""Who is warned of what, when: before an end, and after a day without an answer (R25)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from bot.access import covering
from bot.terms import keep_consent, withdraw_consent
from contract.consents import GrantState, Mechanism
from graph.errors import GraphUnavailable
from storage.consent_requests import load_requests
from storage.database import Database
from tests.bot.consent_acts import SANNE, in_force, with_app, with_sanne
from tests.bot.consent_desk import make_desk

HOUR = 5400  # seconds: longer than the longest wait between two looks


async def test_warnings_come_at_60_30_7_and_1_days_once_each(sqlite: Database) -> None:
    """To managers, contacts and by mail to the administrator, with a request that renews; once each."""
    desk = await make_desk(sqlite)
    await with_sanne(desk)
    await in_force(desk, days=62)
    for _ in range(63):
        await desk.check(seconds=86400)
    told = [one for one in await desk.news(desk.world.anna) if one in ("expiring", "ended")]
    assert told == ["expiring"] * 4 + ["ended"]
    days = [
        row["args"].get("days") for row in await desk.world.waiting(desk.world.mia) if row.get("view") == "consent_news"
    ]
    assert [one for one in days if one] == [60, 30, 7, 1]
    assert (await desk.mails()).count((SANNE, "consent_news")) == 5
    requests = await sqlite.read(lambda session: load_requests(session, desk.world.customer_id))
    assert len(requests) == 2
    assert requests[0].asked_by is None


async def test_after_a_long_night_only_the_nearest_warning(sqlite: Database) -> None:
    """Off from before the 60th day until the 5th: one warning, of 7 days."""
    desk = await make_desk(sqlite)
    await in_force(desk, days=70)
    await desk.check(seconds=65 * 86400)
    rows = [row["args"] for row in await desk.world.waiting(desk.world.mia) if row.get("view") == "consent_news"]
    assert [one["days"] for one in rows if one["news"] == "expiring"] == [7]


async def test_a_renewal_that_overlaps_leaves_no_gap(sqlite: Database) -> None:
    """The next relationship is in force before this one ends: no more warnings, and work is covered throughout."""
    desk = await make_desk(sqlite)
    await in_force(desk, days=59)
    world, policy = desk.world, desk.world.router.policy
    assert (await desk.news(world.anna)) == ["activated", "expiring"]
    await desk.run()
    desk.graph.approve("r-2", world.now, 365)
    for _ in range(65):
        await desk.check(seconds=86400)
        span = await sqlite.read(partial(covering, customer_id=world.customer_id, at=world.now, policy=policy))
        assert span is not None
    assert (await desk.news(world.anna)).count("expiring") == 1
    states = {one.source_id: one.state for one in await desk.grants()}
    assert states == {"r-1": GrantState.EXPIRED, "r-2": GrantState.ACTIVE}


async def test_a_recorded_consent_is_warned_of_too(sqlite: Database) -> None:
    """One with a last day: nobody is asked about it, both sides are warned, and it ends on its day."""
    desk = await make_desk(sqlite)
    world, policy = desk.world, desk.world.router.policy
    last = (world.now + timedelta(days=61)).date()

    def record(session: Any) -> None:
        withdraw_consent(session, world.customer_id, world.now, policy=policy)
        keep_consent(
            session,
            world.customer_id,
            world.now,
            policy=policy,
            document="A. de Vries: form",
            recorded_by=world.mia.id,
            first=world.now.date(),
            last=last,
        )

    await sqlite.write(record)
    for _ in range(64):
        await desk.check(seconds=86400)
    told = [one for one in await desk.news(world.anna) if one in ("expiring", "ended")]
    assert told == ["expiring"] * 4 + ["ended"]
    assert desk.graph.asked == []
    assert "expired" in {one.state for one in await desk.grants() if one.mechanism is Mechanism.MANUAL}


async def test_a_day_without_answer_is_told_once(sqlite: Database) -> None:
    """After 24 hours managers and contacts hear that remote work waits; once; and that it is seen again."""
    desk = await with_app(sqlite)
    desk.graph.always = GraphUnavailable(503, "serviceNotAvailable")
    for _ in range(30):
        await desk.check(seconds=HOUR)
    assert await desk.news(desk.world.anna) == ["unknown"]
    assert await desk.news(desk.world.mia) == ["unknown"]
    desk.graph.always = None
    await desk.check(seconds=HOUR)
    assert await desk.news(desk.world.mia) == ["unknown", "recovered"]
