"""However a piece of work ends, that is written down once, and decides how its mailbox goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.limits import Pace
from bot.outcomes import Dead, Done, Dropped, End, Kind, Later, Work
from bot.wire import Busy, InDoubt, Refused
from storage import outbox
from storage.errors import CommitInDoubt, DatabaseAway
from storage.outbox_states import State
from tests.bot.deliveries import Bench


async def test_one_busy_mailbox_waits_and_keeps_its_order(bench: Bench) -> None:
    """A 429 lets its own mailbox wait as long as Teams says, other mailboxes go on, and it costs no attempt."""
    bench.sink.answers = {1: [Busy(429, 30.0)] * 9}
    delivery = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await bench.put(3, name="person:2")
    await delivery.drained()
    assert sorted(bench.sink.numbers) == [[1], [3]]
    await bench.put(4)
    await delivery.drained()
    assert sorted(bench.sink.numbers) == [[1], [3]]
    for _ in range(9):
        bench.clock.move(30)
        await delivery.drained()
    assert [n for [n] in bench.sink.numbers if n != 3] == [1] * 10 + [2, 4]


async def test_a_row_that_keeps_failing_becomes_a_dead_letter(bench: Bench) -> None:
    """After eight attempts, each later than the one before, a row is given up and the next one goes."""
    bench.sink.answers = {1: [Busy(503)] * 8}
    delivery = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await delivery.drained()
    waits: list[float] = []
    while bench.sink.numbers[-1] != [2]:
        before = len(bench.sink.works), bench.clock.now()
        while len(bench.sink.works) == before[0]:
            bench.clock.move(0.25 if len(waits) < 3 else 10)
            await delivery.drained()
        waits.append((bench.clock.now() - before[1]).total_seconds())
    assert bench.sink.numbers == [[1]] * 8 + [[2]]
    assert waits[:5] == sorted(waits[:5])
    assert waits[0] <= 0.5
    assert 150 <= waits[-1] <= 310
    assert await bench.states() == {1: State.DEAD, 2: State.DONE}
    (letter,) = await bench.database.read(outbox.dead_letters)
    assert (letter.attempts, letter.error) == (8, "busy 503")


@pytest.mark.parametrize(
    "answer, state, end",
    [
        (Refused(400, "BadArgument"), State.DEAD, Dead("refused 400 BadArgument")),
        (Refused(404), State.DEAD, Dead("refused 404")),
        (Refused(403, "Blocked"), State.UNREACHABLE, Dead("refused 403 Blocked", is_unreachable=True)),
    ],
)
async def test_a_refused_row_is_not_tried_again(bench: Bench, answer: Refused, state: State, end: Dead) -> None:
    """What Teams will never take is a dead letter at once; the kind hears of it and the next row goes."""
    bench.sink.answers = {1: [answer]}
    delivery = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await delivery.drained()
    assert bench.sink.numbers == [[1], [2]]
    assert bench.sink.ends == [([1], end), ([2], Done({"n": 2}))]
    assert await bench.states() == {1: state, 2: State.DONE}


async def test_a_fault_of_our_own_loses_nothing(bench: Bench) -> None:
    """While Teams refuses our password (401) rows wait, however often it is tried."""
    bench.sink.answers = {1: [Refused(401)] * 12}
    delivery = await bench.deliver()
    await bench.put(1)
    for _ in range(13):
        await delivery.drained()
        bench.clock.move(400)
    assert bench.sink.numbers == [[1]] * 13
    assert await bench.states() == {1: State.DONE}


@pytest.mark.parametrize("answer", [InDoubt(), TimeoutError()])
async def test_what_is_in_doubt_is_decided_by_its_kind(bench: Bench, answer: Exception) -> None:
    """A call without an answer is made again and told that it may have happened, or is dropped, as its kind says."""
    bench.sink.answers = {1: [answer], 2: [answer]}
    delivery = await bench.deliver()
    await bench.put(1, "post")
    await bench.put(2, "remind", name="person:2")
    await delivery.drained()
    bench.clock.move(1)
    await delivery.drained()
    assert sorted((n, work.is_in_doubt) for [n], work in zip(bench.sink.numbers, bench.sink.works, strict=True)) == [
        (1, False),
        (1, True),
        (2, False),
    ]
    assert await bench.states() == {1: State.DONE, 2: State.DROPPED}
    assert ([2], Dropped()) in bench.sink.ends


async def test_a_call_that_hangs_is_ended(bench: Bench) -> None:
    """A call that takes longer than the time-out is in doubt."""
    bench.sink.gates = {1: asyncio.Event()}
    delivery = await bench.deliver(timeout_s=0.05)
    await bench.put(1, "remind")
    await delivery.drained()
    assert await bench.states() == {1: State.DROPPED}


async def test_what_this_version_does_not_know_waits(bench: Bench) -> None:
    """A kind that only newer replicas know is neither lost nor a dead letter here, and keeps nobody else waiting."""
    delivery = await bench.deliver()
    await bench.put(1, "of tomorrow")
    await bench.put(2, name="person:2")
    await delivery.drained()
    assert bench.sink.numbers == [[2]]
    assert await bench.states() == {1: State.WAITING, 2: State.DONE}


async def test_a_mistake_in_what_follows_harms_nobody_else(bench: Bench) -> None:
    """If what follows from an end fails it is undone, the row becomes a dead letter, and others end as they should."""

    def finish(session: Session, work: Work, _end: End, now: datetime) -> None:
        outbox.enqueue(session, mailbox="person:9", kind="post", payload={"n": work.payload["n"] + 100}, now=now)
        if work.payload["n"] == 1:
            raise KeyError("mistake")

    kinds = [Kind("ask", bench.sink.perform, finish, is_limited=False), Kind("post", bench.sink.perform)]
    delivery = await bench.deliver(kinds)
    delivery.pause()
    for n in range(3):
        await bench.put(n, "ask", name=f"person:{n}")
    delivery.resume()
    await delivery.drained()
    states = await bench.states()
    assert states.pop(1) is State.DEAD
    assert states == {0: State.DONE, 2: State.DONE, 100: State.DONE, 102: State.DONE}


async def test_a_mistake_in_a_kind_is_a_dead_letter_in_the_end(bench: Bench) -> None:
    """A kind that raises is tried eight times, then given up."""
    bench.sink.answers = {1: [KeyError("mistake")] * 8}
    delivery = await bench.deliver()
    await bench.put(1)
    for _ in range(8):
        await delivery.drained()
        bench.clock.move(400)
    assert await bench.states() == {1: State.DEAD}


async def test_a_result_that_cannot_be_kept_is_a_dead_letter(bench: Bench) -> None:
    """A result that the database does not take ends its own row only."""
    bench.sink.answers = {1: [Done({"n": object()})]}
    delivery = await bench.deliver()
    delivery.pause()
    await bench.put(1)
    await bench.put(2, name="person:2")
    delivery.resume()
    await delivery.drained()
    assert await bench.states() == {1: State.DEAD, 2: State.DONE}


async def test_an_outcome_outlives_a_database_that_is_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done is written down when the database is back, once, also if a COMMIT went through unheard."""
    write = bench.database.write
    failures: list[str] = []

    async def unreliable(fn: Callable[[Session], Any]) -> Any:
        if "_settle" in repr(fn) and len(failures) < 2:
            failures.append("away" if not failures else "unheard")
            if failures == ["away"]:
                raise DatabaseAway
            await write(fn)
            raise CommitInDoubt
        return await write(fn)

    monkeypatch.setattr("bot.finisher.RETRY_S", 0)
    monkeypatch.setattr(bench.database, "write", unreliable)
    delivery = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await delivery.drained()
    assert failures == ["away", "unheard"]
    assert bench.sink.numbers == [[1], [2]]
    assert [numbers for numbers, _ in bench.sink.ends] == [[1], [2]]
    assert await bench.states() == {1: State.DONE, 2: State.DONE}


