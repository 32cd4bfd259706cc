"""What somebody is told whose click was refused: why, and the card as it is now (nothing was changed)."""

from __future__ import annotations

from bot.estimates import estimate_after_refusal
from bot.tickets import ticket_view, visible_ticket
from bot.turn import Answer, Notice, Turn
from bot.wire import IncomingKind
from cards.entries import refused_text
from cards.errors import UnreadableClick
from cards.refusals import refusal_text
from contract.errors import EstimateRefusal, NoContract
from storage.errors import NotFound

_FILLED_IN = frozenset({"string_too_short", "string_too_long", "greater_than_equal", "less_than_equal", "int_parsing"})
"""What pydantic calls mistakes of the person rather than of the button: the card keeps what was filled in."""


LONGEST_NUMBER = 9
"""Digits; more than any ticket will have."""


def refused(turn: Turn, error: Exception) -> Answer:
    """The answer to a refused act. A form that was filled in stays as it is; an old card turns into the present one."""
    text = refusal_text(error, turn.language, turn.now)
    if turn.role.is_staff and isinstance(error, NoContract):
        text = refused_text(error, turn.language, turn.now)
    if isinstance(error, EstimateRefusal):
        return estimate_after_refusal(turn, error, text)
    if isinstance(error, UnreadableClick) and any(problem.kind in _FILLED_IN for problem in error.problems):
        return Notice(text, is_error=True)
    number = _ticket_number(turn)
    if turn.source.kind is IncomingKind.MESSAGE or number is None or isinstance(error, NotFound):
        return Notice(text, is_error=True)
    try:
        return ticket_view(turn, visible_ticket(turn, number), text)
    except NotFound as gone:
        return Notice(refusal_text(gone, turn.language, turn.now), is_error=True)


def _ticket_number(turn: Turn) -> int | None:
    value = turn.source.inputs.get("ticket")
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None
