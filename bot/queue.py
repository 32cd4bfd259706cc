"""The queue of all customers, for engineers (R34)."""

from __future__ import annotations

from bot.access import without_access
from bot.access_waits import waiting_customers
from bot.lines import PAGE_TICKETS, line_of
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.queue import QueueFilter, SearchQueue, ShowQueue
from cards.queue_list import Queue, queue_card
from storage import queue as stored
from storage.contacts import list_customers

MOST_CHOICES = 200
"""Customers in the drop-down list; with more than that, the search finds them by a ticket's words or number."""


def show_queue(turn: Turn, click: ShowQueue) -> Answer:
    """A page of the queue, narrowed to a filter, a customer or a search."""
    found = stored.queue_page(
        turn.session,
        stored.Wanted(click.filter.value),
        turn.person.id,
        turn.now,
        customer_id=click.customer,
        query=click.query,
        page=click.page,
        size=PAGE_TICKETS,
        waiting=_without_access(turn, click),
    )
    waiting = waiting_customers(turn.session, found.rows, turn.policy, turn.now)
    customers = {customer.id: customer.name for customer in list_customers(turn.session)[:MOST_CHOICES]}
    return queue_card(
        Queue(
            lines=tuple(line_of(row, turn.language, with_customer=True, waiting=waiting) for row in found.rows),
            filter=click.filter,
            customer_id=click.customer,
            customers=customers,
            page=found.page,
            has_more=found.has_more,
            query=click.query,
            form_id=new_form_id(),
            now=turn.now,
        ),
        turn.language,
    )


def _without_access(turn: Turn, click: ShowQueue) -> frozenset[int]:
    """Whose tickets wait for access, where that is what is asked for."""
    if click.filter is not QueueFilter.WAITING_ACCESS or click.query.strip():
        return frozenset()
    customers = stored.open_customers(turn.session) if click.customer is None else frozenset({click.customer})
    return without_access(turn.session, customers, turn.policy, turn.now)


def search_queue(turn: Turn, click: SearchQueue) -> Answer:
    """The first page of what was chosen and typed."""
    chosen = {"customer": click.customer} if click.customer is not None else {}
    return show_queue(turn, ShowQueue.model_validate({"filter": click.filter, "query": click.query, **chosen}))
