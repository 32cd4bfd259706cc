"""Receipts of decisions: kept with the decision, shown to both sides, handed over as a file (R19, D13, D15).

A receipt is the last thing a decision writes, in the same transaction: from then on the next receipt waits. It goes to
nobody by itself. The decided estimate's card, which everybody concerned has, leads to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot.links import Download, Purpose, link_url
from bot.tickets import check_visible
from bot.turn import Answer, Policy, Turn
from cards.clicks.estimates import ShowReceipt
from cards.components import Card
from cards.receipts import ShownReceipt, receipt_card
from contract.estimates import Estimate
from contract.people import Customer, Language, Person
from contract.receipt_bodies import read
from contract.receipts import ReceiptKind, SealedReceipt, decision_on, identity_of
from documents.receipts import receipt_file, receipt_name, signer_of
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.estimates import load_estimate
from storage.people import Standing
from storage.receipts import append_receipt, load_receipt, receipts_of_estimate
from storage.tickets import load_ticket


def keep_receipt(
    turn: Turn,
    estimate: Estimate,
    kind: ReceiptKind,
    allowed_minutes: tuple[int, int],
    customer: Customer | None = None,
    *,
    by: Person | None = None,
    shown: tuple[str, Language] | None = None,
) -> None:
    """Keep the receipt of what a contact just decided on `estimate`: two statements.

    `by` is the contact where that is not the caller, who then records it; `customer` theirs. `allowed_minutes` are
    those of the ticket before and after; `shown` is the digest of the card, and its language.
    """
    by, customer = by or turn.person, customer or turn.caller.customer
    if customer is None:
        raise NotFound("customer", estimate.ticket_number)
    decision = decision_on(
        estimate,
        kind,
        provider=turn.policy.provider.name,
        customer=customer,
        allowed_minutes=allowed_minutes,
        decided_by=identity_of(by),
        recorded_by=None if by.id == turn.person.id else identity_of(turn.person),
        decided_at=turn.now,
        activity_id=turn.source.activity_id,
        conversation_id=turn.source.conversation_id,
        shown_digest=shown[0] if shown else None,
        shown_language=shown[1] if shown else None,
    )
    append_receipt(
        turn.session,
        partial(signer_of(turn.policy.receipt_key).seal, decision),
        customer_id=customer.id,
        ticket_number=estimate.ticket_number,
        estimate_id=estimate.id,
        now=turn.now,
    )


def show_receipt(turn: Turn, click: ShowReceipt) -> Answer:
    """Show the receipts of an estimate's decision in the place of its card, which comes back by itself."""
    return receipt_view(turn.session, turn.caller, {"receipt": click.estimate}, turn.now, turn.policy)


def receipt_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The receipts of the estimate with this id. Raises NotFound where the reader may not see it."""
    estimate = load_estimate(session, args["receipt"])
    ticket = check_visible(load_ticket(session, estimate.ticket_number), reader)
    return receipt_card(
        estimate,
        [_shown(sealed, reader, now, policy) for sealed in receipts_of_estimate(session, estimate.id)],
        reader.person.language,
        customer=load_customer(session, ticket.customer_id).name if reader.role.is_staff else "",
    )


def _shown(sealed: SealedReceipt, reader: Standing, now: datetime, policy: Policy) -> ShownReceipt:
    receipt = read(sealed.body)
    url = link_url(policy, Purpose.RECEIPT, receipt.sequence, reader.person, now)
    return ShownReceipt(receipt=receipt, digest=sealed.digest, url=url)


def receipt_download(session: Session, reader: Standing, sequence: int) -> Download:
    """The file of one receipt. Raises NotFound where the reader may not have it."""
    sealed, ticket_number = load_receipt(session, sequence)
    check_visible(load_ticket(session, ticket_number), reader)
    return Download(receipt_name(read(sealed.body)), "application/json", receipt_file(sealed))
