"""Whoever claims mailboxes overlooks none, and says that nothing waits only after having looked."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from bot.finisher import Box, Step
from storage.outbox_states import State
from storage.outbox_tables import outbox as outbox_rows
from tests.bot.deliveries import Bench


async def test_drained_means_that_somebody_looked(bench: Bench) -> None:
    """A round in which there was no room to take anything does not count as one that found nothing."""
    bench.sink.gates = {0: asyncio.Event()}
    delivery = await bench.deliver(slots=1, poll_s=0.01)
    delivery.pause()
    await bench.put(0, name="person:1")
    await bench.put(1, name="person:2")
    delivery.resume()
    await bench.sink.arrived(1)
    drained = asyncio.create_task(delivery.drained())
    async with delivery._changed:
        seen = delivery._rounds
        await delivery._changed.wait_for(lambda: delivery._rounds >= seen + 3)
    bench.sink.gates[0].set()
    await drained
    assert bench.sink.numbers == [[0], [1]]


async def test_mailboxes_without_a_due_row_do_not_hide_others(bench: Bench) -> None:
    """Where all that was taken turns out to have nothing due, the next ones are looked at at once, not a poll later."""
    delivery = await bench.deliver(slots=1, poll_s=600)
    delivery.pause()
    await bench.put(0, name="person:1")
    await bench.put(1, name="person:2")
    gone = update(outbox_rows).where(outbox_rows.c.mailbox == "person:1").values(state=State.DONE)
    await bench.database.write(lambda session: session.execute(gone))
    delivery.resume()
    await asyncio.wait_for(bench.sink.arrived(1), 5)
    assert bench.sink.numbers == [[1]]


async def test_a_mailbox_that_is_claimed_again_at_once_is_served_by_one(bench: Bench) -> None:
    """Between letting a mailbox go and being done with it the next claim may come: neither forgets the other's work."""
    delivery = await bench.deliver()
    write = delivery._finisher.write
    is_first = True

    async def slow_to_notice(step: Step) -> Box | None:
        nonlocal is_first
        box = await write(step)
        if box is None and is_first:
            is_first = False
            await bench.put(2)
            await bench.sink.arrived(2)
        return box

    delivery._finisher.write = slow_to_notice  # type: ignore[method-assign]  # the moment that cannot be timed
    gate = bench.sink.gates[2] = asyncio.Event()
    await bench.put(1)
    await bench.sink.arrived(2)
    await asyncio.sleep(0.05)
    assert list(delivery._boxes) == ["person:1"]
    second = delivery._boxes["person:1"]
    gate.set()
    await delivery.drained()
    assert second.done()
    assert second.exception() is None
    assert bench.sink.numbers == [[1], [2]]
