"""What of a customer may be erased, and when (R28, D18, D33 and what follows it: kept 7 years).

Invoices are kept 7 years together with what they rest on: time entries, estimates with their decisions and receipts,
the contract (article 52 AWR, the Dutch tax law). The years count from the end of the year in which the last of these
records was made, and there is one such day for the whole of a customer: no invoice outlives what it rests on.
Everything else may go as soon as nothing is going on: no contract runs, no ticket is open, no invoice is unpaid.

    Contract until 31 December 2026, last invoice of 1 January 2027: kept through 31 December 2034. What people wrote on
    tickets may go from 2 January 2027; on the 1st the last invoice is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import Refusal
from contract.periods import month_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contract.contracts import Contract

KEPT_YEARS = 7
"""After the year in which the record was made (article 52 AWR)."""


class RecordClass(StrEnum):
    """Kinds of record, by how long they are needed."""

    INVOICES = "invoices"
    """Invoices, credit notes, their lines, documents and payments."""
    ENTRIES = "entries"
    """Logged time and costs, with what was done."""
    DECISIONS = "decisions"
    """Estimates, what was decided on them and by whom, and the receipts."""
    CONTRACTS = "contracts"
    """Contracts, signatures, addenda, price lists, cancellations."""
    WORDS = "words"
    """What people wrote on tickets and in questions, and who they were."""
    FILES = "files"
    """Files that people sent."""
    ADDRESSES = "addresses"
    """E-mail addresses, addresses of chats, who knocked, messages that wait or went out."""

    @property
    def is_kept(self) -> bool:
        """True for what the tax law demands for 7 years."""
        return self in _KEPT


_KEPT = frozenset({RecordClass.INVOICES, RecordClass.ENTRIES, RecordClass.DECISIONS, RecordClass.CONTRACTS})


class ErasureRefusal(Refusal):
    """A customer's data can not be erased now."""


@dataclass(eq=False)
class StillGoingOn(ErasureRefusal):
    """Something is going on (R28, D18): what has to end first, all of it at once."""

    contracts: tuple[Contract, ...]
    """Those that run, will run, or wait for their last invoice."""
    tickets: tuple[int, ...]
    invoices: tuple[str, ...]


def kept_through(days: Iterable[date]) -> date | None:
    """Return the last day on which kept records stay, from the days on which they were made; None without any."""
    last = max(days, default=None)
    return date(last.year + KEPT_YEARS, 12, 31) if last else None


def kept_since(today: date) -> date:
    """Return the first day whose records are still kept today: what is older may go."""
    return date(today.year - KEPT_YEARS, 1, 1)


def may_go(record: RecordClass, through: date | None, today: date) -> bool:
    """Tell whether records of this class may be erased: at once, or after the day through which they are kept."""
    return not record.is_kept or through is None or today > through


def check_erasure(contracts: Iterable[Contract], tickets: Sequence[int], invoices: Sequence[str], today: date) -> None:
    """Refuse an erasure while something is going on: raises StillGoingOn (R28, D18).

    `tickets` are open, `invoices` not paid. A contract counts through the day of its last invoice, the 1st of the
    month after its end; one that was cancelled before its start does not.
    """
    running = tuple(
        contract
        for contract in contracts
        if contract.starts_on <= contract.ends_on and today <= month_after(contract.ends_on)
    )
    if running or tickets or invoices:
        raise StillGoingOn(running, tuple(tickets), tuple(invoices))
