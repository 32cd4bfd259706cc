"""Processes are killed at any instant: nothing is lost or invented, order is kept, at most one repeat in each chat.

The sink stands for Teams: it notes an effect, takes a while to answer, and now and then answers 429 or 503 or not at
all. `post` stands for a new message, which a crash may repeat; `show` for a card that is put in the place of the one
before, of which only the last state counts.
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

import pytest_asyncio
from aiohttp import web
from sqlalchemy import insert
from sqlalchemy.orm import Session

from storage.database import open_database
from storage.outbox_tables import timer
from tests.bot.crash_worker import MAILBOXES, things

KILLS = 20
RATE = 60
LEASE_S = 0.9


@dataclass
class Effects:
    """What the sink saw, in order."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    faults: float = 0.06

    async def take(self, request: web.Request) -> web.Response:
        """Note an effect, or answer with a fault."""
        sent = await request.json()
        dice = random.random()
        if dice < self.faults / 3:
            return web.Response(status=429, headers={"Retry-After": "0.05"})
        if dice < self.faults * 2 / 3:
            return web.Response(status=503)
        self.seen.append(sent)
        await asyncio.sleep(random.uniform(0.003, 0.02))
        if dice < self.faults and sent["kind"] == "show":
            # It happened, and the answer is lost.
            assert request.transport is not None
            request.transport.close()
        return web.Response()

    def of(self, kind: str) -> dict[str, list[dict[str, Any]]]:
        """The effects of a kind in each mailbox, in order."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for effect in self.seen:
            if effect["kind"] == kind:
                found[effect["mailbox"]].append(effect)
        return found


@pytest_asyncio.fixture
async def effects() -> AsyncIterator[Effects]:
    """A running sink."""
    made = Effects()
    app = web.Application()
    app.router.add_post("/", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield made
    await runner.cleanup()


async def _prepare(url: str) -> None:
    def write(session: Session) -> None:
        for number in range(MAILBOXES):
            # Never due: these rows only serve as things that are changed.
            session.execute(insert(timer).values(key=f"person:{number}", kind="thing", payload={}, attempts=0))

    database = open_database(url)
    await database.write(write)
    await database.close()


class Nursery:
    """Starts processes that are to be killed."""

    def __init__(self, url: str, effects: Effects) -> None:
        self._arguments = "-m", "tests.bot.crash_worker", url, effects.url, str(LEASE_S)
        self._next_life = 0

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._parent = await asyncio.create_subprocess_exec(sys.executable, *self._arguments, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._parent.kill()
        await self._parent.communicate()

    async def start(self, rate: float = RATE) -> int:
        """Start a process; returns its id when it delivers."""
        life, self._next_life = self._next_life, self._next_life + 1
        assert self._parent.stdin is not None
        self._parent.stdin.write(f"{life} {rate}\n".encode())
        return await self._hear("ready", life)

    async def deliver_the_rest(self) -> None:
        """Have one more process deliver until nothing is left."""
        await self.start(rate=0)
        await self._hear("done", self._next_life - 1)

    async def _hear(self, what: str, life: int) -> int:
        assert self._parent.stdout is not None
        said = (await self._parent.stdout.readline()).decode().split()
        assert said[:2] == [what, str(life)], "a process ended by itself"
        return int(said[2])


def _kill(process: int) -> None:
    """Kill a process, and wait until it is gone (on SQLite the next one must find the file free)."""
    ended = os.pidfd_open(process)
    os.kill(process, signal.SIGKILL)
    select.select([ended], [], [])
    os.close(ended)


async def _changes(url: str) -> dict[str, int]:
    database = open_database(url)
    found = await database.read(things)
    await database.close()
    return found


def _check(effects: Effects, changed: dict[str, int]) -> None:
    """Hold what was committed against what arrived."""
    posts, shows = effects.of("post"), effects.of("show")
    assert sum(changed.values()) > KILLS
    assert all(effect["kept"] for effect in effects.seen), "something arrived for a change that was rolled back"
    for name, count in changed.items():
        arrived = [post["n"] for post in posts[name]]
        firsts = list(dict.fromkeys(arrived))
        assert firsts == list(range(1, count + 1)), f"lost, invented or out of order in {name}"
        _check_repeats(posts[name])
        shown = [show["n"] for show in shows[name]]
        assert shown == sorted(shown), f"an older state was put over a newer one in {name}"
        assert shown[-1:] == [count][: len(shown[-1:])]
        assert bool(shown) == bool(count)


def _check_repeats(posts: list[dict[str, Any]]) -> None:
    """Each life of a process leaves at most one message of a chat in doubt, and it is repeated at once."""
    for number, count in Counter(post["n"] for post in posts).items():
        lives = [post["life"] for post in posts if post["n"] == number]
        assert len(set(lives)) == count, "repeated without a crash"
    repeated = Counter(one["life"] for one, other in pairwise(posts) if one["n"] == other["n"])
    assert all(count == 1 for count in repeated.values()), "more than one repeat for one crash"


async def test_twenty_kills_lose_nothing(database_url: str, effects: Effects) -> None:
    """A process that changes and delivers is killed 20 times at random instants; the next one goes on."""
    await _prepare(database_url)
    async with Nursery(database_url, effects) as nursery:
        for _ in range(KILLS):
            process = await nursery.start()
            await asyncio.sleep(random.uniform(0.02, 0.4))
            _kill(process)
        await nursery.deliver_the_rest()
    _check(effects, await _changes(database_url))


async def test_another_replica_takes_over(postgresql_url: str, effects: Effects) -> None:
    """Two replicas on PostgreSQL, one of them killed again and again: the other takes its mailboxes over."""
    await _prepare(postgresql_url)
    async with Nursery(postgresql_url, effects) as nursery:
        replicas = [await nursery.start() for _ in range(2)]
        for _ in range(KILLS // 2):
            await asyncio.sleep(random.uniform(0.1, 0.6))
            victim = random.randrange(2)
            _kill(replicas[victim])
            replicas[victim] = await nursery.start()
        for replica in replicas:
            _kill(replica)
        await nursery.deliver_the_rest()
    _check(effects, await _changes(postgresql_url))


async def test_a_frozen_process_does_not_speak_out_of_turn(postgresql_url: str, effects: Effects) -> None:
    """A replica frozen for longer than its lease loses its mailboxes: only what was on its way is repeated."""
    freezes = 3
    await _prepare(postgresql_url)
    async with Nursery(postgresql_url, effects) as nursery:
        frozen, other = [await nursery.start() for _ in range(2)]
        for _ in range(freezes):
            await asyncio.sleep(random.uniform(0.2, 0.5))
            os.kill(frozen, signal.SIGSTOP)
            await asyncio.sleep(LEASE_S * 2)
            os.kill(frozen, signal.SIGCONT)
        for process in (frozen, other):
            _kill(process)
        await nursery.deliver_the_rest()
    posts = effects.of("post")
    for name, count in (await _changes(postgresql_url)).items():
        arrived = [post["n"] for post in posts[name]]
        assert list(dict.fromkeys(arrived)) == list(range(1, count + 1))
        assert len(arrived) - count <= freezes + 1
