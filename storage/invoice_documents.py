"""The documents of an invoice: made once, kept under their SHA-256, never changed (R14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.billing_tables import invoice_documents
from storage.errors import NotFound
from storage.sessions import insert_into


class DocumentKind(StrEnum):
    """The two forms in which an invoice leaves the house: the same content for people and for bookkeeping."""

    PDF = "pdf"
    UBL = "ubl"

    @property
    def content_type(self) -> str:
        """What a mail or a browser is told that it is."""
        return "application/pdf" if self is DocumentKind.PDF else "application/xml"


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """One document of an invoice; its bytes are in `file_contents`."""

    kind: DocumentKind
    name: str
    sha256: str


def keep_document(session: Session, invoice_id: int, document: InvoiceDocument, now: datetime) -> None:
    """Keep a document. One that is there already stays as it is, whatever this one says."""
    kept = insert_into(session, invoice_documents).values(
        invoice_id=invoice_id,
        kind=document.kind.value,
        name=document.name[:100],
        sha256=document.sha256,
        created_at=now,
    )
    session.execute(kept.on_conflict_do_nothing(index_elements=["invoice_id", "kind"]))


def load_documents(session: Session, invoice_id: int) -> dict[DocumentKind, InvoiceDocument]:
    """The documents of an invoice that are made."""
    rows = session.execute(select(invoice_documents).where(invoice_documents.c.invoice_id == invoice_id))
    return {DocumentKind(row.kind): InvoiceDocument(DocumentKind(row.kind), row.name, row.sha256) for row in rows}


def load_document(session: Session, invoice_id: int, kind: DocumentKind) -> InvoiceDocument:
    """One document of an invoice. Raises NotFound while it is not made."""
    found = load_documents(session, invoice_id).get(kind)
    if found is None:
        raise NotFound("document", f"{invoice_id} {kind}")
    return found
