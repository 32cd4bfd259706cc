"""How an invoice stands, in a word: to pay, overdue, paid or credited (R15, D8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from cards.components import ContainerStyle
from cards.language import Texts
from contract.invoices import Invoice, InvoiceKind
from contract.local_time import local
from contract.payments import Balance


class InvoiceState(Enum):
    """What is still to be done about an invoice."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSums:
    """An invoice with what was paid of it and what credit notes took back."""

    invoice: Invoice
    balance: Balance

    def state(self, now: datetime) -> InvoiceState:
        """What is to be done about it: overdue from the day after the due date (R15, D8)."""
        if self.invoice.kind is InvoiceKind.CREDIT_NOTE:
            return InvoiceState.CREDIT_NOTE
        if self.balance.is_overdue(local(now).date()):
            return InvoiceState.OVERDUE
        if not self.balance.is_settled:
            return InvoiceState.OPEN
        return InvoiceState.CREDITED if self.balance.is_credited else InvoiceState.PAID


def invoice_title(t: Texts, invoice: Invoice) -> str:
    """What the document is, with its number."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return t("Credit note {number}", number=invoice.number)
    return t("Invoice {number}", number=invoice.number)


def state_ground(state: InvoiceState) -> ContainerStyle:
    """The colour behind the word, which never says more than the word."""
    match state:
        case InvoiceState.OVERDUE:
            return ContainerStyle.ATTENTION
        case InvoiceState.OPEN:
            return ContainerStyle.WARNING
        case InvoiceState.PAID:
            return ContainerStyle.GOOD
    return ContainerStyle.EMPHASIS


def state_label(t: Texts, state: InvoiceState) -> str:
    """The word."""
    match state:
        case InvoiceState.OPEN:
            return t("To pay")
        case InvoiceState.OVERDUE:
            return t("Overdue")
        case InvoiceState.PAID:
            return t("Paid")
        case InvoiceState.CREDITED:
            return t("Credited")
        case InvoiceState.CREDIT_NOTE:
            return t("Credit note")
