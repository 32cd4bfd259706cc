"""Receipts of decisions on estimates, chained in the order in which they were kept (R19, D13, D15).

Nothing here changes a receipt: rows are added, and read. A new one is the next after the last, whose row is held until
the transaction ends, so that decisions that are taken at the same instant stand one behind the other. Who waited for
that row finds that another one is last by now, and tries behind that; the key of the table makes two in one place
impossible. Whoever appends holds the ticket's row and the estimate's before, and takes nothing but mailboxes after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Row, bindparam, func, select
from sqlalchemy.orm import Session

from contract.receipt_chain import Head
from contract.receipts import NOTHING_BEFORE, SealedReceipt
from storage.billing_tables import receipts
from storage.errors import NotFound
from storage.sessions import Insert, insert_into
from storage.tables import estimates

PAGE = 500

# Made once: building a statement costs more than running it.
_LAST = select(receipts.c.sequence, receipts.c.digest).order_by(receipts.c.sequence.desc()).limit(1)
_LAST_HELD = _LAST.with_for_update()
_OF_ESTIMATE = select(receipts).where(receipts.c.estimate_id == bindparam("estimate_id")).order_by(receipts.c.sequence)
_BY_SEQUENCE = select(receipts).where(receipts.c.sequence == bindparam("sequence"))


@cache
def _append(engine: str) -> Insert:
    return insert_into(engine, receipts).on_conflict_do_nothing(index_elements=["sequence"])


def sealed_of(row: Row[Any]) -> SealedReceipt:
    """The receipt in a row of `receipts`."""
    return SealedReceipt(row.body, row.digest, row.signature, row.public_key, place=row.sequence)


def append_receipt(
    session: Session,
    seal: Callable[[int, str], SealedReceipt],
    *,
    customer_id: int,
    ticket_number: int,
    estimate_id: int,
    now: datetime,
) -> SealedReceipt:
    """Keep the next receipt; `seal(sequence, previous)` makes it. Two statements, unless others append as well."""
    append = _append(session.get_bind().dialect.name)
    while True:
        last = session.execute(_LAST_HELD).one_or_none()
        sequence, previous = (last.sequence + 1, last.digest) if last else (1, NOTHING_BEFORE)
        sealed = seal(sequence, previous)
        values = {
            "sequence": sequence,
            "customer_id": customer_id,
            "ticket_number": ticket_number,
            "estimate_id": estimate_id,
            "body": sealed.body,
            "digest": sealed.digest,
            "signature": sealed.signature,
            "public_key": sealed.public_key,
            "created_at": now,
        }
        if cast("CursorResult[Any]", session.execute(append, values)).rowcount:
            return sealed


def load_receipt(session: Session, sequence: int) -> tuple[SealedReceipt, int]:
    """The receipt with this number, and the ticket it belongs to. Raises NotFound."""
    found = session.execute(_BY_SEQUENCE, {"sequence": sequence}).one_or_none()
    if found is None:
        raise NotFound("receipt", sequence)
    return sealed_of(found), found.ticket_number


def receipts_of_estimate(session: Session, estimate_id: int) -> tuple[SealedReceipt, ...]:
    """The receipts of what was decided on an estimate, oldest first."""
    return tuple(map(sealed_of, session.execute(_OF_ESTIMATE, {"estimate_id": estimate_id})))


def all_receipts(session: Session, *, customer_id: int | None = None, after: int = 0) -> Iterator[SealedReceipt]:
    """Every receipt after this one, or those of one customer, in their order; read a page at a time."""
    query = select(receipts).order_by(receipts.c.sequence).limit(PAGE)
    if customer_id is not None:
        query = query.where(receipts.c.customer_id == customer_id)
    while rows := session.execute(query.where(receipts.c.sequence > after)).all():
        yield from map(sealed_of, rows)
        after = rows[-1].sequence


def decided_without_receipt(session: Session) -> list[str]:
    """The numbers of the estimates that were decided since there are receipts, and have none: they were removed.

    So a tail that is cut off the table itself is seen too.
    """
    first = select(func.min(receipts.c.created_at)).scalar_subquery()
    query = (
        select(estimates.c.ticket_number, estimates.c.revision)
        .outerjoin(receipts, receipts.c.estimate_id == estimates.c.id)
        .where(estimates.c.decided_at >= first, receipts.c.sequence.is_(None))
        .order_by(estimates.c.ticket_number, estimates.c.revision)
    )
    return [f"{row.ticket_number}-{row.revision}" for row in session.execute(query)]


def chain_head(session: Session) -> Head:
    """How far the chain goes."""
    last = session.execute(_LAST).one_or_none()
    return Head(last.sequence, last.digest) if last else Head()
