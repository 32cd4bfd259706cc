"""An event loop that skips idle time: what is awaited for a while has come as soon as nothing else is left to do.

Work takes the time it takes, in the loop and in the database's threads; only waiting costs nothing. So an hour of
background work is lived through in the time that the product itself is busy in it, and what is late is late for want of
capacity, not of patience.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

from storage.database import Database


class _Selector(selectors.DefaultSelector):
    """Waits only for what happens in threads and sockets."""

    def __init__(self, skip: Callable[[float], None], is_busy: Callable[[], bool]) -> None:
        super().__init__()
        self._skip = skip
        self._is_busy = is_busy

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """As ever, but that the time until the next timer passes at once where nobody works meanwhile."""
        if timeout is None or timeout <= 0 or self._is_busy():
            return super().select(timeout)
        if not (found := super().select(0)):
            self._skip(timeout)
        return found


class SkippingLoop(asyncio.SelectorEventLoop):
    """The loop. `under_way` counts what threads do; while there is any, time passes as it does outside."""

    def __init__(self) -> None:
        self.skipped_s = 0.0
        self.under_way = 1
        super().__init__(_Selector(self._skip, lambda: self.under_way > 0))

    def _skip(self, seconds: float) -> None:
        self.skipped_s += seconds

    def time(self) -> float:
        """The seconds that passed, and those that were skipped."""
        return super().time() + self.skipped_s


class LoopClock:
    """The bot's clock, by the loop's time."""

    def __init__(self, loop: SkippingLoop, begin: datetime) -> None:
        self._loop = loop
        self._begin = begin
        self._began_s = loop.time()

    def now(self) -> datetime:
        """The present instant of the simulation."""
        return self._begin + timedelta(seconds=self._loop.time() - self._began_s)


def counted(database: Database, loop: SkippingLoop) -> None:
    """Have time pass as outside while the database works."""

    def around(job: Callable[[Any], Any]) -> Callable[[Any], Any]:
        async def run(fn: Any) -> Any:
            loop.under_way += 1
            try:
                return await job(fn)
            finally:
                loop.under_way -= 1

        return run

    for name in ("read", "write"):
        setattr(database, name, around(getattr(database, name)))


class Skipping(AbstractAsyncContextManager[None]):
    """While it lasts idle time is skipped."""

    def __init__(self, loop: SkippingLoop) -> None:
        self._loop = loop

    async def __aenter__(self) -> None:
        """From now on."""
        self._loop.under_way -= 1

    async def __aexit__(self, *_: object) -> None:
        """Until now."""
        self._loop.under_way += 1
