"""Questions about invoices (R5, R15)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contract.errors import TextMissing
from contract.questions import Question, check_text, heard, holds_reminders, settled

ASKED = datetime(2026, 12, 3, 9, tzinfo=UTC)
LATER = ASKED + timedelta(days=1)
QUESTION = Question(id=1, invoice_id=1, line_id=7, asked_by=1, asked_at=ASKED)


def test_a_new_question_waits_and_holds_reminders() -> None:
    """From the moment it is asked nobody is reminded to pay; an invoice without questions holds nothing."""
    assert QUESTION.is_waiting
    assert holds_reminders([QUESTION])
    assert not holds_reminders([])


def test_an_answer_ends_the_waiting_and_the_next_word_renews_it() -> None:
    """The worked calculation: asked on the 3rd, answered on the 4th, asked again on the 5th."""
    answered = heard(QUESTION, is_staff=True, now=LATER)
    assert (answered.is_waiting, answered.answered_at) == (False, LATER)
    assert not holds_reminders([answered])
    again = heard(answered, is_staff=False, now=LATER + timedelta(days=1))
    assert again.is_waiting
    assert holds_reminders([answered, again])


def test_who_adds_a_word_before_the_answer_still_waits() -> None:
    """A second word of the contacts changes nothing about the waiting."""
    assert heard(QUESTION, is_staff=False, now=LATER) == QUESTION


def test_an_answered_question_keeps_the_instant_of_its_answer() -> None:
    """A second answer, or settling what was answered, does not move the instant."""
    answered = settled(QUESTION, LATER)
    assert settled(answered, LATER + timedelta(days=2)) == answered
    assert heard(answered, is_staff=True, now=LATER + timedelta(days=2)).answered_at == LATER


def test_a_question_has_words() -> None:
    """Nothing but white space is no question; the white space around it is not kept."""
    assert check_text(" Why? \n") == "Why?"
    with pytest.raises(TextMissing) as refused:
        check_text(" \n")
    assert refused.value.field == "text"
