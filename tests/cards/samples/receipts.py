"""Samples of receipts: approved, declined by phone, stopped, and none."""

from __future__ import annotations

from dataclasses import replace

from cards.components import Card
from cards.receipts import ShownReceipt, receipt_card
from contract.people import Customer, Language
from contract.receipts import Decision, Identity, Receipt, ReceiptKind, decision_on
from tests.cards.samples import sample
from tests.cards.samples.estimates import APPROVED, DECLINED, NOW, QUOTE

ANNA = Identity("t", "o1", "Anna de Vries")
EVA = Identity("p", "o3", "Eva de Wit")
DECISION = decision_on(
    APPROVED,
    ReceiptKind.APPROVED,
    provider="Oxineo",
    customer=Customer(1, "Bakkerij Brood & Zo", "t"),
    allowed_minutes=(120, 240),
    decided_by=ANNA,
    decided_at=NOW,
    activity_id="f:1",
    conversation_id="a:1",
)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def shown(decision: Decision, sequence: int = 7) -> ShownReceipt:
    """A receipt with the address of its file."""
    receipt = Receipt(sequence, DIGEST, DIGEST, decision)
    return ShownReceipt(receipt=receipt, digest=DIGEST, url="https://bot.example.org/files/token")


@sample("receipt, contact: approved")
def _(language: Language) -> Card:
    return receipt_card(APPROVED, [shown(DECISION)], language)


@sample("receipt, staff: declined by phone, with a reason")
def _declined(language: Language) -> Card:
    decision = decision_on(
        replace(DECLINED, revision=QUOTE.revision, instrument=QUOTE.instrument, minutes=QUOTE.minutes),
        ReceiptKind.DECLINED,
        provider="Oxineo",
        customer=Customer(1, "Bakkerij Brood & Zo", "t"),
        allowed_minutes=(240, 240),
        decided_by=ANNA,
        recorded_by=EVA,
        decided_at=NOW,
        activity_id="f:1",
        conversation_id="a:1",
    )
    return receipt_card(QUOTE, [shown(decision)], language, customer="Bakkerij Brood & Zo")


@sample("receipt, contact: approved, then stopped")
def _stopped(language: Language) -> Card:
    stop = replace(DECISION, kind=ReceiptKind.STOPPED, allowed_before_minutes=240, allowed_after_minutes=130)
    return receipt_card(APPROVED, [shown(DECISION), shown(stop, 12)], language)


@sample("receipt, contact: none")
def _none(language: Language) -> Card:
    return receipt_card(APPROVED, [], language)


@sample("receipt, contact: the longest words")
def _long(language: Language) -> Card:
    words = replace(DECISION, what="Woorden met **sterren**. " * 160)
    stop = replace(words, kind=ReceiptKind.STOPPED, allowed_before_minutes=240, allowed_after_minutes=130)
    return receipt_card(APPROVED, [shown(words), shown(stop, 12)], language)
