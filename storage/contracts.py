"""Contracts with their addenda, price lists and recorded access consents of a customer (R6, R25, R26, R29).

A customer without a price list of its own has the contract's prices.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from contract.access import AccessConsent
from contract.contracts import Addendum, Contract
from contract.holidays import HolidayProfile
from contract.prices import PriceBook, PriceList, contract_prices
from storage.rows import count_changed, insert_row
from storage.tables import addenda, consents, contracts, price_lists

# Statements of every turn are made once: building one costs more than running it.
_CONTRACTS = (
    select(
        contracts,
        addenda.c.signed_on,
        addenda.c.starts_on.label("addendum_starts_on"),
        addenda.c.ends_on.label("addendum_ends_on"),
    )
    .outerjoin(addenda, addenda.c.contract_id == contracts.c.id)
    .where(contracts.c.customer_id == bindparam("customer_id"))
    .order_by(contracts.c.starts_on, contracts.c.id, addenda.c.id)
)
_PRICES = select(price_lists).where(price_lists.c.customer_id == bindparam("customer_id")).order_by(price_lists.c.year)
_CONSENTS = (
    select(consents)
    .where(consents.c.customer_id == bindparam("customer_id"))
    .order_by(consents.c.valid_from, consents.c.id)
)


def load_contracts(session: Session, customer_id: int) -> tuple[Contract, ...]:
    """All contracts of a customer with their addenda, by start."""
    rows = session.execute(_CONTRACTS, {"customer_id": customer_id}).all()
    signed: dict[int, list[Addendum]] = {row.id: [] for row in rows}
    for row in rows:
        if row.signed_on is not None:
            signed[row.id].append(Addendum(row.signed_on, row.addendum_starts_on, row.addendum_ends_on))
    return tuple(
        Contract(
            id=row.id,
            customer_id=row.customer_id,
            number=row.number,
            signed_at=row.signed_at,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            on_site_addenda=tuple(signed[row.id]),
        )
        for row in {row.id: row for row in rows}.values()
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


def find_contract(session: Session, number: str) -> Contract | None:
    """The contract with this number, whoever's it is: a number is given once."""
    customer_id = session.scalar(select(contracts.c.customer_id).where(contracts.c.number == number))
    if customer_id is None:
        return None
    return next(found for found in load_contracts(session, customer_id) if found.number == number)


def add_addendum(session: Session, contract_id: int, addendum: Addendum) -> None:
    """Keep a signed addendum for on-site work (R26)."""
    session.execute(insert(addenda).values(contract_id=contract_id, **_addendum_columns(addendum)))


def _addendum_columns(addendum: Addendum) -> dict[str, date]:
    return {"signed_on": addendum.signed_on, "starts_on": addendum.starts_on, "ends_on": addendum.ends_on}


def load_prices(session: Session, customer_id: int, years: Collection[int]) -> PriceBook:
    """The price lists that hold for a customer; without any, the contract's own for each of `years`."""
    rows = session.execute(_PRICES, {"customer_id": customer_id}).all()
    if not rows:
        return PriceBook(tuple(contract_prices(year) for year in sorted(set(years))))
    return PriceBook(
        tuple(
            PriceList(
                year=row.year,
                fee_cents=row.fee_cents,
                office_cents=row.office_cents,
                after_hours_cents=row.after_hours_cents,
                weekend_holiday_cents=row.weekend_holiday_cents,
                holidays=HolidayProfile(**row.holidays),
            )
            for row in rows
        )
    )


def has_own_prices(session: Session, customer_id: int) -> bool:
    """Whether any price list was kept for a customer; otherwise the contract's prices hold."""
    return session.scalar(select(price_lists.c.id).where(price_lists.c.customer_id == customer_id).limit(1)) is not None


def set_prices(session: Session, customer_id: int, prices: PriceList) -> None:
    """Keep a customer's price list of a year, in place of an earlier one of that year."""
    values = {
        "fee_cents": prices.fee_cents,
        "office_cents": prices.office_cents,
        "after_hours_cents": prices.after_hours_cents,
        "weekend_holiday_cents": prices.weekend_holiday_cents,
        "holidays": asdict(prices.holidays),
    }
    done = count_changed(
        session,
        update(price_lists)
        .where(price_lists.c.customer_id == customer_id, price_lists.c.year == prices.year)
        .values(values),
    )
    if not done:
        session.execute(insert(price_lists).values(customer_id=customer_id, year=prices.year, **values))


def load_consents(session: Session, customer_id: int) -> tuple[AccessConsent, ...]:
    """Every recorded consent to remote access of a customer, oldest first (R25)."""
    rows = session.execute(_CONSENTS, {"customer_id": customer_id})
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
