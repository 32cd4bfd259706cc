"""Signatures under contracts and cancellations of them, as they were recorded (R8, R27, D16, D18).

The signed paper is kept with the contract: its bytes are in `file_contents`, once, by their SHA-256.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contract.contracts import Contract
from storage.billing_tables import cancellations, invoices, signatures
from storage.files import keep_content
from storage.tables import contracts


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed a contract for the customer, what was signed, and who recorded it."""

    contract_id: int
    signatory: str
    person_id: int | None = None
    """The signatory, where it is a person of ours to know."""
    document_name: str | None = None
    document_sha256: str | None = None
    activity_id: str | None = None
    """The message of the click that signed."""
    recorded_by: int | None = None
    recorded_at: datetime


def keep_document(session: Session, content: bytes) -> str:
    """Keep a signed paper; returns its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    keep_content(session, sha256, content)
    return sha256


def keep_signature(session: Session, signature: Signature) -> None:
    """Keep the signature of a contract; there is one."""
    session.execute(
        insert(signatures).values(
            contract_id=signature.contract_id,
            signatory=signature.signatory,
            person_id=signature.person_id,
            document_name=signature.document_name,
            document_sha256=signature.document_sha256,
            activity_id=signature.activity_id,
            recorded_by=signature.recorded_by,
            recorded_at=signature.recorded_at,
        )
    )


def find_signature(session: Session, contract_id: int) -> Signature | None:
    """The signature of a contract; None where it was not recorded."""
    row = session.execute(select(signatures).where(signatures.c.contract_id == contract_id)).one_or_none()
    if row is None:
        return None
    return Signature(
        contract_id=row.contract_id,
        signatory=row.signatory,
        person_id=row.person_id,
        document_name=row.document_name,
        document_sha256=row.document_sha256,
        activity_id=row.activity_id,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def is_signed_in_chat(session: Session, customer_id: int, year: int) -> bool:
    """Whether a contact signed a contract that runs in this year by a click, by the terms and prices shown (R29)."""
    found = session.scalar(
        select(signatures.c.contract_id)
        .join(contracts, contracts.c.id == signatures.c.contract_id)
        .where(
            contracts.c.customer_id == customer_id,
            contracts.c.ends_on >= contracts.c.starts_on,
            contracts.c.starts_on >= date(year, 1, 1),
            contracts.c.starts_on <= date(year, 12, 31),
            signatures.c.activity_id.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def keep_cancellation(session: Session, contract: Contract, *, recorded_by: int | None, now: datetime) -> None:
    """Keep the cancellation that a contract value carries, and move the contract's last day (D18)."""
    received = contract.cancellation
    if received is None or contract.agreed_ends_on is None:
        msg = "the contract was not cancelled"
        raise ValueError(msg)
    session.execute(
        insert(cancellations).values(
            contract_id=contract.id,
            by=received.by.value,
            received_at=received.received_at,
            requested_ends_on=received.requested_end,
            agreed_ends_on=contract.agreed_ends_on,
            ends_on=contract.ends_on,
            recorded_by=recorded_by,
            recorded_at=now,
        )
    )
    session.execute(update(contracts).where(contracts.c.id == contract.id).values(ends_on=contract.ends_on))


def invoices_after(session: Session, contract: Contract) -> list[str]:
    """The numbers of invoices for months after the contract's last day: a cancellation came to be known late (D18)."""
    last = contract.ends_on
    wanted = (
        select(invoices.c.number)
        .where(
            invoices.c.contract_id == contract.id,
            invoices.c.kind == "invoice",
            invoices.c.year * 12 + invoices.c.month > last.year * 12 + last.month,
        )
        .order_by(invoices.c.id)
    )
    return list(session.scalars(wanted))
