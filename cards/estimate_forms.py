"""The forms of the staff about estimates: asking for approval, and a decision that came by phone (R18, D14, D15)."""

from __future__ import annotations

from dataclasses import dataclass

from cards.clicks.estimates import RecordDecision, SendEstimate
from cards.clicks.tickets import ShowTicket
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    action_row,
    card,
    choice_input,
    clip,
    execute,
    facts,
    heading,
    number_input,
    panel,
    text,
    text_input,
    wrote,
)
from cards.estimate_terms import estimate_headline
from cards.formats import duration, rate
from cards.labels import band_label
from cards.language import texts_for
from contract.allowance import Allowance
from contract.estimates import MOST_MINUTES, WORK_ORDER_MINUTES, Estimate
from contract.people import Language, Person
from contract.prices import PriceList
from contract.rate_bands import RateBand
from contract.tickets import Ticket

_WHAT_LENGTH = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSheet:
    """What the form for an estimate shows, and what was typed into it so far."""

    form_id: str
    ticket: Ticket
    customer_name: str
    contacts: tuple[Person, ...]
    allowance: Allowance
    prices: PriceList
    open_estimate: Estimate | None = None
    """The one that a new estimate takes the place of."""
    minutes: int | None = None
    what: str = ""


def offer_card(sheet: OfferSheet, language: Language, *, notice: str = "") -> Card:
    """The form for an estimate. `notice` says why it could not be sent as it was."""
    t = texts_for(language)
    ticket, allowance = sheet.ticket, sheet.allowance
    title = t("Estimate for ticket {number}", number=ticket.number)
    left = WORK_ORDER_MINUTES - ticket.approved_minutes
    spent = t(
        "{logged} of {granted} are used",
        logged=duration(allowance.logged_minutes),
        granted=duration(allowance.granted_minutes),
    )
    form = t("a work order up to {left} extra, a quote above it", left=duration(left)) if left > 0 else t("a quote")
    contacts = ", ".join(f"{person.name} ({person.language.value.upper()})" for person in sheet.contacts)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text(sheet.customer_name, subtle=True),
        wrote(ticket.subject, bold=True),
        facts(
            (t("Spent"), spent),
            (t("Goes to"), contacts or t("nobody: this customer has no contacts")),
            (t("Form"), form),
            *((band_label(t, band), rate(sheet.prices.rate_cents(band), language)) for band in RateBand),
        ),
        text(
            t(
                "Estimate {number} ({time}) still waits for a decision. This one takes its place.",
                number=sheet.open_estimate.number,
                time=duration(sheet.open_estimate.minutes),
            )
        )
        if sheet.open_estimate
        else None,
        number_input(
            "minutes",
            t("Extra minutes, on top of what may be spent now (120 = 2 hours)"),
            value=sheet.minutes,
            least=1,
            most=MOST_MINUTES,
            required=True,
            error=t("Fill in how many minutes you ask for."),
        ),
        text_input(
            "what",
            t("What is to be done? (the customer reads this: {languages})", languages=_languages(sheet.contacts)),
            value=clip(sheet.what, _WHAT_LENGTH),
            multiline=True,
            required=True,
            max_length=_WHAT_LENGTH,
            error=t("Describe what you want to do."),
        ),
        action_row(
            execute(
                t("Send estimate"),
                SendEstimate(form_id=sheet.form_id, ticket=ticket.number),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowTicket(ticket=ticket.number)),
        ),
        fallback_text=f"{title}: {clip(ticket.subject, 80)}",
        language=language,
        subject=f"ticket:{ticket.number}",
        is_form=True,
    )


def _languages(contacts: tuple[Person, ...]) -> str:
    return ", ".join(sorted({person.language.value.upper() for person in contacts})) or "NL"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSheet:
    """What the form for a decision by phone shows, and what was chosen in it so far."""

    form_id: str
    estimate: Estimate
    subject: str
    customer_name: str
    contacts: tuple[Person, ...]
    contact_id: int | None = None
    verdict: str = ""
    reason: str = ""


def phone_decision_card(sheet: PhoneSheet, language: Language, *, notice: str = "") -> Card:
    """The form for a decision by phone: on whose word, and what was decided (D15)."""
    t = texts_for(language)
    estimate = sheet.estimate
    title = t("Decision by phone on estimate {number}", number=estimate.number)
    chosen = sheet.contact_id or (sheet.contacts[0].id if len(sheet.contacts) == 1 else None)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text(sheet.customer_name, subtle=True),
        wrote(t("Ticket {number}: {subject}", number=estimate.ticket_number, subject=clip(sheet.subject, 200))),
        text(estimate_headline(t, estimate, language), bold=True),
        wrote(estimate.what, limit=1500),
        choice_input(
            "contact",
            t("Who decided?"),
            {str(person.id): person.name for person in sheet.contacts},
            value=str(chosen) if chosen else "",
            expanded=True,
            required=True,
            error=t("Choose the contact you spoke to."),
        ),
        choice_input(
            "verdict",
            t("What was decided?"),
            {"approved": t("Approved, as it stands here"), "declined": t("Declined")},
            value=sheet.verdict,
            expanded=True,
            required=True,
            error=t("Choose what was decided."),
        ),
        text_input("reason", t("Reason for declining (optional)"), value=sheet.reason, multiline=True, max_length=1000),
        text(t("Both contacts are told that you recorded this, and on whose word."), subtle=True),
        action_row(
            execute(
                t("Record decision"),
                RecordDecision(form_id=sheet.form_id, estimate=estimate.id, revision=estimate.revision),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowTicket(ticket=estimate.ticket_number)),
        ),
        fallback_text=f"{title}: {clip(sheet.subject, 80)}",
        language=language,
        subject=f"ticket:{estimate.ticket_number}",
        is_form=True,
    )
