"""Credit notes for the managers: what is due back of an invoice, and giving back lines by choice (D5, D9, D22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cards.clicks.invoices import ShowInvoice
from cards.clicks.invoicing import CreditInvoice, IssueCredit
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    Spacing,
    action_row,
    card,
    choice_input,
    clip,
    execute,
    facts,
    heading,
    panel,
    section,
    text,
    text_input,
    wrote,
)
from cards.formats import money
from cards.invoice_lines import line_title
from cards.language import Texts, texts_for
from contract.invoices import Invoice, InvoiceLine
from contract.people import Language

ALL = "all"
SHOWN_LINES = 12
MOST_CHOICES = 60
"""Lines that the form lists; a longer invoice is credited as a whole, or by line with the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditSheet:
    """What is due back of an invoice, as a draft, and the credit notes that were issued for it."""

    original: Invoice
    draft: Invoice
    customer: str
    notes: tuple[Invoice, ...]
    shown: str
    """What a click binds to."""


def correction_reason(t: Texts, lines: Iterable[InvoiceLine]) -> str:
    """Why there is a credit note, in the customer's language; it is printed on it."""
    tickets = {line.ticket_number for line in lines}
    numbers = sorted(number for number in tickets if number is not None)
    corrected = t.plural(
        "Corrected after the invoice: ticket {numbers}",
        "Corrected after the invoice: tickets {numbers}",
        len(numbers),
        numbers=", ".join(map(str, numbers)),
    )
    # The fee alone belongs to no ticket.
    ended = t("The contract had ended before this month") if None in tickets else ""
    return "; ".join(said for said in (ended, corrected if numbers else "") if said)


def credit_card(sheet: CreditSheet, language: Language, *, notice: str = "") -> Card:
    """What is due back, with one button that issues it; once it is issued, or nothing is due, it says that."""
    t, draft = texts_for(language), sheet.draft
    number = sheet.original.number
    title = t("Invoice {number}: due back", number=number)
    issued = ", ".join(f"{note.number} ({money(note.gross_cents, language)})" for note in sheet.notes)
    amount = money(draft.gross_cents, language)
    verdict = t("{amount} is due back.", amount=amount) if draft.lines else t("Nothing is due back.")
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text(sheet.customer, subtle=True, spacing=Spacing.NONE),
        text(verdict, bold=True),
        text(t("Issued before: {notes}", notes=issued)) if issued else None,
        *_due(t, draft),
        action_row(
            execute(
                t("Issue the credit note"),
                IssueCredit(invoice=sheet.original.id, shown=sheet.shown),
                style=ActionStyle.POSITIVE,
            )
            if draft.lines
            else None,
            execute(t("Invoice {number}", number=number), ShowInvoice(invoice=sheet.original.id)),
        ),
        fallback_text=f"{title}. {verdict}",
        language=language,
        subject=f"credit:{sheet.original.id}",
    )


def _due(t: Texts, draft: Invoice) -> list[Element]:
    if not draft.lines:
        return []
    rest = len(draft.lines) - SHOWN_LINES
    rows = [(_title(t, line), money(line.amount_cents, t.language)) for line in draft.lines[:SHOWN_LINES]]
    vat = t("VAT reverse charged") if draft.is_reverse_charge else t("VAT {percent} %", percent=draft.vat_percent)
    found: list[Element | None] = [
        wrote(draft.reason),
        facts(*rows),
        text(t.plural("and {n} more line", "and {n} more lines", rest), subtle=True) if rest > 0 else None,
        section(
            facts(
                (t("Excluding VAT"), money(draft.net_cents, t.language)),
                (vat, money(draft.vat_cents, t.language)),
                (t("Including VAT"), money(draft.gross_cents, t.language)),
            )
        ),
    ]
    return [element for element in found if element is not None]


def _title(t: Texts, line: InvoiceLine) -> str:
    """A line with its ticket, such as "1001 · office hours"."""
    name = line_title(t, line)
    return f"{line.ticket_number} · {name}" if line.ticket_number is not None else name


def credit_form(
    original: Invoice, left_cents: Mapping[int, int], filled: CreditInvoice, language: Language, *, notice: str = ""
) -> Card:
    """Which lines are given back, and why. `left_cents`: what is left of each line, by its id."""
    t = texts_for(language)
    title = t("Give back from invoice {number}", number=original.number)
    lines = [(place, line) for place, line in enumerate(original.lines, start=1) if left_cents[line.id]]
    choices = {ALL: t("Everything that is left: {amount} excl. VAT", amount=money(sum(left_cents.values()), language))}
    for place, line in lines[:MOST_CHOICES]:
        parts = (_title(t, line), clip(line.subject, 30), money(left_cents[line.id], language))
        choices[str(place)] = " · ".join(part for part in parts if part)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text(t("The invoice stays as it is; a credit note with a number of its own goes to the customer.")),
        choice_input("lines", t("What is given back"), choices, value=filled.lines, several=True),
        text_input(
            "reason",
            t("Why (stands on the credit note)"),
            value=filled.reason,
            required=True,
            max_length=500,
            error=t("Give a reason."),
        ),
        action_row(
            execute(
                t("Issue the credit note"),
                CreditInvoice(form_id=filled.form_id, invoice=original.id),
                style=ActionStyle.DESTRUCTIVE,
            ),
            execute(t("Back"), ShowInvoice(invoice=original.id)),
        ),
        fallback_text=title,
        language=language,
        is_form=True,
    )
