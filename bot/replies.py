"""Keeping what somebody wrote on a ticket, whichever way it came: answer box, chat, or beside a file (R3, R5)."""

from __future__ import annotations

import hashlib

from bot import announcements
from bot.tickets import event, keep_event
from bot.turn import Turn
from contract import life_cycle
from contract.events import EventKind
from contract.tickets import Ticket
from storage.tickets import save_ticket


def text_key(form_id: str, text: str) -> str:
    """The key of a text from a form: the same rendering and the same words are the same answer."""
    return f"form:{form_id}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def keep_reply(turn: Turn, ticket: Ticket, text: str, key: str) -> Ticket:
    """Keep an answer to the other side, on a ticket whose row is held; a contact's answer resumes a waiting ticket.

    Raises MoveNotAllowed on a closed ticket, and for an engineer on one that nobody has.
    """
    by_staff = turn.role.is_staff
    changed = life_cycle.answered_by_staff(ticket) if by_staff else life_cycle.answered_by_contact(ticket)
    save_ticket(turn.session, changed)
    kind = EventKind.STAFF_ANSWERED if by_staff else EventKind.CONTACT_ANSWERED
    answered = keep_event(turn, event(turn, changed, kind, text), key=key)
    announcements.ticket_changed(turn.session, changed, answered, turn.now)
    return changed
