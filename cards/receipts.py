"""The card of a receipt: in plain words what was decided, by whom and when, and the file that proves it (R19, D15).

    Receipt 7
    [Approved]
    Anna de Vries approved 2:00 of extra work on ticket 1001: at most € 170.00 excl. VAT in office hours.
    Decided       Tuesday 24 November 2026 13:05, with a click in Teams
    ...
    Fingerprint   a1b2c3d4 e5f60718 ...
    [Download receipt 7]  [Back to the estimate]

Everything here is read from the receipt itself, which never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.clicks.estimates import ShowEstimate
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Card,
    ContainerStyle,
    Element,
    FontSize,
    action_row,
    badge,
    card,
    execute,
    facts,
    heading,
    open_url,
    section,
    text,
    wrote,
)
from cards.formats import duration, long_date_time, money, rate
from cards.labels import band_label
from cards.language import Texts, message, texts_for
from contract.estimates import Estimate, Instrument
from contract.people import Language
from contract.rate_bands import RateBand
from contract.receipts import Decision, Receipt, ReceiptKind

_GROUP = 8
_WHAT_LIMIT = 3000
_REASON_LIMIT = 1000

_BADGES = {
    ReceiptKind.APPROVED: (message("Approved"), ContainerStyle.GOOD),
    ReceiptKind.DECLINED: (message("Declined"), ContainerStyle.ATTENTION),
    ReceiptKind.STOPPED: (message("Work stopped"), ContainerStyle.EMPHASIS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReceipt:
    """A receipt, its fingerprint, and the address of its file while that is good."""

    receipt: Receipt
    digest: str
    url: str


def receipt_card(
    estimate: Estimate, receipts: Sequence[ShownReceipt], language: Language, *, customer: str = ""
) -> Card:
    """The receipts of what was decided on an estimate, oldest first; staff see the `customer`."""
    t = texts_for(language)
    title = t("Receipt for estimate {number}", number=estimate.number)
    said = " · ".join(_verdict(t, one.receipt.decision, language) for one in receipts)
    return card(
        heading(title),
        text(customer, subtle=True) if customer else None,
        *(_receipt(t, one, language) for one in receipts),
        text(
            t(
                "Keep the file: with it anybody can check, without us, what was decided and that nothing was changed "
                "since. The link works for 10 minutes."
            ),
            subtle=True,
        )
        if receipts
        else text(t("There is no receipt for this estimate.")),
        action_row(
            execute(t("Back to the estimate"), ShowEstimate(estimate=estimate.id)),
            execute(t("To ticket {number}", number=estimate.ticket_number), ShowTicket(ticket=estimate.ticket_number)),
        ),
        fallback_text=f"{title} · {said}" if said else title,
        language=language,
        # Its links end after some minutes: the estimate's card then comes back by itself.
        subject=f"estimate:{estimate.id}",
        is_form=True,
    )


def _receipt(t: Texts, one: ShownReceipt, language: Language) -> Element:
    receipt, decision = one.receipt, one.receipt.decision
    title, ground = _BADGES[decision.kind]
    number = receipt.sequence
    return section(
        badge(t(title), ground),
        text(_verdict(t, decision, language), bold=True, size=FontSize.MEDIUM),
        wrote(f"“{decision.reason}”", limit=_REASON_LIMIT) if decision.reason else None,
        facts(
            (t("Decided"), long_date_time(decision.decided_at, language)),
            (t("How"), _how(t, decision)),
            (t("Estimate"), _estimate(t, decision)),
            *(_price(t, decision, band, language) for band in RateBand if decision.kind is not ReceiptKind.STOPPED),
            _allowed(t, decision),
            (t("Receipt"), f"{number}"),
            (t("Fingerprint"), _grouped(one.digest)),
        ),
        section(text(t("What is to be done"), bold=True), wrote(decision.what, limit=_WHAT_LIMIT))
        if decision.kind is not ReceiptKind.STOPPED
        else None,
        action_row(open_url(t("Download receipt {number}", number=number), one.url)),
    )


def _verdict(t: Texts, decision: Decision, language: Language) -> str:
    said = {
        "name": decision.decided_by.name,
        "number": decision.ticket_number,
        "extra": duration(decision.minutes),
        "amount": money(decision.at_most.office, language),
    }
    match decision.kind:
        case ReceiptKind.APPROVED:
            return t(
                "{name} approved {extra} of extra work on ticket {number}: at most {amount} excl. VAT in office hours.",
                **said,
            )
        case ReceiptKind.DECLINED:
            return t(
                "{name} declined {extra} of extra work on ticket {number}: at most {amount} excl. VAT in office hours.",
                **said,
            )
    left = duration(decision.allowed_before_minutes - decision.allowed_after_minutes)
    return t(
        "{name} stopped further work on ticket {number}: {left} that was left is no longer spent.",
        name=decision.decided_by.name,
        number=decision.ticket_number,
        left=left,
    )


def _how(t: Texts, decision: Decision) -> str:
    if decision.recorded_by is None:
        return t("with a click in Teams")
    return t("by phone; recorded by {engineer}", engineer=decision.recorded_by.name)


def _estimate(t: Texts, decision: Decision) -> str:
    form = t("Work order") if decision.instrument is Instrument.WORK_ORDER else t("Quote")
    return f"{decision.estimate_number} · {form}"


def _price(t: Texts, decision: Decision, band: RateBand, language: Language) -> tuple[str, str]:
    amount, hourly = money(decision.at_most.of(band), language), rate(decision.rates.of(band), language)
    return band_label(t, band), t("max. {amount} ({rate})", amount=amount, rate=hourly)


def _allowed(t: Texts, decision: Decision) -> tuple[str, str]:
    """What could be spent on the ticket before the decision, and from then on."""
    before, after = duration(decision.allowed_before_minutes), duration(decision.allowed_after_minutes)
    if before == after:
        return t("May be spent"), t("{total} in all, as before", total=after)
    return t("May be spent"), t("{total} in all; before this {before}", total=after, before=before)


def _grouped(digest: str) -> str:
    """The digest in groups, to compare by eye; on a narrow screen it breaks between them."""
    return " ".join(digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP))
