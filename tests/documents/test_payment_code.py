"""The code to pay with: only where there is something to pay, and to an account that exists (EPC069-12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.invoices import Invoice
from documents.payment_code import payment_code
from tests.documents.samples import SELLER, abroad, credited, november, quiet_month


def with_amount(cents: int) -> Invoice:
    """An invoice whose net is so much, VAT being the buyer's."""
    invoice = quiet_month()
    return replace(invoice, is_reverse_charge=True, lines=(replace(invoice.lines[0], amount_cents=cents),))


def test_an_invoice_has_a_code() -> None:
    """Also one to another country: the code is European."""
    for invoice in (november(), abroad(), with_amount(1), with_amount(99_999_999_999)):
        assert payment_code(invoice) is not None


@pytest.mark.parametrize(
    "invoice",
    [
        november(number=None),
        credited(),
        with_amount(0),
        with_amount(-100),
        with_amount(100_000_000_000),
        november(seller=replace(SELLER, iban="")),
        november(seller=replace(SELLER, iban="NL91ABNA0417164301")),
        november(seller=replace(SELLER, name=" ")),
    ],
    ids=["draft", "credit note", "nothing", "less than nothing", "too much", "no account", "wrong account", "no name"],
)
def test_nothing_to_pay_has_none(invoice: Invoice) -> None:
    """A draft, a credit note, no amount, an account that can not be: no code."""
    assert payment_code(invoice) is None


def test_a_long_name_is_cut_to_what_the_code_holds() -> None:
    """Seventy bytes of it, never half a character."""
    assert payment_code(november(seller=replace(SELLER, name="é" * 300))) is not None
    assert payment_code(november(seller=replace(SELLER, name="漢" * 300))) is not None


def test_it_is_a_square_without_margin() -> None:
    """The corner is a finder pattern."""
    code = payment_code(november())
    assert code is not None
    assert {len(row) for row in code} == {len(code)}
    assert code[0][:8] == (True,) * 7 + (False,)
