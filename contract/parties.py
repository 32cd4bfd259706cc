"""Who sells and who buys, as an invoice names them, and whose the VAT is (R1, D21).

A Dutch customer pays 21 %. A business established in another EU state, with a VAT id that somebody looked up, owes the
VAT itself (reverse charge, 0 %). Everybody else pays 21 %.

    A bakery in Brielle: 21 %. A bakery in Ghent with the checked VAT id BE0411905847: 0 %, "Btw verlegd".
"""

from __future__ import annotations

from dataclasses import dataclass

HOME = "NL"

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - readable
)
"""The member states, by ISO 3166 code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a party is. `country` is the ISO 3166 code."""

    street: str
    postal_code: str
    city: str
    country: str = HOME


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The provider as invoices name it (R1); empty where it is not set yet."""

    name: str
    address: Address
    registration: str = ""
    """The number in the trade register (KvK)."""
    vat_id: str = ""
    iban: str = ""
    bic: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The customer as invoices name it."""

    name: str
    address: Address
    registration: str = ""
    vat_id: str = ""
    is_vat_id_checked: bool = False
    """Whether somebody looked the VAT id up; without that there is no reverse charge (D21)."""
    reference: str = ""
    """The customer's own reference or order number."""
    email: str = ""


def is_reverse_charge(buyer: Buyer) -> bool:
    """Tell whether the VAT is the buyer's to pay: a business in another EU state with a checked VAT id (D21)."""
    return buyer.address.country in EU - {HOME} and bool(buyer.vat_id) and buyer.is_vat_id_checked
