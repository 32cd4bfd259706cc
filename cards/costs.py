"""What the running month has cost so far, per ticket: provisional until its invoice (R3, R14, D6, D33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cards.clicks.invoices import ShowCosts, ShowInvoices
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Card,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    facts,
    fit,
    heading,
    section,
    text,
    wrote,
)
from cards.formats import calendar_date, duration, money, month
from cards.invoice_lines import TicketLines, by_ticket, line_title
from cards.language import Texts, texts_for
from contract.invoices import InvoiceLine
from contract.months import Month
from contract.people import Language
from contract.periods import month_after

PAGE_TICKETS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsSheet:
    """The lines that the month's invoice would have if it were made now."""

    month: Month
    lines: Sequence[InvoiceLine]


def costs_card(sheet: CostsSheet, language: Language, *, first: int = 0) -> Card:
    """The tickets of the month from `first` on, as many as fit, with the sum of all of them and the fee apart."""
    t = texts_for(language)
    tickets = by_ticket(sheet.lines)
    first = min(first, max(len(tickets) - 1, 0))
    return fit(lambda count: _card(t, sheet, tickets, first, count), min(PAGE_TICKETS, len(tickets) - first))


def _card(t: Texts, sheet: CostsSheet, tickets: Sequence[TicketLines], first: int, count: int) -> Card:
    begin = date(*sheet.month, 1)
    title = t("Costs of {month} so far", month=month(begin, t.language))
    rest = len(tickets) - first - count
    work = sum(one.amount_cents for one in tickets)
    fees = [line for line in sheet.lines if line.ticket_number is None]
    net = sum(line.amount_cents for line in sheet.lines)
    return card(
        heading(title),
        text(
            t(
                "Provisional until invoiced on {day}. All amounts exclude VAT.",
                day=calendar_date(month_after(begin), t.language),
            )
        ),
        *(_ticket(t, one) for one in tickets[first : first + count]),
        text(t("No tickets cost anything in this month so far.")) if not tickets else None,
        text(t.plural("{n} more ticket on the next page", "{n} more tickets on the next pages", rest), subtle=True)
        if rest
        else None,
        section(
            facts(
                (t("Tickets together"), money(work, t.language)),
                *((line_title(t, line), money(line.amount_cents, t.language)) for line in fees),
                (t("Sum so far, excluding VAT"), money(net, t.language)),
            )
        ),
        action_row(
            execute(t("Earlier tickets"), ShowCosts(first=max(first - PAGE_TICKETS, 0))) if first else None,
            execute(t("Further tickets"), ShowCosts(first=first + count)) if rest else None,
            execute(t("Invoices"), ShowInvoices()),
        ),
        fallback_text=f"{title}: {money(net, t.language)}",
        language=t.language,
    )


def _ticket(t: Texts, one: TicketLines) -> Element:
    """A ticket: its minutes by band, its minimum, and what they come to."""
    parts = [
        f"{line_title(t, line)} {duration(line.quantity) if line.kind.is_minutes else line.quantity}"
        for line in one.lines
    ]
    return section(
        columns(
            [
                wrote(f"{one.number} · {clip(one.subject, 60)}", bold=True),
                text(" · ".join(parts), subtle=True, spacing=Spacing.NONE),
                text(money(one.amount_cents, t.language), bold=True, spacing=Spacing.NONE),
            ],
            [action_row(execute(t("Open {number}", number=one.number), ShowTicket(ticket=one.number)))],
            widths=("stretch", "auto"),
        ),
        spacing=Spacing.SMALL,
    )
