"""What people write on a ticket: the answer box, words typed in the chat, withdrawing and reopening (R3, R5, D22,
D30, D31).

A text is kept once per rendering of its box *and* wording: a double click is one answer, two different texts are two.
Words typed in the chat are kept once per message, however often the channel delivers it.
"""

from __future__ import annotations

from datetime import timedelta

from bot import announcements, attaching, timer
from bot.estimates import withdraw_open_estimate
from bot.opening import RECENT, start_ticket
from bot.pickups import arm_pickup, drop_pickup
from bot.remote_sessions import ticket_closed
from bot.replies import activity_key, digest, form_key, keep_reply, text_key, words_key
from bot.tickets import event, is_covered, keep_event, new_form_id, ticket_view, visible_ticket
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
from contract.contracts import check_covered
from contract.errors import MoveNotAllowed
from contract.events import EventKind
from contract.local_time import local
from contract.moves import Move, check_move, moves
from contract.tickets import State, Ticket
from storage.contracts import load_contracts
from storage.errors import NotFound
from storage.overview import recent_tickets
from storage.tickets import find_event, load_ticket_dates, save_ticket

EDITED_WITHIN = timedelta(days=14)


def answer_ticket(turn: Turn, click: AnswerTicket) -> Answer:
    """Send what stands in the answer box to the other side; a contact's answer resumes a waiting ticket."""
    return _answer(turn, click.ticket, click.text, text_key(click, click.text))


def keep_answer(turn: Turn, click: KeepAnswer) -> Answer:
    """Send words that were typed in the chat, now that it is clear which ticket they are about."""
    return _answer(turn, click.ticket, click.text, words_key(turn, click), activity=click.activity)


def _answer(turn: Turn, number: int, text: str, key: str, *, activity: str = "") -> Answer:
    ticket = visible_ticket(turn, number, lock=True)
    if find_event(turn.session, key) is None:
        if Move.ANSWER not in _moves(turn, ticket):
            return _kept_for_later(turn, ticket, text, activity)
        ticket = keep_reply(turn, ticket, text, key)
    return ticket_view(turn, ticket)


def _moves(turn: Turn, ticket: Ticket) -> frozenset[Move]:
    covered = is_covered(turn.session, ticket.customer_id, turn.now)
    return moves(ticket, turn.role, turn.person.id, turn.now, is_covered=covered)


def _kept_for_later(turn: Turn, ticket: Ticket, text: str, activity: str) -> Answer:
    """The ticket can not be answered (any more): what was written stays, in the form for what can be done instead."""
    t, allowed = turn.texts, _moves(turn, ticket)
    if turn.role.is_staff:
        notice = t("Ticket {number} is closed. Reopen it first, or keep this among us.", number=ticket.number)
        if ticket.is_open:
            notice = t("Nobody has ticket {number} yet. Claim it first, or keep this among us.", number=ticket.number)
        return engineer_words_card(text, activity, ticket.number, new_form_id(), turn.language, notice=notice)
    if Move.REOPEN in allowed:
        notice = t("Ticket {number} is closed. Reopen it to send this.", number=ticket.number)
        return reopening_card(ticket, new_form_id(), turn.language, words=text, notice=notice)
    if Move.FOLLOW_UP in allowed:
        return start_ticket(turn, StartTicket(text=text, activity=activity, follow_up_of=ticket.number))
    check_covered(load_contracts(turn.session, ticket.customer_id), local(turn.now).date())
    raise MoveNotAllowed(Move.ANSWER, ticket.state)


def typed(turn: Turn, words: Typed) -> Answer:
    """Words that are no command: an answer where they name a ticket, a question whose they are, or a new ticket."""
    if len(words.text) > LONGEST_WORDS:
        return Notice(_too_long(turn), is_error=True)
    if words.attachments:
        return attaching.received(turn, words)
    if not words.text:
        return Notice(turn.texts("There were no words in that, and no file. Type help for what I can do."))
    ticket = _named_ticket(turn, words)
    if turn.role.is_staff:
        number, text = (ticket.number, words.text) if ticket is not None else (None, turn.source.text.strip())
        return engineer_words_card(text, turn.source.activity_id, number, new_form_id(), turn.language)
    if ticket is not None:
        return _answer_typed(turn, ticket, words.text)
    # "1500 mails are stuck": the number is no ticket of theirs, so it belongs to the words.
    text = words.text if words.ticket is None else turn.source.text.strip()
    customer_id = turn.caller.customer.id if turn.caller.customer else 0
    recent = recent_tickets(turn.session, customer_id, turn.now - RECENT)
    has_contract = is_covered(turn.session, customer_id, turn.now)
    # Without a contract and with nothing to answer the refusal says from when, or why not.
    if not recent or not (has_contract or any(ticket.is_open for ticket in recent)):
        return start_ticket(turn, StartTicket(text=text, activity=turn.source.activity_id))
    return whose_words_card(text, turn.source.activity_id, recent, new_form_id(), turn.language, may_open=has_contract)


