"""Refusals of a contract's dates: facts and no text (R6-R8, R28, D16-D18). Their drawing is held in test_errors.py."""

from __future__ import annotations

from datetime import date

from contract.errors import Refusal
from contract.term_errors import CancellationRefusal, EndsTooSoon, StartsTooSoon, TermRefusal


def test_worked_example() -> None:
    """A cancellation of 1 April per 31 March is refused with the day that is possible (D18)."""
    refused = EndsTooSoon(date(2027, 3, 31), date(2027, 4, 30))
    assert (refused.asked, refused.earliest) == (date(2027, 3, 31), date(2027, 4, 30))
    assert isinstance(refused, CancellationRefusal)
    assert isinstance(refused, Refusal)


def test_a_term_is_refused_with_its_days() -> None:
    """Whoever asked for a term hears which one, and what is possible instead (D16)."""
    refused = StartsTooSoon(date(2026, 3, 1), date(2026, 12, 31), date(2026, 4, 1))
    assert (refused.starts_on, refused.ends_on, refused.earliest.month) == (date(2026, 3, 1), date(2026, 12, 31), 4)
    assert isinstance(refused, TermRefusal)
