"""Fetching the bytes of a file, in the background and outside any transaction, and what follows from the end of it.

The bytes are kept as soon as they are here, in a transaction of their own: a crash after that fetches them once more
and finds them kept. What is wrong with the file itself is an end like any other, told to who sent it; only what may
pass (Teams is busy, no answer) is tried again by delivery.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from sqlalchemy.orm import Session

from bot.announcements import FETCH_FILE
from bot.files import announce_file, show_message_files
from bot.outcomes import Dead, Done, End, InDoubtPolicy, Kind, Later, Outcome, Work
from bot.turn import Policy
from bot.wire import Attachment, Connector, Refused
from contract.files import FileFailure, FileState, TicketFile, content_type_of, is_program, named_as
from storage.database import Database
from storage.files import FileSource, keep_content, load_file, load_source, mark_failed, mark_stored
from storage.tickets import load_ticket


@dataclass(frozen=True, slots=True)
class FileKinds:
    """Fetches the bytes of files through the connector."""

    database: Database
    connector: Connector
    policy: Policy

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers. Fetching posts nothing in a chat, so a chat's limits are not its own."""
        return (Kind(FETCH_FILE, self.fetch, _ended, InDoubtPolicy.RESEND, is_limited=False),)

    async def fetch(self, work: Work) -> Outcome:
        """Get the bytes and keep them."""
        file, source = await self.database.read(partial(_wanted, file_id=work.payload["file"]))
        if source is None:
            return Done()
        attachment = Attachment(file.name, file.content_type, source.url, source.needs_token)
        try:
            content = await self.connector.download(attachment, self.policy.file_limit_bytes)
        except Refused as refused:
            if refused.status == HTTPStatus.UNAUTHORIZED and source.needs_token:
                # About the bot's own token, which may be renewed by the next time.
                return Later("refused 401")
            return Done({"failure": _failure_of(refused).value})
        sha256, content_type, runs = await asyncio.to_thread(_examine, content)
        if runs:
            return Done({"failure": FileFailure.TYPE_NOT_ALLOWED.value})
        await self.database.write(partial(keep_content, sha256=sha256, content=content))
        return Done({"sha256": sha256, "size_bytes": len(content), "content_type": content_type})


def _wanted(session: Session, file_id: int) -> tuple[TicketFile, FileSource | None]:
    """The file, and where it is; no address where nothing is to be fetched any more."""
    file = load_file(session, file_id)
    return file, load_source(session, file_id) if file.state is FileState.FETCHING else None


def _failure_of(refused: Refused) -> FileFailure:
    is_large = refused.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return FileFailure.TOO_LARGE if is_large else FileFailure.REFUSED


def _examine(content: bytes) -> tuple[str, str, bool]:
    """Digest, type, and whether it is a program."""
    return hashlib.sha256(content).hexdigest(), content_type_of(content), is_program(content)


def _ended(session: Session, work: Work, end: End, now: datetime) -> None:
    """Write down how it ended, and tell."""
    seen = load_file(session, work.payload["file"])
    # The ticket's row is held before the file's, as everywhere.
    ticket = load_ticket(session, seen.ticket_number, lock=True) if seen.ticket_number is not None else None
    file = load_file(session, seen.id, lock=True)
    if file.state is not FileState.FETCHING:
        return
    if isinstance(end, Done) and end.result and "sha256" in end.result:
        found = end.result
        content_type = str(found["content_type"])
        stored = replace(
            file,
            name=named_as(file.name, content_type),
            content_type=content_type,
            size_bytes=int(found["size_bytes"]),
            sha256=str(found["sha256"]),
        )
        mark_stored(session, stored)
        if ticket is None and file.ticket_number is not None:
            ticket = load_ticket(session, file.ticket_number, lock=True)
        if ticket is not None:
            announce_file(session, file.id, ticket, now)
        show_message_files(session, file, now)
    elif isinstance(end, Done) and end.result:
        _failed(session, file, FileFailure(end.result["failure"]), now)
    elif isinstance(end, Dead):
        _failed(session, file, FileFailure.NO_ANSWER, now)


def _failed(session: Session, file: TicketFile, failure: FileFailure, now: datetime) -> None:
    """Who sent it has to notice: the update of a card is silent, so a new one is posted."""
    mark_failed(session, file.id, failure)
    show_message_files(session, file, now, fresh=True)
