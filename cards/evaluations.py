"""The evaluation of a contract's year as both sides see it: tickets, pick-ups, time, permission, spend (R30)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cards.clicks.contracts import ShowContract
from cards.clicks.people import ShowCustomer
from cards.components import Card, Element, FontSize, action_row, card, execute, facts, heading, section, text, wrote
from cards.contract_terms import term_text
from cards.formats import calendar_date, duration, money, month
from cards.labels import outcome_label
from cards.language import Texts, texts_for
from contract.contracts import Contract
from contract.evaluation import Decided, Evaluation
from contract.people import Language
from contract.rate_bands import RateBand


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSheet:
    """A contract and its year in numbers."""

    contract: Contract
    customer_name: str
    evaluation: Evaluation
    is_staff: bool


def evaluation_card(sheet: EvaluationSheet, language: Language) -> Card:
    """The year in numbers, the same for both sides."""
    t, found = texts_for(language), sheet.evaluation
    title = t("Contract {number} in numbers", number=sheet.contract.number)
    term = term_text(t, found.term.starts_on, found.term.ends_on, language)
    is_over = found.through >= found.term.ends_on
    so_far = "" if is_over else t("Counted through {day}.", day=calendar_date(found.through, language))
    tickets = t.plural("{n} ticket", "{n} tickets", found.tickets)
    return card(
        heading(title),
        wrote(f"{sheet.customer_name} · {term}", subtle=True),
        text(so_far, subtle=True) if so_far else None,
        _tickets(t, found),
        _time(t, found),
        _spend(t, found, language),
        action_row(
            execute(t("Customer"), ShowCustomer(customer=sheet.contract.customer_id))
            if sheet.is_staff
            else execute(t("My contract"), ShowContract())
        ),
        fallback_text=f"{title}: {tickets}, {duration(found.billable_minutes)}, {money(found.total_cents, language)}.",
        language=language,
        subject=f"evaluation:{sheet.contract.id}",
        summary=title,
    )


def _tickets(t: Texts, found: Evaluation) -> Element:
    picked, measured = found.pick_ups, found.pick_ups.in_time + found.pick_ups.late
    return section(
        heading(t("Tickets"), size=FontSize.MEDIUM),
        facts(
            (t("Opened"), str(found.tickets)),
            *((outcome_label(t, outcome), str(count)) for outcome, count in sorted(found.outcomes.items())),
            (t("Still open"), str(found.open_tickets)) if found.open_tickets else None,
            (t("Picked up in time"), t("{n} of {all}", n=picked.in_time, all=measured)) if measured else None,
            (t("Picked up late"), str(picked.late)) if picked.late else None,
            (t("Not picked up yet"), str(picked.waiting)) if picked.waiting else None,
        ),
    )


def _time(t: Texts, found: Evaluation) -> Element:
    bands = {
        RateBand.OFFICE: t("Office hours"),
        RateBand.AFTER_HOURS: t("Evening and night"),
        RateBand.WEEKEND_HOLIDAY: t("Weekend and holidays"),
    }
    return section(
        heading(t("Time"), size=FontSize.MEDIUM),
        facts(
            *((bands[band], duration(minutes)) for band, minutes in found.minutes.items() if minutes),
            (t("Together"), duration(found.billable_minutes)),
            (t("On average a month"), duration(found.average_minutes)),
            (t("Charged as a minimum"), duration(found.minimum_minutes)) if found.minimum_minutes else None,
            (t("Not charged"), duration(found.unbilled_minutes)) if found.unbilled_minutes else None,
            (t("Beyond two hours a ticket"), duration(found.beyond_minutes)),
            (t("Estimates approved"), _decided(found.approved)),
            (t("Estimates declined"), _decided(found.declined)),
        ),
    )


def _decided(decided: Decided) -> str:
    return f"{decided.count} ({duration(decided.minutes)})" if decided.count else "0"


def _spend(t: Texts, found: Evaluation, language: Language) -> Element:
    months = [
        (month(date(*one, 1), language), money(cents, language)) for one, cents in sorted(found.spend_cents.items())
    ]
    return section(
        heading(t("Invoiced, excl. VAT"), size=FontSize.MEDIUM),
        facts(*months, (t("Together"), money(found.total_cents, language))) if months else text(t("Nothing yet.")),
    )
