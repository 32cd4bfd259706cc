"""The lines of an invoice as a table: by ticket, each with its days, minutes, price and amount (R14, R31, D5-D7).

The amounts stand under each other to the cent: the figures of the typeface are equally wide. A ticket with more than
one line has a subtotal; with one line that is its amount.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from cards.formats import duration, money
from cards.language import Texts
from contract.invoices import Invoice, InvoiceLine
from contract.lines import LineKind
from documents.fonts import Style
from documents.look import BODY, GREY, LABEL, LINE, PALE, SMALL
from documents.pagination import Part, kept_together
from documents.sheet import LEFT, RIGHT, WIDTH, Sheet
from documents.tags import Tag
from documents.wording import line_notes, line_title, one_line

HEAD_HEIGHT = 7.5
_WHAT_WIDTH = 92.0
_QUANTITY_RIGHT = 131.0
_PRICE_RIGHT = 163.0
_SPACE = 1.2
_KEPT_HEIGHT = 70.0
"""A ticket up to this height is not cut."""
_COLUMN_HEAD = "<< /O /Table /Scope /Column >>"
_ROW_HEAD = "<< /O /Table /Scope /Row /ColSpan 4 >>"
_THREE_WIDE = "<< /O /Table /Scope /Row /ColSpan 3 >>"


class InvoiceTable:
    """The table of one invoice."""

    def __init__(self, sheet: Sheet, invoice: Invoice, t: Texts) -> None:
        self._sheet = sheet
        self._invoice = invoice
        self._t = t
        self._table: Tag | None = None
        self._head_bottom = 0.0

    def parts(self) -> list[Part]:
        """Head and rows, in order. A short ticket stays on one page, and the last row with the totals."""
        parts = [Part(HEAD_HEIGHT, self._first_head, is_kept=True)]
        for ticket, lines in groupby(self._invoice.lines, lambda line: line.ticket_number):
            rows = list(lines)
            of_ticket = [] if ticket is None else self._ticket(ticket, rows[0].subject)
            for line in rows:
                of_ticket += self._row(line)
            if ticket is not None and len(rows) > 1:
                of_ticket.append(self._subtotal(ticket, rows))
            parts += kept_together(of_ticket) if sum(part.height for part in of_ticket) <= _KEPT_HEIGHT else of_ticket
        return [*parts[:-1], replace(parts[-1], is_kept=True)]

    def repeat_head(self, top: float) -> None:
        """The head at the top of a further page; a screen reader has read it."""
        self._head(top, None)

    def _first_head(self, top: float) -> None:
        self._table = self._sheet.tags.add("Table")
        self._head(top, self._sheet.tags.add("TR", self._table))

    def _head(self, top: float, row: Tag | None) -> None:
        t, sheet = self._t, self._sheet
        sheet.box(LEFT, top, WIDTH, HEAD_HEIGHT - 1.5, PALE)
        self._head_bottom = top + HEAD_HEIGHT
        y = top + (HEAD_HEIGHT - 1.5 - LABEL.height) / 2
        heads = [
            (t("What"), LEFT + 1.5, False),
            (t("Time or number"), _QUANTITY_RIGHT, True),
            (t("Unit price"), _PRICE_RIGHT, True),
            (t("Amount"), RIGHT - 1.5, True),
        ]
        for text, x, is_right in heads:
            tag = None if row is None else sheet.tags.add("TH", row, attributes=_COLUMN_HEAD)
            sheet.put(text, x, y, LABEL.strong, is_right=is_right, tag=tag)

    def _ticket(self, number: int, subject: str) -> list[Part]:
        """The row above a ticket's lines."""
        t = self._t
        label = t("Ticket {number}", number=number)
        indent = self._sheet.faces.width(label, BODY.strong) + 2.5
        lines = self._sheet.wrapped(one_line(subject), WIDTH - indent - 3, BODY)
        cell = _Cell(self, "TH", _ROW_HEAD)

        def first(top: float) -> None:
            if top != self._head_bottom:
                self._sheet.rule(LEFT, top + 0.8, WIDTH, LINE)
            self._sheet.put(label, LEFT + 1.5, top + 2, BODY.strong, tag=cell.tag())
            self._sheet.put(lines[0], LEFT + 1.5 + indent, top + 2, BODY, tag=cell.tag())

        parts = [Part(BODY.height + 2.4, first, is_kept=True, is_in_table=True)]
        return parts + self._further(lines[1:], LEFT + 1.5 + indent, BODY, cell, is_kept=True)

    def _row(self, line: InvoiceLine) -> list[Part]:
        titles = self._sheet.wrapped(line_title(line, self._t), _WHAT_WIDTH, BODY)
        notes = [
            text for note in line_notes(line, self._t) for text in self._sheet.wrapped(note, _WHAT_WIDTH + 6, SMALL)
        ]
        cell = _Cell(self, "TD")

        def first(top: float) -> None:
            self._sheet.put(titles[0], LEFT + 1.5, top, BODY, tag=cell.tag())
            self._figures(line, top, cell.row())

        is_single = len(titles) + len(notes) == 1
        parts = [Part(BODY.height + (_SPACE if is_single else 0), first, is_kept=not is_single, is_in_table=True)]
        parts += self._further(titles[1:], LEFT + 1.5, BODY, cell, is_kept=bool(notes))
        parts += self._further(notes, LEFT + 1.5, SMALL, cell, is_kept=False)
        return parts

    def _further(self, lines: list[str], x: float, style: Style, cell: _Cell, *, is_kept: bool) -> list[Part]:
        """The other lines of a cell; the last one has room below it unless more of the cell follows."""

        def writing(text: str) -> Part:
            return Part(style.height, lambda top: cell.write(text, x, top, style), is_kept=True, is_in_table=True)

        parts = [writing(text) for text in lines]
        if parts and not is_kept:
            last = parts[-1]
            parts[-1] = Part(last.height + _SPACE, last.draw, is_in_table=True)
        return parts

    def _figures(self, line: InvoiceLine, top: float, row: Tag) -> None:
        """Quantity, price and amount."""
        t, sheet = self._t, self._sheet
        quantity, unit = _quantity(line, t)
        figures = [
            (f"{quantity} {unit}", _QUANTITY_RIGHT),
            (money(line.price_cents, t.language), _PRICE_RIGHT),
            (money(line.amount_cents, t.language), RIGHT - 1.5),
        ]
        for text, x in figures:
            sheet.put(text, x, top, BODY, is_right=True, tag=sheet.tags.add("TD", row))

    def _subtotal(self, number: int, rows: list[InvoiceLine]) -> Part:
        t = self._t
        label = t("Subtotal ticket {number}", number=number)
        amount = money(sum(line.amount_cents for line in rows), t.language)
        cell = _Cell(self, "TH", _THREE_WIDE)

        def draw(top: float) -> None:
            self._sheet.rule(_PRICE_RIGHT + 3, top, RIGHT - _PRICE_RIGHT - 3, LINE)
            self._sheet.put(
                label, _PRICE_RIGHT, top + 0.7, Style(BODY.size, colour=GREY), is_right=True, tag=cell.tag()
            )
            tag = self._sheet.tags.add("TD", cell.row())
            self._sheet.put(amount, RIGHT - 1.5, top + 0.7, BODY.strong, is_right=True, tag=tag)

        return Part(BODY.height + 1.9, draw, is_in_table=True)

    def new_row(self) -> Tag:
        """A row at the end of the table."""
        return self._sheet.tags.add("TR", self._table)

    def new_cell(self, kind: str, row: Tag, attributes: str | None) -> Tag:
        """A cell at the end of a row."""
        return self._sheet.tags.add(kind, row, attributes=attributes)

    def write(self, text: str, x: float, top: float, style: Style, tag: Tag) -> None:
        """A line of a cell."""
        self._sheet.put(text, x, top, style, tag=tag)


class _Cell:
    """The first cell of a row; row and cell become part of the structure when their first line is drawn."""

    def __init__(self, table: InvoiceTable, kind: str, attributes: str | None = None) -> None:
        self._table = table
        self._kind = kind
        self._attributes = attributes
        self._made: tuple[Tag, Tag] | None = None

    def row(self) -> Tag:
        """The row it is in."""
        return self._both()[0]

    def tag(self) -> Tag:
        """The cell."""
        return self._both()[1]

    def write(self, text: str, x: float, top: float, style: Style) -> None:
        """One more line."""
        self._table.write(text, x, top, style, self.tag())

    def _both(self) -> tuple[Tag, Tag]:
        if self._made is None:
            row = self._table.new_row()
            self._made = row, self._table.new_cell(self._kind, row, self._attributes)
        return self._made


def _quantity(line: InvoiceLine, t: Texts) -> tuple[str, str]:
    """How much of what: "1:25" "hours", "1" "month"."""
    match line.kind:
        case LineKind.FEE:
            return str(line.quantity), t("month")
        case LineKind.COST:
            return str(line.quantity), "×"
        case _:
            return duration(line.quantity), t("hours")
