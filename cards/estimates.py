"""The card of an estimate: what is asked, what it costs at most, and the one click that decides (R18, R19, D13-D15).

    Estimate 1001-1
    [Waiting for a decision]
    At most € 170.00 excl. VAT (2:00 hours, office hours)
    evenings and nights      at most € 220.00 (€ 110 per hour)
    weekends and holidays    at most € 260.00 (€ 130 per hour)
    ...
    [Approve € 170.00]  [Decline]  [Decline with a reason]

While it is open the card depends on nothing but what was offered, so that what a reader saw can be made again at any
time. It shows the frozen minutes and rates, never today's price list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.base import Click
from cards.clicks.estimates import (
    ApproveEstimate,
    DeclineEstimate,
    ShowEstimate,
    ShowReceipt,
    StartEstimate,
    StartPhoneDecision,
    StopWork,
    WithdrawEstimate,
)
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
    action_row,
    badge,
    card,
    clip,
    execute,
    heading,
    panel,
    section,
    show_card,
    text,
    text_input,
    wrote,
)
from cards.estimate_terms import band_prices, estimate_headline, offer_terms
from cards.formats import date_time, duration, money
from cards.labels import estimate_state_label
from cards.language import Texts, texts_for
from contract.allowance import Allowance
from contract.estimates import DecidedVia, Estimate, EstimateState, at_most_cents
from contract.people import Language

_WHAT_LIMIT = 3000
_REASON_LENGTH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateSheet:
    """Everything the card of an estimate shows. `estimate.state` is the one that holds now."""

    estimate: Estimate
    subject: str
    """The subject of its ticket."""
    customer_name: str
    created_by: str
    allowance: Allowance
    """The ticket's, as it is now."""
    decided_by: str | None = None
    recorded_by: str | None = None
    newer: Estimate | None = None
    """The one that took its place."""
    stopped_by: str | None = None
    """Who stopped further work after this estimate was approved."""
    stopped_at: datetime | None = None
    can_stop: bool = False
    """Whether the reader can stop further work now."""
    can_offer: bool = False
    """Whether the reader can send another estimate now."""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a decision."""
        return self.estimate.state is EstimateState.OPEN


def estimate_card(sheet: EstimateSheet, language: Language, *, is_staff: bool, notice: str = "") -> Card:
    """The estimate for one reader. `notice` stands on top: a reminder, or why a click did not do what it said."""
    t = texts_for(language)
    estimate = sheet.estimate
    headline = estimate_headline(t, estimate, language)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        # Below one another: beside the state the heading would break within words on a phone.
        heading(t("Estimate {number}", number=estimate.number)),
        badge(estimate_state_label(t, estimate.state), _ground(estimate.state)),
        text(sheet.customer_name, subtle=True) if is_staff else None,
        wrote(t("Ticket {number}: {subject}", number=estimate.ticket_number, subject=clip(sheet.subject, 200))),
        _outcome(t, sheet, language),
        text(headline, bold=True, size=FontSize.MEDIUM),
        band_prices(t, estimate, language),
        section(text(t("What is to be done"), bold=True), wrote(estimate.what, limit=_WHAT_LIMIT)),
        offer_terms(t, estimate, sheet.allowance.granted_minutes, sheet.created_by, language)
        if sheet.is_open
        else None,
        action_row(*_actions(t, sheet, language, is_staff=is_staff)),
        fallback_text=_fallback(t, sheet, headline),
        language=language,
        subject=f"estimate:{estimate.id}",
        summary=_summary(t, sheet, headline),
    )


def stop_work_action(t: Texts, click: StopWork) -> Action:
    """The button that unfolds the question whether work really stops, and what that means (D13)."""
    return show_card(
        t("Stop further work"),
        text(
            t(
                "Nothing is spent beyond what is logged by now, until you approve a new estimate. "
                "What was logged is still billed."
            )
        ),
        action_row(execute(t("Yes, stop further work"), click, style=ActionStyle.DESTRUCTIVE)),
    )


def estimate_panel(
    t: Texts, estimate: Estimate, decided_by: str | None, language: Language, *, can_stop: bool
) -> Element:
    """The estimate as a part of its ticket's card: one line, and the way to its own card."""
    line = t(
        "Estimate {number}: {extra} extra, at most {amount} excl. VAT · {state}",
        number=estimate.number,
        extra=duration(estimate.minutes),
        amount=money(at_most_cents(estimate), language),
        state=estimate_state_label(t, estimate.state),
    )
    if decided_by and estimate.decided_at:
        when = date_time(estimate.decided_at, language)
        by_phone = estimate.decided_via is DecidedVia.PHONE
        by = (
            t("by {name} by phone, {when}", name=decided_by, when=when)
            if by_phone
            else t("by {name}, {when}", name=decided_by, when=when)
        )
        line = f"{line} ({by})"
    return panel(
        text(line),
        action_row(
            execute(t("Show estimate"), ShowEstimate(estimate=estimate.id)),
            stop_work_action(t, StopWork(ticket=estimate.ticket_number)) if can_stop else None,
        ),
    )


def _ground(state: EstimateState) -> ContainerStyle:
    match state:
        case EstimateState.OPEN:
            return ContainerStyle.WARNING
        case EstimateState.APPROVED:
            return ContainerStyle.GOOD
        case EstimateState.DECLINED:
            return ContainerStyle.ATTENTION
    return ContainerStyle.EMPHASIS


