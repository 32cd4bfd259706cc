"""What stands below the lines: totals, how to pay, who allowed what, where to ask (R1, R15, R19, D6, D13, D15, D21)."""

from __future__ import annotations

from stdnum import iban

from cards.formats import calendar_date, duration, long_date_time, money
from cards.labels import band_label
from cards.language import Texts
from contract.invoices import PAYMENT_DAYS, Invoice, InvoiceKind
from contract.lines import Approval
from contract.rate_bands import RateBand
from documents.fonts import Style
from documents.look import BODY, INK, LABEL, LINE, PALE, SECTION, SMALL, TOTAL
from documents.pagination import Part
from documents.payment_code import Modules, payment_code
from documents.sheet import LEFT, RIGHT, WIDTH, Sheet
from documents.tags import Tag
from documents.wording import estimates_of, one_line

_TOTALS_LEFT = 112.0
_PADDING = 5.0
_CODE_WIDTH = 30.0
_LABEL_WIDTH = 40.0
_GAP = 6.0
_SUM_HEAD = "<< /O /Table /Scope /Row >>"


class InvoiceFoot:
    """Everything below the lines of one invoice."""

    def __init__(self, sheet: Sheet, invoice: Invoice, t: Texts) -> None:
        self._sheet = sheet
        self._invoice = invoice
        self._t = t

    def parts(self, paid_note: str) -> list[Part]:
        """Totals and payment, which keep together; then what explains."""
        return [self._totals(), self._payment(paid_note), *self._approvals(), *self._remarks()]

    # --- totals -------------------------------------------------------------------------------------------------------

    def _totals(self) -> Part:
        """Net, VAT and what is to be paid or given back."""
        rows = self._sums()
        step = BODY.height + 0.8
        total_top = _GAP / 2 + len(rows) * step + 2.5

        def draw(top: float) -> None:
            table = self._sheet.tags.add("Table")
            self._sheet.rule(_TOTALS_LEFT, top + 0.5, RIGHT - _TOTALS_LEFT, LINE, 0.3)
            for number, (label, amount) in enumerate(rows):
                self._sum(table, label, amount, top + _GAP / 2 + number * step, BODY)
            self._sheet.rule(_TOTALS_LEFT, top + total_top - 1.2, RIGHT - _TOTALS_LEFT, INK, 0.4)
            self._sum(table, *self._gross(), top + total_top, TOTAL)

        return Part(total_top + TOTAL.height + _GAP, draw, is_kept=True)

    def _sum(self, table: Tag, label: str, amount: str, y: float, style: Style) -> None:
        sheet = self._sheet
        row = sheet.tags.add("TR", table)
        sheet.put(label, _TOTALS_LEFT, y, style, tag=sheet.tags.add("TH", row, attributes=_SUM_HEAD))
        sheet.put(amount, RIGHT - 1.5, y, style, is_right=True, tag=sheet.tags.add("TD", row))

    def _sums(self) -> list[tuple[str, str]]:
        t, invoice = self._t, self._invoice
        vat = t("VAT {percent}% on {net}", percent=invoice.vat_percent, net=self._money(invoice.net_cents))
        return [
            (t("Total excluding VAT"), self._money(invoice.net_cents)),
            (t("VAT reverse charged") if invoice.is_reverse_charge else vat, self._money(invoice.vat_cents)),
        ]

    def _gross(self) -> tuple[str, str]:
        t, gross = self._t, self._invoice.gross_cents
        if self._invoice.kind is InvoiceKind.CREDIT_NOTE:
            return t("You get back"), self._money(gross)
        return t("To pay"), self._money(gross)

    # --- payment ------------------------------------------------------------------------------------------------------

    def _payment(self, paid_note: str) -> Part:
        """How to pay, with the code for banking apps; or why there is nothing to pay."""
        code = None if paid_note else payment_code(self._invoice)
        heading, pairs = self._asked(paid_note)
        width = WIDTH - 2 * _PADDING - (_CODE_WIDTH + _PADDING if code else 0)
        lines = self._sheet.wrapped(heading, width, SECTION)
        values = [(label, self._sheet.wrapped(value, width - _LABEL_WIDTH, BODY)) for label, value in pairs]
        rows = sum(len(value) for _, value in values) * (BODY.height + 0.4)
        written = len(lines) * SECTION.height + (1.5 + rows if values else 0)
        inner = max(written, _CODE_WIDTH + LABEL.height + 1 if code else 0)
        height = inner + 2 * _PADDING

        def draw(top: float) -> None:
            sheet = self._sheet
            sheet.box(LEFT, top, WIDTH, height, PALE)
            y = top + _PADDING
            tag = sheet.tags.add("H2")
            for text in lines:
                sheet.put(text, LEFT + _PADDING, y, SECTION, tag=tag)
                y += SECTION.height
            y += 1.5
            for label, texts in values:
                tag = sheet.tags.add("P")
                sheet.put(label, LEFT + _PADDING, y + 0.5, LABEL, tag=tag)
                for text in texts:
                    sheet.put(text, LEFT + _PADDING + _LABEL_WIDTH, y, BODY, tag=tag)
                    y += BODY.height + 0.4
            if code:
                self._code(code, top + _PADDING)

        return Part(height + _GAP, draw)

    def _asked(self, paid_note: str) -> tuple[str, list[tuple[str, str]]]:
        """What the customer is asked to do, and the account for it."""
        t, invoice = self._t, self._invoice
        if paid_note:
            return one_line(paid_note), []
        if invoice.kind is InvoiceKind.CREDIT_NOTE:
            return t("This amount is set off or paid back."), []
        if invoice.gross_cents <= 0:
            return t("There is nothing to pay."), []
        if invoice.number is None:
            return t("This is a draft: nothing has to be paid yet."), []
        amount, by = self._money(invoice.gross_cents), calendar_date(invoice.due_date, t.language)
        pairs = [
            (t("To account"), iban.format(invoice.seller.iban)),
            (t("BIC"), one_line(invoice.seller.bic)),
            (t("In the name of"), one_line(invoice.seller.name)),
            (t("With reference"), invoice.number),
        ]
        return t("Please pay {amount} by {date}", amount=amount, date=by), [pair for pair in pairs if pair[1]]

    def _code(self, code: Modules, top: float) -> None:
        """The code as squares, on white with the margin of four that readers need."""
        t, sheet = self._t, self._sheet
        left = RIGHT - _PADDING - _CODE_WIDTH
        sheet.box(left, top, _CODE_WIDTH, _CODE_WIDTH, (255, 255, 255))
        size = _CODE_WIDTH / (len(code) + 8)
        alt = t(
            "QR code for banking apps: {amount} to {iban}, reference {number}",
            amount=self._money(self._invoice.gross_cents),
            iban=iban.format(self._invoice.seller.iban),
            number=self._invoice.number,
        )
        with sheet.tagged(sheet.tags.add("Figure", alt=alt)):
            sheet.squares(code, left + 4 * size, top + 4 * size, size)
        caption = t("Scan with your banking app")
        x = left + (_CODE_WIDTH - sheet.faces.width(caption, LABEL)) / 2
        sheet.put(caption, x, top + _CODE_WIDTH + 1, LABEL, tag=sheet.tags.add("P"))

    # --- what explains ------------------------------------------------------------------------------------------------

    def _approvals(self) -> list[Part]:
        """Who allowed the minutes beyond the free two hours, and at which prices."""
        t, used = self._t, estimates_of(self._invoice.lines)
        shown = [approval for approval in self._invoice.approvals if approval.estimate in used]
        if not shown:
            return []
        parts = self._texts([t("Work beyond two hours, as agreed")], SECTION, kind="H2")
        for approval in sorted(shown, key=lambda one: one.decided_at):
            parts += self._texts([self._approval(approval)], SMALL)
        return [*parts, Part(_GAP / 2, lambda _: None)]

    def _approval(self, approval: Approval) -> str:
        t = self._t
        seen = ", ".join(f"{self._money(approval.rates.of(band))} {band_label(t, band)}" for band in RateBand)
        name, when = one_line(approval.decided_by), long_date_time(approval.decided_at, t.language)
        if approval.is_by_phone:
            how = t("approved by {name} by phone on {when}", name=name, when=when)
        else:
            how = t("approved by {name} on {when}", name=name, when=when)
        number, time = approval.estimate, duration(approval.minutes)
        return t(
            "Estimate {number}: {time} hours extra, {how}. Prices per hour shown: {prices}.",
            number=number,
            time=time,
            how=how,
            prices=seen,
        )

    def _remarks(self) -> list[Part]:
        """The conditions and where to ask, in a few sentences."""
        t, invoice = self._t, self._invoice
        remarks = []
        if invoice.kind is InvoiceKind.INVOICE:
            remarks.append(t("Payment within {days} days of the invoice date.", days=PAYMENT_DAYS))
        remarks.append(t("Prices exclude VAT."))
        if invoice.is_reverse_charge:
            remarks.append(
                t(
                    "VAT reverse charged to {buyer}; our VAT id is {seller}.",
                    buyer=one_line(invoice.buyer.vat_id),
                    seller=one_line(invoice.seller.vat_id),
                )
            )
        ask = [t("A question about a line? In Teams, choose “Question this line” below this invoice.")]
        if reached := " · ".join(filter(None, [one_line(invoice.seller.email), one_line(invoice.seller.phone)])):
            ask.append(t("Or reach us: {addresses}.", addresses=reached))
        return self._texts([" ".join(remarks), " ".join(ask)], SMALL)

    def _texts(self, texts: list[str], style: Style, *, kind: str = "P") -> list[Part]:
        """Paragraphs over the whole width; a heading keeps with what follows."""
        parts = []
        for text in texts:
            lines = self._sheet.wrapped(text, WIDTH, style)

            def draw(top: float, lines: list[str] = lines) -> None:
                tag = self._sheet.tags.add(kind)
                for number, line in enumerate(lines):
                    self._sheet.put(line, LEFT, top + number * style.height, style, tag=tag)

            parts.append(Part(len(lines) * style.height + 1.2, draw, is_kept=kind != "P"))
        return parts

    def _money(self, cents: int) -> str:
        return money(cents, self._t.language)
