"""What goes wrong between the bot and Teams, on demand: each fault is picked up by the next calls it is meant for."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Call(StrEnum):
    """The calls the bot makes."""

    SEND = "send"
    UPDATE = "update"
    DELETE = "delete"
    CREATE = "create"
    MEMBER = "member"
    DOWNLOAD = "download"
    TOKEN = "token"
    KEYS = "keys"


class Delivery(StrEnum):
    """How often an activity reaches the bot, and under which id."""

    ONCE = "once"
    TWICE_SAME_ID = "twice, same id"
    TWICE_NEW_ID = "twice, new id"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong `times` times.

    `status` answers instead of doing; `delay_s` waits first; `drop` closes the connection: `"before"` or `"after"`
    the thing was done; `wait_for` holds the call until that event of a test is set. `chance` makes it happen to some
    calls only.
    """

    on: frozenset[Call]
    status: int | None = None
    code: str = ""
    retry_after_s: float | None = None
    delay_s: float = 0.0
    drop: str = ""
    wait_for: Callable[[], Any] | None = None
    chat_id: str | None = None
    chance: float = 1.0
    times: int = 1
    hits: int = field(default=0, init=False)

    def suits(self, call: Call, chat_id: str | None) -> bool:
        """Whether this fault is meant for such a call and not used up."""
        return call in self.on and self.hits < self.times and self.chat_id in {None, chat_id}


class Faults:
    """The faults that are waiting for their call. `random` has a fixed seed, so that a run can be repeated."""

    def __init__(self, seed: int = 4) -> None:
        self._waiting: list[Fault] = []
        self._random = random.Random(seed)

    def add(self, *on: Call, **what: Any) -> Fault:
        """Inject a fault into the next calls of these kinds (all kinds of posting when none is named)."""
        fault = Fault(frozenset(on or (Call.SEND, Call.UPDATE)), **what)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()

    def take(self, call: Call, chat_id: str | None) -> Fault | None:
        """The fault this call runs into, if any; counts it as used."""
        for fault in self._waiting:
            if fault.suits(call, chat_id) and (fault.chance >= 1.0 or self._random.random() < fault.chance):
                fault.hits += 1
                return fault
        return None
