"""The list of an organisation's invoices, and the addresses of one invoice's documents (R3, R14, R15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cards.clicks.invoices import GetInvoice, ShowCosts, ShowInvoice, ShowInvoices
from cards.components import (
    Card,
    Element,
    Spacing,
    action_row,
    card,
    columns,
    execute,
    heading,
    open_url,
    section,
    text,
)
from cards.formats import money, month
from cards.invoice_state import InvoiceState, InvoiceSums, invoice_title, state_label
from cards.language import Texts, texts_for
from contract.invoices import Invoice
from contract.local_time import local
from contract.people import Language

PAGE_INVOICES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceList:
    """A page of the invoices of an organisation, newest first."""

    lines: tuple[InvoiceSums, ...]
    page: int
    has_more: bool
    now: datetime


def invoice_list_card(found: InvoiceList, language: Language) -> Card:
    """All invoices and credit notes of the reader's organisation, a page at a time."""
    t = texts_for(language)
    title = t("Invoices of your organisation")
    nothing = t("There are no invoices yet.")
    return card(
        heading(title),
        *(_listed(t, line, found.now) for line in found.lines),
        text(nothing) if not found.lines else None,
        action_row(
            execute(t("Newer"), ShowInvoices(page=found.page - 1)) if found.page > 1 else None,
            execute(t("Older"), ShowInvoices(page=found.page + 1)) if found.has_more else None,
            execute(t("Costs of this month"), ShowCosts()),
        ),
        fallback_text=f"{title}: {', '.join(line.invoice.number or '' for line in found.lines) or nothing}",
        language=language,
    )


def _listed(t: Texts, sums: InvoiceSums, now: datetime) -> Element:
    invoice, state = sums.invoice, sums.state(now)
    parts = [month(invoice.period[0], t.language), money(invoice.gross_cents, t.language)]
    parts.append(_when_due(t, sums, state, local(now).date()))
    return section(
        columns(
            [
                text(invoice_title(t, invoice), bold=True),
                text(" · ".join(parts), subtle=True, spacing=Spacing.SMALL),
            ],
            [action_row(execute(t("Open {number}", number=invoice.number), ShowInvoice(invoice=invoice.id)))],
            widths=("stretch", "auto"),
        )
    )


def _when_due(t: Texts, sums: InvoiceSums, state: InvoiceState, today: date) -> str:
    if state not in (InvoiceState.OPEN, InvoiceState.OVERDUE):
        return state_label(t, state)
    left = money(sums.balance.open_cents, t.language)
    days = (sums.invoice.due_date - today).days
    if days > 0:
        when = t.plural("due in {n} day", "due in {n} days", days)
    elif days == 0:
        when = t("due today")
    else:
        when = t.plural("{n} day overdue", "{n} days overdue", -days)
    return (
        when if sums.balance.open_cents == sums.invoice.gross_cents else t("{when}, {left} left", when=when, left=left)
    )


def documents_card(invoice: Invoice, pdf_url: str, ubl_url: str, language: Language) -> Card:
    """The addresses of an invoice's documents; they end after ten minutes, so this card goes back by itself."""
    t = texts_for(language)
    title = invoice_title(t, invoice)
    return card(
        heading(title),
        text(
            t("The PDF is for reading, the XML file (UBL) for your bookkeeping program. They are one document twice.")
        ),
        text(t("The buttons work for 10 minutes and for you only."), subtle=True),
        action_row(
            open_url(t("PDF"), pdf_url, tooltip=title),
            open_url(t("XML"), ubl_url, tooltip=title),
            execute(t("Again"), GetInvoice(invoice=invoice.id)),
            execute(t("Back"), ShowInvoice(invoice=invoice.id)),
        ),
        fallback_text=title,
        language=language,
        subject=f"invoice:{invoice.id}",
        is_form=True,
    )
