"""The engineers' queue: all customers' tickets, filtered, searched and paged in place (R34)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.queue import QueueFilter, SearchQueue, ShowQueue, StartPhoneTicket
from cards.components import (
    Action,
    Card,
    action_row,
    card,
    choice_input,
    clip,
    execute,
    heading,
    section,
    text,
    text_input,
)
from cards.language import Texts, texts_for
from cards.overview import TicketLine, ticket_line
from contract.people import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A page of the queue, and what it was narrowed to."""

    lines: tuple[TicketLine, ...]
    filter: QueueFilter
    customer_id: int | None
    customers: Mapping[int, str]
    """All customers, to choose from."""
    page: int
    has_more: bool
    query: str
    form_id: str
    now: datetime


def queue_card(queue: Queue, language: Language) -> Card:
    """The queue for an engineer; the customer's name stands on every line."""
    t = texts_for(language)
    title = t("Queue: {filter}", filter=filter_label(t, queue.filter))
    if queue.query:
        title = t("Tickets with “{query}”", query=clip(queue.query, 40))
    nothing = t("Nothing here.")
    return card(
        heading(title),
        *(ticket_line(t, line, queue.now, language) for line in queue.lines),
        text(nothing) if not queue.lines else None,
        action_row(*_paging(t, queue)) if queue.page > 1 or queue.has_more else None,
        section(
            choice_input(
                "filter",
                t("Show"),
                {found.value: filter_label(t, found) for found in QueueFilter},
                value=queue.filter.value,
            ),
            choice_input(
                "customer",
                t("Customer"),
                {str(customer_id): name for customer_id, name in queue.customers.items()},
                value=str(queue.customer_id) if queue.customer_id else "",
                placeholder=t("All customers"),
            )
            if queue.customers
            else None,
            text_input("query", t("Search by number or words"), value=queue.query, max_length=200),
            action_row(
                execute(t("Show"), SearchQueue(form_id=queue.form_id)),
                execute(t("Somebody phoned"), StartPhoneTicket()),
            ),
        ),
        fallback_text=f"{title}: {', '.join(str(line.number) for line in queue.lines) or nothing}",
        language=language,
    )


def filter_label(t: Texts, wanted: QueueFilter) -> str:
    """What a filter shows."""
    match wanted:
        case QueueFilter.OPEN:
            return t("all open tickets")
        case QueueFilter.UNCLAIMED:
            return t("not picked up yet")
        case QueueFilter.MINE:
            return t("mine")
        case QueueFilter.WAITING_CUSTOMER:
            return t("waiting for the customer")
        case QueueFilter.WAITING_APPROVAL:
            return t("waiting for approval")
        case QueueFilter.WAITING_ACCESS:
            return t("waiting for access")
        case QueueFilter.OVERDUE:
            return t("past the pick-up target")


def _paging(t: Texts, queue: Queue) -> Sequence[Action | None]:
    def page(number: int) -> ShowQueue:
        chosen = {"customer": queue.customer_id} if queue.customer_id is not None else {}
        return ShowQueue.model_validate({"filter": queue.filter, "query": queue.query, "page": number, **chosen})

    return (
        execute(t("Previous page"), page(queue.page - 1)) if queue.page > 1 else None,
        execute(t("Next page"), page(queue.page + 1)) if queue.has_more else None,
    )
