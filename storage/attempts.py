"""Running a function in a transaction: what it enqueued is flushed, what failed is tried again where that helps."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from storage import outbox
from storage.errors import DatabaseAway
from storage.failures import Failure, conflict_of, failure_of
from storage.sessions import TurnSession

T = TypeVar("T")
R = TypeVar("R")
Job = Callable[[Session], T]

SLOW_S = 0.05
ATTEMPTS = 6
UNIQUE_ATTEMPTS = 3
FIRST_PAUSE_S = 0.01

_log = logging.getLogger(__name__)


def run(fn: Job[T], connection: Connection, *, may_enqueue: bool) -> tuple[T, bool]:
    """Run `fn` in the transaction of `connection`, then write what it enqueued; True if there was something."""
    began = time.perf_counter()
    with TurnSession(connection) as session:
        result = fn(session)
        enqueued = may_enqueue and outbox.flush(session)
    if (took := time.perf_counter() - began) > SLOW_S:
        named = getattr(fn, "func", fn)
        name = getattr(named, "__qualname__", type(named).__name__)
        _log.warning("%s held its transaction for %.0f ms", name, took * 1000)
    return result, enqueued


@dataclass(slots=True)
class Turn:
    """A function that waits to be committed together with others, and who waits for its result."""

    fn: Job[Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    enqueued: bool = False


def take(connection: Connection, turn: Turn) -> None:
    """Run the function of `turn` in its own savepoint; a failure undoes that savepoint and nothing else.

    Raises only what leaves the transaction as a whole unusable.
    """
    # Straight to the driver: it is on the way of every turn, and SQLAlchemy's own savepoints cost seven times as much.
    driver: Any = connection.connection.driver_connection
    for attempt in range(1, UNIQUE_ATTEMPTS + 1):
        driver.execute("SAVEPOINT turn")
        try:
            turn.result, turn.enqueued = run(turn.fn, connection, may_enqueue=True)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it is for the caller
            driver.execute("ROLLBACK TO turn")
            driver.execute("RELEASE turn")
            if failure_of(error) is not Failure.UNIQUE:
                turn.error = error
                return
            if attempt == UNIQUE_ATTEMPTS:
                turn.error = conflict_of(error)
        else:
            driver.execute("RELEASE turn")
            return


async def run_again(attempt: Callable[[], Awaitable[R]]) -> R:
    """Do `attempt` until it succeeds or another try is of no use.

    Raises what `attempt` raised, Conflict for a constraint that stays violated, DatabaseAway when it failed too often.
    """
    uniques = 0
    for count in range(1, ATTEMPTS + 1):
        try:
            return await attempt()
        except Exception as error:
            failure = failure_of(error)
            uniques += failure is Failure.UNIQUE
            if failure is Failure.OTHER:
                raise
            if uniques == UNIQUE_ATTEMPTS:
                raise conflict_of(error) from error
            if count == ATTEMPTS:
                raise DatabaseAway(repr(error)) from error
            if failure is not Failure.UNIQUE:
                await asyncio.sleep(FIRST_PAUSE_S * 2**count * random.uniform(0.5, 1.5))  # noqa: S311 -- no secret
    raise AssertionError  # pragma: no cover -- the last attempt returned or raised