def _too_long(turn: Turn) -> str:
    return turn.texts(
        "That is more than {most} characters. Send it in parts, or as a file: your message is still here in the chat.",
        most=LONGEST_WORDS,
    )


def _named_ticket(turn: Turn, words: Typed) -> Ticket | None:
    """The ticket that the words begin with, its row held; None where there is none that the caller may see."""
    if words.ticket is None:
        return None
    try:
        return visible_ticket(turn, words.ticket, lock=True)
    except NotFound:
        return None


def _answer_typed(turn: Turn, ticket: Ticket, text: str) -> Answer:
    """Words after a ticket's number ("1001 it works again"): the answer is kept, and said to be."""
    activity = turn.source.activity_id
    key = activity_key(turn, activity)
    if find_event(turn.session, key) is None:
        if Move.ANSWER not in _moves(turn, ticket):
            return _kept_for_later(turn, ticket, text, activity)
        keep_reply(turn, ticket, text, key)
    return Notice(turn.texts("Added to ticket {number}: {subject}", number=ticket.number, subject=ticket.subject))


def message_edited(turn: Turn, edit: Edited) -> Answer:
    """A message that became an answer was changed: the new words are added, the old ones stay (history is not
    rewritten).
    """
    kept = find_event(turn.session, activity_key(turn, edit.activity_id))
    if kept is None or kept.actor_id != turn.person.id or turn.now - kept.at > EDITED_WITHIN or not edit.text.strip():
        return None
    ticket = visible_ticket(turn, kept.ticket_number, lock=True)
    key = f"edit:{turn.person.id}:{edit.activity_id}:{digest(edit.text)}"
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
    check_move(_moves(turn, ticket), Move.WITHDRAW, ticket, turn.now)
    return withdrawal_card(ticket, new_form_id(), turn.language)


def withdraw_ticket(turn: Turn, click: WithdrawTicket) -> Answer:
    """Close a ticket that the customer no longer needs (D22)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is None:
        ticket = life_cycle.withdraw(ticket, turn.now)
        save_ticket(turn.session, ticket)
        drop_pickup(turn.session, ticket.number)
        ticket_closed(turn.session, ticket.number, turn.now)
        # Before the event of the ticket itself, which is the one that lists name as the latest.
        withdraw_open_estimate(turn.session, ticket, turn.now)
        withdrawn = keep_event(turn, event(turn, ticket, EventKind.TICKET_WITHDRAWN, click.reason), key=key)
        also = timer.running_on(turn.session, ticket)
        announcements.ticket_changed(turn.session, ticket, withdrawn, turn.now, also=also)
    return ticket_view(turn, ticket)


def start_reopening(turn: Turn, click: StartReopening) -> Answer:
    """Ask what is still wrong. Raises ReopenTooLate after 14 days (D30), NoContract without one (D28)."""
    ticket = visible_ticket(turn, click.ticket)
    _check_reopening(turn, ticket)
    return reopening_card(ticket, new_form_id(), turn.language)


def reopen_ticket(turn: Turn, click: ReopenTicket) -> Answer:
    """Reopen a ticket; it gets no new 2 hours (D12, D30)."""
    ticket = visible_ticket(turn, click.ticket, lock=True)
    key = form_key(click)
    if find_event(turn.session, key) is None:
        _check_reopening(turn, ticket)
        ticket = life_cycle.reopen(ticket, turn.now)
        save_ticket(turn.session, ticket)
        if ticket.state is State.NEW:
            due_at = load_ticket_dates(turn.session, ticket.number).pickup_due_at
            arm_pickup(turn.session, ticket, due_at, turn.now)
        # A timer that went on while the ticket was closed comes to the limit like any other.
        timer.allowance_changed(turn.session, ticket, turn.now)
        reopened = keep_event(turn, event(turn, ticket, EventKind.TICKET_REOPENED, click.text), key=key)
        announcements.ticket_changed(turn.session, ticket, reopened, turn.now)
    return ticket_view(turn, ticket)


def _check_reopening(turn: Turn, ticket: Ticket) -> None:
    if not ticket.is_open:
        check_covered(load_contracts(turn.session, ticket.customer_id), local(turn.now).date())
    check_move(_moves(turn, ticket), Move.REOPEN, ticket, turn.now)
