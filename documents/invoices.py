"""An invoice or a credit note to read: PDF/A-3U with its UBL inside (R1, R14, R15, D5, D6, D9, D21).

The same content as the UBL, in the customer's language. The same invoice gives the same bytes, so that its digest can
be kept: every date in it is the invoice's own.

    invoice_pdf(invoice, invoice_ubl(invoice))      a preview has no number and no UBL: invoice_pdf(draft)
"""

from __future__ import annotations

from cards.formats import month
from cards.language import Texts, texts_for
from contract.invoices import Invoice
from documents.fonts import Style
from documents.invoice_foot import InvoiceFoot
from documents.invoice_head import head_parts
from documents.invoice_table import HEAD_HEIGHT, InvoiceTable
from documents.look import LABEL, WARNING, WARNING_PALE
from documents.pagination import Part, paginate
from documents.sheet import LEFT, RIGHT, WIDTH, Sheet
from documents.wording import document_title, first_day, one_line

_TOP = 16.0
_BOTTOM = 297.0 - 22.0
_FOOTER = 283.0
_PAGE_WIDTH = 40.0


def invoice_pdf(invoice: Invoice, ubl: bytes = b"", *, paid_note: str = "") -> bytes:
    """The document. `paid_note` stands in the place of the request to pay, where it was paid before."""
    t = texts_for(invoice.language)
    title = document_title(invoice, t)
    buyer, of_month = one_line(invoice.buyer.name), month(first_day(invoice.month), invoice.language)
    subject = t("{document} for {buyer}, {month}", document=title, buyer=buyer, month=of_month)
    author = one_line(invoice.seller.name)
    with Sheet(t, title=title, subject=subject, author=author, made_on=invoice.invoice_date) as sheet:
        _write(sheet, invoice, t, paid_note)
        if ubl:
            sheet.embed_file(
                bytes=ubl,
                basename=f"{invoice.number}.xml",
                desc=t("The same invoice as UBL, for bookkeeping"),
                mime_type="text/xml",
                associated_file_relationship="Alternative",
                creation_date=sheet.made_at,
                modification_date=sheet.made_at,
                compress=True,
            )
        return bytes(sheet.output() or b"")


def _write(sheet: Sheet, invoice: Invoice, t: Texts, paid_note: str) -> None:
    table = InvoiceTable(sheet, invoice, t)
    parts = [*head_parts(sheet, invoice, t), *table.parts(), *InvoiceFoot(sheet, invoice, t).parts(paid_note)]
    pages = paginate(parts, room=_BOTTOM - _TOP, head=HEAD_HEIGHT)
    for number, page in enumerate(pages, start=1):
        _draw(sheet, page, table)
        _furniture(sheet, invoice, t, number, len(pages))


def _draw(sheet: Sheet, page: list[Part], table: InvoiceTable) -> None:
    sheet.add_page()
    y = _TOP
    if page[0].is_in_table:
        table.repeat_head(y)
        y += HEAD_HEIGHT
    for part in page:
        part.draw(y)
        y += part.height


def _furniture(sheet: Sheet, invoice: Invoice, t: Texts, number: int, pages: int) -> None:
    """What every page has: whose document it is, which page, and whether it is a draft."""
    seller = invoice.seller
    names = [document_title(invoice, t), one_line(seller.name)]
    sheet.put(sheet.clipped(" · ".join(filter(None, names)), WIDTH - _PAGE_WIDTH, LABEL), LEFT, _FOOTER, LABEL)
    sheet.put(t("Page {number} of {pages}", number=number, pages=pages), RIGHT, _FOOTER, LABEL, is_right=True)
    if invoice.number is None:
        mark = Style(9, is_strong=True, colour=WARNING)
        sheet.box(LEFT, 6, WIDTH, 7, WARNING_PALE)
        sheet.put(t("DRAFT, NOT AN INVOICE"), LEFT + 3, 7.2, mark)
