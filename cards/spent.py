"""What was spent on a ticket, in words: of the allowance, and in money (R31, R32, D12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cards.formats import duration, money
from cards.language import Texts
from contract.people import Language

if TYPE_CHECKING:
    from cards.tickets import TicketSheet


def spent_text(t: Texts, sheet: TicketSheet, language: Language) -> str:
    """How much of the allowance is used and what it costs so far (R31, R32, D12)."""
    allowance = sheet.allowance
    if sheet.ticket.is_void:
        return t("{spent}; nothing is charged", spent=duration(allowance.logged_minutes))
    amount = money(sheet.amount_cents, language)
    if allowance.logged_minutes == 0 and sheet.ticket.minimum_waived_reason is None:
        if not sheet.ticket.is_open:
            return t("no time; the 15 minutes of every ticket are charged, {amount} (excl. VAT)", amount=amount)
        return t(
            "nothing yet; {granted} may be spent without asking, at least 15 minutes are charged ({amount} excl. VAT)",
            granted=duration(allowance.granted_minutes),
            amount=amount,
        )
    return t(
        "{spent} of {granted} that may be spent without asking, billed {amount} (provisional, excl. VAT)",
        spent=duration(allowance.logged_minutes),
        granted=duration(allowance.granted_minutes),
        amount=amount,
    )
