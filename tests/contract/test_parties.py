"""Who sells and who buys, and whose the VAT is (R1, D21)."""

from __future__ import annotations

import pytest

from contract.parties import Address, Buyer, is_reverse_charge


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
