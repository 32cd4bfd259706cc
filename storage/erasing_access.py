"""Erasing who withdrew consent and why, and who administers the customer's Microsoft 365 or consented (R28).

Who had access when stays, with the names of the provider's people: it is what the customer may ask for. The ledger of
consents stays as it is, because its entries are sealed.
"""

from __future__ import annotations

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from storage.access_tables import access_withdrawals, administrators, consent_requests
from storage.erasing import MARK


def erase_access(session: Session, customer_id: int) -> int:
    """Words and names of the customer's people about access; returns how many rows changed."""
    gone = session.execute(
        delete(administrators).where(administrators.c.customer_id == customer_id).returning(administrators.c.email)
    ).all()
    held = access_withdrawals.c
    written = session.execute(
        update(access_withdrawals)
        .where(
            held.customer_id == customer_id,
            or_(held.withdrawn_by_name != MARK, held.reason != MARK, held.lifted_by_name != MARK),
        )
        .values(withdrawn_by_name=MARK, reason=MARK)
        .returning(held.id)
    ).all()
    session.execute(
        update(access_withdrawals)
        .where(held.customer_id == customer_id, held.lifted_by_name.is_not(None))
        .values(lifted_by_name=MARK)
    )
    asked = consent_requests.c
    named = session.execute(
        update(consent_requests)
        .where(
            asked.customer_id == customer_id,
            or_(
                and_(asked.administrator.is_not(None), asked.administrator != MARK),
                asked.administrator_email.is_not(None),
                asked.signed_in.is_not(None),
            ),
        )
        .values(administrator=MARK, administrator_email=None, signed_in=None, state_digest=None, sign_in_flow=None)
        .returning(asked.id)
    ).all()
    return len(gone) + len(written) + len(named)


def administrator_addresses(session: Session, customer_id: int) -> set[str]:
    """Where requests of this customer were mailed."""
    asked = consent_requests.c
    named = select(administrators.c.email).where(administrators.c.customer_id == customer_id)
    sent = select(asked.administrator_email).where(
        asked.customer_id == customer_id, asked.administrator_email.is_not(None)
    )
    return {address for query in (named, sent) for address in session.scalars(query) if address}
