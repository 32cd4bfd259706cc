"""Rows of the outbox are delivered in order, within limits, once, by whoever is alive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.outcomes import Done
from storage import outbox
from storage.database import Database
from storage.errors import DatabaseAway
from storage.outbox_states import State
from storage.outbox_tables import mailbox, worker
from tests.bot.deliveries import START, Bench


async def test_rows_of_a_mailbox_arrive_in_order(bench: Bench) -> None:
    """Rows of each mailbox arrive in the order of their commits, each once, and nothing is left claimed."""
    delivery = await bench.deliver()
    for n in range(30):
        await bench.put(n, name=f"person:{n % 3}")
    await delivery.drained()
    for person in range(3):
        assert [n for [n] in bench.sink.numbers if n % 3 == person] == list(range(person, 30, 3))
    assert set((await bench.states()).values()) == {State.DONE}
    columns = mailbox.c.owner, mailbox.c.due_at, mailbox.c.inflight_from, mailbox.c.fails
    left = await bench.database.read(lambda session: {tuple(row) for row in session.execute(select(*columns))})
    assert left == {(None, None, None, 0)}


async def test_nothing_is_delivered_for_a_change_that_was_undone(bench: Bench) -> None:
    """A row enqueued in a transaction that fails never arrives."""

    def fail(session: Session) -> None:
        outbox.enqueue(session, mailbox="person:1", kind="post", payload={"n": 1}, now=START)
        raise ValueError("undone")

    delivery = await bench.deliver()
    with pytest.raises(ValueError, match="undone"):
        await bench.database.write(fail)
    await bench.put(2)
    await delivery.drained()
    assert bench.sink.numbers == [[2]]


async def test_a_newer_row_takes_the_place_of_an_older_one(bench: Bench) -> None:
    """Of rows that replace each other only the newest goes; others keep their place."""
    delivery = await bench.deliver()
    delivery.pause()
    for n, card in enumerate(["a", None, "a", "b", "a"]):
        await bench.put(n, replaces=card)
    await bench.put(5, name="person:2", replaces="a")
    delivery.resume()
    await delivery.drained()
    assert [n for [n] in bench.sink.numbers if n != 5] == [1, 3, 4]
    assert await bench.states() == {
        0: State.SUPERSEDED,
        1: State.DONE,
        2: State.SUPERSEDED,
        3: State.DONE,
        4: State.DONE,
        5: State.DONE,
    }


async def test_a_newer_row_is_seen_while_an_older_one_goes(bench: Bench) -> None:
    """What comes while the mailbox is being delivered takes the place of what was read but not sent."""
    bench.sink.gates = {0: asyncio.Event()}
    delivery = await bench.deliver()
    delivery.pause()
    await bench.put(0)
    await bench.put(1, replaces="a")
    delivery.resume()
    await bench.sink.arrived(1)
    await bench.put(2, replaces="a")
    bench.sink.gates[0].set()
    await delivery.drained()
    assert bench.sink.numbers == [[0], [2]]


async def test_consecutive_rows_of_a_kind_go_together(bench: Bench) -> None:
    """A kind that bundles gets up to its number of consecutive rows at once; another kind between them divides them."""
    delivery = await bench.deliver()
    delivery.pause()
    for n in range(5):
        await bench.put(n, "line")
    await bench.put(5, "post")
    await bench.put(6, "line")
    delivery.resume()
    await delivery.drained()
    assert bench.sink.numbers == [[0, 1, 2], [3, 4], [5], [6]]


async def test_a_burst_waits_for_its_first_row(bench: Bench) -> None:
    """Rows that wait go out with the first of their kind, hold nothing else back, and are not lost sight of."""
    delivery = await bench.deliver()
    await bench.put(1, "line", due_at=START + timedelta(seconds=5))
    await bench.put(2, "post")
    await delivery.drained()
    bench.clock.move(4)
    await bench.put(3, "line", due_at=START + timedelta(seconds=9))
    await delivery.drained()
    assert bench.sink.numbers == [[2]]
    bench.clock.move(1)
    await delivery.drained()
    assert bench.sink.numbers == [[2], [1, 3]]


async def test_many_rows_that_wait_hide_none_that_may_go(bench: Bench) -> None:
    """Behind more waiting rows than are read at once, a row whose time has come is found."""
    for n in range(12):
        await bench.put(n, "line", due_at=START + timedelta(seconds=60))
    await bench.put(12, "post")
    delivery = await bench.deliver()
    await delivery.drained()
    assert bench.sink.numbers == [[12]]
    bench.clock.move(60)
    await delivery.drained()
    assert [n for bundle in bench.sink.numbers[1:] for n in bundle] == list(range(12))


async def test_the_limits_of_a_chat_are_kept(bench: Bench) -> None:
    """Six go at once, then one a second; other chats are not kept waiting."""
    await bench.deliver()
    for n in range(8):
        await bench.put(n, "chat")
    await bench.sink.arrived(6)
    await bench.put(8, "chat", name="person:2")
    await bench.sink.arrived(7)
    bench.clock.move(1)
    await bench.sink.arrived(8)
    bench.clock.move(1)
    await bench.sink.arrived(9)
    assert bench.sink.numbers == [[0], [1], [2], [3], [4], [5], [8], [6], [7]]
    assert [(at - START).total_seconds() for at in bench.sink.times] == [0] * 7 + [1, 2]


async def test_the_next_worker_knows_what_was_spent(bench: Bench) -> None:
    """The buckets of a chat are kept with its mailbox: a worker that starts anew keeps to them as well."""
    first = await bench.deliver()
    for n in range(6):
        await bench.put(n, "chat")
    await first.drained()
    await first.stop()
    again = Bench(bench.database)
    await again.put(6, "chat")
    second = await again.deliver()
    await again.parked(second)
    again.clock.move(1)
    await again.sink.arrived(1)
    await second.stop()
    assert again.sink.times == [START + timedelta(seconds=1)]


async def test_stopping_finishes_what_was_begun(bench: Bench) -> None:
    """A stop waits for calls on their way, writes down how they ended, and leaves nothing claimed or in doubt."""
    bench.sink.gates = {1: asyncio.Event()}
    delivery = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await bench.sink.arrived(1)
    stopping = asyncio.create_task(delivery.stop())
    await asyncio.sleep(0)
    bench.sink.gates[1].set()
    await stopping
    assert await bench.states() == {1: State.DONE, 2: State.WAITING}
    claimed = select(mailbox.c.owner, mailbox.c.inflight_from)
    assert await bench.database.read(lambda session: tuple(session.execute(claimed).one())) == (None, None)
    assert await bench.database.read(lambda session: session.execute(select(worker)).all()) == []


async def test_what_a_stopped_worker_left_is_in_doubt(bench: Bench) -> None:
    """A worker that had to be stopped in the middle leaves its call in doubt, for the next worker at once."""
    bench.sink.gates = {1: asyncio.Event()}
    first = await bench.deliver()
    await bench.put(1, "post")
    await bench.put(2, "post")
    await bench.sink.arrived(1)
    await first.stop(grace_s=0)
    bench.sink.gates = {}
    second = await bench.deliver()
    await second.drained()
    assert bench.sink.numbers == [[1], [1], [2]]
    assert [work.is_in_doubt for work in bench.sink.works] == [False, True, False]


async def test_a_worker_that_lost_its_lease_has_no_say(postgresql: Database) -> None:
    """When the lease ends another worker takes over; what the first one says afterwards changes nothing."""
    bench = Bench(postgresql)
    bench.sink.gates = {1: asyncio.Event()}
    first = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await bench.sink.arrived(1)
    other = Bench(postgresql)
    other.clock = bench.clock
    other.sink.answers = {1: [Done({"by": "the other"})]}
    second = await other.deliver()
    await second.drained()
    assert other.sink.numbers == []
    bench.clock.move(16)
    await second.drained()
    assert other.sink.numbers == [[1], [2]]
    assert [work.is_in_doubt for work in other.sink.works] == [True, False]
    bench.sink.gates[1].set()
    await first.drained()
    assert bench.sink.numbers == [[1]]
    assert bench.sink.ends == []
    for delivery in (first, second):
        await delivery.stop()


async def test_a_worker_without_lease_sends_nothing(bench: Bench) -> None:
    """When a worker could not say for too long that it is alive it lets go; what it noted as in flight is in doubt."""
    bench.sink.gates = {1: asyncio.Event()}
    delivery = await bench.deliver()
    await bench.put(1)
    await bench.put(2)
    await bench.sink.arrived(1)
    delivery._leased_until = 0.0
    bench.sink.gates[1].set()
    async with delivery._changed:
        await delivery._changed.wait_for(lambda: not delivery._boxes)
    assert bench.sink.numbers == [[1]]
    await delivery._beat()
    await delivery.drained()
    assert bench.sink.numbers == [[1], [2]]
    assert bench.sink.works[1].is_in_doubt


@pytest.mark.parametrize("error", [DatabaseAway("away"), RuntimeError("anything")])
async def test_delivery_outlives_every_error_of_the_database(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whatever claiming or the lease runs into, delivery goes on when it can."""
    write = bench.database.write
    failed: set[str] = set()
    both = asyncio.Event()

    async def unreliable(fn: Callable[[Session], Any]) -> Any:
        for part in ("_claim", "_beat"):
            if part in repr(fn) and part not in failed:
                failed.add(part)
                if len(failed) == 2:
                    both.set()
                raise error
        return await write(fn)

    delivery = await bench.deliver(lease_s=0.3, poll_s=0.02)
    monkeypatch.setattr(bench.database, "write", unreliable)
    await bench.put(1)
    await both.wait()
    await delivery.drained()
    assert bench.sink.numbers == [[1]]
