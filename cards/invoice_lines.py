"""The lines of an invoice on a card: by ticket, each with its days, its rate and what allowed it (R14, R31, D5, D6)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cards.formats import date, duration, money, month, rate
from cards.language import Texts
from cards.plain_text import clip
from contract.invoices import InvoiceLine
from contract.lines import LineKind
from contract.local_time import local
from contract.minimum import MINIMUM_MINUTES

LONGEST_DAYS = 8
"""Days that a line names; the rest stands where its entries do."""

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class TicketLines:
    """What an invoice charges for one ticket."""

    number: int
    subject: str
    lines: tuple[InvoiceLine, ...]

    @property
    def minutes(self) -> int:
        """Minutes worked, without the minimum."""
        return sum(line.quantity for line in self.lines if line.kind.is_minutes and line.kind is not LineKind.MINIMUM)

    @property
    def minimum_minutes(self) -> int:
        """Minutes of the minimum, or less than nothing where work sets it off (D5)."""
        return sum(line.quantity for line in self.lines if line.kind is LineKind.MINIMUM)

    @property
    def amount_cents(self) -> int:
        """All lines together, excluding VAT."""
        return sum(line.amount_cents for line in self.lines)


def by_ticket(lines: Iterable[InvoiceLine]) -> tuple[TicketLines, ...]:
    """The lines that belong to tickets, ticket by ticket in the order of the invoice."""
    found: dict[int, list[InvoiceLine]] = {}
    for line in lines:
        if line.ticket_number is not None:
            found.setdefault(line.ticket_number, []).append(line)
    return tuple(
        TicketLines(number, next((line.subject for line in own if line.subject), ""), tuple(own))
        for number, own in found.items()
    )


def line_title(t: Texts, line: InvoiceLine) -> str:
    """What a line charges, in the words of the document."""
    match line.kind:
        case LineKind.FEE:
            return t("Monthly fee {month}", month=month(dt.date(*line.month, 1), t.language))
        case LineKind.OFFICE:
            return t("Work in office hours")
        case LineKind.AFTER_HOURS:
            return t("Work in the evening or at night")
        case LineKind.WEEKEND_HOLIDAY:
            return t("Work in the weekend or on a holiday")
        case LineKind.COST:
            return clip(line.what, 100) or t("Costs")
        case LineKind.MINIMUM:
            return _minimum_title(t, line)


def _minimum_title(t: Texts, line: InvoiceLine) -> str:
    if line.quantity > 0:
        return t("Minimum of 15 minutes per ticket")
    if line.quantity == 0:
        return t("Minimum of 15 minutes, not charged")
    if line.charged_in is None:
        return t("Minimum of 15 minutes, already charged before")
    name = month(dt.date(*line.charged_in, 1), t.language)
    same_year = line.charged_in[0] == line.month[0]
    return t("Minimum of 15 minutes, already charged in {month}", month=name.rsplit(" ", 1)[0] if same_year else name)


def line_sum(t: Texts, line: InvoiceLine) -> str:
    """How the amount of a line comes about: "1:25 × € 85 per hour = € 120.42"."""
    language = t.language
    amount = money(line.amount_cents, language)
    if line.kind.is_minutes:
        return f"{duration(line.quantity)} × {rate(line.price_cents, language)} = {amount}"
    if line.quantity == 1:
        return amount
    return f"{line.quantity} × {money(line.price_cents, language)} = {amount}"


def line_notes(t: Texts, line: InvoiceLine) -> list[str]:
    """The days worked, what the minimum adds to, why it was waived, which estimate allowed how much."""
    notes = []
    days = Counter[dt.date]()
    for piece in line.pieces:
        days[local(piece.start).date()] += piece.minutes
    if days:
        shown = [f"{date(day, t.language)} {duration(days[day])}" for day in sorted(days)[:LONGEST_DAYS]]
        notes.append(", ".join(shown) + (" …" if len(days) > LONGEST_DAYS else ""))
    if line.kind is LineKind.MINIMUM and 0 < line.quantity < MINIMUM_MINUTES:
        notes.append(t("{time} on top of the time worked", time=duration(line.quantity)))
    if line.kind is LineKind.MINIMUM and line.what:
        notes.append(t("reason: {reason}", reason=clip(line.what, LONGEST_REASON)))
    allowed = Counter[str]()
    for piece in line.pieces:
        if piece.estimate is not None:
            allowed[piece.estimate] += piece.minutes
    notes += [
        t("{time} of it allowed by estimate {number}", time=duration(minutes), number=number)
        for number, minutes in sorted(allowed.items())
    ]
    return notes


def line_name(t: Texts, line: InvoiceLine) -> str:
    """A line in one short text, to choose it or to quote it: "1001 Outlook: Work in office hours, € 120.42"."""
    amount = money(line.amount_cents, t.language)
    if line.ticket_number is None:
        return f"{line_title(t, line)}, {amount}"
    about = f"{line.ticket_number} {clip(line.subject, 40)}".strip()
    return f"{about}: {line_title(t, line)}, {amount}"
