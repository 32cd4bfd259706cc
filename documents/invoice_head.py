"""The head of an invoice: who sells, who buys, which document it is, and its dates (R1, D8, D9)."""

from __future__ import annotations

from dataclasses import dataclass

from cards.countries import country_name
from cards.formats import calendar_date, month
from cards.language import Texts
from contract.invoices import Invoice, InvoiceKind
from contract.parties import HOME, Address, Buyer, Seller
from documents.fonts import Style
from documents.look import BODY, LABEL, NAME, SMALL, TITLE
from documents.pagination import Part
from documents.sheet import LEFT, RIGHT, WIDTH, Sheet
from documents.wording import document_title, first_day, one_line

_SELLER_LEFT = 128.0
_BUYER_TOP = 34.0
"""Below the top of the head: where the window of an envelope is."""
_BUYER_WIDTH = 95.0
_TITLE_TOP = 60.0
_GAP = 5.0


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x: float
    y: float
    style: Style


def head_parts(sheet: Sheet, invoice: Invoice, t: Texts) -> list[Part]:
    """The head as one part of the first page."""
    head = _Head(sheet)
    bottom = max(head.seller(invoice.seller, t), head.buyer(invoice.buyer, t), _TITLE_TOP - _GAP)
    return [Part(head.facts(invoice, t, bottom + _GAP) + _GAP, head.draw)]


class _Head:
    """The texts of the head, each with its place below the top of the part, by paragraph."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._paragraphs: list[tuple[str, list[_Line]]] = []

    def draw(self, top: float) -> None:
        """Write them all."""
        for kind, lines in self._paragraphs:
            tag = self._sheet.tags.add(kind)
            for line in lines:
                self._sheet.put(line.text, line.x, top + line.y, line.style, tag=tag)

    def seller(self, who: Seller, t: Texts) -> float:
        """The provider: its name on the left, where to find it on the right. Returns where that ends."""
        name = self._lines([who.name], LEFT, 0, _SELLER_LEFT - LEFT - _GAP, NAME)
        address = self._lines(
            [*_address(who.address, t), who.email, who.phone], _SELLER_LEFT, 1, RIGHT - _SELLER_LEFT, SMALL
        )
        below = _bottom(address, 1) + SMALL.height / 2
        numbers = self._lines(_numbers(who, t), _SELLER_LEFT, below, RIGHT - _SELLER_LEFT, SMALL)
        self._paragraphs += [("P", name), ("P", address), ("P", numbers)]
        return max(_bottom(name, 0), _bottom(numbers, below))

    def buyer(self, who: Buyer, t: Texts) -> float:
        """The customer. Returns where that ends."""
        address = self._lines([who.name, *_address(who.address, t)], LEFT, _BUYER_TOP, _BUYER_WIDTH, BODY)
        below = _bottom(address, _BUYER_TOP) + 1
        numbers = self._lines(_numbers(who, t), LEFT, below, _BUYER_WIDTH, SMALL)
        self._paragraphs += [("P", address), ("P", numbers)]
        return _bottom(numbers, below)

    def facts(self, invoice: Invoice, t: Texts, y: float) -> float:
        """The title, and below it the dates and numbers side by side. Returns where they end."""
        title = self._lines([document_title(invoice, t)], LEFT, y, WIDTH, TITLE)
        self._paragraphs.append(("H1", title))
        y = _bottom(title, y) + 2.5
        facts = _facts(invoice, t)
        width = WIDTH / len(facts)
        bottom = y
        for column, (label, value) in enumerate(facts):
            x = LEFT + column * width
            shown = self._lines([value], x, y + LABEL.height, width - 3, BODY)
            self._paragraphs.append(("P", [_Line(label, x, y, LABEL), *shown]))
            bottom = max(bottom, _bottom(shown, y))
        if invoice.reason:
            reason = t("Reason: {reason}", reason=one_line(invoice.reason))
            shown = self._lines([reason], LEFT, bottom + 2.5, WIDTH, BODY)
            self._paragraphs.append(("P", shown))
            bottom = _bottom(shown, bottom)
        return bottom

    def _lines(self, texts: list[str], x: float, y: float, width: float, style: Style) -> list[_Line]:
        broken = [line for text in texts if text for line in self._sheet.wrapped(one_line(text), width, style)]
        return [_Line(line, x, y + number * style.height, style) for number, line in enumerate(broken)]


def _bottom(lines: list[_Line], top: float) -> float:
    return lines[-1].y + lines[-1].style.height if lines else top


def _facts(invoice: Invoice, t: Texts) -> list[tuple[str, str]]:
    """The dates and numbers, by what they are called."""
    language = t.language
    facts = [(t("Date"), calendar_date(invoice.invoice_date, language))]
    if invoice.kind is InvoiceKind.INVOICE:
        facts.append((t("Pay by"), calendar_date(invoice.due_date, language)))
    else:
        day = "" if invoice.original_date is None else calendar_date(invoice.original_date, language)
        facts.append((t("On invoice"), t("{number} of {date}", number=invoice.original_number, date=day)))
    facts.append((t("Period"), month(first_day(invoice.month), language)))
    facts.append((t("Contract"), invoice.contract_number))
    if invoice.buyer.reference:
        facts.append((t("Your reference"), invoice.buyer.reference))
    return facts


def _address(address: Address, t: Texts) -> list[str]:
    place = "  ".join(filter(None, [one_line(address.postal_code), one_line(address.city)]))
    return [address.street, place, "" if address.country == HOME else country_name(address.country, t.language)]


def _numbers(who: Seller | Buyer, t: Texts) -> list[str]:
    """The numbers by which registers know them; KvK is a Dutch register."""
    register = "KvK {number}" if who.address.country == HOME else "{number}"
    return [
        register.format(number=who.registration) if who.registration else "",
        t("VAT id {number}", number=who.vat_id) if who.vat_id else "",
    ]
