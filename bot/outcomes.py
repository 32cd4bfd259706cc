"""Work that leaves the house: what a kind of work is, what is handed to it, and how it can end.

A kind says how its rows are done (`perform`, outside any transaction, may take its time) and what follows from the end
(`finish`, inside the transaction that records it, exactly once for each end; not for a `Later`, which is no end).
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from storage.mailboxes import Letter
from storage.sessions import Session

MOST_ATTEMPTS = 8


class InDoubtPolicy(Enum):
    """What to do with work that may have been done before a crash or a time-out."""

    RESEND = "resend"  # doing it again is harmless, or better than never
    DROP = "drop"  # doing it again is worse than never


@dataclass(frozen=True, slots=True)
class Done:
    """It happened. `result` is kept with the row."""

    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """It will not happen: a dead letter. `is_unreachable` where the person blocked or uninstalled the bot."""

    error: str
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """It may have happened, and is not done again."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. The whole mailbox waits: `after_s` if the other side said so, otherwise longer after each failure.

    After 8 attempts that count it becomes `Dead`. `is_in_doubt`: it may have happened all the same.
    """

    error: str
    after_s: float | None = None
    counts: bool = True
    is_in_doubt: bool = False


End = Done | Dead | Dropped
Outcome = End | Later


def result_of(end: End) -> Mapping[str, Any]:
    """What came of it; nothing where it was not done."""
    return end.result if isinstance(end, Done) and end.result else {}


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do: a row of the outbox, or consecutive rows of a kind that bundles them."""

    mailbox: str
    letters: tuple[Letter, ...]
    is_in_doubt: bool = False
    """An earlier attempt may have happened."""

    @property
    def kind(self) -> str:
        """The name of the kind."""
        return self.letters[0].kind

    @property
    def payload(self) -> Mapping[str, Any]:
        """What was enqueued; of a bundle, the latest."""
        return self.letters[-1].payload

    @property
    def payloads(self) -> Sequence[Mapping[str, Any]]:
        """What was enqueued, oldest first."""
        return [letter.payload for letter in self.letters]

    @property
    def tenant(self) -> str | None:
        """Whose limit it counts for."""
        return self.letters[0].tenant


Perform = Callable[[Work], Awaitable[Outcome]]
Finish = Callable[[Session, Work, End, datetime], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work. `perform` returns how it ended or raises a ConnectorError; `bundles` rows may be done at once."""

    name: str
    perform: Perform
    finish: Finish | None = None
    in_doubt: InDoubtPolicy = InDoubtPolicy.RESEND
    bundles: int = 1
    is_limited: bool = True
    """Whether it counts for the limits of the mailbox's chat and the tenant."""


def take_first(letters: Sequence[Letter], kinds: Mapping[str, Kind]) -> int:
    """How many of these letters, in order, are the next piece of work."""
    kind = kinds.get(letters[0].kind)
    most = kind.bundles if kind else 1
    count = 1
    while count < min(most, len(letters)) and letters[count].kind == letters[0].kind:
        count += 1
    return count


FIRST_BACK_OFF_S = 0.5
LONGEST_BACK_OFF_S = 300.0


def back_off_s(fails: int) -> float:
    """Seconds to wait after so many failures in a row: 0.5, 2, 8, 32, 128, then 300, each less up to a half at random.

    Eight attempts take 7 to 13 minutes: longer than a deployment or a hiccup of Teams.
    """
    return min(FIRST_BACK_OFF_S * 4.0 ** (fails - 1), LONGEST_BACK_OFF_S) * random.uniform(0.5, 1.0)  # noqa: S311
