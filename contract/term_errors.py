"""Why the contract says no to its own dates: a branch of the tree in contract/errors.py (R6-R8, R27, R28, D16-D18).

Refusal
├── TermRefusal              dates that can not be a contract's (R6-R8, R28)
│   ├── NotMonthStart
│   ├── NotMonthEnd
│   ├── EndsBeforeStart
│   ├── OverYearEnd
│   ├── StartsTooSoon
│   └── OverlappingTerm
└── CancellationRefusal      a cancellation that does not end the contract (R8, D18)
    ├── AlreadyCancelled     the first one stands
    ├── ReceivedAfterEnd
    ├── NoMonthEnd
    ├── EndsTooSoon
    └── EndsTooLate
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.errors import Refusal

if TYPE_CHECKING:
    from datetime import date

    from contract.contracts import Contract


@dataclass(eq=False)
class TermRefusal(Refusal):
    """The first and last day that were asked for (R6-R8, R28)."""

    starts_on: date
    ends_on: date


class NotMonthStart(TermRefusal):
    """A contract starts on the first day of a month (R7)."""


class NotMonthEnd(TermRefusal):
    """A contract ends on the last day of a month (R7)."""


class EndsBeforeStart(TermRefusal):
    """The last day lies before the first (R6)."""


class OverYearEnd(TermRefusal):
    """A contract ends at the latest on 31 December of the year it starts in (R28, D17)."""


@dataclass(eq=False)
class StartsTooSoon(TermRefusal):
    """The first day can not be before `earliest`, the month after the last signature (R27, D16)."""

    earliest: date


@dataclass(eq=False)
class OverlappingTerm(TermRefusal):
    """The customer already has `contract` in this time (D17)."""

    contract: Contract


class CancellationRefusal(Refusal):
    """The contract goes on as it was (R8, D18)."""


@dataclass(eq=False)
class AlreadyCancelled(CancellationRefusal):
    """The first cancellation stands, per `ends_on`; where that lies before the start it never starts (D18)."""

    ends_on: date


@dataclass(eq=False)
class ReceivedAfterEnd(CancellationRefusal):
    """The contract had ended on `ended_on` when the cancellation came in (D18)."""

    ended_on: date


@dataclass(eq=False)
class NoMonthEnd(CancellationRefusal):
    """The day that was asked for is not the last one of a month (R7, D18)."""

    asked: date


@dataclass(eq=False)
class EndsTooSoon(CancellationRefusal):
    """The day that was asked for lies before `earliest`: the end of the month of receipt, or of the next (R8, D18)."""

    asked: date
    earliest: date


@dataclass(eq=False)
class EndsTooLate(CancellationRefusal):
    """The day that was asked for lies after the contract's own last day, `latest` (D17, D18)."""

    asked: date
    latest: date
