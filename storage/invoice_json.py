"""The parts of an invoice that are kept as JSON: both parties as they were then, and what each line rests on.

{"subject": "Outlook", "pieces": [{"entry": 12, "start": "2026-11-23T09:00:00+00:00", "end": "...",
"estimate": "1001-1"}], "approvals": [{"estimate": "1001-1", "minutes": 240, "rates": [8500, 11000, 13000],
"by": "Anna de Vries", "at": "...", "by_phone": false}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from contract.invoices import Invoice, InvoiceLine
from contract.lines import Approval, Piece
from contract.parties import Address, Buyer, Seller
from contract.rate_bands import BandCents


def seller_json(seller: Seller) -> dict[str, Any]:
    """The provider as it is kept with the invoice."""
    return asdict(seller)


def seller_of(kept: Mapping[str, Any]) -> Seller:
    """The provider as the invoice names it."""
    return Seller(**{**kept, "address": Address(**kept["address"])})


def buyer_json(buyer: Buyer) -> dict[str, Any]:
    """The customer as it is kept with the invoice."""
    return asdict(buyer)


def buyer_of(kept: Mapping[str, Any]) -> Buyer:
    """The customer as the invoice names it."""
    return Buyer(**{**kept, "address": Address(**kept["address"])})


def details_json(line: InvoiceLine, approvals: Iterable[Approval]) -> dict[str, Any]:
    """What a line rests on: its ticket's subject, the pieces of entries, and who allowed them."""
    details: dict[str, Any] = {}
    if line.subject:
        details["subject"] = line.subject
    if line.what:
        details["what"] = line.what
    if line.charged_in is not None:
        details["charged_in"] = list(line.charged_in)
    if line.pieces:
        details["pieces"] = [_piece_json(piece) for piece in line.pieces]
    if allowed := [_approval_json(one) for one in approvals if one.estimate in _estimates([line])]:
        details["approvals"] = allowed
    return details


def pieces_of(details: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The pieces of entries that a line rests on."""
    return tuple(
        Piece(
            kept["entry"],
            datetime.fromisoformat(kept["start"]),
            datetime.fromisoformat(kept["end"]),
            kept.get("estimate"),
        )
        for kept in details.get("pieces", ())
    )


def approvals_of(lines: Iterable[Mapping[str, Any]]) -> tuple[Approval, ...]:
    """The decisions behind these lines, each once."""
    found = [_approval_of(kept) for details in lines for kept in details.get("approvals", ())]
    return _in_order({one.estimate: one for one in found}.values())


def used_approvals(invoice: Invoice) -> tuple[Approval, ...]:
    """Those of an invoice's approvals that allowed any of its minutes."""
    used = _estimates(invoice.lines)
    return _in_order(one for one in invoice.approvals if one.estimate in used)


def _in_order(approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    return tuple(sorted(approvals, key=lambda one: (one.decided_at, one.estimate)))


def _estimates(lines: Iterable[InvoiceLine]) -> set[str]:
    return {piece.estimate for line in lines for piece in line.pieces if piece.estimate is not None}


def _piece_json(piece: Piece) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "entry": piece.entry_id,
        "start": piece.start.isoformat(),
        "end": piece.end.isoformat(),
    }
    return kept if piece.estimate is None else {**kept, "estimate": piece.estimate}


def _approval_json(approval: Approval) -> dict[str, Any]:
    rates = approval.rates
    return {
        "estimate": approval.estimate,
        "minutes": approval.minutes,
        "rates": [rates.office, rates.after_hours, rates.weekend_holiday],
        "by": approval.decided_by,
        "at": approval.decided_at.isoformat(),
        "by_phone": approval.is_by_phone,
    }


def _approval_of(kept: Mapping[str, Any]) -> Approval:
    return Approval(
        estimate=kept["estimate"],
        minutes=kept["minutes"],
        rates=BandCents(*kept["rates"]),
        decided_by=kept["by"],
        decided_at=datetime.fromisoformat(kept["at"]),
        is_by_phone=kept["by_phone"],
    )
