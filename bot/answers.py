"""What people write on a ticket: the answer box, words typed in the chat, withdrawing and reopening (R3, R5, D22,
D30, D31).

A text is kept once per rendering of its box *and* wording: a double click is one answer, two different texts are two.
Words typed in the chat are kept once per message, however often the channel delivers it.
"""

from __future__ import annotations

from datetime import timedelta

from bot import announcements, attaching
from bot.estimates import withdraw_open_estimate
from bot.opening import RECENT, start_ticket
from bot.replies import keep_reply, text_key
from bot.tickets import event, keep_event, new_form_id, ticket_view, visible_ticket
from bot.turn import Answer, Notice, Turn
from bot.words import Edited, Typed
from cards.answers import engineer_words_card, reopening_card, whose_words_card, withdrawal_card
from cards.clicks.tickets import (
    LONGEST_WORDS,
    AnswerTicket,
    KeepAnswer,
    ReopenTicket,
    StartReopening,
    StartTicket,
    StartWithdrawal,
    WithdrawTicket,
)
from contract import life_cycle
from contract.contracts import covering
from contract.events import EventKind
from contract.local_time import local
from contract.moves import Move, check_move, moves
from storage.contracts import load_contracts
from storage.overview import recent_tickets
from storage.tickets import find_event, find_event_of_activity, save_ticket

EDITED_WITHIN = timedelta(days=14)


def answer_ticket(turn: Turn, click: AnswerTicket) -> Answer:
    """Send what stands in the answer box to the other side; a contact's answer resumes a waiting ticket."""
    return _answer(turn, click.ticket, click.text, text_key(click.form_id, click.text))


def keep_answer(turn: Turn, click: KeepAnswer) -> Answer:
    """Send words that were typed in the chat, now that it is clear which ticket they are about."""
    key = f"activity:{click.activity}" if click.activity else text_key(click.form_id, click.text)
    return _answer(turn, click.ticket, click.text, key)


def _answer(turn: Turn, number: int, text: str, key: str) -> Answer:
    ticket = visible_ticket(turn, number, lock=True)
    if find_event(turn.session, key) is None:
        ticket = keep_reply(turn, ticket, text, key)
    return ticket_view(turn, ticket)


def typed(turn: Turn, words: Typed) -> Answer:
    """Words that are no command: an answer where they name a ticket, a question whose they are, or a new ticket."""
    if len(words.text) > LONGEST_WORDS:
        return Notice(_too_long(turn), is_error=True)
    if words.attachments:
        return attaching.received(turn, words)
    if not words.text:
        return Notice(turn.texts("There were no words in that, and no file. Type help for what I can do."))
    if words.ticket is not None and words.text and not turn.role.is_staff:
        return _answer_typed(turn, words.ticket, words.text)
    if turn.role.is_staff:
        return engineer_words_card(words.text, turn.source.activity_id, words.ticket, new_form_id(), turn.language)
    customer_id = turn.caller.customer.id if turn.caller.customer else 0
    recent = recent_tickets(turn.session, customer_id, turn.now - RECENT)
    has_contract = covering(load_contracts(turn.session, customer_id), local(turn.now).date()) is not None
    if not recent:
        return start_ticket(turn, StartTicket(text=words.text, activity=turn.source.activity_id))
    return whose_words_card(
        words.text, turn.source.activity_id, recent, new_form_id(), turn.language, may_open=has_contract
    )


def _too_long(turn: Turn) -> str:
    return turn.texts(
        "That is more than {most} characters. Send it in parts, or as a file: your message is still here in the chat.",
        most=LONGEST_WORDS,
    )


def _answer_typed(turn: Turn, number: int, text: str) -> Answer:
    """Words after a ticket's number ("1001 it works again"): the answer is kept, and said to be."""
    ticket = visible_ticket(turn, number, lock=True)
    key = f"activity:{turn.source.activity_id}"
    if find_event(turn.session, key) is None:
        keep_reply(turn, ticket, text, key)
    return Notice(turn.texts("Added to ticket {number}: {subject}", number=number, subject=ticket.subject))


def message_edited(turn: Turn, edit: Edited) -> Answer:
    """A message that became an answer was changed: the new words are added, the old ones stay (history is not
    rewritten).
    """
    kept = find_event_of_activity(turn.session, edit.activity_id)
    if kept is None or kept.actor_id != turn.person.id or turn.now - kept.at > EDITED_WITHIN or not edit.text.strip():
        return None
    ticket = visible_ticket(turn, kept.ticket_number, lock=True)
    key = text_key(f"edit:{edit.activity_id}", edit.text)
    text = edit.text.strip()
    if text == kept.text or not ticket.is_open or find_event(turn.session, key) is not None:
        return None
    keep_reply(turn, ticket, text, key)
    return Notice(
        turn.texts("Your change was added to ticket {number}; the first version stays there too.", number=ticket.number)
    )


def start_withdrawal(turn: Turn, click: StartWithdrawal) -> Answer:
    """Ask once more: a withdrawn ticket still costs its minimum."""
    ticket = visible_ticket(turn, click.ticket)
    return withdrawal_card(ticket, new_form_id(), turn.language)


def withdraw_ticket(turn: Turn, click: WithdrawTicket) -> Answer:
    """Close a ticket that the customer no longer needs (D22)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if find_event(turn.session, f"form:{click.form_id}") is None:
        ticket = life_cycle.withdraw(ticket, turn.now)
        save_ticket(turn.session, ticket)
        withdrawn = keep_event(
            turn, event(turn, ticket, EventKind.TICKET_WITHDRAWN, click.reason), key=f"form:{click.form_id}"
        )
        withdraw_open_estimate(turn.session, ticket, turn.now)
        announcements.ticket_changed(turn.session, ticket, withdrawn, turn.now)
    return ticket_view(turn, ticket)


def start_reopening(turn: Turn, click: StartReopening) -> Answer:
    """Ask what is still wrong. Raises ReopenTooLate after 14 days (D30)."""
    ticket = visible_ticket(turn, click.ticket)
    life_cycle.reopen(ticket, turn.now)
    return reopening_card(ticket, new_form_id(), turn.language)


def reopen_ticket(turn: Turn, click: ReopenTicket) -> Answer:
    """Reopen a ticket; it gets no new 2 hours (D12, D30)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if find_event(turn.session, f"form:{click.form_id}") is None:
        covered = covering(load_contracts(turn.session, ticket.customer_id), local(turn.now).date()) is not None
        allowed = moves(ticket, turn.role, turn.person.id, turn.now, is_covered=covered)
        check_move(allowed, Move.REOPEN, ticket, turn.now)
        ticket = life_cycle.reopen(ticket, turn.now)
        save_ticket(turn.session, ticket)
        reopened = keep_event(
            turn, event(turn, ticket, EventKind.TICKET_REOPENED, click.text), key=f"form:{click.form_id}"
        )
        announcements.ticket_changed(turn.session, ticket, reopened, turn.now)
    return ticket_view(turn, ticket)
