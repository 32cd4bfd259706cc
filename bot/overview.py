"""My tickets: the overview of a contact's organisation (R3)."""

from __future__ import annotations

from bot.opening import customer_of
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.tickets import SearchTickets, ShowTickets
from cards.events import event_name
from cards.overview import Overview, TicketLine, overview_card
from contract.people import Language
from storage.overview import TicketRow, customer_tickets

PAGE_TICKETS = 6
"""As many as a phone shows without scrolling for long, and a card holds whatever the subjects are."""


def show_tickets(turn: Turn, click: ShowTickets) -> Answer:
    """A page of all tickets of the organisation, narrowed to a search."""
    found = customer_tickets(turn.session, customer_of(turn).id, click.query, click.page, PAGE_TICKETS)
    return overview_card(
        Overview(
            lines=tuple(line_of(row, turn.language) for row in found.rows),
            page=found.page,
            has_more=found.has_more,
            query=click.query,
            form_id=new_form_id(),
            now=turn.now,
        ),
        turn.language,
    )


def search_tickets(turn: Turn, click: SearchTickets) -> Answer:
    """The first page of what matches the search box."""
    return show_tickets(turn, ShowTickets(query=click.query))


def line_of(row: TicketRow, language: Language, *, with_customer: bool = False) -> TicketLine:
    """A stored row as a list shows it."""
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
    )
