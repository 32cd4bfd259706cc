"""What invoices need to know of a customer: the legal name, address, VAT id, where to send them (R1, D21)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from contract.parties import Address, BillingDetails
from contract.people import Language
from storage.billing_tables import billing_details
from storage.errors import NotFound
from storage.rows import count_changed
from storage.tables import customers

_DETAILS = (
    select(customers.c.name.label("customer_name"), billing_details)
    .outerjoin(billing_details, billing_details.c.customer_id == customers.c.id)
    .where(customers.c.id == bindparam("customer_id"))
)


def load_billing_details(session: Session, customer_id: int) -> BillingDetails:
    """What is known; of a customer of whom nothing was kept only the name. Raises NotFound."""
    found = session.execute(_DETAILS, {"customer_id": customer_id}).one_or_none()
    if found is None:
        raise NotFound("customer", customer_id)
    return details_of(found)


def details_of(row: Row[Any]) -> BillingDetails:
    """The details in a row of `billing_details`, joined to its customer; of one without them only the name."""
    if row.customer_id is None:
        return BillingDetails(legal_name=row.customer_name)
    return BillingDetails(
        legal_name=row.legal_name,
        address=Address(street=row.street, postal_code=row.postal_code, city=row.city, country=row.country),
        registration=row.registration or "",
        vat_id=row.vat_id or "",
        vat_checked_on=row.vat_checked_on,
        email=row.email or "",
        reference=row.reference or "",
        language=Language(row.language),
    )


def save_billing_details(session: Session, customer_id: int, details: BillingDetails) -> None:
    """Keep them in place of what was known. Issued invoices carry what held then, and do not change."""
    values = {
        "legal_name": details.legal_name,
        "street": details.address.street,
        "postal_code": details.address.postal_code,
        "city": details.address.city,
        "country": details.address.country,
        "registration": details.registration or None,
        "vat_id": details.vat_id or None,
        "vat_checked_on": details.vat_checked_on,
        "email": details.email or None,
        "reference": details.reference or None,
        "language": details.language.value,
    }
    kept = update(billing_details).where(billing_details.c.customer_id == customer_id).values(values)
    if not count_changed(session, kept):
        session.execute(insert(billing_details).values(customer_id=customer_id, **values))
