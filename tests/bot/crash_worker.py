"""Processes to be killed: each makes changes and delivers what follows from them to a sink over HTTP.

    python -m tests.bot.crash_worker URL SINK LEASE

starts none yet; each line `LIFE RATE` on its input starts one (by forking, which is fast), which says `ready LIFE PID`
when it delivers. It makes `RATE` changes a second, of which every tenth is rolled back; with 0 it only delivers until
nothing is left and says `done LIFE PID`. What it sends carries its `LIFE`, so that the test can tell who sent what.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from functools import partial

import aiohttp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import SystemClock
from bot.delivery import Delivery
from bot.limits import Limits
from bot.outcomes import Done, Kind, Outcome, Work
from bot.wire import Busy, InDoubt
from storage import outbox
from storage.database import Database, open_database
from storage.outbox_tables import timer

MAILBOXES = 6
CHANGES_AT_ONCE = 4


class Undone(Exception):
    """The change is rolled back, on purpose."""


def change(session: Session, name: str, *, is_kept: bool) -> None:
    """One change of a thing (a row of the timers' table serves as one): count it up and announce the new number."""
    counted = update(timer).where(timer.c.key == name).values(attempts=timer.c.attempts + 1).returning(timer.c.attempts)
    number = session.execute(counted).scalar_one()
    now = SystemClock().now()
    payload = {"n": number, "kept": is_kept}
    outbox.enqueue(session, mailbox=name, kind="post", payload=payload, now=now)
    outbox.enqueue(session, mailbox=name, kind="show", payload=payload, now=now, replaces="card")
    if not is_kept:
        raise Undone


async def produce(database: Database, rate: float) -> None:
    """Make changes until killed."""
    while True:
        is_kept = random.random() > 0.1
        with contextlib.suppress(Undone):
            await database.write(partial(change, name=f"person:{random.randrange(MAILBOXES)}", is_kept=is_kept))
        await asyncio.sleep(CHANGES_AT_ONCE / rate * random.uniform(0.5, 1.5))


def sender(http: aiohttp.ClientSession, sink: str, life: str) -> Kind:
    """How work is done: one request, whose failures mean what they mean in Teams."""

    async def perform(work: Work) -> Outcome:
        sent = {"kind": work.kind, "mailbox": work.mailbox, "life": life, **work.payload}
        try:
            async with http.post(sink, json=sent) as answer:
                if answer.status == 429:
                    raise Busy(429, float(answer.headers["Retry-After"]))
                if answer.status >= 500:
                    raise Busy(answer.status)
                return Done()
        except aiohttp.ClientConnectorError as error:
            raise Busy(503) from error
        except aiohttp.ClientError as error:
            raise InDoubt from error

    return Kind("", perform, is_limited=False)


async def run(url: str, sink: str, life: str, rate: float, lease_s: float) -> None:
    """Change and deliver."""
    database = open_database(url)
    clock = SystemClock()
    async with aiohttp.ClientSession() as http:
        kind = sender(http, sink, life)
        kinds = [Kind(name, kind.perform, is_limited=False) for name in ("post", "show")]
        delivery = Delivery(database, kinds, clock, Limits(clock), lease_s=lease_s, poll_s=0.1, timeout_s=5)
        await delivery.start()
        say("ready", life)
        if rate:
            await asyncio.gather(*(produce(database, rate) for _ in range(CHANGES_AT_ONCE)))
        while await database.read(lambda session: outbox.gauges(session, clock.now()).waiting):
            await delivery.drained()
        await delivery.stop()
    await database.close()
    say("done", life)


def say(what: str, life: str) -> None:
    """Tell the test."""
    os.write(1, f"{what} {life} {os.getpid()}\n".encode())


def things(session: Session) -> dict[str, int]:
    """How often each thing was changed, as committed."""
    return {row.key: row.attempts for row in session.execute(select(timer.c.key, timer.c.attempts))}


def fork_on(url: str, sink: str, lease_s: float) -> None:
    """Start a process for each line of the input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        life, rate = line.split()
        if os.fork() == 0:
            random.seed()
            asyncio.run(run(url, sink, life, float(rate), lease_s))
            os._exit(0)


if __name__ == "__main__":
    fork_on(sys.argv[1], sys.argv[2], float(sys.argv[3]))
