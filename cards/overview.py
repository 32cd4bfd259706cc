"""Lists of tickets, paged in place: a contact's overview (R3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.access import ShowAccess
from cards.clicks.tickets import SearchTickets, ShowTicket, ShowTickets, StartTicket
from cards.components import (
    Action,
    ActionStyle,
    Card,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    heading,
    section,
    text,
    text_input,
    wrote,
)
from cards.formats import duration, stamp
from cards.labels import outcome_label, state_label
from cards.language import Texts, texts_for
from contract.outcomes import Outcome
from contract.people import Language
from contract.tickets import State


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One ticket of a list: who has it, what happened last and when, billable minutes so far."""

    number: int
    subject: str
    state: State
    outcome: Outcome | None
    customer_name: str = ""
    engineer: str | None
    last: str
    active_at: datetime
    minutes: int
    waits_for_access: bool = False
    """Whether the customer's consent is missing now (D31)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A page of a contact's tickets."""

    lines: tuple[TicketLine, ...]
    page: int
    has_more: bool
    query: str
    form_id: str
    now: datetime


def overview_card(overview: Overview, language: Language) -> Card:
    """All tickets of the reader's organisation, a page at a time, with a search box."""
    t = texts_for(language)
    title = t("Tickets of your organisation")
    if overview.query:
        title = t("Tickets with “{query}”", query=clip(overview.query, 40))
    nothing = t("Nothing found.") if overview.query else t("There are no tickets yet.")
    return card(
        heading(title),
        *(ticket_line(t, line, overview.now, language) for line in overview.lines),
        text(nothing) if not overview.lines else None,
        action_row(*_paging(t, overview)),
        section(
            text_input("query", t("Search by number or words"), value=overview.query, max_length=200),
            action_row(
                execute(t("Search"), SearchTickets(form_id=overview.form_id)),
                execute(t("New ticket"), StartTicket(), style=ActionStyle.POSITIVE),
                execute(t("Remote access"), ShowAccess()),
            ),
        ),
        fallback_text=f"{title}: {', '.join(str(line.number) for line in overview.lines) or nothing}",
        language=language,
    )


def _paging(t: Texts, overview: Overview) -> Sequence[Action | None]:
    page, query = overview.page, overview.query
    return (
        execute(t("Newer"), ShowTickets(page=page - 1, query=query)) if page > 1 else None,
        execute(t("Older"), ShowTickets(page=page + 1, query=query)) if overview.has_more else None,
        execute(t("All tickets"), ShowTickets()) if query else None,
    )


def ticket_line(t: Texts, line: TicketLine, now: datetime, language: Language) -> Element:
    """A ticket in a list: two lines of text and the button that opens it."""
    state = outcome_label(t, line.outcome) if line.outcome else state_label(t, line.state)
    when = stamp(line.active_at, now, language)
    # What happened last to a closed ticket is what its outcome says already.
    parts = [state, when if line.outcome else f"{line.last}, {when}"]
    if line.engineer or not line.outcome:
        parts.insert(1, line.engineer or t("nobody yet"))
    if line.waits_for_access:
        parts.append(t("waiting for access"))
    if line.minutes:
        parts.append(t("{spent} spent", spent=duration(line.minutes)))
    if line.customer_name:
        parts.insert(0, line.customer_name)
    return section(
        columns(
            [
                wrote(f"{line.number} · {clip(line.subject, 80)}", bold=True),
                text(" · ".join(parts), subtle=True, spacing=Spacing.SMALL),
            ],
            [action_row(execute(t("Open {number}", number=line.number), ShowTicket(ticket=line.number)))],
            widths=("stretch", "auto"),
        )
    )