def _outcome(t: Texts, sheet: EstimateSheet, language: Language) -> Element | None:
    """What became of it, who decided and when; nothing while it is open. Never "today": the card stays in the chat."""
    estimate = sheet.estimate
    if sheet.is_open:
        return None
    reason, now = estimate.decline_reason, _what_now(t, sheet, language)
    return panel(
        text(_verdict(t, sheet, language), bold=True),
        wrote(f"“{reason}”", limit=_REASON_LENGTH) if reason else None,
        text(now) if now else None,
        style=_ground(estimate.state),
    )


def _verdict(t: Texts, sheet: EstimateSheet, language: Language) -> str:
    estimate = sheet.estimate
    if estimate.decided_at is None:
        if estimate.state is EstimateState.SUPERSEDED and sheet.newer is not None:
            return t("Estimate {number} took its place.", number=sheet.newer.number)
        if estimate.state is EstimateState.EXPIRED:
            return t("Nobody decided in time.")
        return t("Taken back, or no longer needed.")
    approved = estimate.state is EstimateState.APPROVED
    who = {
        "name": sheet.decided_by,
        "when": date_time(estimate.decided_at, language),
        "engineer": sheet.recorded_by,
    }
    if estimate.decided_via is DecidedVia.PHONE:
        if approved:
            return t("Approved by {name} by phone, {when}; recorded by {engineer}", **who)
        return t("Declined by {name} by phone, {when}; recorded by {engineer}", **who)
    return t("Approved by {name}, {when}", **who) if approved else t("Declined by {name}, {when}", **who)


def _what_now(t: Texts, sheet: EstimateSheet, language: Language) -> str | None:
    """What follows from it. No totals: they go on changing, and this card does not follow every logged minute."""
    extra = duration(sheet.estimate.minutes)
    match sheet.estimate.state:
        case EstimateState.APPROVED if sheet.stopped_at is not None:
            when = date_time(sheet.stopped_at, language)
            return t(
                "{name} stopped further work, {when}: what was left is no longer spent.",
                name=sheet.stopped_by,
                when=when,
            )
        case EstimateState.APPROVED:
            return t("{extra} more may be spent on this ticket without asking again.", extra=extra)
        case EstimateState.DECLINED:
            return t("These {extra} are not spent. The ticket stays as it is.", extra=extra)
    return None


def _actions(t: Texts, sheet: EstimateSheet, language: Language, *, is_staff: bool) -> list[Action]:
    estimate = sheet.estimate
    number = estimate.ticket_number
    newer = (
        execute(t("Show {number}", number=sheet.newer.number), ShowEstimate(estimate=sheet.newer.id))
        if sheet.newer
        else None
    )
    to_ticket = execute(t("To ticket {number}", number=number), ShowTicket(ticket=number))
    decided = estimate.decided_at is not None
    receipt = [execute(t("Receipt"), ShowReceipt(estimate=estimate.id))] if decided else []
    if is_staff:
        offers: list[tuple[bool, str, Click]] = [
            (sheet.is_open, t("Record a decision by phone"), StartPhoneDecision(estimate=estimate.id)),
            (sheet.is_open, t("Take it back"), WithdrawEstimate(estimate=estimate.id)),
            (sheet.can_offer and sheet.newer is None, t("New estimate"), StartEstimate(ticket=number)),
        ]
        staff = [execute(title, click) for holds, title, click in offers if holds]
        return [*([newer] if newer else []), *staff, *receipt, to_ticket]
    if sheet.is_open:
        return _decisions(t, estimate, language)
    stop = StopWork(ticket=number, estimate=estimate.id)
    return [
        *([newer] if newer else []),
        *([stop_work_action(t, stop)] if sheet.can_stop else []),
        *receipt,
        to_ticket,
    ]


def _decisions(t: Texts, estimate: Estimate, language: Language) -> list[Action]:
    # A click says which revision it was on, and in which language: what was shown is kept with the decision.
    approve = ApproveEstimate(
        estimate=estimate.id, revision=estimate.revision, minutes=estimate.minutes, language=language
    )
    decline = DeclineEstimate(estimate=estimate.id, revision=estimate.revision, language=language)
    amount = money(at_most_cents(estimate), language)
    return [
        execute(t("Approve {amount}", amount=amount), approve, style=ActionStyle.POSITIVE),
        execute(t("Decline"), decline),
        show_card(
            t("Decline with a reason"),
            text_input(
                "reason",
                t("Why not? (both contacts and the engineer read this)"),
                multiline=True,
                max_length=_REASON_LENGTH,
            ),
            action_row(execute(t("Decline"), decline, associated_inputs=True)),
        ),
    ]


def _fallback(t: Texts, sheet: EstimateSheet, headline: str) -> str:
    estimate = sheet.estimate
    line = t("Estimate {number}", number=estimate.number)
    parts = [f"{line}: {clip(sheet.subject, 80)}", headline, estimate_state_label(t, estimate.state)]
    if sheet.is_open:
        parts.append(t("choose: approve or decline"))
    return " · ".join(parts)


def _summary(t: Texts, sheet: EstimateSheet, headline: str) -> str:
    if sheet.is_open:
        return t(
            "Your approval is asked for ticket {number}: {headline}",
            number=sheet.estimate.ticket_number,
            headline=headline,
        )
    return _fallback(t, sheet, headline)