async def test_every_attempt_is_observed(bench: Bench) -> None:
    """Metrics hear of each attempt and how it ended."""
    seen: list[tuple[str, str]] = []
    bench.sink.answers = {1: [Later("not yet", 1.0), Refused(400)]}
    delivery = await bench.deliver(observe=lambda kind, outcome: seen.append((kind, outcome)))
    await bench.put(1)
    await delivery.drained()
    bench.clock.move(1)
    await delivery.drained()
    assert seen == [("post", "later"), ("post", "dead")]


async def test_a_mailbox_that_cannot_go_on_stops_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the end of work cannot be written at all its mailbox is let go, in doubt; others are delivered."""
    pace = bench.limits.pace
    broken = {"person:1"}

    def break_one(chat: str) -> Pace:
        if chat in broken:
            raise KeyError(chat)
        return pace(chat)

    monkeypatch.setattr(bench.limits, "pace", break_one)
    delivery = await bench.deliver()
    delivery.pause()
    await bench.put(1)
    await bench.put(2, name="person:2")
    delivery.resume()
    await delivery.drained()
    assert await bench.states() == {1: State.WAITING, 2: State.DONE}
    broken.clear()
    await delivery._beat()
    await delivery.drained()
    assert bench.sink.works[-1].is_in_doubt
    assert await bench.states() == {1: State.DONE, 2: State.DONE}
