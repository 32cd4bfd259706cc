"""Keeping what somebody wrote on a ticket, whichever way it came: answer box, chat, or beside a file (R3, R5)."""

from __future__ import annotations

import hashlib

from bot import announcements
from bot.tickets import event, keep_event
from bot.turn import Turn
from cards.clicks.base import Form
from cards.clicks.queue import KeepNote
from cards.clicks.tickets import KeepAnswer
from contract import life_cycle
from contract.events import EventKind
from contract.tickets import Ticket
from storage.tickets import find_event, save_ticket

LONGEST_KEY = 330
"""Characters, as the column has it."""


def form_key(click: Form) -> str:
    """The key of what a form led to: once per rendering and ticket, so that a form never blocks another ticket's."""
    number = getattr(click, "ticket", None)
    return f"form:{click.form_id}" if number is None else f"form:{number}:{click.form_id}"


def text_key(click: Form, text: str) -> str:
    """The key of a text from a form: the same rendering and the same words are the same answer."""
    return f"{form_key(click)}:{digest(text)}"


def activity_key(turn: Turn, activity: str) -> str:
    """The key of what a message of the caller led to. Teams numbers messages by chat, so the person is a part of it."""
    return f"activity:{turn.person.id}:{activity}"[:LONGEST_KEY]


def words_key(turn: Turn, click: KeepAnswer | KeepNote) -> str:
    """The key of words typed in the chat, once it is clear whose they are: once per message.

    Unless they were changed since, or went to another ticket from an older copy of the question.
    """
    if not click.activity:
        return text_key(click, click.text)
    key = activity_key(turn, click.activity)
    kept = find_event(turn.session, key)
    is_same = kept is None or (kept.ticket_number, kept.text) == (click.ticket, click.text)
    return key if is_same else text_key(click, click.text)


def digest(text: str) -> str:
    """What tells one text from another in a key."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
