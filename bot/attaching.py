"""Files sent in the chat: to which ticket they belong, and the question where that is unclear (R5).

"1001 see picture" says it; then the words are kept as an answer and the files beside it. Otherwise the sender is asked,
with one button a ticket, and nothing is guessed: a picture in the wrong ticket is read by the wrong people. Until then
the files wait under the message they came with, and are fetched meanwhile, because their addresses end. An engineer is
always asked who may see them; nobody does before the answer.

A message that Teams delivers again, also under a new id, is the same message.
"""

from __future__ import annotations

from datetime import timedelta

from bot import announcements
from bot.files import attach_waiting, files_view, message_key, show_message_files, waiting_files
from bot.opening import RECENT, start_ticket
from bot.replies import activity_key, keep_reply
from bot.tickets import event, is_covered, keep_event, new_form_id, visible_ticket
from bot.turn import Answer, Notice, Turn
from bot.wire import Attachment
from bot.words import Typed
from cards.attaching import OFFERED, QuestionSheet, engineer_files_card, whose_files_card
from cards.clicks.files import AttachFiles
from cards.clicks.tickets import StartTicket
from cards.components import Card
from contract.events import EventKind
from contract.files import MOST_FILES, FileFailure, FileState, TicketFile, clean_name, is_program_name
from contract.moves import Move, moves
from contract.tickets import Ticket
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.files import FileSource, files_of_message, find_same_message, hold_sender, keep_file, tickets_in_hand
from storage.overview import recent_tickets
from storage.tickets import find_event

SAME_WITHIN = timedelta(minutes=10)
"""How long the same addresses mean that Teams delivered the same message again."""

MOST_NAMED = 30
"""Files of one message that are named at all."""


def received(turn: Turn, words: Typed) -> Answer:
    """Keep the files of a message, and attach them or ask."""
    if not any(sent.url for sent in words.attachments) and not words.text:
        return Notice(
            turn.texts(
                "I can't keep that kind of attachment. Send it as a file or a picture, or describe it in words."
            ),
            is_error=True,
        )
    activity = turn.source.activity_id
    hold_sender(turn.session, turn.person.id)
    known = files_of_message(turn.session, message_key(turn.person, activity))
    if not known:
        since = turn.now - SAME_WITHIN
        urls = [sent.url for position, sent in enumerate(words.attachments) if _fault(sent, position) is None]
        if urls and find_same_message(turn.session, turn.person.id, urls, since) is not None:
            return None
        known = _keep(turn, words)
    if known[0].ticket_number is not None:
        return None
    if all(file.state is FileState.FAILED for file in known) and not words.text:
        show_message_files(turn.session, known[0], turn.now, fresh=True)
        return None
    if words.ticket is not None and not turn.role.is_staff:
        return _attach_named(turn, words, words.ticket)
    return _ask(turn, activity, words.text, number=words.ticket)


def _fault(sent: Attachment, position: int) -> FileFailure | None:
    """Why a file is not even fetched."""
    if not sent.url:
        return FileFailure.NOT_HANDED_OVER
    if position >= MOST_FILES:
        return FileFailure.TOO_MANY
    return FileFailure.TYPE_NOT_ALLOWED if is_program_name(sent.name) else None


def _keep(turn: Turn, words: Typed) -> list[TicketFile]:
    key = message_key(turn.person, turn.source.activity_id)
    for position, sent in enumerate(words.attachments[:MOST_NAMED]):
        failure = _fault(sent, position)
        file = TicketFile(
            id=0,
            ticket_number=None,
            person_id=turn.person.id,
            name=clean_name(sent.name),
            content_type=sent.content_type[:100],
            state=FileState.FAILED if failure else FileState.FETCHING,
            failure=failure,
            created_at=turn.now,
            position=position,
            is_internal=turn.role.is_staff,
        )
        file_id = keep_file(
            turn.session,
            file,
            source=None if failure else FileSource(sent.url, sent.needs_token),
            customer_id=turn.caller.customer.id if turn.caller.customer else None,
            activity=key,
        )
        if failure is None:
            announcements.fetch_file(turn.session, turn.person.id, file_id, turn.now)
    return files_of_message(turn.session, key)


