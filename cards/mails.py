"""What goes by mail instead of by card: the same words as plain text and as a simple page (R5, R14, R15).

A mail has a title, parts below one another, the way back to the chat in Teams and the provider's address at the end.
Nothing that a person wrote is read as markup, and nothing in a mail is fetched from anywhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cards.formats import calendar_date, money, month
from cards.language import Texts, texts_for
from cards.plain_text import clip
from cards.welcome import Provider
from contract.invoices import Invoice, InvoiceKind
from contract.people import Language

LONGEST_SUBJECT = 150
LONGEST_NAME = 80
_LINKED = re.compile(r"[/@\\]|\bwww\.|\w{2,}\.\w{2,}", re.IGNORECASE)
_STYLE = (
    "body{font:15px/1.5 'Segoe UI',Helvetica,Arial,sans-serif;color:#1b1a19;max-width:38em;margin:1.5em;"
    "overflow-wrap:break-word}"
    "h1{font-size:19px}table{border-collapse:collapse;margin:1em 0}th{text-align:left;font-weight:600}"
    "th,td{padding:.2em 1.2em .2em 0;vertical-align:top}td{font-variant-numeric:tabular-nums}"
    "footer{border-top:1px solid #c8c6c4;margin-top:1.5em;padding-top:.8em;color:#605e5c}"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of our own making, on a line of its own; in plain text the address stands behind its words."""

    shown: str
    url: str


Part = str | Link | Sequence[tuple[str, str]] | Sequence[str]
"""A paragraph, a link, a table of labels with values, or a list."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is read: its subject, and its words twice."""

    subject: str
    text: str
    html: str


def letter(
    title: str, *parts: Part, provider: Provider, language: Language, subject: str = "", has_chat: bool = True
) -> Letter:
    """A mail of these parts; its subject is the title where no other is given. An administrator has no chat with us."""
    footer = [provider.name, provider.phone, provider.email]
    text_back, page_back = _way_back(provider.chat_url if has_chat else "", language)
    text = "\n\n".join([title, *map(_as_text, parts), *text_back, "-- \n" + "\n".join(footer)])
    body = "\n".join([*map(_as_html, parts), *page_back])
    page = (
        f'<!doctype html>\n<html lang="{language.value}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n{body}\n"
        f"<footer>{'<br>'.join(map(html.escape, footer))}</footer></body></html>\n"
    )
    return Letter(one_line(subject or title, LONGEST_SUBJECT), text + "\n", page)


def _way_back(chat_url: str, language: Language) -> tuple[list[str], list[str]]:
    """The link to the chat, as text and for the page; the chat has the cards that a mail tells of."""
    if not chat_url:
        return [], []
    link = Link(texts_for(language)("Open the chat in Microsoft Teams"), chat_url)
    return [_as_text(link)], [_as_html(link)]


def one_line(value: str, limit: int) -> str:
    """`value` for a place that is one line, such as a subject: no line break or control character is left in it."""
    shown = "".join(char if char.isprintable() else " " for char in value)
    return clip(" ".join(shown.split()), limit)


def named(name: str, t: Texts) -> str:
    """Somebody's name in a mail to others: not one that mail programs make a link of, nor one as long as a message."""
    shown = one_line(name, LONGEST_NAME + 1)
    return shown if shown and len(shown) <= LONGEST_NAME and not _LINKED.search(shown) else t("A contact")


def invoice_letter(invoice: Invoice, provider: Provider, language: Language) -> Letter:
    """The invoice or credit note itself is attached; here is what it says in short."""
    t = texts_for(language)
    period = month(invoice.period[0], language)
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        title = t(
            "Credit note {number} for invoice {original}", number=invoice.number, original=invoice.original_number
        )
        first = t("Our credit note for {customer} is attached. You owe that much less.", customer=invoice.buyer.name)
    else:
        title = t("Invoice {number} for {month}", number=invoice.number, month=period)
        first = t("Our invoice for {customer} is attached.", customer=invoice.buyer.name)
    return letter(
        title,
        first,
        _figures(t, invoice, language),
        t("The PDF is for reading, the XML file (UBL) for your bookkeeping program. They are one document twice."),
        _questions(t),
        provider=provider,
        language=language,
        subject=f"{provider.name}: {title}",
    )


