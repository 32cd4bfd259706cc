"""Every mail that can be asked for, by name: what it says at the moment it goes out, and to whom (R14, R15).

A mail to a customer goes to the billing address as it is then, so that after a correction of the address the dead
letter can be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.turn import Policy
from cards.mails import Letter, invoice_letter, payment_reminder_letter
from contract.people import Language
from contract.questions import holds_reminders
from storage.billing_details import load_billing_details
from storage.invoice_documents import DocumentKind, InvoiceDocument, load_document, load_documents
from storage.invoices import load_invoice
from storage.payments import load_balances
from storage.questions import load_questions


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along: its bytes are kept under this SHA-256."""

    name: str
    content_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail, and the address it goes to; empty: the one it was asked for."""

    letter: Letter
    language: Language
    to: str = ""
    attached: tuple[Enclosure, ...] = ()


def _invoice(session: Session, args: Mapping[str, Any], policy: Policy) -> Draft | None:
    """The invoice or credit note, in the customer's language, with both of its documents."""
    invoice = load_invoice(session, args["invoice"])
    attached = [load_document(session, invoice.id, kind) for kind in DocumentKind]
    return Draft(
        invoice_letter(invoice, policy.provider, invoice.language),
        invoice.language,
        load_billing_details(session, invoice.customer_id).email,
        tuple(_enclosed(one) for one in attached),
    )


def _payment_reminder(session: Session, args: Mapping[str, Any], policy: Policy) -> Draft | None:
    """That an invoice was due; nothing where it was paid or credited meanwhile, or a question about it waits."""
    invoice = load_invoice(session, args["invoice"])
    balance = load_balances(session, [invoice.id])[invoice.id]
    if balance.is_settled or holds_reminders(load_questions(session, invoice.id)):
        return None
    pdf = load_documents(session, invoice.id).get(DocumentKind.PDF)
    return Draft(
        payment_reminder_letter(invoice, balance.open_cents, policy.provider, invoice.language),
        invoice.language,
        load_billing_details(session, invoice.customer_id).email,
        (_enclosed(pdf),) if pdf else (),
    )


def _enclosed(document: InvoiceDocument) -> Enclosure:
    return Enclosure(document.name, document.kind.content_type, document.sha256)


MAILS: Mapping[str, Callable[[Session, Mapping[str, Any], Policy], Draft | None]] = {
    "invoice": _invoice,
    "payment_reminder": _payment_reminder,
}
"""Name → function(session, args, policy). None where there is nothing to say any more."""