def _attach_named(turn: Turn, words: Typed, number: int) -> Answer:
    """A contact's message names the ticket; where that cannot be, the contact is asked."""
    activity = turn.source.activity_id
    try:
        ticket = visible_ticket(turn, number, lock=True)
    except NotFound:
        return _ask(turn, activity, turn.source.text, notice=turn.texts("There is no ticket {number}.", number=number))
    if notice := _cannot(turn, ticket, internal=False):
        return _ask(turn, activity, words.text, notice=notice)
    files = _give(turn, ticket, activity, words.text, internal=False)
    # Posted by delivery, which remembers the message and keeps it current.
    show_message_files(turn.session, files[0], turn.now, fresh=True)
    return None


def attach_files(turn: Turn, click: AttachFiles) -> Answer:
    """The sender says to which ticket the files of a message belong; the first answer stands."""
    files = files_of_message(turn.session, message_key(turn.person, click.activity))
    if not files:
        raise NotFound("file", click.activity)
    internal = click.internal and turn.role.is_staff
    if click.ticket is None:
        return _ask(turn, click.activity, click.text, notice=turn.texts("Choose a ticket."))
    ticket = visible_ticket(turn, click.ticket, lock=True)
    if waiting_files(turn, click.activity):
        if notice := _cannot(turn, ticket, internal=internal):
            return _ask(turn, click.activity, click.text, number=ticket.number, notice=notice)
        _give(turn, ticket, click.activity, click.text, internal=internal)
    return files_view(turn.session, turn.caller, {"files": files[0].id}, turn.now, turn.policy)


def _give(turn: Turn, ticket: Ticket, activity: str, text: str, *, internal: bool) -> list[TicketFile]:
    """The words first, so that the history reads as it was said; then the files."""
    key = activity_key(turn, activity)
    if text and find_event(turn.session, key) is None:
        if internal:
            noted = keep_event(turn, event(turn, ticket, EventKind.NOTE_ADDED, text), key=key)
            announcements.ticket_changed(turn.session, ticket, noted, turn.now)
        else:
            ticket = keep_reply(turn, ticket, text, key)
    return attach_waiting(turn, ticket, activity, internal=internal)


def _cannot(turn: Turn, ticket: Ticket, *, internal: bool) -> str:
    """Why the caller can't attach anything to this ticket now; empty where it can be done."""
    move = Move.NOTE if internal else Move.ANSWER
    if move in moves(ticket, turn.role, turn.person.id, turn.now):
        return ""
    t = turn.texts
    if ticket.is_open:
        return t("Nobody has ticket {number} yet. Claim it first, or keep this among us.", number=ticket.number)
    return t("Ticket {number} is closed. Reopen it first, or choose another.", number=ticket.number)


def _ask(turn: Turn, activity: str, text: str, *, number: int | None = None, notice: str = "") -> Answer:
    """Ask where the files of a message belong. Without a ticket to choose a contact gets the form for a new one."""
    if turn.role.is_staff:
        return _ask_engineer(turn, activity, text, number, notice)
    customer_id = turn.caller.customer.id if turn.caller.customer else 0
    recent = recent_tickets(turn.session, customer_id, turn.now - RECENT, OFFERED + 1)
    tickets = [ticket for ticket in recent if ticket.is_open]
    if not tickets and not notice:
        known = files_of_message(turn.session, message_key(turn.person, activity))
        if any(file.state is FileState.FAILED for file in known):
            show_message_files(turn.session, known[0], turn.now, fresh=True)
        return start_ticket(turn, StartTicket(text=text, activity=activity))
    sheet = _sheet(turn, activity, text, tickets, notice)
    return whose_files_card(sheet, turn.language)


def _ask_engineer(turn: Turn, activity: str, text: str, number: int | None, notice: str) -> Card:
    tickets = tickets_in_hand(turn.session, turn.person.id, OFFERED * 2)
    if number is not None:
        try:
            tickets = [visible_ticket(turn, number)]
        except NotFound:
            notice = turn.texts("There is no ticket {number}.", number=number)
    return engineer_files_card(_sheet(turn, activity, text, tickets, notice), turn.language)


def _sheet(turn: Turn, activity: str, text: str, tickets: list[Ticket], notice: str) -> QuestionSheet:
    customer = turn.caller.customer
    return QuestionSheet(
        form_id=new_form_id(),
        activity=activity,
        files=files_of_message(turn.session, message_key(turn.person, activity)),
        words=text,
        tickets=tickets,
        customers={ticket.customer_id: load_customer(turn.session, ticket.customer_id).name for ticket in tickets}
        if turn.role.is_staff
        else {},
        may_open=customer is not None and is_covered(turn.session, customer.id, turn.now),
        limit_bytes=turn.policy.file_limit_bytes,
        notice=notice,
    )
