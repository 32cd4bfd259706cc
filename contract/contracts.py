"""What a customer's contract is: its days, its signature, its end, its addenda (R6-R8, R24, R26-R28, D16-D18, D25).

It starts on the first day of a month, at the earliest the month after the last signature, and ends on the last day of
a month, at the latest on 31 December of the year it starts in (`contract.periods`). It is never prorated. A renewal is
a contract of its own. Without a contract nothing is done: tickets can be read, not opened.

    A contract of 2026 covers 1 January and 31 December 2026; 1 January 2027 needs another one. Cancelled in June it
    covers 30 June and not 1 July, and whoever asks on 1 July hears per which day it was cancelled.

On-site work needs an addendum that was signed by that day and covers it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from contract.errors import NoContract, OnSiteNeedsAddendum
from contract.local_time import DAY
from contract.periods import Cancellation, Term, cancelled, starts_after_signing, year_end
from contract.term_errors import (
    EndsBeforeStart,
    NotMonthEnd,
    NotMonthStart,
    OverlappingTerm,
    OverYearEnd,
    StartsTooSoon,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class AddendumItem:
    """What an addendum charges beside hours, such as travel or parking: cents for one, excluding VAT (R26)."""

    what: str
    price_cents: int


@dataclass(frozen=True, slots=True)
class Addendum:
    """A signed addendum that allows on-site work from `starts_on` through `ends_on` (R26, D25)."""

    signed_on: date
    starts_on: date
    ends_on: date
    items: tuple[AddendumItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One term of a customer's contract, local days, both inclusive. Checked by `check_term` before it is kept."""

    id: int
    customer_id: int
    number: str
    """The contract's number as invoices name it."""
    signed_at: datetime | None = None
    """When the last signature was set; None where it was not recorded."""
    signatory: str = ""
    """Who signed for the customer, by name; empty where it was not recorded."""
    document_name: str = ""
    """The name of the signed paper, where it was kept."""
    starts_on: date
    ends_on: date
    """The last day; moved by a cancellation, to the day before the start where it never starts (D18)."""
    agreed_ends_on: date | None = None
    """The last day as it was signed, where a cancellation moved it."""
    cancellation: Cancellation | None = None
    on_site_addenda: tuple[Addendum, ...] = ()

    @property
    def term(self) -> Term:
        """Its days, with what follows from them: months, invoice dates (R13)."""
        return Term(starts_on=self.starts_on, ends_on=self.ends_on)

    @property
    def never_starts(self) -> bool:
        """Whether it was cancelled per a day before its start (D18)."""
        return self.term.never_starts


def cancel(contract: Contract, cancellation: Cancellation) -> Contract:
    """Return the contract as a cancellation leaves it; raises a CancellationRefusal (R8, D18)."""
    after = cancelled(contract.term, cancellation, is_cancelled=contract.cancellation is not None)
    return replace(contract, ends_on=after.ends_on, agreed_ends_on=contract.ends_on, cancellation=cancellation)


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
    """Return the contract of a local day; raises NoContract with the next start and the last end (R27, R28, D18, D23).

    A contract that never starts neither starts nor ends; where there is no other, it is what is told of.
    """
    terms = tuple(contracts)
    contract = covering(terms, day)
    if contract is None:
        real = [term for term in terms if not term.never_starts]
        starts = [term.starts_on for term in real if term.starts_on > day]
        last = max((term for term in real if term.ends_on < day), key=lambda term: term.ends_on, default=None)
        is_cancelled = bool(terms) if last is None else last.cancellation is not None
        raise NoContract(day, min(starts, default=None), last.ends_on if last else None, is_cancelled=is_cancelled)
    return contract


def check_on_site(contracts: Iterable[Contract], day: date) -> None:
    """Refuse on-site work on a day that no addendum signed by then covers: raises OnSiteNeedsAddendum (D25)."""
    contract = covering(contracts, day)
    addenda = contract.on_site_addenda if contract else ()
    if not any(addendum.starts_on <= day <= addendum.ends_on and addendum.signed_on <= day for addendum in addenda):
        raise OnSiteNeedsAddendum(day)
