"""What the tests of delivery share: a clock that is set, and another side that answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import Delivery
from bot.limits import Limits
from bot.outcomes import Done, End, InDoubtPolicy, Kind, Outcome, Work
from storage import outbox
from storage.database import Database
from storage.outbox_states import State
from storage.outbox_tables import outbox as rows

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


class Sink:
    """The other side: notes what arrives, and answers what was prepared for a number, otherwise Done."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.works: list[Work] = []
        self.times: list[datetime] = []
        self.ends: list[tuple[list[int], End]] = []
        self.answers: dict[int, list[Outcome | Exception]] = {}
        self.gates: dict[int, asyncio.Event] = {}
        self._arrived = asyncio.Condition()

    @property
    def numbers(self) -> list[list[int]]:
        """The numbers in each piece of work that arrived."""
        return [_numbers(work) for work in self.works]

    async def perform(self, work: Work) -> Outcome:
        """Note the work, wait at the gate of its number if there is one, answer."""
        number = work.payload["n"]
        async with self._arrived:
            self.works.append(work)
            self.times.append(self.clock.now())
            self._arrived.notify_all()
        if number in self.gates:
            await self.gates[number].wait()
        prepared = self.answers.get(number)
        answer = prepared.pop(0) if prepared else Done({"n": number})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def finish(self, _session: Session, work: Work, end: End, _now: datetime) -> None:
        """Note how it ended."""
        self.ends.append((_numbers(work), end))

    async def arrived(self, count: int) -> None:
        """Wait until so many pieces of work have arrived."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.works) >= count)


def _numbers(work: Work) -> list[int]:
    return [payload["n"] for payload in work.payloads]


class Bench:
    """A database, a clock, the other side, and deliveries between them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SetClock()
        self.sink = Sink(self.clock)
        self.limits = Limits(self.clock)
        self.started: list[Delivery] = []

    def kinds(self) -> list[Kind]:
        """A kind that is sent again when in doubt, one that is not, one that is bundled, one that has limits."""
        sink = self.sink
        return [
            Kind("post", sink.perform, sink.finish, is_limited=False),
            Kind("remind", sink.perform, sink.finish, InDoubtPolicy.DROP, is_limited=False),
            Kind("line", sink.perform, sink.finish, bundles=3, is_limited=False),
            Kind("chat", sink.perform, sink.finish),
        ]

    def delivery(self, kinds: Iterable[Kind] | None = None, **options: Any) -> Delivery:
        """A delivery that is not yet started."""
        made = Delivery(self.database, kinds or self.kinds(), self.clock, self.limits, **options)
        self.started.append(made)
        return made

    async def deliver(self, kinds: Iterable[Kind] | None = None, **options: Any) -> Delivery:
        """A delivery that is started."""
        delivery = self.delivery(kinds, **options)
        await delivery.start()
        return delivery

    async def put(self, n: int, kind: str = "post", name: str = "person:1", **more: Any) -> None:
        """Enqueue and commit one numbered row."""
        enqueue = partial(outbox.enqueue, mailbox=name, kind=kind, payload={"n": n}, now=self.clock.now(), **more)
        await self.database.write(enqueue)

    async def parked(self, delivery: Delivery) -> None:
        """Wait until a mailbox waits for its limits."""
        async with delivery._changed:
            await delivery._changed.wait_for(lambda: delivery._parked > 0)

    async def states(self) -> dict[int, State]:
        """What became of each number."""
        found = await self.database.read(lambda session: session.execute(select(rows.c.payload, rows.c.state)).all())
        return {payload["n"]: State(state) for payload, state in found}
