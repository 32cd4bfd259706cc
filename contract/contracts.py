"""From when until when a customer has a contract (R6-R8, R26-R28, D16, D17, D25).

A contract starts on the first day of a month, at the earliest the month after the last signature, and ends on the
last day of a month, at the latest on 31 December of the year it starts in. It is never prorated. A renewal is a
contract of its own.

    Signed on 23 November 2026: from 1 to 31 December 2026. Signed on 31 December 2026 at 23:00 UTC, which is 1
    January 2027 here: from 1 February to 31 December 2027.

On-site work needs an addendum that was signed by that day and covers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from contract.errors import (
    EndsBeforeStart,
    NoContract,
    NotMonthEnd,
    NotMonthStart,
    OnSiteNeedsAddendum,
    OverlappingTerm,
    OverYearEnd,
    StartsTooSoon,
)
from contract.local_time import DAY, local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Addendum:
    """A signed addendum that allows on-site work from `starts_on` through `ends_on` (R26, D25)."""

    signed_on: date
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One term of a customer's contract, local days, both inclusive. Checked by `check_term` before it is kept."""

    id: int
    customer_id: int
    number: str
    """The contract's number as invoices name it."""
    signed_at: datetime | None = None
    """When the last signature was set; None where it was not recorded."""
    starts_on: date
    ends_on: date
    on_site_addenda: tuple[Addendum, ...] = ()


def starts_after_signing(signed_at: datetime) -> date:
    """Return the first day of the calendar month after the local date of the last signature (R27, D16)."""
    return month_after(local(signed_at).date())


def month_after(day: date) -> date:
    """Return the first day of the next calendar month."""
    return date(day.year + 1, 1, 1) if day.month == _DECEMBER else date(day.year, day.month + 1, 1)


def year_end(starts_on: date) -> date:
    """Return the last possible day of a contract that starts on `starts_on` (R28, D17)."""
    return date(starts_on.year, 12, 31)


def check_term(contract: Contract, others: Iterable[Contract] = ()) -> None:
    """Refuse dates that can not be a contract's, or that meet another of the customer (R6-R8, R27, R28, D16, D17).

    `others` may hold the contract itself. Raises the classes of TermRefusal.
    """
    starts_on, ends_on = contract.starts_on, contract.ends_on
    if starts_on.day != 1:
        raise NotMonthStart(starts_on, ends_on)
    if ends_on < starts_on:
        raise EndsBeforeStart(starts_on, ends_on)
    if (ends_on + DAY).day != 1:
        raise NotMonthEnd(starts_on, ends_on)
    if ends_on > year_end(starts_on):
        raise OverYearEnd(starts_on, ends_on)
    if contract.signed_at is not None and starts_on < (earliest := starts_after_signing(contract.signed_at)):
        raise StartsTooSoon(starts_on, ends_on, earliest)
    for other in others:
        if other.id != contract.id and other.starts_on <= ends_on and starts_on <= other.ends_on:
            raise OverlappingTerm(starts_on, ends_on, other)


def covering(contracts: Iterable[Contract], day: date) -> Contract | None:
    """Return the contract that covers a local day, if there is one (R27, R28)."""
    return next((contract for contract in contracts if contract.starts_on <= day <= contract.ends_on), None)


def check_covered(contracts: Iterable[Contract], day: date) -> Contract:
    """Return the contract of a local day; raises NoContract with the next start and the last end (R27, R28, D23)."""
    terms = tuple(contracts)
    contract = covering(terms, day)
    if contract is None:
        starts = [term.starts_on for term in terms if term.starts_on > day]
        ends = [term.ends_on for term in terms if term.ends_on < day]
        raise NoContract(day, min(starts, default=None), max(ends, default=None))
    return contract


def check_on_site(contracts: Iterable[Contract], day: date) -> None:
    """Refuse on-site work on a day that no addendum signed by then covers: raises OnSiteNeedsAddendum (D25)."""
    contract = covering(contracts, day)
    addenda = contract.on_site_addenda if contract else ()
    if not any(addendum.starts_on <= day <= addendum.ends_on and addendum.signed_on <= day for addendum in addenda):
        raise OnSiteNeedsAddendum(day)
