"""A receipt for each decision on an estimate, chained so that nothing can be changed unseen (R19, D13, D15).

Whatever is approved or declined, by a click or by phone, and each stop of further work, yields one receipt. Its body
says what was decided, about which offer at which price, the digest of what was shown, who decided, when and from which
message. Receipts are numbered 1, 2, 3 ... over all customers, and each carries the digest of the one before.

How a body is written, and what its digest is, says contract/receipt_bodies.py; whether a chain is whole, and what is
wrong with it, contract/receipt_chain.py. A body never changes, also where a name in it is erased elsewhere.

    {..., "previous":"0000...", "sequence":1}  -> digest  a1...
    {..., "previous":"a1...",   "sequence":2}  -> digest  b2...
    {..., "previous":"b2...",   "sequence":3}  -> digest  c3...

    An edited body 2 has another digest than b2. Where b2 is made to fit, receipt 3 names another one before it; where
    that is made to fit as well, so must every receipt after it, and whoever has any later one sees that it differs.
    A removed 2 is a gap, a swapped one stands out of order, and a cut-off 3 is missed by a receipt 4, or by whoever
    knows that 3 was the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.estimates import DecidedVia, at_most_cents
from contract.local_time import local
from contract.rate_bands import BandCents, RateBand

if TYPE_CHECKING:
    from datetime import datetime

    from contract.estimates import Estimate, Instrument
    from contract.people import Customer, Language, Person

NOTHING_BEFORE = "0" * 64
"""What the first receipt names as the digest of the one before."""


class ReceiptKind(StrEnum):
    """What was decided (D13)."""

    APPROVED = "approved"
    DECLINED = "declined"
    STOPPED = "stopped"
    """A contact stopped further work after an approval."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: tenant and object id of an authenticated activity, and the name then (D15)."""

    tenant_id: str
    object_id: str
    name: str


def identity_of(person: Person) -> Identity:
    """Return who a person is, as they are called now (D15)."""
    return Identity(person.tenant_id, person.object_id, person.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything a receipt says but its place in the chain (R19, D13, D15)."""

    kind: ReceiptKind
    provider: str
    customer_id: int
    customer_name: str
    ticket_number: int
    revision: int
    instrument: Instrument
    minutes: int
    """The extra minutes of the estimate."""
    what: str
    rates: BandCents
    at_most: BandCents
    valid_until: datetime
    allowed_before_minutes: int
    """What could be spent on the ticket in all before the decision, and after it."""
    allowed_after_minutes: int
    shown_digest: str | None
    """The SHA-256 of what the one who decided saw; a stop is of no offer, so nothing is kept of its card."""
    shown_language: Language | None
    reason: str | None
    decided_by: Identity
    via: DecidedVia
    recorded_by: Identity | None
    """Who wrote down what was decided by phone."""
    decided_at: datetime
    decided_at_local: str
    """The same on Amsterdam's clock, as it was written then (D1)."""
    activity_id: str
    conversation_id: str

    @property
    def estimate_number(self) -> str:
        """The document's number: ticket and revision, such as `1001-2` (R19)."""
        return f"{self.ticket_number}-{self.revision}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A decision at its place in the chain; `key` is the fingerprint of the key that signs it."""

    sequence: int
    previous: str
    key: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class SealedReceipt:
    """A receipt as it is kept and handed over: its body, the digest, the signature and the public key (base64).

    `place` is the sequence under which a database keeps it.
    """

    body: str
    digest: str
    signature: str
    public_key: str
    place: int | None = None


def decision_on(
    estimate: Estimate,
    kind: ReceiptKind,
    *,
    provider: str,
    customer: Customer,
    allowed_minutes: tuple[int, int],
    decided_by: Identity,
    decided_at: datetime,
    activity_id: str,
    conversation_id: str,
    recorded_by: Identity | None = None,
    shown_digest: str | None = None,
    shown_language: Language | None = None,
) -> Decision:
    """Return what is to be receipted of a decision on `estimate`, which is the decided one (R19, D13, D15).

    `allowed_minutes` are those of the ticket before and after. With `recorded_by` it was decided by phone.
    """
    return Decision(
        kind=kind,
        provider=provider,
        customer_id=customer.id,
        customer_name=customer.name,
        ticket_number=estimate.ticket_number,
        revision=estimate.revision,
        instrument=estimate.instrument,
        minutes=estimate.minutes,
        what=estimate.what,
        rates=BandCents(estimate.rates.office, estimate.rates.after_hours, estimate.rates.weekend_holiday),
        at_most=BandCents(*(at_most_cents(estimate, band) for band in RateBand)),
        valid_until=estimate.valid_until,
        allowed_before_minutes=allowed_minutes[0],
        allowed_after_minutes=allowed_minutes[1],
        shown_digest=shown_digest,
        shown_language=shown_language,
        reason=estimate.decline_reason if kind is ReceiptKind.DECLINED else None,
        decided_by=decided_by,
        via=DecidedVia.CLICK if recorded_by is None else DecidedVia.PHONE,
        recorded_by=recorded_by,
        decided_at=decided_at,
        decided_at_local=local(decided_at).isoformat(),
        activity_id=activity_id,
        conversation_id=conversation_id,
    )
