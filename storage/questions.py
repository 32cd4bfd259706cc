"""Questions about invoices, with every word in them (R5, R15). Words are only ever added."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from contract.questions import Question, Word
from storage.billing_tables import invoice_questions, question_messages
from storage.errors import NotFound
from storage.rows import insert_row


def _question_of(row: Row[Any]) -> Question:
    return Question(
        id=row.id,
        invoice_id=row.invoice_id,
        line_id=row.line_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
    )


def _word_of(row: Row[Any]) -> Word:
    return Word(at=row.at, person_id=row.person_id, name=row.name, text=row.text, id=row.id)


def add_question(session: Session, question: Question) -> int:
    """Keep a new question; returns its id. Its first word is kept with `add_word`."""
    return insert_row(
        session,
        invoice_questions,
        invoice_id=question.invoice_id,
        line_id=question.line_id,
        asked_by=question.asked_by,
        asked_at=question.asked_at,
        answered_at=question.answered_at,
    )


def load_question(session: Session, question_id: int, *, lock: bool = False) -> Question:
    """The question with this id. Raises NotFound. Whoever adds a word holds its row."""
    query = select(invoice_questions).where(invoice_questions.c.id == question_id)
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("question", question_id)
    return _question_of(found)


def save_question(session: Session, question: Question) -> None:
    """Write whether it waits; what was asked never changes."""
    session.execute(
        update(invoice_questions).where(invoice_questions.c.id == question.id).values(answered_at=question.answered_at)
    )


def load_questions(session: Session, invoice_id: int) -> tuple[Question, ...]:
    """Every question about an invoice, oldest first."""
    rows = session.execute(
        select(invoice_questions).where(invoice_questions.c.invoice_id == invoice_id).order_by(invoice_questions.c.id)
    )
    return tuple(map(_question_of, rows))


def questioned(session: Session, invoice_ids: Collection[int]) -> frozenset[int]:
    """Those of these invoices about which a question waits: nobody is reminded to pay them (R15)."""
    found = session.scalars(
        select(invoice_questions.c.invoice_id).where(
            invoice_questions.c.invoice_id.in_(sorted(invoice_ids)), invoice_questions.c.answered_at.is_(None)
        )
    )
    return frozenset(found)


def waiting_questions(session: Session, limit: int) -> tuple[Question, ...]:
    """The questions that wait for an answer, of all customers, the longest first."""
    rows = session.execute(
        select(invoice_questions)
        .where(invoice_questions.c.answered_at.is_(None))
        .order_by(invoice_questions.c.id)
        .limit(limit)
    )
    return tuple(map(_question_of, rows))


def add_word(session: Session, question_id: int, word: Word, *, key: str) -> int:
    """Keep a word; returns its id. The same key again violates a unique constraint: `find_word` finds the first."""
    return insert_row(
        session,
        question_messages,
        question_id=question_id,
        at=word.at,
        person_id=word.person_id,
        name=word.name[:200],
        text=word.text,
        key=key,
    )


def find_word(session: Session, key: str) -> tuple[int, Word] | None:
    """The word with this key and the question it is in, where it was kept already."""
    found = session.execute(select(question_messages).where(question_messages.c.key == key)).one_or_none()
    return (found.question_id, _word_of(found)) if found else None


def load_words(session: Session, question_id: int) -> tuple[Word, ...]:
    """Every word of a question, oldest first."""
    rows = session.execute(
        select(question_messages).where(question_messages.c.question_id == question_id).order_by(question_messages.c.id)
    )
    return tuple(map(_word_of, rows))


def load_words_by_id(session: Session, ids: Collection[int]) -> tuple[tuple[int, Word], ...]:
    """These words with the question each is in, oldest first."""
    rows = session.execute(
        select(question_messages).where(question_messages.c.id.in_(sorted(ids))).order_by(question_messages.c.id)
    )
    return tuple((row.question_id, _word_of(row)) for row in rows)
