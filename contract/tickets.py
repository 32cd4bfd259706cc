r"""What a ticket is (R2, R3, R11, D12, D22, D30, D31). What can be done with it is in `moves`.

A contact writes a description, nothing more; the subject is proposed from it:

    "Hello,\nOutlook shows no new mail since this morning. Web mail works." -> "Outlook shows no new mail since this
    morning"

A ticket closed on 23 November 2026, whatever the hour, can be reopened through 7 December: until 8 December 00:00
local time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.allowance import FREE_MINUTES
from contract.local_time import day_start, local
from contract.outcomes import Outcome, OutcomeDetails

if TYPE_CHECKING:
    from datetime import datetime

SUBJECT_LENGTH = 80
"""Characters of a proposed subject."""

REOPEN_DAYS = 14
"""Local days after the closing through whose end a ticket can be reopened (D30)."""


class State(StrEnum):
    """The stored states (D31)."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_MICROSOFT = "waiting_microsoft"
    CLOSED = "closed"


class Wait(StrEnum):
    """What an open ticket also waits for: derived, never stored (D31)."""

    APPROVAL = "approval"
    ACCESS = "access"


class Urgency(StrEnum):
    """Set by the provider only (R11, R12)."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Product(StrEnum):
    """The affected service, if the contact names one."""

    EXCHANGE = "exchange"
    TEAMS = "teams"
    SHAREPOINT = "sharepoint"
    ONEDRIVE = "onedrive"
    POWER_PLATFORM = "power_platform"
    ENTRA_ID = "entra_id"
    INTUNE = "intune"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket as it stands. Instants are aware UTC; the ids of people are `Person.id`."""

    number: int
    customer_id: int
    subject: str
    description: str
    product: Product | None = None
    affected: str = ""
    """Who is affected, in the contact's words."""
    reach: str = ""
    """How to reach them, in the contact's words."""
    created_at: datetime
    created_by: int
    """The contact for whom it is; with `by_phone` an engineer typed it."""
    by_phone: bool = False
    state: State = State.NEW
    outcome: Outcome | None = None
    outcome_details: OutcomeDetails = field(default_factory=OutcomeDetails)
    engineer_id: int | None = None
    """Who has it: exactly one, or nobody yet (R34)."""
    claimed_at: datetime | None = None
    """When a person first claimed it: the pick-up (D29). A hand-over leaves it."""
    urgency: Urgency | None = None
    microsoft_case: str | None = None
    closed_at: datetime | None = None
    outside_hours_allowed: bool = False
    """The contact agreed to work outside office hours when opening it: evidence for D26, not an urgency."""
    duplicate_of: int | None = None
    follow_up_of: int | None = None
    is_void: bool = False
    """A technical duplicate, never billed (D22)."""
    minimum_waived_reason: str | None = None
    granted_minutes: int = FREE_MINUTES
    """The allowance: billable minutes that may be logged over the ticket's whole life (D12, D13)."""
    approved_minutes: int = 0
    """The extra minutes of all approved estimates together, for the choice of D14; a stop does not lower it."""
    version: int = 1
    """Counts the changes, so that an older copy can be told from a newer one."""

    @property
    def is_open(self) -> bool:
        """True until the ticket is closed."""
        return self.state is not State.CLOSED

    @property
    def is_minimum_waived(self) -> bool:
        """True when staff waived the minimum of D5."""
        return self.minimum_waived_reason is not None


def waiting_for(ticket: Ticket, *, has_open_estimate: bool, has_access: bool) -> tuple[Wait, ...]:
    """Return what an open ticket waits for beside its stored state (R25, D31); nothing once it is closed."""
    if not ticket.is_open:
        return ()
    waits = ((Wait.APPROVAL, has_open_estimate), (Wait.ACCESS, not has_access))
    return tuple(wait for wait, holds in waits if holds)


def reopen_until(closed_at: datetime) -> datetime:
    """Return the first instant at which reopening is over: the end of the 14th local day after the closing (D30)."""
    return day_start(local(closed_at).date() + timedelta(days=REOPEN_DAYS + 1))


_GREETING = re.compile(
    r"(?:(?:hi|hey|hello|hallo|hoi|dag|beste|dear|good (?:morning|afternoon|evening)|goede(?:morgen|middag|navond))"
    r"(?: (?:all|allemaal|team|support|oxineo))?[,.!:\n]+\s*)+",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n")


def propose_subject(description: str) -> str:
    """Return a subject of at most 80 characters: the first sentence without a greeting, cut between words (R2).

    Never empty as long as the description is not blank.
    """
    text = description.strip()
    text = text[greeting.end() :] if (greeting := _GREETING.match(text)) and greeting.end() < len(text) else text
    sentence = " ".join(_SENTENCE_END.split(text, maxsplit=1)[0].split()).rstrip(".!") or " ".join(text.split())
    if len(sentence) <= SUBJECT_LENGTH:
        return sentence
    at_word = sentence[:SUBJECT_LENGTH].rpartition(" ")[0]
    return (at_word or sentence[: SUBJECT_LENGTH - 1]).rstrip(",;:-") + "…"
