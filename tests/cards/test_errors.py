"""The errors of `cards` carry facts."""

from __future__ import annotations

from cards.errors import CardTooLarge, ClickError, Problem, UnknownVerb, UnreadableClick, UrgencyRefused


def test_errors_carry_what_is_needed_to_answer() -> None:
    """Sizes, verbs and fields are attributes; nothing has to be read out of a message."""
    large = CardTooLarge(30_000, 28_672)
    assert (large.size_bytes, large.limit_bytes) == (30_000, 28_672)
    assert UnknownVerb("x").verb == "x"
    unreadable = UnreadableClick("x", (Problem("a", "missing"), Problem("b", "enum")))
    assert str(unreadable) == "x: a missing, b enum"
    assert isinstance(UrgencyRefused("x", ()), UnreadableClick)
    assert isinstance(unreadable, ClickError)
