"""Every mail that can be asked for, by name: what it says at the moment it goes out, and to whom (R14, R15).

A mail to a customer goes to the billing address as it is then, so that after a correction of the address the dead
letter can be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from bot.access_mails import withdrawal_mail
from bot.consent_news import consent_news_mail
from bot.consent_requests import consent_request_mail
from bot.drafts import Draft, Enclosure
from bot.turn import Policy
from cards.app_mails import add_app_letter
from cards.mails import invoice_letter, payment_reminder_letter
from contract.people import Role
from contract.questions import holds_reminders
from storage.billing_details import load_billing_details
from storage.installs import load_catalog_app
from storage.invoice_documents import DocumentKind, InvoiceDocument, load_document, load_documents
from storage.invoices import load_invoice
from storage.payments import load_balances
from storage.people import load_standings
from storage.questions import load_questions

APP_LINK = "https://teams.microsoft.com/l/app/{}"
"""Opens the app in Teams: by its id in the organisation's catalogue, or by that of the manifest where it is not there.
"""


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


def _add_app(session: Session, args: Mapping[str, Any], policy: Policy) -> Draft | None:
    """The link to the app, for a contact; nothing for one who has it by now, or who is no contact any more."""
    reader = load_standings(session, [args["person"]])[args["person"]]
    is_contact = reader.role is Role.CONTACT and reader.customer is not None
    if reader.chat is not None or not is_contact or reader.customer is None:
        return None
    known = load_catalog_app(session, args["customer"])
    link = APP_LINK.format(known.app_id if known and known.app_id else policy.app_id)
    person = reader.person
    return Draft(
        add_app_letter(person.name, reader.customer.name, link, policy.provider, person.language),
        person.language,
        person.email or "",
    )


MAILS: Mapping[str, Callable[[Session, Mapping[str, Any], Policy], Draft | None]] = {
    "invoice": _invoice,
    "payment_reminder": _payment_reminder,
    "add_app": _add_app,
    "access_withdrawn": withdrawal_mail,
    "consent_news": consent_news_mail,
    "consent_request": consent_request_mail,
}
"""Name → function(session, args, policy). None where there is nothing to say any more."""
