"""Who sells and who buys, as an invoice names them, and whose the VAT is (R1, D21).

A Dutch customer pays 21 %. A business established in another EU state, with a VAT id that somebody looked up, owes the
VAT itself (reverse charge, 0 %). Everybody else pays 21 %.

    A bakery in Brielle: 21 %. A bakery in Ghent with the checked VAT id BE0411905847: 0 %, "Btw verlegd".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract.people import Language

if TYPE_CHECKING:
    from datetime import date

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


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingDetails:
    """What is known of a customer for its invoices; empty where it is not known yet."""

    legal_name: str = ""
    address: Address = field(default_factory=lambda: Address(street="", postal_code="", city=""))
    registration: str = ""
    vat_id: str = ""
    vat_checked_on: date | None = None
    """The day on which somebody looked the VAT id up (D21); it is about this id and no other."""
    email: str = ""
    """Where invoices go besides the chat."""
    reference: str = ""
    language: Language = Language.NL
    """The language of the invoices, whatever the contacts read."""

    @property
    def buyer(self) -> Buyer:
        """The customer as an invoice of today names it."""
        return Buyer(
            name=self.legal_name,
            address=self.address,
            registration=self.registration,
            vat_id=self.vat_id,
            is_vat_id_checked=bool(self.vat_id) and self.vat_checked_on is not None,
            reference=self.reference,
            email=self.email,
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What an invoice can not do without, by the names of these fields (R1)."""
        address = self.address
        needed = {
            "legal_name": self.legal_name,
            "street": address.street,
            "postal_code": address.postal_code,
            "city": address.city,
        }
        return tuple(name for name, value in needed.items() if not value.strip())

    @property
    def awaits_check(self) -> bool:
        """Whether 21 % is charged only because nobody has looked the foreign VAT id up (D21)."""
        is_abroad = self.address.country in EU - {HOME}
        return is_abroad and bool(self.vat_id) and self.vat_checked_on is None


def is_reverse_charge(buyer: Buyer) -> bool:
    """Tell whether the VAT is the buyer's to pay: a business in another EU state with a checked VAT id (D21)."""
    return buyer.address.country in EU - {HOME} and bool(buyer.vat_id) and buyer.is_vat_id_checked
