"""Who sells and who buys, and whose the VAT is (R1, D21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from contract.parties import Address, BillingDetails, Buyer, is_reverse_charge


@pytest.mark.parametrize(
    "country,vat_id,is_checked,expected",
    [
        ("NL", "NL123456789B01", True, False),
        ("BE", "BE0411905847", True, True),
        ("BE", "BE0411905847", False, False),
        ("BE", "", True, False),
        ("US", "12-3456789", True, False),
    ],
)
def test_who_has_reverse_charge(country: str, vat_id: str, is_checked: bool, expected: bool) -> None:
    """Only a business in another EU state whose VAT id was checked (D21)."""
    address = Address(street="Korte Meer 1", postal_code="9000", city="Gent", country=country)
    buyer = Buyer(name="Bakker", address=address, vat_id=vat_id, is_vat_id_checked=is_checked)
    assert is_reverse_charge(buyer) is expected


GENT = BillingDetails(
    legal_name="Bakker BV",
    address=Address(street="Korte Meer 1", postal_code="9000", city="Gent", country="BE"),
    vat_id="BE0411905847",
)


def test_a_vat_id_counts_once_it_is_checked() -> None:
    """Until somebody looked it up 21 % is charged and the details say so; the day of the check settles it (D21)."""
    assert GENT.awaits_check
    assert not is_reverse_charge(GENT.buyer)
    checked = replace(GENT, vat_checked_on=date(2026, 11, 20))
    assert not checked.awaits_check
    assert is_reverse_charge(checked.buyer)
    at_home = replace(GENT, address=replace(GENT.address, country="NL"))
    assert not at_home.awaits_check
    assert not replace(GENT, vat_id="").awaits_check
    assert not replace(checked, vat_id="").buyer.is_vat_id_checked


def test_what_an_invoice_still_needs() -> None:
    """Name and address, each by name; nothing else of a buyer is demanded (R1)."""
    assert GENT.missing == ()
    assert BillingDetails(legal_name="Bakker BV").missing == ("street", "postal_code", "city")
    assert BillingDetails(legal_name=" ").missing[0] == "legal_name"
