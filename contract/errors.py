"""Why the contract says no. Every class carries the facts of its refusal; the words are made at the edge, per reader.

Refusal
├── NotAContact              only an appointed contact may do this (R4, D15)
├── UrgencyByCustomer        the customer can not set an urgency (R12)
├── TooManyContacts          two contacts are active already (R4)
├── MoveNotAllowed           the ticket's state, or who asks, does not allow this move (D31)
│   ├── AlreadyClaimed       another click was first (R34)
│   └── ReopenTooLate        the fourteenth day is over (D30)
├── NothingToStop            there is no approved time left to stop (D13)
├── NotADuplicate            the ticket can not be a duplicate of that one (D22)
├── OutcomeNeeds             a closing outcome lacks what R17 asks for
├── TextMissing              a text that has to be kept is empty
├── EstimateRefusal          a decision on an estimate that can not be taken (D13)
│   ├── AlreadyDecided
│   ├── Outdated
│   ├── Superseded
│   ├── WithdrawnEstimate
│   ├── Expired
│   └── PartialNotPossible
├── EstimateMinutes          an estimate of no, or of absurdly many, minutes (D13)
├── EntryRefusal             a time entry that can not be logged
│   ├── OverAllowance        (R18, D12)
│   ├── ZeroMinutes          (D23)
│   ├── UnclearTimes         begin, end and minutes do not tell when the work was (D23)
│   ├── BeforeTicket         (D23)
│   ├── InFuture             (D23)
│   ├── AfterClosing         (D23)
│   ├── SkippedLocalTime     (D23)
│   ├── OverlappingEntry     (D24)
│   ├── NeedsOutsideHoursReason  (R20, D26)
│   ├── OnSiteNeedsAddendum  (R24, R26, D25)
│   └── RemoteNeedsAccess    (R25)
├── NoContract               the customer has no contract on that day (R27, R28, D23)
└── ResponseTooSlow          a response time that could exceed the pick-up target (D20)

The branches TermRefusal and CancellationRefusal are in contract/term_errors.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from contract.estimates import Estimate
    from contract.hours import WorkEntry
    from contract.moves import Move
    from contract.tickets import State, Urgency


class Refusal(Exception):
    """The contract does not allow what was asked. Nothing has changed."""


@dataclass(eq=False)
class NotAContact(Refusal):
    """Only the at most two active contacts open tickets and decide (R4, D15)."""

    person_id: int


class UrgencyByCustomer(Refusal):
    """The provider sets urgency, the customer can not (R12)."""


@dataclass(eq=False)
class TooManyContacts(Refusal):
    """A customer has at most `most` active contacts (R4)."""

    most: int


@dataclass(eq=False)
class MoveNotAllowed(Refusal):
    """The move is not possible from this state for the one who asks (D31)."""

    move: Move
    state: State


@dataclass(eq=False)
class AlreadyClaimed(MoveNotAllowed):
    """Exactly one engineer picks a ticket up; `engineer_id` was first (R34, D29)."""

    engineer_id: int


@dataclass(eq=False)
class ReopenTooLate(MoveNotAllowed):
    """Reopening was possible before `until` (exclusive); now a follow-up ticket is (D30)."""

    until: datetime


class NothingToStop(Refusal):
    """Work can be stopped after an approval while approved minutes are left (D13)."""


@dataclass(eq=False)
class NotADuplicate(Refusal):
    """A duplicate is a second ticket of the same customer for a ticket that itself counts (D22)."""

    original_number: int


@dataclass(eq=False)
class OutcomeNeeds(Refusal):
    """The outcome can not be recorded while these fields of `OutcomeDetails` are missing (R17)."""

    fields: tuple[str, ...]


@dataclass(eq=False)
class TextMissing(Refusal):
    """A text the contract wants on record (a reason, a case number) is empty; `field` names it (R17, D5)."""

    field: str


@dataclass(eq=False)
class EstimateRefusal(Refusal):
    """The estimate as it stands now, for the card that answers the click (D13)."""

    estimate: Estimate


class AlreadyDecided(EstimateRefusal):
    """The first decision stands; the estimate says who took it and when (D13)."""


class Outdated(EstimateRefusal):
    """The click came from another revision than the one that stands (D13)."""


class Superseded(EstimateRefusal):
    """A newer estimate took the place of this one (D13)."""


class WithdrawnEstimate(EstimateRefusal):
    """The provider withdrew it, or its ticket was closed (D13, D28)."""


class Expired(EstimateRefusal):
    """The fourteenth local day is over (D13)."""


@dataclass(eq=False)
class PartialNotPossible(EstimateRefusal):
    """An estimate is decided whole; `minutes` is what the click asked for (D13)."""

    minutes: int


@dataclass(eq=False)
class EstimateMinutes(Refusal):
    """An estimate is for 1 to `most` whole minutes (D13)."""

    minutes: int
    most: int


class EntryRefusal(Refusal):
    """A time entry is refused whole; the form stays filled (D12, D23-D26)."""


@dataclass(eq=False)
class OverAllowance(EntryRefusal):
    """The entry would pass the minutes the customer agreed to; `remaining_minutes` still fit (R18, D12)."""

    remaining_minutes: int


class ZeroMinutes(EntryRefusal):
    """There is no whole minute between begin and end (D4, D23)."""


class UnclearTimes(EntryRefusal):
    """Begin, end and minutes are too few to tell when the work was, or contradict each other (D23)."""


@dataclass(eq=False)
class BeforeTicket(EntryRefusal):
    """The work begins before the minute in which the ticket was created (D23)."""

    created_at: datetime


@dataclass(eq=False)
class InFuture(EntryRefusal):
    """The work ends after the present minute (D23)."""

    now: datetime


@dataclass(eq=False)
class AfterClosing(EntryRefusal):
    """On a closed ticket only work begun before the closing can be logged (D23)."""

    closed_at: datetime


@dataclass(eq=False)
class SkippedLocalTime(EntryRefusal):
    """The clock change skips this local time (D23)."""

    day: date
    clock_time: time


@dataclass(eq=False)
class OverlappingEntry(EntryRefusal):
    """The same engineer already has an entry in this time (D24)."""

    entry: WorkEntry


@dataclass(eq=False)
class NeedsOutsideHoursReason(EntryRefusal):
    """`minutes` of the entry lie outside office hours and there is no reason for it (R20, D26)."""

    minutes: int


@dataclass(eq=False)
class OnSiteNeedsAddendum(EntryRefusal):
    """No signed addendum covers on-site work on `day` (R24, R26, D25)."""

    day: date


@dataclass(eq=False)
class RemoteNeedsAccess(EntryRefusal):
    """The customer's consent to remote access does not cover the instant `at` (R25).

    `ended_at`: since when there is none; None where there never was one before.
    """

    at: datetime
    ended_at: datetime | None = None


@dataclass(eq=False)
class NoContract(Refusal):
    """No contract covers `day`: one starts later, or the last one ended, or there never was one (R27, R28, D23).

    `is_cancelled`: the one that ended was cancelled; without an end, one was cancelled before it started (D18).
    """

    day: date
    starts_on: date | None
    ended_on: date | None
    is_cancelled: bool = False


@dataclass(eq=False)
class ResponseTooSlow(Refusal):
    """A response time is not in 1 to `most` office minutes, so it could exceed the pick-up target (D20)."""

    urgency: Urgency
    minutes: int
    most: int
