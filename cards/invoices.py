"""The card of an invoice or a credit note, and the list of them (R3, R5, R13-R15, D6, D8).

    Invoice 2026-0001
    [To pay]
    November 2026 · due on 15 December 2026
    Monthly fee November 2026       € 275.00
    1001 · Outlook shows no mail · 1:25 · € 120.42      [Lines]
    ...
    Excluding VAT € 395.42 · VAT 21 % € 83.04 · To pay € 478.46
    [PDF and XML]  [Question about this invoice]

What stays in the chat says dates, never how many days are left: only a list, which is read at once, says that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.invoices import (
    GetInvoice,
    ShowInvoice,
    ShowInvoices,
    ShowInvoiceTicket,
    ShowQuestion,
    StartQuestion,
)
from cards.clicks.invoicing import StartCredit, StartPayment
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Action,
    Card,
    Element,
    Spacing,
    action_row,
    badge,
    card,
    clip,
    execute,
    facts,
    fit,
    heading,
    panel,
    section,
    show_card,
    text,
    wrote,
)
from cards.formats import calendar_date, duration, money, month
from cards.invoice_lines import TicketLines, by_ticket, line_notes, line_sum, line_title
from cards.invoice_state import InvoiceState, InvoiceSums, invoice_title, state_ground, state_label
from cards.language import Texts, texts_for
from contract.invoices import Invoice, InvoiceKind
from contract.people import Language

PAGE_TICKETS = 8
"""Tickets on a card at most: their lines unfold in it."""

PAGE_QUESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSheet:
    """Everything the card of an invoice shows to one reader."""

    sums: InvoiceSums
    customer_name: str
    """Empty for a contact, who knows it."""
    credit_notes: tuple[tuple[int, str], ...] = ()
    """The credit notes of it: id and number."""
    questions: tuple[tuple[int, bool], ...] = ()
    """The questions about it: id, and whether it waits for an answer."""
    has_documents: bool = True
    can_ask: bool = False
    can_book: bool = False
    """The reader books payments and gives credit."""
    now: datetime


def invoice_card(sheet: InvoiceSheet, language: Language, *, first: int = 0) -> Card:
    """The invoice with its tickets from `first` on, as many as fit."""
    t = texts_for(language)
    tickets = by_ticket(sheet.sums.invoice.lines)
    first = min(first, max(len(tickets) - 1, 0))
    return fit(lambda count: _card(t, sheet, tickets, first, count), min(PAGE_TICKETS, len(tickets) - first))


def _card(t: Texts, sheet: InvoiceSheet, tickets: tuple[TicketLines, ...], first: int, count: int) -> Card:
    invoice, language = sheet.sums.invoice, t.language
    state = sheet.sums.state(sheet.now)
    title = invoice_title(t, invoice)
    shown = tickets[first : first + count]
    rest = len(tickets) - first - count
    fees = [(line_title(t, line), line_sum(t, line)) for line in invoice.lines if line.ticket_number is None]
    return card(
        heading(title),
        badge(state_label(t, state), state_ground(state)),
        text(sheet.customer_name, subtle=True) if sheet.customer_name else None,
        text(_about(t, sheet.sums, state)),
        text(t("Reason: {reason}", reason=clip(invoice.reason, 500))) if invoice.reason else None,
        facts(*fees) if fees and not first else None,
        text(t("{n} tickets on earlier pages", n=first), subtle=True) if first else None,
        *(_ticket(t, invoice, one, first) for one in shown),
        text(t.plural("{n} more ticket on the next page", "{n} more tickets on the next pages", rest), subtle=True)
        if rest
        else None,
        section(facts(*_totals(t, sheet.sums))),
        *_threads(t, sheet),
        action_row(*_actions(t, sheet, first, count, rest)),
        fallback_text=f"{title} · {state_label(t, state)} · {money(invoice.gross_cents, language)}",
        language=language,
        subject=f"invoice:{invoice.id}",
        summary=_summary(t, invoice, title),
    )


def _about(t: Texts, sums: InvoiceSums, state: InvoiceState) -> str:
    """Its month, and when it is or was due."""
    invoice = sums.invoice
    period = month(invoice.period[0], t.language)
    if state is InvoiceState.CREDIT_NOTE:
        return t("{month} · takes back from invoice {number}", month=period, number=invoice.original_number)
    due = calendar_date(invoice.due_date, t.language)
    return t("{month} · due on {day}", month=period, day=due)


def _ticket(t: Texts, invoice: Invoice, one: TicketLines, first: int) -> Element:
    """A ticket in one line, and behind a button its lines with their days."""
    parts = [duration(one.minutes)] if one.minutes else []
    parts += [t("minimum {time}", time=duration(one.minimum_minutes))] if one.minimum_minutes else []
    parts.append(money(one.amount_cents, t.language))
    return section(
        wrote(f"{one.number} · {clip(one.subject, 60)}", bold=True),
        text(" · ".join(parts), spacing=Spacing.NONE),
        action_row(
            show_card(
                t("Lines of {number}", number=one.number),
                *(
                    element
                    for line in one.lines
                    for element in (
                        text(line_title(t, line), bold=True),
                        text(line_sum(t, line), spacing=Spacing.NONE),
                        *(text(note, subtle=True, spacing=Spacing.NONE) for note in line_notes(t, line)),
                    )
                ),
                action_row(
                    execute(
                        t("How this came about"),
                        ShowInvoiceTicket(invoice=invoice.id, ticket=one.number, first=first),
                    ),
                    execute(t("To ticket {number}", number=one.number), ShowTicket(ticket=one.number)),
                ),
            ),
        ),
        spacing=Spacing.SMALL,
    )


def _totals(t: Texts, sums: InvoiceSums) -> list[tuple[str, str]]:
    invoice, language = sums.invoice, t.language
    is_credit = invoice.kind is InvoiceKind.CREDIT_NOTE
    vat = t("VAT reverse charged") if invoice.is_reverse_charge else t("VAT {percent} %", percent=invoice.vat_percent)
    rows = [
        (t("Excluding VAT"), money(invoice.net_cents, language)),
        (vat, money(invoice.vat_cents, language)),
        (t("You get back") if is_credit else t("Including VAT"), money(invoice.gross_cents, language)),
    ]
    if sums.balance.credited_cents:
        rows.append((t("Credited"), money(-sums.balance.credited_cents, language)))
    if sums.balance.paid_cents:
        rows.append((t("Paid"), money(-sums.balance.paid_cents, language)))
    if not is_credit and (sums.balance.credited_cents or sums.balance.paid_cents):
        rows.append((t("Still to pay"), money(max(sums.balance.open_cents, 0), language)))
    return rows


def _threads(t: Texts, sheet: InvoiceSheet) -> list[Element]:
    if not any(waits for _, waits in sheet.questions):
        return []
    return [panel(text(t("A question about it waits for an answer. Until then no reminder is sent.")))]


def _actions(t: Texts, sheet: InvoiceSheet, first: int, count: int, rest: int) -> list[Action | None]:
    invoice = sheet.sums.invoice
    questions = sheet.questions[-PAGE_QUESTIONS:]
    return [
        execute(t("Earlier tickets"), ShowInvoice(invoice=invoice.id, first=max(first - PAGE_TICKETS, 0)))
        if first
        else None,
        execute(t("Further tickets"), ShowInvoice(invoice=invoice.id, first=first + count)) if rest else None,
        execute(t("PDF and XML"), GetInvoice(invoice=invoice.id)) if sheet.has_documents else None,
        *_bookings(t, sheet),
        execute(t("Question about it"), StartQuestion(invoice=invoice.id)) if sheet.can_ask else None,
        *(execute(t("Question {number}", number=key), ShowQuestion(question=key)) for key, _ in questions),
        *(execute(number, ShowInvoice(invoice=key)) for key, number in sheet.credit_notes[:3]),
        execute(t("Invoice {number}", number=invoice.original_number), ShowInvoice(invoice=invoice.original_id))
        if invoice.original_id
        else None,
        execute(t("All invoices"), ShowInvoices()) if sheet.can_ask or sheet.can_book else None,
    ]


def _bookings(t: Texts, sheet: InvoiceSheet) -> list[Action]:
    """What a manager does with an invoice of which something is left."""
    invoice, state = sheet.sums.invoice, sheet.sums.state(sheet.now)
    if not sheet.can_book or invoice.kind is InvoiceKind.CREDIT_NOTE or state is InvoiceState.CREDITED:
        return []
    paid = [] if state is InvoiceState.PAID else [execute(t("It was paid"), StartPayment(invoice=invoice.id))]
    return [*paid, execute(t("Give back"), StartCredit(invoice=invoice.id))]


def _summary(t: Texts, invoice: Invoice, title: str) -> str:
    amount = money(invoice.gross_cents, t.language)
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return t("{title}: you get back {amount}", title=title, amount=amount)
    return t("{title}: {amount}, due on {day}", title=title, amount=amount, day=_due(t, invoice))


def _due(t: Texts, invoice: Invoice) -> str:
    return calendar_date(invoice.due_date, t.language)
