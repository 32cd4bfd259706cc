"""An invoice or a credit note as a page to read: PDF/A-3U with its UBL inside (R1, R14, D5, D6, D9, D21)."""

from __future__ import annotations

from contract.invoices import Invoice


def invoice_pdf(invoice: Invoice, ubl: bytes = b"", *, paid_note: str = "") -> bytes:
    """The document as PDF/A-3U, the same bytes for the same invoice. A draft has no UBL."""
    raise NotImplementedError
