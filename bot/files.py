"""Files on a ticket: attaching them, telling of each, listing and opening them, trying again (R5).

A file has a row from the turn in which it was sent. Its bytes are fetched in the background (`bot/fetching.py`); as
soon as they are here *and* it is clear to which ticket they belong, whichever comes last, the ticket's history says so
and everybody whom it concerns is told. Who sent it follows each file of the message on one live card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.links import Purpose, link_url
from bot.tickets import check_visible, visible_ticket
from bot.turn import Answer, Policy, Turn
from cards.clicks.files import RetryFile, ShowFiles
from cards.components import Card
from cards.files import PAGE_FILES, ListedFile, files_card, message_files_card
from contract.events import EventKind, TicketEvent
from contract.files import FileState, TicketFile
from contract.people import Person
from contract.tickets import Ticket
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.files import (
    activity_of_file,
    attach_files,
    files_of_message,
    load_file,
    load_files,
    load_source,
    mark_fetching,
)
from storage.people import Standing, load_people
from storage.tickets import add_event, find_event, load_ticket


def message_key(person: Person, activity_id: str) -> str:
    """What the files of a message are kept under. Teams numbers messages by chat, so the person is a part of it; and
    so nobody reaches another one's files by naming their message.
    """
    return f"{person.id}:{activity_id}"[:300]


def waiting_files(turn: Turn, activity_id: str, *, lock: bool = False) -> list[TicketFile]:
    """The files of this message of the caller that belong to no ticket yet."""
    if not activity_id:
        return []
    found = files_of_message(turn.session, message_key(turn.person, activity_id), lock=lock)
    return [file for file in found if file.ticket_number is None]


def attach_waiting(turn: Turn, ticket: Ticket, activity_id: str, *, internal: bool = False) -> list[TicketFile]:
    """Give the files of a message to a ticket whose row is held; returns them. None, where they belong elsewhere."""
    waiting = waiting_files(turn, activity_id, lock=True)
    if waiting:
        attach_files(turn.session, [file.id for file in waiting], ticket, internal=internal)
    for file in waiting:
        if file.state is FileState.STORED:
            announce_file(turn.session, file.id, ticket, turn.now)
    return waiting


def announce_file(session: Session, file_id: int, ticket: Ticket, now: datetime) -> None:
    """A stored file belongs to a ticket now: its history says so, once, and whom it concerns hears it (R5).

    An internal one is a note of the engineers, which no contact ever sees.
    """
    file = load_file(session, file_id)
    key = f"file:{file_id}"
    if find_event(session, key) is not None:
        return
    sender = load_people(session, [file.person_id])[file.person_id]
    happened = TicketEvent(
        id=0,
        ticket_number=ticket.number,
        at=now,
        kind=EventKind.NOTE_ADDED if file.is_internal else EventKind.FILE_ATTACHED,
        actor_id=sender.id,
        actor_name=sender.name,
        details={"file": file.name, "size_bytes": file.size_bytes, "file_id": file.id},
    )
    announcements.ticket_changed(session, ticket, add_event(session, happened, key=key), now)


def show_message_files(session: Session, file: TicketFile, now: datetime, *, fresh: bool = False) -> None:
    """Bring the sender's card of a message's files up to date; `fresh` where the sender has to notice."""
    first = files_of_message(session, activity_of_file(session, file.id))[0]
    announcements.show(
        session,
        file.person_id,
        "files",
        {"files": first.id},
        now,
        post=fresh,
        fresh=fresh,
        subject=f"files:{first.id}",
    )


def files_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """How far the files of a message have come, for who sent them. Raises NotFound for anybody else."""
    first = load_file(session, args["files"])
    if first.person_id != reader.person.id:
        raise NotFound("file", first.id)
    files = files_of_message(session, activity_of_file(session, first.id))
    ticket = check_visible(load_ticket(session, first.ticket_number), reader) if first.ticket_number else None
    return message_files_card(
        files,
        ticket,
        reader.person.language,
        limit_bytes=policy.file_limit_bytes,
        customer=_customer(session, reader, ticket),
    )


def _customer(session: Session, reader: Standing, ticket: Ticket | None) -> str:
    """The customer's name, which engineers see on every card."""
    return load_customer(session, ticket.customer_id).name if ticket and reader.role.is_staff else ""


def retry_file(turn: Turn, click: RetryFile) -> Answer:
    """Fetch a file again that did not come. Raises NotFound for a file that somebody else sent."""
    file = load_file(turn.session, click.file, lock=True)
    if file.person_id != turn.person.id:
        raise NotFound("file", click.file)
    if file.can_be_retried and load_source(turn.session, file.id) is not None:
        mark_fetching(turn.session, file.id)
        announcements.fetch_file(turn.session, turn.person.id, file.id, turn.now)
    first = files_of_message(turn.session, activity_of_file(turn.session, file.id))[0]
    return files_view(turn.session, turn.caller, {"files": first.id}, turn.now, turn.policy)


def show_files(turn: Turn, click: ShowFiles) -> Answer:
    """The files of a ticket, each with a link that opens it for ten minutes: for staff all of them, for a contact
    those of the own organisation that are not internal.
    """
    ticket = visible_ticket(turn, click.ticket)
    found = load_files(turn.session, ticket.number, internal=turn.role.is_staff)
    # What did not come concerns who sent it, and the engineers, who may ask for it.
    seen = [
        file
        for file in found
        if file.state is not FileState.FAILED or turn.role.is_staff or file.person_id == turn.person.id
    ]
    pages = max(1, -(-len(seen) // PAGE_FILES))
    page = min(click.page, pages)
    shown = seen[(page - 1) * PAGE_FILES : page * PAGE_FILES]
    return files_card(
        ticket,
        _listed(turn, shown),
        turn.language,
        page=page,
        pages=pages,
        limit_bytes=turn.policy.file_limit_bytes,
        now=turn.now,
        customer=_customer(turn.session, turn.caller, ticket),
    )


def _listed(turn: Turn, files: Sequence[TicketFile]) -> list[ListedFile]:
    senders = load_people(turn.session, [file.person_id for file in files])
    return [
        ListedFile(
            file=file,
            sender=senders[file.person_id].name,
            url=link_url(turn.policy, Purpose.FILE, file.id, turn.person, turn.now)
            if file.state is FileState.STORED
            else "",
        )
        for file in files
    ]
