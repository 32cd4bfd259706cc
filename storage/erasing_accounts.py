"""Erasing what directories said of a customer's people, and what waits to be asked there (R28).

The watch ends: without people there is nobody to watch. Its row stays, without anything that was said.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage import tables
from storage.access_tables import (
    account_changes,
    contact_searches,
    directory_accounts,
    guest_identities,
    tenant_watches,
)
from storage.outbox_states import Lane
from storage.outbox_tables import outbox


def erase_accounts(session: Session, customer_id: int, own: Collection[int]) -> int:
    """Accounts, their changes, searches, and errands with their answers; returns how many rows went."""
    tenant_id = session.scalar(select(tables.customers.c.tenant_id).where(tables.customers.c.id == customer_id))
    gone = (
        delete(account_changes).where(account_changes.c.person_id.in_(own)).returning(account_changes.c.id),
        delete(directory_accounts)
        .where(directory_accounts.c.person_id.in_(own))
        .returning(directory_accounts.c.person_id),
        # Whom of the provider a guest of that tenant is.
        delete(guest_identities).where(guest_identities.c.tenant_id == tenant_id).returning(guest_identities.c.id),
        delete(contact_searches).where(contact_searches.c.customer_id == customer_id).returning(contact_searches.c.id),
        # As bot/errands.py names the mailbox of a tenant; answers have names and addresses in them.
        delete(outbox).where(outbox.c.mailbox == f"{Lane.GRAPH}:{tenant_id}").returning(outbox.c.id),
    )
    count = sum(len(session.execute(statement).all()) for statement in gone)
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id)
        .values(is_on=False, delta_link=None, watched=None, next_look_at=None, error=None, stopped_why=None)
    )
    return count
