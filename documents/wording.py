"""What a line of an invoice says in words: the same on the page and in the UBL (R14, R31, D5, D7, D9, D10, D22).

Work in office hours                                  2:05     € 85.00 per hour     € 177.08
Mon 23 Nov 1:25, Tue 24 Nov 0:40
Minimum of 15 minutes, already charged in November   -0:15     € 85.00 per hour     -€ 21.25
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from cards import invoice_lines
from cards.formats import calendar_date, date, duration, month
from cards.language import Texts
from contract.invoices import Invoice, InvoiceKind, InvoiceLine
from contract.lines import LineKind
from contract.local_time import local
from contract.minimum import MINIMUM_MINUTES
from contract.months import Month, month_of

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands where a character was that can not be shown or kept."""

# What neither XML nor a page can hold: control characters, halves of pairs, and no characters at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Marks that turn the text around them would let a subject rewrite the amounts beside it.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str) -> str:
    """`text` as it can be written anywhere: composed, on one line, without control characters."""
    return " ".join(_UNWRITABLE.sub(UNREADABLE, _TURNING.sub("", unicodedata.normalize("NFC", text))).split())


def first_day(of: Month) -> dt.date:
    """The first day of a month, for the formats."""
    return dt.date(*of, 1)


def line_title(line: InvoiceLine, t: Texts) -> str:
    """What the line charges, in a few words: those of the card, but a cost is never cut short."""
    if line.kind is LineKind.COST:
        return one_line(line.what) or t("Costs")
    return invoice_lines.line_title(t, line)


def line_notes(line: InvoiceLine, t: Texts) -> list[str]:
    """What stands below the title: the days with their minutes, late work, why a minimum was waived."""
    notes = []
    days = Counter[dt.date]()
    for piece in line.pieces:
        days[local(piece.start).date()] += piece.minutes
    if days:
        notes.append(", ".join(f"{_day(day, line.month, t)} {duration(days[day])}" for day in sorted(days)))
    if late := sorted({month_of(piece.start) for piece in line.pieces} - {line.month}):
        months = ", ".join(_month_name(one, line.month, t) for one in late)
        notes.append(t("worked in {month}, recorded after its invoice", month=months))
    if line.kind is LineKind.MINIMUM and 0 < line.quantity < MINIMUM_MINUTES:
        notes.append(t("{time} on top of the time worked", time=duration(line.quantity)))
    if line.kind is LineKind.MINIMUM and line.what:
        notes.append(t("reason: {reason}", reason=one_line(line.what)))
    allowed = Counter[str]()
    for piece in line.pieces:
        if piece.estimate is not None:
            allowed[piece.estimate] += piece.minutes
    for number, minutes in sorted(allowed.items()):
        notes.append(t("{time} of it allowed by estimate {number}", time=duration(minutes), number=number))
    return notes


def estimates_of(lines: Iterable[InvoiceLine]) -> set[str]:
    """The numbers of the estimates that allowed minutes of these lines."""
    return {piece.estimate for line in lines for piece in line.pieces if piece.estimate is not None}


def document_title(invoice: Invoice, t: Texts) -> str:
    """What the document is, with its number; a draft has none."""
    number = invoice.number
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return t("Credit note") if number is None else t("Credit note {number}", number=number)
    return t("Draft, no invoice") if number is None else t("Invoice {number}", number=number)


def _day(day: dt.date, beside: Month, t: Texts) -> str:
    return date(day, t.language) if day.year == beside[0] else calendar_date(day, t.language)


def _month_name(of: Month, beside: Month, t: Texts) -> str:
    """The month by its name, with the year where it is another one than that of the line."""
    name = month(first_day(of), t.language)
    return name.rsplit(" ", 1)[0] if of[0] == beside[0] else name
