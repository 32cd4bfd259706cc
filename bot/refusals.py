"""What somebody is told whose click was refused: why, and the card as it is now (nothing was changed)."""

from __future__ import annotations

from bot.estimates import estimate_after_refusal, estimate_answer
from bot.tickets import ticket_view, visible_ticket
from bot.turn import Answer, Notice, Turn
from bot.wire import IncomingKind
from cards.entries import refused_text
from cards.errors import UnreadableClick
from cards.refusals import NO_NUMBER, NO_TIME, TOO_LONG, TOO_SHORT, refusal_text
from contract.errors import EstimateRefusal, NoContract
from storage.errors import NotFound

_FILLED_IN = TOO_SHORT | TOO_LONG | NO_NUMBER | NO_TIME
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
    if isinstance(error, UnreadableClick) and all(problem.kind in _FILLED_IN for problem in error.problems):
        return Notice(text, is_error=True)
    if turn.source.kind is IncomingKind.MESSAGE or isinstance(error, NotFound):
        return Notice(text, is_error=True)
    try:
        return _present_card(turn, text)
    except NotFound as gone:
        return Notice(refusal_text(gone, turn.language, turn.now), is_error=True)


def _present_card(turn: Turn, text: str) -> Answer:
    """The card that the click came from, as it is now. Raises NotFound."""
    if (number := _number(turn, "ticket")) is not None:
        return ticket_view(turn, visible_ticket(turn, number), text)
    if (estimate := _number(turn, "estimate")) is not None:
        return estimate_answer(turn, estimate, text)
    return Notice(text, is_error=True)


def _number(turn: Turn, name: str) -> int | None:
    value = turn.source.inputs.get(name)
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None
