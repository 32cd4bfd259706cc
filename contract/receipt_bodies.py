"""The one way to write a receipt, and its fingerprint (R19, D13, D15).

The body is canonical JSON: keys sorted, UTF-8, no spaces outside texts, nothing but objects, texts, whole numbers and
null, in texts only quotation marks, backslashes and control characters escaped (which is RFC 8785 for such values). So
a body can be written in one way only, and its digest is the SHA-256 of its bytes, in hexadecimal. What is signed are
the same bytes (documents/receipts.py).

    {"allowed_minutes":{"after":360,"before":120}, ..., "via":"click"}    read and written again: the same bytes
    {"via":"click", ..., "allowed_minutes":{"before":120,"after":360}}    another order: refused

Instants are ISO 8601, money is whole cents without VAT, time is whole minutes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contract.estimates import DecidedVia, Instrument
from contract.people import Language
from contract.rate_bands import BandCents
from contract.receipts import Decision, Identity, Receipt, ReceiptKind

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "fourstar-receipt-1"


class UnreadableBody(ValueError):
    """A body that is not in canonical form. No refusal: nobody asked for anything that is not allowed."""


class UnreadableReceipt(UnreadableBody):
    """A body that is no receipt in canonical form."""


def digest_of(body: str) -> str:
    """Return the fingerprint of a body: the SHA-256 of its UTF-8, in hexadecimal."""
    return hashlib.sha256(body.encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return the one way to write a JSON value: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write(receipt: Receipt) -> str:
    """Return the body of a receipt, in canonical form."""
    made = receipt.decision
    return canonical(
        {
            "format": FORMAT,
            "sequence": receipt.sequence,
            "previous": receipt.previous,
            "key": receipt.key,
            "decision": made.kind.value,
            "provider": made.provider,
            "customer": {"id": made.customer_id, "name": made.customer_name},
            "ticket": made.ticket_number,
            "estimate": {
                "number": made.estimate_number,
                "revision": made.revision,
                "instrument": made.instrument.value,
                "minutes": made.minutes,
                "what": made.what,
                "rates_cents": asdict(made.rates),
                "at_most_cents": asdict(made.at_most),
                "valid_until": made.valid_until.isoformat(),
            },
            "allowed_minutes": {"before": made.allowed_before_minutes, "after": made.allowed_after_minutes},
            "shown": {"sha256": made.shown_digest, "language": made.shown_language},
            "reason": made.reason,
            "decided_by": asdict(made.decided_by),
            "via": made.via.value,
            "recorded_by": asdict(made.recorded_by) if made.recorded_by else None,
            "decided_at": {"utc": made.decided_at.isoformat(), "local": made.decided_at_local},
            "source": {"activity": made.activity_id, "conversation": made.conversation_id},
        }
    )


def read(body: str) -> Receipt:
    """Return what a body says. Raises UnreadableReceipt for anything but a receipt in canonical form."""
    try:
        receipt = _receipt(json.loads(body))
        # A key too many or twice, a space, another order, an escape that is not needed: it would be written otherwise.
        is_canonical = write(receipt).encode() == body.encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableReceipt from error
    if not is_canonical or receipt.sequence < 1:
        raise UnreadableReceipt
    return receipt


def _receipt(said: Mapping[str, Any]) -> Receipt:
    offer, allowed, shown, recorded_by = (
        said[name] for name in ("estimate", "allowed_minutes", "shown", "recorded_by")
    )
    decision = Decision(
        kind=ReceiptKind(said["decision"]),
        provider=as_text(said["provider"]),
        customer_id=as_whole(said["customer"]["id"]),
        customer_name=as_text(said["customer"]["name"]),
        ticket_number=as_whole(said["ticket"]),
        revision=as_whole(offer["revision"]),
        instrument=Instrument(offer["instrument"]),
        minutes=as_whole(offer["minutes"]),
        what=as_text(offer["what"]),
        rates=_bands(offer["rates_cents"]),
        at_most=_bands(offer["at_most_cents"]),
        valid_until=as_instant(offer["valid_until"]),
        allowed_before_minutes=as_whole(allowed["before"]),
        allowed_after_minutes=as_whole(allowed["after"]),
        shown_digest=as_text_or_none(shown["sha256"]),
        shown_language=None if shown["language"] is None else Language(shown["language"]),
        reason=as_text_or_none(said["reason"]),
        decided_by=as_identity(said["decided_by"]),
        via=DecidedVia(said["via"]),
        recorded_by=None if recorded_by is None else as_identity(recorded_by),
        decided_at=as_instant(said["decided_at"]["utc"]),
        decided_at_local=as_text(said["decided_at"]["local"]),
        activity_id=as_text(said["source"]["activity"]),
        conversation_id=as_text(said["source"]["conversation"]),
    )
    return Receipt(as_whole(said["sequence"]), as_text(said["previous"]), as_text(said["key"]), decision)


def _bands(said: Mapping[str, Any]) -> BandCents:
    return BandCents(as_whole(said["office"]), as_whole(said["after_hours"]), as_whole(said["weekend_holiday"]))


def as_identity(said: Mapping[str, Any]) -> Identity:
    """Return who is named; raises KeyError and TypeError for anything else, as all of these do."""
    return Identity(as_text(said["tenant_id"]), as_text(said["object_id"]), as_text(said["name"]))


def as_whole(value: Any) -> int:
    """Return a whole number: neither true nor false, nor one with a point."""
    if type(value) is not int:
        raise TypeError(value)
    return value


def as_text(value: Any) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def as_instant(value: Any) -> datetime:
    """Return an instant; raises ValueError without a time zone."""
    instant = datetime.fromisoformat(as_text(value))
    if instant.tzinfo is None:
        raise ValueError(value)
    return instant


def as_text_or_none(value: Any) -> str | None:
    """Return a text, or None for null."""
    return None if value is None else as_text(value)
