"""Making the documents of an invoice, in the background and outside any transaction, and sending it out (R5, R14, R15).

An invoice's documents are made once: the same invoice gives the same bytes, and what is kept is never replaced. Its
customer hears of the invoice when they are there: both contacts by card, the billing address by mail. An invoice whose
documents can't be made is a dead letter, which operators see and can try again.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from bot import invoice_news
from bot.announcements import MAKE_DOCUMENTS
from bot.links import Download
from bot.outcomes import Done, End, InDoubtPolicy, Kind, Outcome, Work
from contract.invoices import Invoice
from contract.people import Role
from documents.invoices import invoice_pdf
from documents.ubl import invoice_ubl
from storage.billing_details import load_billing_details
from storage.contacts import contact_ids
from storage.database import Database
from storage.errors import NotFound
from storage.files import keep_content, load_content
from storage.invoice_documents import DocumentKind, InvoiceDocument, keep_document, load_document, load_documents
from storage.invoices import load_invoice
from storage.people import Standing


@dataclass(frozen=True, slots=True)
class DocumentKinds:
    """Performs `make_documents`."""

    database: Database

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers. Nothing is posted in a chat, so a chat's limits are not its own."""
        return (Kind(MAKE_DOCUMENTS, self.make, _made, InDoubtPolicy.RESEND, is_limited=False),)

    async def make(self, work: Work) -> Outcome:
        """Make both documents and keep their bytes."""
        invoice_id = work.payload["invoice"]
        invoice, kept = await self.database.read(partial(_wanted, invoice_id=invoice_id))
        if len(kept) == len(DocumentKind):
            return Done({})
        ubl, pdf = await asyncio.to_thread(render, invoice)
        made = {DocumentKind.PDF: pdf, DocumentKind.UBL: ubl}
        digests = {kind: hashlib.sha256(content).hexdigest() for kind, content in made.items()}

        def keep(session: Session) -> None:
            for kind, content in made.items():
                keep_content(session, digests[kind], content)

        await self.database.write(keep)
        return Done({kind.value: digest for kind, digest in digests.items()} | {"number": invoice.number})


def render(invoice: Invoice) -> tuple[bytes, bytes]:
    """The UBL, and the PDF with that UBL in it."""
    ubl = invoice_ubl(invoice)
    return ubl, invoice_pdf(invoice, ubl)


def _wanted(session: Session, invoice_id: int) -> tuple[Invoice, dict[DocumentKind, InvoiceDocument]]:
    return load_invoice(session, invoice_id), load_documents(session, invoice_id)


def _made(session: Session, work: Work, end: End, now: datetime) -> None:
    """Write down which bytes are the documents, and send the invoice out."""
    if not isinstance(end, Done) or end.result is None:
        return
    invoice_id, customer_id = work.payload["invoice"], work.payload["customer"]
    for kind in DocumentKind:
        if kind.value in end.result:
            suffix = "pdf" if kind is DocumentKind.PDF else "xml"
            document = InvoiceDocument(kind, f"{end.result['number']}.{suffix}", str(end.result[kind.value]))
            keep_document(session, invoice_id, document, now)
    email = load_billing_details(session, customer_id).email
    invoice_news.send_invoice(session, invoice_id, contact_ids(session, customer_id), email, now)


# --- what a link opens ------------------------------------------------------------------------------------------------


def check_theirs(invoice: Invoice, reader: Standing) -> Invoice:
    """The invoice itself. Raises NotFound for a reader who is neither staff nor a contact of its customer (R3)."""
    is_theirs = (
        reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == invoice.customer_id
    )
    if reader.role.is_staff or is_theirs:
        return invoice
    raise NotFound("invoice", invoice.id)


def pdf_download(session: Session, reader: Standing, invoice_id: int) -> Download:
    """The PDF, for staff and the contacts of its customer. Raises NotFound."""
    return _download(session, reader, invoice_id, DocumentKind.PDF)


def ubl_download(session: Session, reader: Standing, invoice_id: int) -> Download:
    """The UBL, for staff and the contacts of its customer. Raises NotFound."""
    return _download(session, reader, invoice_id, DocumentKind.UBL)


def _download(session: Session, reader: Standing, invoice_id: int, kind: DocumentKind) -> Download:
    check_theirs(load_invoice(session, invoice_id), reader)
    document = load_document(session, invoice_id, kind)
    return Download(document.name, kind.content_type, load_content(session, document.sha256))
