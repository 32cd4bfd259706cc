"""Who can grant access in a customer's tenant: one administrator for each customer, often neither of the contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from contract.people import Language
from storage.access_tables import administrators


@dataclass(frozen=True, slots=True)
class Administrator:
    """The one whom a request for consent is sent to. `changed_by` is None from the command line."""

    customer_id: int
    name: str
    email: str
    language: Language
    changed_by: int | None
    changed_at: datetime


_OF_CUSTOMER = select(administrators).where(administrators.c.customer_id == bindparam("customer_id"))


def load_administrator(session: Session, customer_id: int) -> Administrator | None:
    """The administrator of a customer, if one was named."""
    row = session.execute(_OF_CUSTOMER, {"customer_id": customer_id}).one_or_none()
    if row is None:
        return None
    return Administrator(
        customer_id=row.customer_id,
        name=row.name,
        email=row.email,
        language=Language(row.language),
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )


def keep_administrator(session: Session, administrator: Administrator) -> None:
    """Put this one in the place of whom was named before; the customer's row is held by the caller."""
    session.execute(delete(administrators).where(administrators.c.customer_id == administrator.customer_id))
    session.execute(
        insert(administrators).values(
            customer_id=administrator.customer_id,
            name=administrator.name,
            email=administrator.email,
            language=administrator.language.value,
            changed_by=administrator.changed_by,
            changed_at=administrator.changed_at,
        )
    )


def drop_administrator(session: Session, customer_id: int) -> None:
    """Nobody is named any more."""
    session.execute(delete(administrators).where(administrators.c.customer_id == customer_id))
