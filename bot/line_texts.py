"""The short lines that make a client notify, from the rows of the outbox that ask for them, for one reader (R5).

A row names an event of a ticket or a word in a question, never a text. What the reader may not see any more gives no
line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from cards.events import event_line
from contract.events import TicketEvent
from storage.contacts import load_customer
from storage.people import Standing
from storage.tickets import load_events_by_id, load_ticket


def lines_for(session: Session, reader: Standing, payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines of these rows that the reader may see."""
    events = load_events_by_id(session, [payload["event"] for payload in payloads if "event" in payload])
    return [line for event in events if (line := _event(session, reader, event))]


def _event(session: Session, reader: Standing, event: TicketEvent) -> str:
    ticket = load_ticket(session, event.ticket_number)
    is_theirs = reader.customer is not None and reader.customer.id == ticket.customer_id
    if not reader.role.is_staff and (not is_theirs or event.is_internal):
        return ""
    # An engineer serves many customers: whose ticket it is comes first.
    customer = load_customer(session, ticket.customer_id).name if reader.role.is_staff else ""
    return event_line(event, reader.person.language, subject=ticket.subject, customer=customer)
