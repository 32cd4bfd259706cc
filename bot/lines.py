"""A stored ticket as a line of a list, for the overview and the queue."""

from __future__ import annotations

from collections.abc import Collection

from cards.events import event_name
from cards.overview import TicketLine
from contract.people import Language
from contract.tickets import State
from storage.overview import TicketRow

PAGE_TICKETS = 6
"""As many as a phone shows without scrolling for long, and a card holds whatever the subjects are."""


def line_of(
    row: TicketRow, language: Language, *, with_customer: bool = False, waiting: Collection[int] = ()
) -> TicketLine:
    """A stored row as a list shows it; `waiting` are the customers whose open tickets wait for access."""
    return TicketLine(
        number=row.number,
        subject=row.subject,
        state=row.state,
        outcome=row.outcome,
        customer_name=row.customer_name if with_customer else "",
        engineer=row.engineer,
        last=event_name(row.last_event, language),
        active_at=row.active_at,
        minutes=row.minutes,
        waits_for_access=row.state is not State.CLOSED and row.customer_id in waiting,
    )
