"""What a ticket is (R2, D12, D30, D31)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.tickets import (
    SUBJECT_LENGTH,
    State,
    Wait,
    propose_subject,
    reopen_until,
    waiting_for,
)
from tests.contract.builders import at, ticket


def test_worked_example() -> None:
    """A subject from the first sentence after the greeting; reopening through the fourteenth day (R2, D30)."""
    text = "Hello,\nOutlook shows no new mail since this morning. Web mail works."
    assert propose_subject(text) == "Outlook shows no new mail since this morning"
    assert reopen_until(at("2026-11-23 00:00")) == reopen_until(at("2026-11-23 23:59")) == at("2026-12-08 00:00")


@pytest.mark.parametrize(
    "description,subject",
    [
        ("  Teams doet het niet!  ", "Teams doet het niet"),
        ("Goedemorgen support,\n\nhoi allemaal! Wie kan helpen? Het lukt niet.", "Wie kan helpen?"),
        ("Hallo", "Hallo"),
        ("Hallo, ", "Hallo,"),
        ("Beste Oxineo,", "Beste Oxineo,"),
        ("Version 1.2 of   the add-in fails\nsince Monday", "Version 1.2 of the add-in fails"),
        ("...", "..."),
        ("Dagelijkse back-up faalt", "Dagelijkse back-up faalt"),
        ("x" * 100, "x" * 79 + "…"),
        ("word " * 20, "word " * 15 + "word…"),
        ("one, " * 30, "one, " * 15 + "one…"),
    ],
)
def test_subjects(description: str, subject: str) -> None:
    """The first sentence, without a greeting, cut between words (R2)."""
    assert propose_subject(description) == subject


@given(st.text())
def test_a_subject_is_one_short_line(description: str) -> None:
    """Whatever was typed, the subject is one line that fits, and empty for a blank description only (R2)."""
    subject = propose_subject(description)
    assert len(subject) <= SUBJECT_LENGTH
    assert len(subject.splitlines()) <= 1
    assert bool(subject) == bool(description.strip())


def test_reopening_over_the_clock_change() -> None:
    """Fourteen local days, not fourteen times 24 hours (D1, D30)."""
    closed_at = at("2026-10-20 12:00")
    assert reopen_until(closed_at) == at("2026-11-04 00:00")
    assert reopen_until(closed_at) - closed_at == timedelta(days=14, hours=13)


def test_derived_waits() -> None:
    """Waiting for approval and for access are derived for an open ticket, never for a closed one (R25, D31)."""
    assert waiting_for(ticket(), has_open_estimate=False, has_access=True) == ()
    assert waiting_for(ticket(), has_open_estimate=True, has_access=False) == (Wait.APPROVAL, Wait.ACCESS)
    closed = ticket(state=State.CLOSED, closed_at=at("2026-11-24 10:00"))
    assert waiting_for(closed, has_open_estimate=True, has_access=False) == ()


def test_a_new_ticket() -> None:
    """Open, nobody's, two hours, and its minimum stands (R31, R32)."""
    new = ticket()
    assert (new.is_open, new.engineer_id, new.granted_minutes, new.is_minimum_waived) == (True, None, 120, False)
    assert ticket(minimum_waived_reason="Our mistake").is_minimum_waived
