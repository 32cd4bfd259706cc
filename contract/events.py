"""The history of a ticket: what happened, in the past tense, append-only (R5, R19, D31).

Every event of R5 reaches both contacts, each in their own language, but never the one who did it:

    an engineer answers: both contacts are told; a contact approves: the other contact and the engineer are told, the
    approver is not; an internal note: no contact ever sees it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class EventKind(StrEnum):
    """What can happen to a ticket."""

    TICKET_OPENED = "ticket_opened"
    TICKET_CLAIMED = "ticket_claimed"
    TICKET_HANDED_OVER = "ticket_handed_over"
    TICKET_TAKEN_OVER = "ticket_taken_over"
    URGENCY_SET = "urgency_set"
    CONTACT_ANSWERED = "contact_answered"
    STAFF_ANSWERED = "staff_answered"
    NOTE_ADDED = "note_added"
    FILE_ATTACHED = "file_attached"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    WAITING_FOR_MICROSOFT = "waiting_for_microsoft"
    TICKET_RESUMED = "ticket_resumed"
    TIMER_STARTED = "timer_started"
    TIMER_STOPPED = "timer_stopped"
    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"
    TIME_LOGGED = "time_logged"
    TIME_CORRECTED = "time_corrected"
    COST_ADDED = "cost_added"
    COST_REMOVED = "cost_removed"
    ALLOWANCE_NOTICE_REACHED = "allowance_notice_reached"
    ESTIMATE_OFFERED = "estimate_offered"
    ESTIMATE_APPROVED = "estimate_approved"
    ESTIMATE_DECLINED = "estimate_declined"
    ESTIMATE_SUPERSEDED = "estimate_superseded"
    ESTIMATE_WITHDRAWN = "estimate_withdrawn"
    ESTIMATE_EXPIRED = "estimate_expired"
    WORK_STOPPED = "work_stopped"
    MINIMUM_WAIVED = "minimum_waived"
    TICKET_RESOLVED = "ticket_resolved"
    TICKET_WITHDRAWN = "ticket_withdrawn"
    TICKET_MARKED_DUPLICATE = "ticket_marked_duplicate"
    TICKET_REOPENED = "ticket_reopened"
    TICKET_FOLLOWED_UP = "ticket_followed_up"
    TICKET_ENDED_WITH_CONTRACT = "ticket_ended_with_contract"
    PICKUP_NEARED = "pickup_neared"
    ESTIMATE_REMINDED = "estimate_reminded"
    TIMER_NEARED_LIMIT = "timer_neared_limit"

    @property
    def is_internal(self) -> bool:
        """True for what no contact ever sees: notes, urgency, timers, our own reminders."""
        return self in _INTERNAL

    @property
    def notifies_contacts(self) -> bool:
        """True for what R5 owes to both contacts as it happens; the rest they find on the ticket's card."""
        return self not in _INTERNAL and self not in _SHOWN_ONLY

    @property
    def notifies_staff(self) -> bool:
        """True for what the engineer who has the ticket is told, or all engineers when nobody has it."""
        return self in _FOR_STAFF


_INTERNAL = frozenset(
    {
        EventKind.URGENCY_SET,
        EventKind.NOTE_ADDED,
        EventKind.TIMER_STARTED,
        EventKind.TIMER_STOPPED,
        EventKind.PICKUP_NEARED,
        EventKind.TIMER_NEARED_LIMIT,
    },
)
_SHOWN_ONLY = frozenset(
    {
        EventKind.SESSION_STARTED,
        EventKind.SESSION_ENDED,
        EventKind.TIME_LOGGED,
        EventKind.TIME_CORRECTED,
        EventKind.COST_ADDED,
        EventKind.COST_REMOVED,
        EventKind.ESTIMATE_SUPERSEDED,
    },
)
_FOR_STAFF = frozenset(
    {
        EventKind.TICKET_OPENED,
        EventKind.TICKET_HANDED_OVER,
        EventKind.TICKET_TAKEN_OVER,
        EventKind.CONTACT_ANSWERED,
        EventKind.FILE_ATTACHED,
        EventKind.ALLOWANCE_NOTICE_REACHED,
        EventKind.ESTIMATE_APPROVED,
        EventKind.ESTIMATE_DECLINED,
        EventKind.ESTIMATE_EXPIRED,
        EventKind.WORK_STOPPED,
        EventKind.TICKET_WITHDRAWN,
        EventKind.TICKET_REOPENED,
        EventKind.TICKET_FOLLOWED_UP,
        EventKind.TICKET_ENDED_WITH_CONTRACT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """One line of a ticket's history.

    `actor_id` is None when the calendar did it; `actor_name` is the name at that time.

    `text` is what a person wrote (an answer, a reason), `details` the facts by kind as plain JSON values (minutes,
    ids, digests).
    """

    id: int
    ticket_number: int
    at: datetime
    kind: EventKind
    actor_id: int | None
    actor_name: str
    text: str = ""
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_internal(self) -> bool:
        """True for what no contact ever sees."""
        return self.kind.is_internal
