"""Who sells, as invoices name it, and what to give where something that the law demands is missing (R1, D21).

The provider comes from settings, the customer from its billing details. Neither is guessed: what is missing is named by
the setting, or by the command that fills it in.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.settings import PREFIX, Settings
from contract.parties import Address, Seller

_SETTINGS = {
    "seller.name": "provider_legal_name",
    "seller.street": "provider_street",
    "seller.postal_code": "provider_postal_code",
    "seller.city": "provider_city",
    "seller.registration": "provider_registration",
    "seller.vat_id": "provider_vat_id",
    "seller.iban": "provider_iban",
}
"""Which setting fills which field of an invoice."""


def seller_of(settings: Settings) -> Seller:
    """The provider as invoices name it; empty where a setting is not given."""
    return Seller(
        name=settings.provider_legal_name,
        address=Address(
            street=settings.provider_street,
            postal_code=settings.provider_postal_code or "",
            city=settings.provider_city,
        ),
        registration=settings.provider_registration or "",
        vat_id=settings.provider_vat_id or "",
        iban=settings.provider_iban or "",
        bic=settings.provider_bic or "",
        email=settings.provider_email,
        phone=settings.provider_phone,
    )


def missing_settings(fields: Iterable[str]) -> tuple[str, ...]:
    """The settings to give, of the fields that an invoice lacks."""
    return tuple(PREFIX + _SETTINGS[name].upper() for name in fields if name in _SETTINGS)


def missing_of_buyer(fields: Iterable[str]) -> tuple[str, ...]:
    """What the customer's billing details lack, such as `street`."""
    return tuple(name.removeprefix("buyer.") for name in fields if name.startswith("buyer."))
