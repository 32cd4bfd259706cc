"""How the lines of a ticket on an invoice came about: every entry, and who allowed what is beyond the free minutes
(R5, R18, R19, R32, D13, D15).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.estimates import ShowEstimate
from cards.clicks.invoices import ShowInvoice, ShowInvoiceTicket, StartQuestion
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Action,
    Card,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    execute,
    fit,
    heading,
    panel,
    section,
    text,
    wrote,
)
from cards.formats import duration, long_date, long_date_time, money, rate, time
from cards.invoice_lines import TicketLines, line_sum, line_title
from cards.invoice_state import invoice_title
from cards.labels import band_label
from cards.language import Texts, texts_for
from contract.invoices import Invoice, InvoiceLine
from contract.lines import Approval
from contract.local_time import local
from contract.money import amount_cents
from contract.people import Language
from contract.rate_bands import RateBand

PAGE_ENTRIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEntry:
    """A time entry, and what of it these lines charge: title of the line, minutes, the estimate that allowed them."""

    started_at: datetime
    ended_at: datetime
    engineer: str
    what: str
    charged: tuple[tuple[InvoiceLine, int, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTrace:
    """All that the lines of one ticket on one invoice rest on."""

    invoice: Invoice
    ticket: TicketLines
    entries: tuple[TracedEntry, ...]
    approvals: tuple[tuple[Approval, int | None], ...]
    """Each with the id of its estimate, where that is still there."""
    can_ask: bool
    back: int = 0
    """Where the invoice's card stood."""


def trace_card(trace: TicketTrace, language: Language, *, first: int = 0) -> Card:
    """The entries of a ticket's lines from `first` on, as many as fit, and the approvals."""
    t = texts_for(language)
    first = min(first, max(len(trace.entries) - 1, 0))
    return fit(lambda count: _card(t, trace, first, count), min(PAGE_ENTRIES, len(trace.entries) - first))


def _card(t: Texts, trace: TicketTrace, first: int, count: int) -> Card:
    invoice, ticket = trace.invoice, trace.ticket
    title = t("How this came about")
    shown = trace.entries[first : first + count]
    rest = len(trace.entries) - first - count
    return card(
        heading(title),
        text(f"{invoice_title(t, invoice)} · {t('Ticket {number}', number=ticket.number)}", subtle=True),
        wrote(clip(ticket.subject, 200), bold=True),
        *(_line(t, line) for line in ticket.lines),
        *(_entry(t, entry) for entry in shown),
        text(t.plural("{n} more entry on the next page", "{n} more entries on the next pages", rest), subtle=True)
        if rest
        else None,
        *(_approval(t, approval, estimate) for approval, estimate in trace.approvals),
        text(t("Nothing on it needed an approval: up to 2 hours a ticket may be spent without asking."), subtle=True)
        if trace.entries and not trace.approvals
        else None,
        action_row(
            _step(t("Earlier entries"), trace, max(first - PAGE_ENTRIES, 0)) if first else None,
            _step(t("Further entries"), trace, first + count) if rest else None,
            execute(t("Question this line"), StartQuestion(invoice=invoice.id, line=ticket.lines[0].id))
            if trace.can_ask
            else None,
            execute(t("To ticket {number}", number=ticket.number), ShowTicket(ticket=ticket.number)),
            execute(t("Back to the invoice"), ShowInvoice(invoice=invoice.id, first=trace.back)),
        ),
        fallback_text=f"{title}: {invoice_title(t, invoice)}, {t('Ticket {number}', number=ticket.number)}",
        language=t.language,
        subject=f"invoice:{invoice.id}",
        is_form=True,
    )


def _step(title: str, trace: TicketTrace, first: int) -> Action:
    return execute(title, ShowInvoiceTicket(invoice=trace.invoice.id, ticket=trace.ticket.number, first=first))


def _line(t: Texts, line: InvoiceLine) -> Element:
    return text(f"{line_title(t, line)}: {line_sum(t, line)}", spacing=Spacing.SMALL)


def _entry(t: Texts, entry: TracedEntry) -> Element:
    """A time entry as it was logged; what an engineer wrote is shown as it is."""
    span = f"{time(entry.started_at)}–{time(entry.ended_at)}"
    if local(entry.started_at).date() != local(entry.ended_at).date():
        span = f"{time(entry.started_at)}–{long_date_time(entry.ended_at, t.language)}"
    charged = [
        f"{duration(minutes)} {line_title(t, line)}"
        + (f" ({t('estimate {number}', number=estimate)})" if estimate else "")
        for line, minutes, estimate in entry.charged
    ]
    return section(
        text(f"{long_date(entry.started_at, t.language)} · {span} · {entry.engineer}", bold=True),
        wrote(entry.what, limit=500, spacing=Spacing.NONE) if entry.what else None,
        text(", ".join(charged), subtle=True, spacing=Spacing.NONE),
        spacing=Spacing.SMALL,
    )


def _approval(t: Texts, approval: Approval, estimate: int | None) -> Element:
    who = {"number": approval.estimate, "name": approval.decided_by}
    when = long_date_time(approval.decided_at, t.language)
    said = (
        t("Estimate {number} was approved by {name} by phone, {when}.", when=when, **who)
        if approval.is_by_phone
        else t("Estimate {number} was approved by {name}, {when}.", when=when, **who)
    )
    office = money(amount_cents(approval.minutes, approval.rates.office), t.language)
    prices = ", ".join(f"{band_label(t, band)} {rate(approval.rates.of(band), t.language)}" for band in RateBand)
    return panel(
        text(said, bold=True),
        text(
            t(
                "The card showed {extra} extra, at most {amount} in office hours, at these prices: {prices}.",
                extra=duration(approval.minutes),
                amount=office,
                prices=prices,
            )
        ),
        action_row(execute(t("Show estimate {number}", number=approval.estimate), ShowEstimate(estimate=estimate)))
        if estimate is not None
        else None,
    )
