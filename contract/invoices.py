"""The invoice of a month, and credit notes (R1, R13-R15, D5-D10, D18, D21, D22, D33).

One invoice per contract and month: the fee of the month and all lines billed with it, dated the 1st of the next month
(or the real later day of issue), due 14 calendar days later. After the contract's end what was recorded late comes on
an invoice without a fee. VAT is taken once, over the net, half up. A credit note names the invoice it takes back from.

    November 2026 with six tickets without work: 27500 + 6 x 2125 = € 402.50 net, 21 % is 84.525 -> € 84.53, together €
    487.03; dated 1 December, due 15 December.

A Dutch customer pays 21 %. A business in another EU state whose VAT id somebody checked: reverse charge, 0 %. What an
invoice must carry by law is checked before it gets a number; a draft has none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import Refusal
from contract.invoice_lines import InvoiceLine, as_invoice_line, invoice_lines
from contract.lines import Approval, LineKind
from contract.local_time import DAY
from contract.money import VAT_PERCENT, vat_cents
from contract.parties import Buyer, Seller, is_reverse_charge
from contract.periods import month_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contract.contracts import Contract
    from contract.holidays import Calendar
    from contract.lines import TicketRecord
    from contract.months import Month
    from contract.people import Language
    from contract.prices import PriceBook

__all__ = [
    "PAYMENT_DAYS",
    "CreditCause",
    "CreditTooHigh",
    "Invoice",
    "InvoiceIncomplete",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceRefusal",
    "as_invoice_line",
    "check_complete",
    "credit_note",
    "due_date",
    "invoice_lines",
    "missing_fields",
    "month_invoice",
]

PAYMENT_DAYS = 14
"""Calendar days to pay, from the invoice date (R15, D8)."""


class InvoiceRefusal(Refusal):
    """An invoice or credit note that can not be issued."""


@dataclass(eq=False)
class InvoiceIncomplete(InvoiceRefusal):
    """Fields that the law demands are missing, such as `seller.vat_id` (R1)."""

    fields: tuple[str, ...]


@dataclass(eq=False)
class CreditTooHigh(InvoiceRefusal):
    """More would be given back of a line than is left of it; `position` counts from 1, `left_cents` is left (D9)."""

    position: int
    left_cents: int


class InvoiceKind(StrEnum):
    """An invoice, or a credit note that takes back from one (D9)."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class CreditCause(StrEnum):
    """Why there is a credit note: entries that were corrected after their invoice (D9), or the manager's choice."""

    CORRECTION = "correction"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice or a credit note; without a number it is a draft. Amounts in cents."""

    kind: InvoiceKind = InvoiceKind.INVOICE
    number: str | None = None
    customer_id: int
    contract_id: int
    contract_number: str
    month: Month
    invoice_date: date
    due_date: date
    language: Language
    seller: Seller
    buyer: Buyer
    lines: tuple[InvoiceLine, ...]
    is_reverse_charge: bool = False
    original_number: str | None = None
    original_date: date | None = None
    reason: str = ""
    cause: CreditCause | None = None
    approvals: tuple[Approval, ...] = field(default=(), compare=False)
    """What the pieces' estimates were decided to, for whoever asks who allowed it."""
    id: int = 0
    original_id: int | None = None

    @property
    def reference(self) -> str:
        """What the buyer finds it by: the own reference, else the contract's number."""
        return self.buyer.reference or self.contract_number

    @property
    def fee_cents(self) -> int:
        """The fee on it; 0 after the contract's end."""
        return sum(line.amount_cents for line in self.lines if line.kind is LineKind.FEE)

    @property
    def net_cents(self) -> int:
        """The sum of the lines, excluding VAT (D6)."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def vat_percent(self) -> int:
        """The percentage over the net (D21)."""
        return 0 if self.is_reverse_charge else VAT_PERCENT

    @property
    def vat_cents(self) -> int:
        """The VAT, once over the net, half up (D6)."""
        return vat_cents(self.net_cents, self.vat_percent)

    @property
    def gross_cents(self) -> int:
        """What is to be paid, or given back."""
        return self.net_cents + self.vat_cents

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day of its month."""
        first = date(*self.month, 1)
        return first, month_after(first) - DAY


def due_date(invoice_date: date) -> date:
    """Return the last day to pay: 14 calendar days later, not moved for weekends (R15, D8)."""
    return invoice_date + timedelta(days=PAYMENT_DAYS)


def month_invoice(
    contract: Contract,
    month: Month,
    records: Iterable[TicketRecord],
    prices: PriceBook,
    *,
    seller: Seller,
    buyer: Buyer,
    language: Language,
    calendar: Calendar | None = None,
    issue_date: date | None = None,
) -> Invoice | None:
    """Return the draft of a month's invoice; None where there is neither a fee nor a line (R14, D7-D9).

    `contract` is the one that covers the month, or the last one before it where none does: then there is no fee. A
    month before its start is not its own.
    `issue_date` is the real day of issue where it is later than the 1st (D8).
    """
    begin = date(*month, 1)
    if begin < contract.starts_on:
        return None
    lines = invoice_lines(month, records, prices, calendar=calendar, has_fee=begin <= contract.ends_on)
    if not lines:
        return None
    first = month_after(date(*month, 1))
    dated = max(first, issue_date or first)
    return Invoice(
        customer_id=contract.customer_id,
        contract_id=contract.id,
        contract_number=contract.number,
        month=month,
        invoice_date=dated,
        due_date=due_date(dated),
        language=language,
        seller=seller,
        buyer=buyer,
        lines=lines,
        is_reverse_charge=is_reverse_charge(buyer),
    )


def credit_note(
    original: Invoice, lines: Sequence[InvoiceLine], *, dated: date, cause: CreditCause, reason: str
) -> Invoice:
    """Return the draft of a credit note for lines of an issued invoice, which itself stays as it is (D9)."""
    return Invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        customer_id=original.customer_id,
        contract_id=original.contract_id,
        contract_number=original.contract_number,
        month=original.month,
        invoice_date=dated,
        due_date=dated,
        language=original.language,
        seller=original.seller,
        buyer=original.buyer,
        lines=tuple(lines),
        is_reverse_charge=original.is_reverse_charge,
        original_number=original.number,
        original_date=original.invoice_date,
        original_id=original.id,
        cause=cause,
        reason=reason,
    )


def missing_fields(invoice: Invoice) -> tuple[str, ...]:
    """Return what an invoice must carry by law and does not, such as `seller.vat_id` (R1, D21)."""
    seller, buyer = invoice.seller, invoice.buyer
    needed = {
        "seller.name": seller.name,
        "seller.street": seller.address.street,
        "seller.postal_code": seller.address.postal_code,
        "seller.city": seller.address.city,
        "seller.registration": seller.registration,
        "seller.vat_id": seller.vat_id,
        "seller.iban": seller.iban,
        "buyer.name": buyer.name,
        "buyer.street": buyer.address.street,
        "buyer.postal_code": buyer.address.postal_code,
        "buyer.city": buyer.address.city,
        "buyer.country": buyer.address.country,
    }
    return tuple(name for name, value in needed.items() if not value.strip())


def check_complete(invoice: Invoice) -> None:
    """Refuse to give an incomplete invoice a number: raises InvoiceIncomplete with every missing field (R1)."""
    missing = missing_fields(invoice)
    if missing:
        raise InvoiceIncomplete(missing)
