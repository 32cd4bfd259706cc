"""Erasing what was kept for the law, once its years are over: names and words go, numbers and amounts stay (R28).

Invoice numbers keep running without a gap and the sums of a year stay what they were. Receipts stay as they are: each
carries the digest of the one before, of whichever customer, so that one that is emptied would break the others' proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from storage import billing_tables as billing
from storage import tables
from storage.access_tables import consent_ledger
from storage.erasing import MARK
from storage.exports import CUSTOMER, SUBJECT
from storage.files import forget_contents

ERASED = "erased-"
"""Before the number of a customer whose tenant is forgotten."""

ROWS_AT_ONCE = 500
_NOBODY = {"registration": "", "vat_id": "", "reference": "", "email": ""}


def erase_kept(session: Session, customer_id: int) -> int:
    """Everything written or named in kept records; returns how many rows changed."""
    texts: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("tickets", {"subject": MARK}),
        ("time_entries", {"what": MARK}),
        ("estimates", {"what": MARK}),
        ("addendum_items", {"what": MARK}),
        ("signatures", {"signatory": MARK}),
        ("payments", {"note": ""}),
        ("invoices", {"reference": ""}),
    )
    changed = sum(_replace(session, name, values, customer_id) for name, values in texts)
    emptied = (("tickets", "minimum_waived_reason"), ("estimates", "decline_reason"), ("invoices", "reason"))
    changed += sum(_empty(session, name, column, customer_id) for name, column in emptied)
    changed += _erase_json(session, customer_id, "invoices", "buyer", _buyer)
    changed += _erase_json(session, customer_id, "invoice_lines", "details", _details)
    changed += _erase_ledger(session, customer_id)
    return changed + _erase_documents(session, customer_id) + _erase_customer(session, customer_id)


def _erase_ledger(session: Session, customer_id: int) -> int:
    """The ledger of consents goes whole: it is a chain of its own, and no other customer's proof rests on it."""
    gone = delete(consent_ledger).where(SUBJECT["consent_ledger"].belongs).returning(consent_ledger.c.sequence)
    return len(session.execute(gone, {"customer": customer_id}).all())


def _replace(session: Session, name: str, values: Mapping[str, Any], customer_id: int) -> int:
    table = SUBJECT[name].table
    left = or_(*(table.c[column] != value for column, value in values.items()))
    key = next(iter(table.primary_key.columns))
    query = update(table).where(SUBJECT[name].belongs, left).values(values).returning(key)
    return len(session.execute(query, {"customer": customer_id}).all())


def _empty(session: Session, name: str, column: str, customer_id: int) -> int:
    table = SUBJECT[name].table
    key = next(iter(table.primary_key.columns))
    query = update(table).where(SUBJECT[name].belongs, table.c[column].is_not(None)).values({column: None})
    return len(session.execute(query.returning(key), {"customer": customer_id}).all())


def _buyer(kept: Mapping[str, Any]) -> dict[str, Any]:
    address = {**kept["address"], "street": MARK, "postal_code": MARK, "city": MARK}
    return {**kept, **_NOBODY, "name": MARK, "address": address}


def _details(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in ("subject", "what", "approvals")}


def _erase_json(session: Session, customer_id: int, name: str, column: str, erased: Any) -> int:
    table = SUBJECT[name].table
    query = (
        select(table.c.id, table.c[column])
        .where(SUBJECT[name].belongs, table.c.id > bindparam("after"))
        .order_by(table.c.id)
        .limit(ROWS_AT_ONCE)
    )
    write = update(table).where(table.c.id == bindparam("which"))
    changed, after = 0, 0
    while rows := session.execute(query, {"customer": customer_id, "after": after}).all():
        after = rows[-1][0]
        left = [{"which": key, column: new} for key, kept in rows if (new := erased(kept)) != kept]
        if left:
            session.execute(write, left)
        changed += len(left)
    return changed


def _erase_documents(session: Session, customer_id: int) -> int:
    """The documents of invoices and the signed papers, with bytes that nothing else has."""
    documents, signed, named = billing.invoice_documents, billing.signatures, {"customer": customer_id}
    gone = set(
        session.scalars(
            delete(documents).where(SUBJECT["invoice_documents"].belongs).returning(documents.c.sha256), named
        )
    )
    papers = select(signed.c.document_sha256).where(
        SUBJECT["signatures"].belongs, signed.c.document_sha256.is_not(None)
    )
    gone |= set(session.scalars(papers, named))
    session.execute(
        update(signed).where(SUBJECT["signatures"].belongs).values(document_name=None, document_sha256=None), named
    )
    forget_contents(session, gone)
    return len(gone)


def _erase_customer(session: Session, customer_id: int) -> int:
    customers = tables.customers
    name = f"{MARK} {customer_id}"
    query = (
        update(customers)
        .where(customers.c.id == CUSTOMER, customers.c.name != name)
        .values(name=name, tenant_id=f"{ERASED}{customer_id}")
    )
    return len(session.execute(query.returning(customers.c.id), {"customer": customer_id}).all())
