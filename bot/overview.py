"""My tickets: the overview of a contact's organisation (R3)."""

from __future__ import annotations

from bot.access_waits import waiting_customers
from bot.lines import PAGE_TICKETS, line_of
from bot.opening import customer_of
from bot.queue import show_queue
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.queue import ShowQueue
from cards.clicks.tickets import SearchTickets, ShowTickets
from cards.overview import Overview, overview_card
from storage.overview import customer_tickets


def show_tickets(turn: Turn, click: ShowTickets) -> Answer:
    """A page of all tickets of the organisation, narrowed to a search; for staff, who have none, the queue."""
    if turn.role.is_staff:
        return show_queue(turn, ShowQueue(page=click.page, query=click.query))
    customer = customer_of(turn)
    found = customer_tickets(turn.session, customer.id, click.query, click.page, PAGE_TICKETS)
    waiting = waiting_customers(turn.session, found.rows, turn.policy, turn.now)
    return overview_card(
        Overview(
            lines=tuple(line_of(row, turn.language, waiting=waiting) for row in found.rows),
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
