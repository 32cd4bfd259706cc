"""A contact's question about an invoice: free of charge, and no reminder to pay until it is answered (R5, R15).

A question is about one line or about the invoice as a whole. It is no ticket: no time can be logged on it, so it never
costs anything. It waits from the contact's word until the provider's answer, and again from the contact's next word.
While any question about an invoice waits, nobody is reminded to pay that invoice.

    Asked on 3 December, answered on the 4th: reminders are held on the 3rd only. "And the second visit?" on the 5th:
    held again, until that is answered or settled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.errors import TextMissing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Word:
    """What one person wrote in a question; `name` is the name then."""

    at: datetime
    person_id: int
    name: str
    text: str
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about an invoice, or about the line with the id `line_id`."""

    id: int
    invoice_id: int
    line_id: int | None
    asked_by: int
    asked_at: datetime
    answered_at: datetime | None = None

    @property
    def is_waiting(self) -> bool:
        """True while the contact's last word has no answer."""
        return self.answered_at is None


def check_text(text: str) -> str:
    """Return what was written; raises TextMissing where it is nothing (R5)."""
    if not text.strip():
        raise TextMissing("text")
    return text.strip()


def heard(question: Question, *, is_staff: bool, now: datetime) -> Question:
    """Return the question after somebody's word: an answer of the provider ends the waiting, a contact's renews it."""
    if not is_staff:
        return replace(question, answered_at=None)
    return settled(question, now)


def settled(question: Question, now: datetime) -> Question:
    """Return the question as answered; one that was answered before keeps that instant."""
    return question if question.answered_at is not None else replace(question, answered_at=now)


def holds_reminders(questions: Iterable[Question]) -> bool:
    """Tell whether an invoice with these questions is not to be reminded of (R15)."""
    return any(question.is_waiting for question in questions)
