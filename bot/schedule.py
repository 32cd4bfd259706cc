"""Timers and calendar work: what is due happens, once, on whichever replica looks first.

A handler is an ordinary function `(session, payload, now)`: what it changes and what it enqueues commit together with
the timer's end. It runs in a savepoint, so a failing handler undoes its own work, comes back later, and keeps nobody
waiting. Calendar work is handed the instant its slot stands for and misses none: after a night without power every slot
happens, oldest first (but for cleaning up, where once is enough).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.outcomes import back_off_s
from storage import timers
from storage.database import Database
from storage.errors import DatabaseAway
from storage.failures import Failure, failure_of
from storage.sessions import Session

Handler = Callable[[Session, Mapping[str, Any], datetime], None]
"""What a kind of timer does: (session, payload, now)."""

BATCH = 20
POLL_S = 1.0
MOST_ATTEMPTS = 8

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recurring:
    """Calendar work: `run(session, slot, now)` for every slot; `following` says which slot comes after an instant."""

    name: str
    following: Callable[[datetime], datetime]
    run: Callable[[Session, datetime, datetime], None]
    makes_up: bool = True
    """Whether every missed slot happens; otherwise one stands for all of them."""


class Schedule:
    """Runs timers and calendar work until stopped."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        recurring: Iterable[Recurring],
        clock: Clock,
        *,
        poll_s: float = POLL_S,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._recurring = tuple(recurring)
        self._clock = clock
        self._poll_s = poll_s
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Plan the calendar work that is new and begin."""
        await self._database.write(self._plan)
        self._task = asyncio.create_task(self._run(), name="schedule")

    async def stop(self) -> None:
        """Finish the transaction that runs, then end."""
        self._closing.set()
        if self._task is not None:
            await self._task

    async def run_due(self) -> int:
        """Do everything whose time has come; returns how much that was."""
        total = 0
        while True:
            count = await self._database.write(self._fire)
            for work in self._recurring:
                count += await self._database.write(partial(self._turn, work=work))
            total += count
            if count == 0:
                return total

    async def _run(self) -> None:
        while not self._closing.is_set():
            try:
                await self.run_due()
            except DatabaseAway:
                _log.warning("timers wait: the database is away")
            except Exception:  # noqa: BLE001 -- whatever it is, the schedule must not end silently
                _log.exception("timers wait")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s):
                    await self._closing.wait()

    def _plan(self, session: Session) -> None:
        now = self._clock.now()
        for work in self._recurring:
            timers.plan(session, work.name, work.following(now))

    def _fire(self, session: Session) -> int:
        now = self._clock.now()
        due = timers.due(session, now, BATCH)
        for timer in due:
            handler = self._handlers.get(timer.kind)
            if handler is None:
                # While replicas are being replaced an older one may see what only the newer ones know.
                _log.warning("nobody here knows how to do the timer %s", timer.kind)
                again_at = now + timedelta(seconds=back_off_s(timer.attempts + 1))
                timers.failed(session, timer, "unknown kind", again_at)
                continue
            try:
                with session.begin_nested():
                    handler(session, timer.payload, now)
                    timers.fired(session, timer)
            except Exception as error:
                if failure_of(error) in (Failure.COLLIDED, Failure.LOST):
                    raise
                _log.exception("the timer %s failed", timer.kind)
                timers.failed(session, timer, type(error).__name__, _again_at(timer.attempts + 1, now))
        return len(due)

    def _turn(self, session: Session, *, work: Recurring) -> int:
        now = self._clock.now()
        slot = timers.due_slot(session, work.name, now)
        if slot is None:
            return 0
        try:
            with session.begin_nested():
                work.run(session, slot.at, now)
                timers.slot_done(session, slot, work.following(slot.at if work.makes_up else max(slot.at, now)))
        except Exception as error:
            if failure_of(error) in (Failure.COLLIDED, Failure.LOST):
                raise
            _log.exception("%s failed for %s", work.name, slot.at)
            again_at = now + timedelta(seconds=back_off_s(min(slot.attempts + 1, MOST_ATTEMPTS)))
            timers.slot_failed(session, slot, type(error).__name__, again_at)
        return 1


def _again_at(attempts: int, now: datetime) -> datetime | None:
    """When a failed timer is tried again; None after too many failures."""
    return now + timedelta(seconds=back_off_s(attempts)) if attempts < MOST_ATTEMPTS else None
