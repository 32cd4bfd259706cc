"""The short lines that make a client notify, from the rows of the outbox that ask for them, for one reader (R5).

A row names an event of a ticket or a word in a question, never a text. What the reader may not see any more gives no
line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.invoice_documents import check_theirs
from cards.events import event_line
from cards.questions import question_line
from contract.events import TicketEvent
from contract.questions import Word
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.invoices import load_invoice
from storage.people import Standing, load_standings
from storage.questions import load_question, load_words_by_id
from storage.tickets import load_events_by_id, load_ticket


def lines_for(session: Session, reader: Standing, payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines of these rows that the reader may see."""
    events = load_events_by_id(session, [payload["event"] for payload in payloads if "event" in payload])
    words = load_words_by_id(session, [payload["word"] for payload in payloads if "word" in payload])
    lines = [
        *(_event(session, reader, event) for event in events),
        *(_word(session, reader, question_id, word) for question_id, word in words),
    ]
    return [line for line in lines if line]


def _word(session: Session, reader: Standing, question_id: int, word: Word) -> str:
    invoice = load_invoice(session, load_question(session, question_id).invoice_id)
    try:
        check_theirs(invoice, reader)
    except NotFound:
        return ""
    writer = load_standings(session, [word.person_id])[word.person_id]
    customer = load_customer(session, invoice.customer_id).name if reader.role.is_staff else ""
    return question_line(word, invoice, reader.person.language, is_answer=writer.role.is_staff, customer=customer)


def _event(session: Session, reader: Standing, event: TicketEvent) -> str:
    ticket = load_ticket(session, event.ticket_number)
    is_theirs = reader.customer is not None and reader.customer.id == ticket.customer_id
    if not reader.role.is_staff and (not is_theirs or event.is_internal):
        return ""
    # An engineer serves many customers: whose ticket it is comes first.
    customer = load_customer(session, ticket.customer_id).name if reader.role.is_staff else ""
    return event_line(event, reader.person.language, subject=ticket.subject, customer=customer)
