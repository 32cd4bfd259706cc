"""Chains of receipts for tests: decisions of every kind, sealed one behind the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from contract.people import Customer, Language
from contract.receipts import NOTHING_BEFORE, Decision, Identity, ReceiptKind, SealedReceipt, decision_on
from documents.receipts import signer_of
from tests.contract.builders import MONDAY, estimate
from tests.receipt_keys import TEST_KEY

ANNA = Identity("tenant-a", "object-1", "Anna de Vries")
EVA = Identity("tenant-p", "object-9", "Eva “de” Wit\u2028")
"""A name with quotation marks and a line separator, which JSON does not escape."""


def decision(number: int = 1) -> Decision:
    """A decision that differs from those with other numbers: approved, declined by phone, stopped, in turn."""
    kind = list(ReceiptKind)[number % 3]
    offer = replace(
        estimate(240, revision=number), what='Move the \\ "mailbox"\n\tof 2 pc\'s', decline_reason="Te duur"
    )
    return decision_on(
        offer,
        kind,
        provider="Oxineo",
        customer=Customer(7, "Bakkerij Brood & Zo", "tenant-a"),
        allowed_minutes=(120, 360 if kind is ReceiptKind.APPROVED else 120),
        decided_by=ANNA,
        recorded_by=EVA if kind is ReceiptKind.DECLINED else None,
        decided_at=MONDAY + timedelta(minutes=number, microseconds=number),
        activity_id=f"f:{number}",
        conversation_id="a:1",
        shown_digest=None if kind is ReceiptKind.STOPPED else "ab" * 32,
        shown_language=None if kind is ReceiptKind.STOPPED else Language.NL,
    )


def sealed_chain(length: int, *keys: str, other: int = 0) -> list[SealedReceipt]:
    """So many receipts, signed with the keys in turn (the last one goes on); with `other` they are other decisions."""
    made: list[SealedReceipt] = []
    previous = NOTHING_BEFORE
    for sequence in range(1, length + 1):
        key = (keys or (TEST_KEY,))[min(sequence, len(keys or (TEST_KEY,))) - 1]
        sealed = signer_of(key.encode()).seal(decision(sequence + other), sequence, previous)
        made.append(sealed)
        previous = sealed.digest
    return made
