"""Contracts of a customer with signature, cancellation and addenda; recorded access consents (R6-R8, R25-R28, D18)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from contract.access import AccessConsent
from contract.contracts import Addendum, AddendumItem, Contract
from contract.periods import Cancellation, Side
from storage.billing_tables import addendum_items, cancellations, signatures
from storage.errors import NotFound
from storage.rows import count_changed, insert_row
from storage.tables import addenda, consents, contracts

# Statements of every turn are made once: building one costs more than running it.
_ALL: Select[Any] = (
    select(
        contracts,
        signatures.c.signatory,
        signatures.c.document_name,
        cancellations.c.by.label("cancelled_by"),
        cancellations.c.received_at,
        cancellations.c.requested_ends_on,
        cancellations.c.agreed_ends_on,
        addenda.c.id.label("addendum_id"),
        addenda.c.signed_on,
        addenda.c.starts_on.label("addendum_starts_on"),
        addenda.c.ends_on.label("addendum_ends_on"),
        addendum_items.c.what,
        addendum_items.c.price_cents,
    )
    .outerjoin(signatures, signatures.c.contract_id == contracts.c.id)
    .outerjoin(cancellations, cancellations.c.contract_id == contracts.c.id)
    .outerjoin(addenda, addenda.c.contract_id == contracts.c.id)
    .outerjoin(addendum_items, addendum_items.c.addendum_id == addenda.c.id)
    .order_by(contracts.c.starts_on, contracts.c.id, addenda.c.id, addendum_items.c.id)
)
_CONTRACTS = _ALL.where(contracts.c.customer_id == bindparam("customer_id"))
_CONTRACTS_OF_MANY = _ALL.where(contracts.c.customer_id.in_(bindparam("customer_ids", expanding=True)))
_CONTRACT = _ALL.where(contracts.c.id == bindparam("contract_id"))
_NUMBERED = _ALL.where(contracts.c.number == bindparam("number"))
_CONSENTS = (
    select(consents)
    .where(consents.c.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(consents.c.valid_from, consents.c.id)
)


def load_contracts(session: Session, customer_id: int) -> tuple[Contract, ...]:
    """All contracts of a customer, by start; also those that were cancelled before theirs."""
    return _contracts(session.execute(_CONTRACTS, {"customer_id": customer_id}))


def load_contracts_of(session: Session, customer_ids: Collection[int]) -> dict[int, tuple[Contract, ...]]:
    """The same for many customers at once."""
    found: dict[int, list[Contract]] = {customer_id: [] for customer_id in customer_ids}
    for contract in _contracts(session.execute(_CONTRACTS_OF_MANY, {"customer_ids": sorted(found)})):
        found[contract.customer_id].append(contract)
    return {customer_id: tuple(terms) for customer_id, terms in found.items()}


def load_contract(session: Session, contract_id: int) -> Contract:
    """One contract. Raises NotFound."""
    found = _contracts(session.execute(_CONTRACT, {"contract_id": contract_id}))
    if not found:
        raise NotFound("contract", contract_id)
    return found[0]


def find_contract(session: Session, number: str) -> Contract | None:
    """The contract with this number, whoever's it is: a number is given once."""
    return next(iter(_contracts(session.execute(_NUMBERED, {"number": number}))), None)


def numbers_from(session: Session, start: str) -> list[str]:
    """The numbers of contracts that begin with these characters."""
    return list(
        session.scalars(select(contracts.c.number).where(contracts.c.number.startswith(start, autoescape=True)))
    )


def _contracts(found: Iterable[Row[Any]]) -> tuple[Contract, ...]:
    """A row for each item of each addendum of each contract, in their order; a contract with none has one row."""
    rows: dict[int, list[Row[Any]]] = {}
    for row in found:
        rows.setdefault(row.id, []).append(row)
    return tuple(
        Contract(
            id=row.id,
            customer_id=row.customer_id,
            number=row.number,
            signed_at=row.signed_at,
            signatory=row.signatory or "",
            document_name=row.document_name or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            agreed_ends_on=row.agreed_ends_on,
            cancellation=_cancellation(row),
            on_site_addenda=_addenda(own),
        )
        for row, own in ((own[0], own) for own in rows.values())
    )


def _cancellation(row: Row[Any]) -> Cancellation | None:
    if row.received_at is None:
        return None
    return Cancellation(received_at=row.received_at, requested_end=row.requested_ends_on, by=Side(row.cancelled_by))


def _addenda(rows: Iterable[Row[Any]]) -> tuple[Addendum, ...]:
    signed: dict[int, list[Row[Any]]] = {}
    for row in rows:
        if row.addendum_id is not None:
            signed.setdefault(row.addendum_id, []).append(row)
    return tuple(
        Addendum(
            own[0].signed_on,
            own[0].addendum_starts_on,
            own[0].addendum_ends_on,
            tuple(AddendumItem(row.what, row.price_cents) for row in own if row.what is not None),
        )
        for own in signed.values()
    )


def add_contract(
    session: Session, customer_id: int, *, number: str, signed_at: datetime | None, starts_on: date, ends_on: date
) -> int:
    """Keep a signed contract; returns its id. The dates are the caller's to check (`contract.contracts`)."""
    return insert_row(
        session,
        contracts,
        customer_id=customer_id,
        number=number,
        signed_at=signed_at,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def add_addendum(session: Session, contract_id: int, addendum: Addendum) -> None:
    """Keep a signed addendum for on-site work, with what it charges beside hours (R26)."""
    addendum_id = insert_row(
        session,
        addenda,
        contract_id=contract_id,
        signed_on=addendum.signed_on,
        starts_on=addendum.starts_on,
        ends_on=addendum.ends_on,
    )
    items = [
        {"addendum_id": addendum_id, "what": item.what, "price_cents": item.price_cents} for item in addendum.items
    ]
    if items:
        session.execute(insert(addendum_items), items)


def load_consents(session: Session, customer_id: int) -> tuple[AccessConsent, ...]:
    """Every recorded consent to remote access of a customer, oldest first (R25)."""
    return load_consents_of(session, [customer_id])


def load_consents_of(session: Session, customers: Collection[int]) -> tuple[AccessConsent, ...]:
    """Every recorded consent of these customers, oldest first."""
    rows = session.execute(_CONSENTS, {"customers": sorted(customers)})
    return tuple(
        AccessConsent(
            id=row.id,
            customer_id=row.customer_id,
            document=row.document,
            recorded_by=row.recorded_by,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            revoked_at=row.revoked_at,
            created_at=row.created_at,
        )
        for row in rows
    )


def add_consent(
    session: Session,
    customer_id: int,
    *,
    document: str,
    recorded_by: int | None,
    valid_from: datetime,
    valid_until: datetime | None,
    now: datetime,
) -> int:
    """Record that a customer consented to remote access, and by which document; returns its id."""
    return insert_row(
        session,
        consents,
        customer_id=customer_id,
        document=document,
        recorded_by=recorded_by,
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=now,
    )


def revoke_consents(session: Session, customer_id: int, now: datetime) -> int:
    """The customer withdrew access; returns how many consents ended."""
    return count_changed(
        session,
        update(consents)
        .where(consents.c.customer_id == customer_id, consents.c.revoked_at.is_(None))
        .values(revoked_at=now),
    )
