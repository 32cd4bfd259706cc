"""Price lists by customer and calendar year (R29, D10, D34).

A customer without a list of its own has the contract's prices, and those held in the years before its first own list
too: a list that is recorded for next year changes nothing of this one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from contract.holidays import HolidayProfile, LiberationDay
from contract.prices import PriceBook, PriceList, contract_prices
from storage.rows import count_changed
from storage.tables import customers, price_lists

# Statements of every turn are made once: building one costs more than running it.
_PRICES = select(price_lists).where(price_lists.c.customer_id == bindparam("customer_id")).order_by(price_lists.c.year)
_PRICES_OF_MANY = select(price_lists).where(price_lists.c.customer_id.in_(bindparam("customer_ids", expanding=True)))


def load_prices(session: Session, customer_id: int, years: Collection[int]) -> PriceBook:
    """The price lists that hold for a customer in `years`, whatever else is kept."""
    return _book(session.execute(_PRICES, {"customer_id": customer_id}), years)


def load_prices_of(session: Session, customer_ids: Collection[int], years: Collection[int]) -> dict[int, PriceBook]:
    """The same for many customers at once."""
    rows: dict[int, list[Row[Any]]] = {customer_id: [] for customer_id in customer_ids}
    for row in session.execute(_PRICES_OF_MANY, {"customer_ids": sorted(rows)}):
        rows[row.customer_id].append(row)
    return {customer_id: _book(own, years) for customer_id, own in rows.items()}


def _book(rows: Iterable[Row[Any]], years: Collection[int]) -> PriceBook:
    own = [
        PriceList(
            year=row.year,
            fee_cents=row.fee_cents,
            office_cents=row.office_cents,
            after_hours_cents=row.after_hours_cents,
            weekend_holiday_cents=row.weekend_holiday_cents,
            holidays=_holidays(row.holidays),
        )
        for row in rows
    ]
    first = min((prices.year for prices in own), default=None)
    return PriceBook([*own, *(contract_prices(year) for year in sorted(set(years)) if first is None or year < first)])


def _holidays(kept: Mapping[str, Any]) -> HolidayProfile:
    return HolidayProfile(**{**kept, "liberation_day": LiberationDay(kept["liberation_day"])})


def price_years(session: Session, customer_id: int) -> tuple[int, ...]:
    """The years for which a customer has a list of its own, oldest first."""
    return tuple(row.year for row in session.execute(_PRICES, {"customer_id": customer_id}))


def customers_without_list(session: Session, year: int, *, after: int, limit: int) -> list[int]:
    """The next customers by id that have no list of their own for a year."""
    own = select(price_lists.c.id).where(price_lists.c.customer_id == customers.c.id, price_lists.c.year == year)
    wanted = select(customers.c.id).where(customers.c.id > after, ~own.exists()).order_by(customers.c.id)
    return list(session.scalars(wanted.limit(limit)))


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
