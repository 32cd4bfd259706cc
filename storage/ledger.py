"""The ledger of consents to remote access: a chain for each customer, only ever added to (R25).

An entry is the next after the last of its customer. Whoever adds one holds that last entry's row until the transaction
ends (`hold_ledger`), before anything else about the customer's consents is read or held, so that what happens at the
same instant stands one behind the other and nobody waits crosswise. Who waited looks again whether it is still the
last. The first entry of a customer has nothing to hold; there the key of the table makes two in one place impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Row, bindparam, func, select
from sqlalchemy.orm import Session

from contract.ledger import EntryKind
from contract.receipt_chain import Head
from contract.receipts import NOTHING_BEFORE, SealedReceipt
from storage.access_tables import access_withdrawals, consent_ledger, remote_sessions
from storage.sessions import Insert, insert_into
from storage.tables import customers

PAGE = 500

# Made once: building a statement costs more than running it.
_LAST = (
    select(consent_ledger.c.sequence, consent_ledger.c.digest)
    .where(consent_ledger.c.customer_id == bindparam("customer_id"))
    .order_by(consent_ledger.c.sequence.desc())
    .limit(1)
)
_LAST_HELD = _LAST.with_for_update()
_OF_CUSTOMER = (
    select(consent_ledger)
    .where(consent_ledger.c.customer_id == bindparam("customer_id"), consent_ledger.c.sequence > bindparam("after"))
    .order_by(consent_ledger.c.sequence)
    .limit(PAGE)
)
_OF_KINDS = _OF_CUSTOMER.where(consent_ledger.c.kind.in_(bindparam("kinds", expanding=True)))
_OF_CUSTOMERS = (
    select(consent_ledger)
    .where(
        consent_ledger.c.customer_id.in_(bindparam("customers", expanding=True)),
        consent_ledger.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(consent_ledger.c.customer_id, consent_ledger.c.sequence)
)

# For each customer by itself, so that the key finds it: a long ledger costs no more than a short one.
_OWN = consent_ledger.c.customer_id == customers.c.id
_HEADS = select(
    customers.c.id,
    select(func.max(consent_ledger.c.sequence)).where(_OWN).scalar_subquery().label("sequence"),
    select(consent_ledger.c.digest)
    .where(_OWN)
    .order_by(consent_ledger.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
    .label("digest"),
).where(customers.c.id.in_(bindparam("customers", expanding=True)))


@cache
def _append(engine: str) -> Insert:
    return insert_into(engine, consent_ledger).on_conflict_do_nothing(index_elements=["customer_id", "sequence"])


def hold_ledger(session: Session, customer_id: int) -> Head:
    """Hold the last entry of a customer, and with it the ledger; returns how far it goes."""
    while True:
        held = session.execute(_LAST_HELD, {"customer_id": customer_id}).one_or_none()
        last = ledger_head(session, customer_id)
        if held is None or held.sequence == last.sequence:
            return last


def append_entry(
    session: Session,
    seal: Callable[[int, str], SealedReceipt],
    *,
    customer_id: int,
    kind: EntryKind,
    at: datetime,
    grant_id: int | None = None,
    ticket_number: int | None = None,
) -> SealedReceipt:
    """Keep the next entry; `seal(sequence, previous)` makes it. The ledger is held already, unless it is empty."""
    append = _append(session.get_bind().dialect.name)
    while True:
        last = hold_ledger(session, customer_id)
        sealed = seal(last.sequence + 1, last.digest)
        values = {
            "customer_id": customer_id,
            "sequence": last.sequence + 1,
            "grant_id": grant_id,
            "ticket_number": ticket_number,
            "kind": kind.value,
            "at": at,
            "body": sealed.body,
            "digest": sealed.digest,
            "signature": sealed.signature,
            "public_key": sealed.public_key,
        }
        if cast("CursorResult[Any]", session.execute(append, values)).rowcount:
            return sealed


def ledger_head(session: Session, customer_id: int) -> Head:
    """How far a customer's ledger goes."""
    last = session.execute(_LAST, {"customer_id": customer_id}).one_or_none()
    return Head(last.sequence, last.digest) if last else Head(0, NOTHING_BEFORE)


def entries_of(
    session: Session, customer_id: int, kinds: Collection[EntryKind] | None = None, *, after: int = 0
) -> Iterator[SealedReceipt]:
    """The entries of a customer in their order, all or of these kinds, after this number; read a page at a time."""
    query = _OF_CUSTOMER if kinds is None else _OF_KINDS
    values: dict[str, Any] = {"customer_id": customer_id}
    if kinds is not None:
        values["kinds"] = sorted(kind.value for kind in kinds)
    while True:
        rows = session.execute(query, {**values, "after": after}).all()
        yield from map(_sealed, rows)
        if len(rows) < PAGE:
            return
        after = rows[-1].sequence


def ledger_heads(session: Session, customers: Collection[int]) -> dict[int, Head]:
    """How far the ledger of each of these customers goes that has entries."""
    rows = session.execute(_HEADS, {"customers": sorted(customers)})
    return {row.id: Head(row.sequence, row.digest) for row in rows if row.sequence is not None}


def entries_at(
    session: Session, customers: Collection[int], kinds: Collection[EntryKind]
) -> Iterator[tuple[int, SealedReceipt]]:
    """The entries of these kinds of several customers, each with whose it is, in one look."""
    values = {"customers": sorted(customers), "kinds": sorted(kind.value for kind in kinds)}
    for row in session.execute(_OF_CUSTOMERS, values):
        yield row.customer_id, _sealed(row)


def count_since(session: Session, customer_id: int, kind: EntryKind, since: datetime) -> int:
    """How many entries of a kind a customer's ledger has from this instant on."""
    kept = consent_ledger.c
    query = select(func.count()).select_from(consent_ledger)
    return session.scalar(query.where(kept.customer_id == customer_id, kept.kind == kind.value, kept.at >= since)) or 0


def acts_kept(session: Session, customer_id: int) -> dict[EntryKind, int]:
    """How many acts are kept beside the ledger that each have an entry: so a tail that is cut off is seen too."""
    started = remote_sessions.c.customer_id == customer_id
    withdrawn = access_withdrawals.c.customer_id == customer_id
    counts = {
        EntryKind.SESSION_STARTED: select(func.count()).select_from(remote_sessions).where(started),
        EntryKind.SESSION_ENDED: select(func.count(remote_sessions.c.ended_at)).where(started),
        EntryKind.WITHDRAWN: select(func.count()).select_from(access_withdrawals).where(withdrawn),
        # One act lifts whatever is withdrawn.
        EntryKind.LIFTED: select(func.count(access_withdrawals.c.lifted_at.distinct())).where(withdrawn),
    }
    return {kind: session.scalar(count) or 0 for kind, count in counts.items()}


def _sealed(row: Row[Any]) -> SealedReceipt:
    return SealedReceipt(row.body, row.digest, row.signature, row.public_key, place=row.sequence)
