"""Files that people sent, and their bytes (kept once, under their SHA-256).

Where Teams keeps the bytes is a secret: the address lets anybody read them. It is kept while it is needed, and
afterwards only its digest is, by which a message that is delivered again under another id is recognised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from contract.files import FileFailure, FileState, TicketFile
from contract.tickets import State, Ticket
from storage.billing_tables import invoice_documents, signatures
from storage.errors import NotFound
from storage.rows import insert_row
from storage.sessions import insert_into
from storage.tables import file_contents, files, people, tickets
from storage.tickets import ticket_of


@dataclass(frozen=True, slots=True)
class FileSource:
    """Where the bytes of a file are to be had, and whether with the bot's token. Never shown and never logged."""

    url: str
    needs_token: bool


def digest_of(url: str) -> str:
    """What is left of an address once it has done its duty."""
    return hashlib.sha256(url.encode()).hexdigest()


def file_of(row: Row[Any]) -> TicketFile:
    """The file in a row of `files`."""
    return TicketFile(
        id=row.id,
        ticket_number=row.ticket_number,
        person_id=row.person_id,
        name=row.name,
        content_type=row.content_type,
        state=FileState(row.state),
        failure=FileFailure(row.failure) if row.failure else None,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        created_at=row.created_at,
        position=row.position,
        is_internal=row.is_internal,
    )


def keep_file(
    session: Session, file: TicketFile, *, source: FileSource | None, customer_id: int | None, activity: str
) -> int:
    """Keep a file that was just sent; returns its id. A second one at the same place of the same message violates a
    unique constraint: the transaction is run again and finds the first.
    """
    return insert_row(
        session,
        files,
        ticket_number=file.ticket_number,
        customer_id=customer_id,
        person_id=file.person_id,
        name=file.name,
        content_type=file.content_type,
        state=file.state.value,
        failure=file.failure.value if file.failure else None,
        source={"url": source.url, "needs_token": source.needs_token, "digest": digest_of(source.url)}
        if source
        else None,
        created_at=file.created_at,
        activity_id=activity,
        position=file.position,
        is_internal=file.is_internal,
    )


def files_of_message(session: Session, activity: str, *, lock: bool = False) -> list[TicketFile]:
    """The files of one message, in the order they were sent."""
    query = select(files).where(files.c.activity_id == activity).order_by(files.c.position)
    return [file_of(row) for row in session.execute(query.with_for_update() if lock else query)]


def activity_of_file(session: Session, file_id: int) -> str:
    """The message a file came with. Raises NotFound."""
    found = session.scalar(select(files.c.activity_id).where(files.c.id == file_id))
    if found is None:
        raise NotFound("file", file_id)
    return str(found)


def hold_sender(session: Session, person_id: int) -> None:
    """Messages of one person that come at the same instant are looked at one after the other."""
    session.execute(select(people.c.id).where(people.c.id == person_id).with_for_update(key_share=True))


def find_same_message(session: Session, person_id: int, urls: Sequence[str], since: datetime) -> str | None:
    """The message of this person with files from the same addresses, none of them failed, if there was one since."""
    rows = session.execute(
        select(files.c.activity_id, files.c.source).where(
            files.c.person_id == person_id, files.c.created_at >= since, files.c.state != FileState.FAILED.value
        )
    )
    known: dict[str, set[str]] = {}
    for row in rows:
        known.setdefault(row.activity_id, set()).add((row.source or {}).get("digest", ""))
    wanted = {digest_of(url) for url in urls}
    return next((activity for activity, digests in known.items() if digests == wanted), None)


def load_file(session: Session, file_id: int, *, lock: bool = False) -> TicketFile:
    """The file with this id. Raises NotFound."""
    query = select(files).where(files.c.id == file_id)
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("file", file_id)
    return file_of(found)


def load_source(session: Session, file_id: int) -> FileSource | None:
    """Where a file is to be fetched; None where that is not known any more."""
    source = session.scalar(select(files.c.source).where(files.c.id == file_id)) or {}
    return FileSource(source["url"], source["needs_token"]) if "url" in source else None


def attach_files(session: Session, file_ids: Sequence[int], ticket: Ticket, *, internal: bool) -> None:
    """Say to which ticket these files belong."""
    session.execute(
        update(files)
        .where(files.c.id.in_(file_ids))
        .values(ticket_number=ticket.number, customer_id=ticket.customer_id, is_internal=internal)
    )


