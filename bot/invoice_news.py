"""Who hears what about invoices and questions about them: their live cards, and the lines that notify (R5, R14, R15).

What is put in the outbox goes through `bot/announcements.py`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from bot import announcements
from contract.questions import Question, Word
from storage.contacts import contact_ids
from storage.people import manager_ids
from storage.posted_cards import readers_of


def invoice_subject(invoice_id: int) -> str:
    """What the live cards of an invoice or a credit note are remembered by."""
    return f"invoice:{invoice_id}"


def send_invoice(session: Session, invoice_id: int, contacts: Collection[int], email: str, now: datetime) -> None:
    """An invoice is ready to be read: both contacts get its card, the billing address gets it by mail (R5, R14)."""
    for person_id in contacts:
        announcements.show(
            session, person_id, "invoice", {"invoice": invoice_id}, now, subject=invoice_subject(invoice_id)
        )
    if email:
        announcements.mail(session, email, "invoice", {"invoice": invoice_id}, now, key=f"invoice:{invoice_id}")


def invoice_changed(session: Session, invoice_id: int, customer_id: int, now: datetime) -> None:
    """It was paid, credited or reminded of: every open card of it follows, without a sound."""
    announcements.follow(session, invoice_subject(invoice_id), now, also=contact_ids(session, customer_id))


def question_subject(question_id: int) -> str:
    """What the live cards of a question about an invoice are remembered by."""
    return f"question:{question_id}"


def question_asked(session: Session, question: Question, customer_id: int, now: datetime) -> None:
    """A new question: its card goes to the other contact and to every manager; the card itself notifies."""
    for person_id in _parties(session, customer_id):
        if person_id != question.asked_by:
            _show(session, question, person_id, now, post=True)


def question_changed(
    session: Session, question: Question, customer_id: int, now: datetime, word: Word | None = None
) -> None:
    """It was answered, gone on with, or settled: every open card follows; with `word` all but its writer hear it."""
    parties = _parties(session, customer_id)
    for person_id in sorted({*parties, *readers_of(session, question_subject(question.id))}):
        _show(session, question, person_id, now, post=person_id in parties)
    for person_id in parties:
        if word is not None and person_id != word.person_id:
            announcements.tell_word(session, person_id, word.id, now)


def _parties(session: Session, customer_id: int) -> list[int]:
    return sorted({*contact_ids(session, customer_id), *manager_ids(session)})


def _show(session: Session, question: Question, person_id: int, now: datetime, *, post: bool) -> None:
    subject = question_subject(question.id)
    announcements.show(session, person_id, "question", {"question": question.id}, now, post=post, subject=subject)
