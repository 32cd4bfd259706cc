"""Which card stands in which chat, so that every open copy follows when its subject changes.

A copy is known by conversation and activity. While a person fills in a form on it the copy is *held*: delivery leaves
it alone until that instant, and a timer brings it up to date afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, String, Table, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Session

from storage.columns import Instant, RowId
from storage.metadata import metadata
from storage.sessions import Insert, insert_into

posted_cards = Table(
    "posted_cards",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", String(300), nullable=False),
    Column("activity_id", String(300), nullable=False),
    Column("person_id", Integer, nullable=False),
    Column("subject", String(200), nullable=False),
    # Of the subject, where it has revisions (estimates).
    Column("revision", Integer),
    Column("held_until", Instant),
    # SHA-256 of what stands there, as far as known: the same again need not be sent.
    Column("digest", String(64)),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "activity_id"),
    Index("ix_posted_cards_subject", "subject", "person_id"),
)


_READERS = select(posted_cards.c.person_id).where(posted_cards.c.subject == bindparam("subject"))
_COPIES = (
    select(posted_cards)
    .where(posted_cards.c.subject == bindparam("subject"), posted_cards.c.person_id == bindparam("person_id"))
    .order_by(posted_cards.c.id)
)
_COPY = select(posted_cards).where(
    posted_cards.c.conversation_id == bindparam("conversation_id"),
    posted_cards.c.activity_id == bindparam("activity_id"),
)


@dataclass(frozen=True, slots=True)
class PostedCard:
    """One copy of a card in a person's chat."""

    id: int
    conversation_id: str
    activity_id: str
    person_id: int
    subject: str
    revision: int | None
    held_until: datetime | None
    digest: str | None
    created_at: datetime

    def is_held(self, now: datetime) -> bool:
        """Whether a form is open on it."""
        return self.held_until is not None and self.held_until > now


def remember(
    session: Session,
    *,
    conversation_id: str,
    activity_id: str,
    person_id: int,
    subject: str,
    now: datetime,
    revision: int | None = None,
    digest: str | None = None,
) -> None:
    """Note what stands in this message now; a hold stays as it is."""
    session.execute(
        _note(session.get_bind().dialect.name, "person_id", "subject", "revision", "digest"),
        {
            "conversation_id": conversation_id,
            "activity_id": activity_id,
            "person_id": person_id,
            "subject": subject,
            "revision": revision,
            "digest": digest,
            "created_at": now,
        },
    )


def put_in_place(
    session: Session,
    *,
    conversation_id: str,
    activity_id: str,
    person_id: int,
    subject: str,
    now: datetime,
    held_until: datetime | None = None,
) -> None:
    """Note what the person's own click put in this message: a form, held until then, or a card, which ends a hold."""
    session.execute(
        _note(session.get_bind().dialect.name, "person_id", "subject", "revision", "digest", "held_until"),
        {
            "conversation_id": conversation_id,
            "activity_id": activity_id,
            "person_id": person_id,
            "subject": subject,
            "revision": None,
            "digest": None,
            "held_until": held_until,
            "created_at": now,
        },
    )


@cache
def _note(engine: str, *changed: str) -> Insert:
    """Made once: building the statement costs more than running it."""
    note = insert_into(engine, posted_cards)
    return note.on_conflict_do_update(
        index_elements=["conversation_id", "activity_id"], set_={name: note.excluded[name] for name in changed}
    )


def forget(session: Session, *, conversation_id: str, activity_id: str) -> None:
    """The message is gone, or shows nothing that changes."""
    session.execute(delete(posted_cards).where(*_is(conversation_id, activity_id)))


def release_all(session: Session, person_id: int) -> None:
    """No form of this person counts any more: delivery may put something else in the place of every copy."""
    session.execute(
        update(posted_cards)
        .where(posted_cards.c.person_id == person_id, posted_cards.c.held_until.is_not(None))
        .values(held_until=None)
    )


def find_copy(session: Session, *, conversation_id: str, activity_id: str) -> PostedCard | None:
    """What stands in this message, if it is known."""
    row = session.execute(_COPY, {"conversation_id": conversation_id, "activity_id": activity_id}).one_or_none()
    return None if row is None else _copy(row)


def copies_of(session: Session, subject: str, person_id: int) -> tuple[PostedCard, ...]:
    """Every copy of a subject's card in a person's chats, oldest first."""
    return tuple(_copy(row) for row in session.execute(_COPIES, {"subject": subject, "person_id": person_id}))


def readers_of(session: Session, subject: str) -> frozenset[int]:
    """The ids of everybody who has a copy of a subject's card."""
    return frozenset(session.scalars(_READERS, {"subject": subject}))


def subjects_of(session: Session, person_id: int) -> tuple[str, ...]:
    """What a person has cards of."""
    mine = select(posted_cards.c.subject).where(posted_cards.c.person_id == person_id).distinct()
    return tuple(session.scalars(mine.order_by(posted_cards.c.subject)))


def _is(conversation_id: str, activity_id: str) -> tuple[Any, Any]:
    return posted_cards.c.conversation_id == conversation_id, posted_cards.c.activity_id == activity_id


def _copy(row: Row[Any]) -> PostedCard:
    return PostedCard(**row._mapping)  # noqa: SLF001 -- the public name of a row's fields by name