def mark_stored(session: Session, file: TicketFile) -> None:
    """The bytes of a file are here, and are what `file` says; the address is forgotten."""
    source = session.scalar(select(files.c.source).where(files.c.id == file.id)) or {}
    session.execute(
        update(files)
        .where(files.c.id == file.id)
        .values(
            state=FileState.STORED.value,
            failure=None,
            source={"digest": source.get("digest", "")},
            name=file.name,
            content_type=file.content_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )
    )


def mark_failed(session: Session, file_id: int, failure: FileFailure) -> None:
    """A file did not come. Its address is kept as long as it may be tried again."""
    values: dict[str, Any] = {"state": FileState.FAILED.value, "failure": failure.value}
    if not failure.may_pass:
        values["source"] = None
    session.execute(update(files).where(files.c.id == file_id).values(values))


def mark_fetching(session: Session, file_id: int) -> None:
    """A file is being fetched again."""
    session.execute(update(files).where(files.c.id == file_id).values(state=FileState.FETCHING.value, failure=None))


def keep_content(session: Session, sha256: str, content: bytes) -> None:
    """Keep bytes, once, however many files have them."""
    kept = insert_into(session, file_contents).values(sha256=sha256, content=content)
    session.execute(kept.on_conflict_do_nothing(index_elements=["sha256"]))


_HOLDERS: tuple[Select[Any], ...] = (
    select(files.c.id).where(files.c.sha256 == file_contents.c.sha256),
    select(signatures.c.contract_id).where(signatures.c.document_sha256 == file_contents.c.sha256),
    select(invoice_documents.c.invoice_id).where(invoice_documents.c.sha256 == file_contents.c.sha256),
)
"""What keeps bytes: a file, a signed contract, an invoice."""


def forget_files(session: Session, before: datetime) -> int:
    """Forget files sent before then that nobody gave to a ticket, with bytes that nothing else has; returns how many.

    Of those that did not come and were not tried again, the address is forgotten too.
    """
    forgotten = session.execute(
        delete(files).where(files.c.ticket_number.is_(None), files.c.created_at < before).returning(files.c.sha256)
    ).all()
    forget_contents(session, {row.sha256 for row in forgotten if row.sha256})
    session.execute(
        update(files)
        .where(files.c.state == FileState.FAILED.value, files.c.created_at < before, files.c.source.is_not(None))
        .values(source=None)
    )
    return len(forgotten)


def forget_contents(session: Session, digests: Collection[str]) -> None:
    """Forget bytes that nothing has any more."""
    if digests:
        session.execute(
            delete(file_contents).where(file_contents.c.sha256.in_(digests), *(~holds.exists() for holds in _HOLDERS))
        )


def load_content(session: Session, sha256: str) -> bytes:
    """The bytes with this digest. Raises NotFound."""
    found = session.scalar(select(file_contents.c.content).where(file_contents.c.sha256 == sha256))
    if found is None:
        raise NotFound("content", sha256)
    return bytes(found)


def _of_ticket(query: Select[Any], number: int, *, internal: bool) -> Select[Any]:
    query = query.where(files.c.ticket_number == number)
    return query if internal else query.where(files.c.is_internal.is_(False))


# Made once, because every card of a ticket asks: building a statement costs more than running it.
_COUNT_ALL = select(func.count()).where(
    files.c.ticket_number == bindparam("number"), files.c.state != FileState.FAILED.value
)
_COUNT_SHOWN = _COUNT_ALL.where(files.c.is_internal.is_(False))


def count_files(session: Session, ticket_number: int, *, internal: bool) -> int:
    """How many files belong to a ticket, stored or still being fetched; internal ones only for staff."""
    found = session.execute(_COUNT_ALL if internal else _COUNT_SHOWN, {"number": ticket_number})
    return int(found.scalar_one())


def load_files(session: Session, ticket_number: int, *, internal: bool) -> list[TicketFile]:
    """The files of a ticket, newest first; internal ones only for staff."""
    query = _of_ticket(select(files), ticket_number, internal=internal).order_by(files.c.id.desc())
    return [file_of(row) for row in session.execute(query)]


def tickets_in_hand(session: Session, engineer_id: int, limit: int) -> list[Ticket]:
    """The open tickets that an engineer has, newest activity first."""
    rows = session.execute(
        select(tickets)
        .where(tickets.c.engineer_id == engineer_id, tickets.c.state != State.CLOSED.value)
        .order_by(tickets.c.active_at.desc(), tickets.c.number.desc())
        .limit(limit)
    )
    return [ticket_of(row) for row in rows]
