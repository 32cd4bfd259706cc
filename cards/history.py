"""Everything that happened on a ticket, a page at a time, newest page first (R5)."""

from __future__ import annotations

from datetime import datetime

from cards.clicks.tickets import ShowHistory, ShowTicket
from cards.components import Card, Element, Spacing, action_row, card, execute, fit, heading, text, wrote
from cards.events import event_text
from cards.formats import stamp
from cards.language import texts_for
from contract.events import TicketEvent
from contract.people import Language
from contract.tickets import Ticket

PAGE_EVENTS = 12


def history_card(
    ticket: Ticket, events: tuple[TicketEvent, ...], language: Language, *, page: int, pages: int, now: datetime
) -> Card:
    """One page of a ticket's history, oldest first; what people wrote is shown in full where it fits."""
    t = texts_for(language)
    title = t("History of ticket {number}", number=ticket.number)

    def build(tenths: int) -> Card:
        lines: list[Element] = []
        for event in events:
            lines.append(
                text(
                    f"{stamp(event.at, now, language)} · {event_text(event, language)}",
                    subtle=True,
                    spacing=Spacing.MEDIUM,
                )
            )
            if event.text:
                lines.append(wrote(event.text, limit=400 * max(tenths, 1), spacing=Spacing.SMALL))
        return card(
            heading(title),
            wrote(ticket.subject, bold=True),
            *lines,
            text(t("Page {page} of {pages}", page=page, pages=pages), subtle=True) if pages > 1 else None,
            action_row(
                execute(t("Back to the ticket"), ShowTicket(ticket=ticket.number)),
                execute(t("Later"), ShowHistory(ticket=ticket.number, page=page - 1)) if page > 1 else None,
                execute(t("Earlier"), ShowHistory(ticket=ticket.number, page=page + 1)) if page < pages else None,
            ),
            fallback_text=f"{title}: {ticket.subject}",
            language=language,
            subject=f"ticket:{ticket.number}",
            is_form=True,
        )

    return fit(build, 10)
