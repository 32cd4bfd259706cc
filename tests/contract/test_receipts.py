"""What a receipt says of a decision (R19, D13, D15)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.estimates import DecidedVia, Instrument
from contract.people import Customer, Language
from contract.rate_bands import BandCents, RateBand
from contract.receipts import Decision, ReceiptKind, decision_on
from tests.contract.builders import at, estimate
from tests.receipt_chains import ANNA, EVA, sealed_chain


def decided(kind: ReceiptKind, *, by_phone: bool = False, reason: str | None = None) -> Decision:
    """A decision on 240 extra minutes, on the day the clock goes back."""
    return decision_on(
        replace(estimate(240), decline_reason=reason),
        kind,
        provider="Oxineo",
        customer=Customer(7, "Bakkerij Brood & Zo", "tenant-a"),
        allowed_minutes=(120, 360),
        decided_by=ANNA,
        recorded_by=EVA if by_phone else None,
        decided_at=at("2026-10-25T00:30:00Z"),
        activity_id="f:1",
        conversation_id="a:1",
        shown_digest="ab" * 32,
        shown_language=Language.EN,
    )


def test_worked_example() -> None:
    """The first receipt names nothing before it, each further one the digest of the one before."""
    first, second, third = sealed_chain(3)
    assert '"previous":"' + "0" * 64 + '","provider":"Oxineo"' in first.body
    assert '"sequence":1,' in first.body
    assert f'"previous":"{first.digest}"' in second.body
    assert f'"previous":"{second.digest}"' in third.body


def test_a_receipt_says_what_was_offered_at_which_price() -> None:
    """The offer stands in the receipt as it was shown: minutes, work, rates, the most it costs, until when (D13)."""
    made = decided(ReceiptKind.APPROVED)
    assert (made.estimate_number, made.minutes, made.what) == ("1001-1", 240, "Move the mailbox")
    assert made.rates == BandCents(8500, 11000, 13000)
    assert [made.at_most.of(band) for band in RateBand] == [34000, 44000, 52000]
    assert made.instrument is Instrument.WORK_ORDER
    assert made.valid_until == estimate(240).valid_until
    assert (made.shown_digest, made.shown_language) == ("ab" * 32, Language.EN)


def test_when_is_said_on_both_clocks() -> None:
    """The local time carries its offset, so that an hour that comes twice is still one instant (D1)."""
    made = decided(ReceiptKind.APPROVED)
    assert made.decided_at.isoformat() == "2026-10-25T00:30:00+00:00"
    assert made.decided_at_local == "2026-10-25T02:30:00+02:00"


@pytest.mark.parametrize("by_phone", [False, True])
def test_a_decision_by_phone_names_who_recorded_it(by_phone: bool) -> None:
    """Who decided is the contact in either case; by phone it is marked, with who wrote it down (D15)."""
    made = decided(ReceiptKind.DECLINED, by_phone=by_phone)
    assert made.decided_by == ANNA
    assert made.via is (DecidedVia.PHONE if by_phone else DecidedVia.CLICK)
    assert made.recorded_by == (EVA if by_phone else None)


@pytest.mark.parametrize("kind", ReceiptKind)
def test_only_a_declined_one_has_a_reason(kind: ReceiptKind) -> None:
    """A reason is of a declined estimate; it is not carried into the receipt of anything else."""
    assert decided(kind, reason="Te duur").reason == ("Te duur" if kind is ReceiptKind.DECLINED else None)
