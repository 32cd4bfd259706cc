"""What an estimate offers: its price in each band and the terms under which it is decided (R18, R19, D13, D14).

Everything here follows from the offer itself, which is frozen; nothing depends on the clock or on today's price list.
"""

from __future__ import annotations

from datetime import timedelta

from cards.components import Element, facts, section, text
from cards.formats import duration, long_date, money, rate
from cards.labels import band_label
from cards.language import Texts
from contract.estimates import Estimate, Instrument, at_most_cents
from contract.people import Language
from contract.rate_bands import RateBand


def estimate_headline(t: Texts, estimate: Estimate, language: Language) -> str:
    """What it costs at most, as it stands on top of the card: at the office rate (D13)."""
    return t(
        "At most {amount} excl. VAT ({time} hours, {band})",
        amount=money(at_most_cents(estimate), language),
        time=duration(estimate.minutes),
        band=band_label(t, RateBand.OFFICE),
    )


def band_prices(t: Texts, estimate: Estimate, language: Language) -> Element:
    """What it costs at most in each band, at the rates that were offered (D13)."""

    def row(band: RateBand) -> tuple[str, str]:
        amount = money(at_most_cents(estimate, band), language)
        return band_label(t, band), t(
            "max. {amount} ({rate})", amount=amount, rate=rate(estimate.rates.of(band), language)
        )

    return facts(*map(row, RateBand))


def offer_terms(t: Texts, estimate: Estimate, granted_minutes: int, offered_by: str, language: Language) -> Element:
    """What the reader agrees to by approving, and what happens otherwise."""
    last_day = estimate.valid_until - timedelta(minutes=1)
    total = t(
        "{extra} on top of {granted}: after that {total} in all may be spent without asking again",
        extra=duration(estimate.minutes),
        granted=duration(granted_minutes),
        total=duration(granted_minutes + estimate.minutes),
    )
    declined = t(
        "work stops at {granted}; the ticket stays open and we discuss how to go on", granted=duration(granted_minutes)
    )
    return section(
        facts(
            (t("Offered"), t("{day} by {name}", day=long_date(estimate.created_at, language), name=offered_by)),
            (t("New total"), total),
            (t("Billed"), t("only the time that is really worked, never more than the amounts above")),
            _instrument(t, estimate),
            (t("Valid until"), t("the end of {day}", day=long_date(last_day, language))),
            (t("If you decline"), declined),
        ),
        text(t("Either contact can decide; the first decision counts."), subtle=True),
    )


def _instrument(t: Texts, estimate: Estimate) -> tuple[str, str]:
    """Work order or quote, in words that say what it means for the reader (R19, D14)."""
    if estimate.instrument is Instrument.WORK_ORDER:
        return t("Work order"), t("by approving you order this work; nothing has to be signed")
    if estimate.approved_before_minutes:
        return t("Quote"), t(
            "with what was approved before this is more than 8 hours of extra work, so it is a formal offer: by "
            "approving you accept it as it stands here"
        )
    return t("Quote"), t(
        "this is more than 8 hours of extra work, so it is a formal offer: by approving you accept it as it stands here"
    )