def payment_reminder_letter(invoice: Invoice, outstanding_cents: int, provider: Provider, language: Language) -> Letter:
    """The invoice was due and is not paid; no interest and no costs are asked (R15)."""
    t = texts_for(language)
    title = t("Reminder: invoice {number} is not paid yet", number=invoice.number)
    return letter(
        title,
        t(
            "Invoice {number} of {date} was due on {due}. We have not received {amount} of it. If that is on its way, "
            "you need do nothing.",
            number=invoice.number,
            date=calendar_date(invoice.invoice_date, language),
            due=calendar_date(invoice.due_date, language),
            amount=money(outstanding_cents, language),
        ),
        [
            (t("To pay"), money(outstanding_cents, language)),
            (t("To account"), invoice.seller.iban),
            (t("In the name of"), invoice.seller.name),
            (t("Mention"), invoice.number or ""),
        ],
        _questions(t),
        provider=provider,
        language=language,
        subject=f"{provider.name}: {title}",
    )


def unreached_letter(lines: Sequence[str], provider: Provider, language: Language) -> Letter:
    """Lines that Teams did not take for this person, with what to do so that it does."""
    t = texts_for(language)
    title = t.plural(
        "A message that Teams did not deliver to you", "{n} messages that Teams did not deliver to you", len(lines)
    )
    return letter(
        title,
        list(lines),
        t(
            "To answer or decide, open the support app in Microsoft Teams and type help. If it is gone or blocked, add "
            "it again; then messages reach you there."
        ),
        provider=provider,
        language=language,
        subject=f"{provider.name}: {title}",
    )


def _figures(t: Texts, invoice: Invoice, language: Language) -> list[tuple[str, str]]:
    is_credit = invoice.kind is InvoiceKind.CREDIT_NOTE
    vat = t("VAT reverse charged") if invoice.is_reverse_charge else t("VAT {percent} %", percent=invoice.vat_percent)
    figures = [
        (t("Date"), calendar_date(invoice.invoice_date, language)),
        (t("Excluding VAT"), money(invoice.net_cents, language)),
        (vat, money(invoice.vat_cents, language)),
        (t("Credited") if is_credit else t("To pay"), money(invoice.gross_cents, language)),
    ]
    if not is_credit:
        figures += [
            (t("Due on"), calendar_date(invoice.due_date, language)),
            (t("To account"), invoice.seller.iban),
            (t("In the name of"), invoice.seller.name),
            (t("Mention"), invoice.number or ""),
        ]
    return [*figures, (t("Your reference"), invoice.reference)]


def _questions(t: Texts) -> str:
    return t(
        "A question about a line? Your contacts ask it in Microsoft Teams, on the invoice itself: type invoices. It is "
        "free of charge, and until it is answered no reminder is sent."
    )


def _as_text(part: Part) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Link):
        return f"{part.shown}: {part.url}"
    return "\n".join(f"- {row}" if isinstance(row, str) else f"{row[0]}: {row[1]}" for row in part)


def _as_html(part: Part) -> str:
    if isinstance(part, str):
        return f"<p>{_escaped(part)}</p>"
    if isinstance(part, Link):
        return f'<p><a href="{html.escape(part.url)}">{html.escape(part.shown)}</a></p>'
    items = [f"<li>{_escaped(row)}</li>" for row in part if isinstance(row, str)]
    if items:
        return f"<ul>{''.join(items)}</ul>"
    rows = [f"<tr><th scope=row>{_escaped(row[0])}</th><td>{_escaped(row[1])}</td></tr>" for row in part]
    return f"<table>{''.join(rows)}</table>"


def _escaped(value: str) -> str:
    return html.escape(value).replace("\n", "<br>")
