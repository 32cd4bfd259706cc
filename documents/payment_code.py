"""The code that a banking app reads to pay an invoice (EPC069-12): to whom, how much, and for which number.

None for what nobody pays: a draft, a credit note, an amount of nothing or less; and none for an account number whose
check digits are wrong, because a code that pays nobody is worse than none.
"""

from __future__ import annotations

from decimal import Decimal

from segno.helpers import make_epc_qr
from stdnum import iban

from contract.invoices import Invoice, InvoiceKind
from documents.wording import one_line

_NAME_BYTES = 70
_MOST_CENTS = 99_999_999_999

Modules = tuple[tuple[bool, ...], ...]
"""The rows of the code, true where it is dark, without a margin."""


def payment_code(invoice: Invoice) -> Modules | None:
    """The code of an invoice, or None."""
    name = _short(one_line(invoice.seller.name))
    is_payable = invoice.kind is InvoiceKind.INVOICE and 0 < invoice.gross_cents <= _MOST_CENTS
    if invoice.number is None or not name or not is_payable or not iban.is_valid(invoice.seller.iban):
        return None
    code = make_epc_qr(
        name=name,
        iban=iban.compact(invoice.seller.iban),
        amount=Decimal(invoice.gross_cents).scaleb(-2),
        text=invoice.number,
        encoding="utf-8",
    )
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def _short(name: str) -> str:
    """The name in at most 70 bytes, which is also at most the 70 characters that the code may have."""
    return name.encode()[:_NAME_BYTES].decode(errors="ignore")
