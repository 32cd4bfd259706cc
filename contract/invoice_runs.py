"""The run of a month: what is unusual about a draft, and what a manager releases (R14, R1, D5, D9, D18, D21, D34).

On the 1st every contract gets a draft. The drafts are counted and summed, and what is unusual is listed; a manager sees
that and releases the run with one click, which binds to what was shown (the digest of month, sums and findings). A
draft that lacks what the law demands, or has minutes that nobody approved, is not issued; the others are.

    Three drafts of € 275.00 net, one without the customer's address: 3 invoices, € 825.00 net, one finding
    "incomplete", and 2 can be issued.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import Refusal
from contract.grants import standing_grants
from contract.invoices import missing_fields
from contract.lines import MINIMUM
from contract.months import issued_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from contract.contracts import Contract
    from contract.invoices import Invoice
    from contract.lines import TicketRecord
    from contract.months import Month

MOST_LISTED = 200
"""Findings that are kept one by one; beyond them they are only counted."""

TIMES_AVERAGE = 2
LEAST_ABOVE_CENTS = 25_000
"""Above the average is: twice the customer's average of the months before, and at least € 250.00 more."""


class RunState(StrEnum):
    """Drafts are being made; a manager can release them; they are being issued; they are issued."""

    PREPARING = "preparing"
    PREPARED = "prepared"
    ISSUING = "issuing"
    ISSUED = "issued"


class Unusual(StrEnum):
    """What a manager should look at before releasing."""

    INCOMPLETE = "incomplete"
    UNAPPROVED = "unapproved"
    NO_PRICE_LIST = "no_price_list"
    NOTHING_TO_PAY = "nothing_to_pay"
    ABOVE_AVERAGE = "above_average"
    WAIVED_MINIMUM = "waived_minimum"
    TIMER_RUNNING = "timer_running"
    REVERSE_CHARGE = "reverse_charge"
    CREDIT_PENDING = "credit_pending"
    QUESTION_OPEN = "question_open"

    @property
    def is_refused(self) -> bool:
        """True where such an invoice is not issued (R1, R18)."""
        return self in (Unusual.INCOMPLETE, Unusual.UNAPPROVED)


@dataclass(eq=False)
class MonthNotOver(Refusal):
    """The invoices of a month are issued from `issued_at` on (R14, D8)."""

    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One unusual thing about a customer's draft; `facts` are names of fields, or numbers of tickets."""

    customer_id: int
    customer: str
    what: Unusual
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a customer beside the draft."""

    earlier_net_cents: tuple[int, ...] = ()
    """The nets of its invoices of the months before."""
    running: tuple[int, ...] = ()
    """Its tickets on which a timer runs."""
    credit_tickets: tuple[int, ...] = ()
    """Its tickets of which something that was invoiced is due back."""
    open_questions: int = 0
    is_year_missing: bool = False
    """Whether an earlier year's price list has to do (D34)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The drafts or invoices of a month together: how many, their sums in cents, and what is unusual."""

    invoices: int = 0
    net_cents: int = 0
    vat_cents: int = 0
    gross_cents: int = 0
    refused: int = 0
    """Of these, how many can not be issued."""
    found: Mapping[Unusual, int] = field(default_factory=dict)
    """How often each unusual thing was found."""
    findings: tuple[Finding, ...] = ()
    """The first of them, one by one."""

    def plus(self, net_cents: int, vat_cents: int, gross_cents: int, findings: Iterable[Finding] = ()) -> Totals:
        """Return the totals with one more."""
        new = tuple(findings)
        found = dict(self.found)
        for finding in new:
            found[finding.what] = found.get(finding.what, 0) + 1
        return replace(
            self,
            invoices=self.invoices + 1,
            net_cents=self.net_cents + net_cents,
            vat_cents=self.vat_cents + vat_cents,
            gross_cents=self.gross_cents + gross_cents,
            refused=self.refused + any(finding.what.is_refused for finding in new),
            found=found,
            findings=(*self.findings, *new)[:MOST_LISTED],
        )

    @property
    def issuable(self) -> int:
        """How many can be issued."""
        return self.invoices - self.refused

    def digest(self, month: Month) -> str:
        """Return what stands for all of it: two that show the same have the same."""
        shown = [
            list(month),
            [self.invoices, self.net_cents, self.vat_cents, self.gross_cents, self.refused],
            sorted((what.value, times) for what, times in self.found.items()),
            [[one.customer_id, one.what.value, list(one.facts)] for one in self.findings],
        ]
        return hashlib.sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()[:32]


def check_over(month: Month, now: datetime) -> None:
    """Refuse to issue a month before its issue moment: raises MonthNotOver (R14, D8)."""
    if now < (at := issued_at(month)):
        raise MonthNotOver(at)


def contract_of(contracts: Iterable[Contract], month: Month) -> Contract | None:
    """Return the contract whose invoice of the month it is: the one that covers it, else the last before (R14, D9).

    A contract that was cancelled before its start never was one (D18).
    """
    begun = [one for one in contracts if one.starts_on <= one.ends_on and _month(one) <= month]
    return max(begun, key=lambda one: (one.starts_on, one.id), default=None)


def _month(contract: Contract) -> Month:
    return contract.starts_on.year, contract.starts_on.month


def unapproved_minutes(record: TicketRecord) -> int:
    """Return how many billable minutes no approval covers: always none, as nobody can log them (R18, D12)."""
    corrected = {entry.corrects_id for entry in record.entries}
    logged = sum(entry.billable_minutes for entry in record.entries if entry.id not in corrected)
    allowed = sum(grant.until_minutes - grant.from_minutes for grant in standing_grants(record.grants))
    return max(0, logged - allowed) if record.grants else 0


def unusual(invoice: Invoice, signs: Signs, records: Iterable[TicketRecord]) -> dict[Unusual, tuple[str, ...]]:
    """Return what a manager should look at in a draft, with the fields or tickets it concerns (R1, D5, D21, D34)."""
    over = [str(one.ticket.number) for one in records if unapproved_minutes(one)]
    waived = [str(line.ticket_number) for line in invoice.lines if line.kind is MINIMUM and not line.quantity]
    found: dict[Unusual, tuple[str, ...]] = {}
    checks = (
        (Unusual.INCOMPLETE, missing_fields(invoice)),
        (Unusual.UNAPPROVED, over),
        (Unusual.WAIVED_MINIMUM, waived),
        (Unusual.TIMER_RUNNING, map(str, signs.running)),
        (Unusual.CREDIT_PENDING, map(str, signs.credit_tickets)),
    )
    for what, facts in checks:
        if listed := tuple(facts):
            found[what] = listed
    flags = (
        (Unusual.NO_PRICE_LIST, signs.is_year_missing),
        (Unusual.NOTHING_TO_PAY, invoice.net_cents <= 0),
        (Unusual.ABOVE_AVERAGE, _is_above(invoice.net_cents, signs.earlier_net_cents)),
        (Unusual.REVERSE_CHARGE, invoice.is_reverse_charge),
        (Unusual.QUESTION_OPEN, signs.open_questions > 0),
    )
    return found | {what: () for what, holds in flags if holds}


def _is_above(net_cents: int, earlier: tuple[int, ...]) -> bool:
    """Tell whether a net is far above the average of the earlier ones; without any there is nothing to compare."""
    if not earlier:
        return False
    total, count = sum(earlier), len(earlier)
    return net_cents * count >= TIMES_AVERAGE * total and (net_cents - LEAST_ABOVE_CENTS) * count >= total
