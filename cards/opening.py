"""The form for a new ticket (R2, R12, R31, R32, D26).

Only the description is required. Before anybody submits it says when the ticket is picked up, what it costs at least
and at most without asking, and who reads it. There is no urgency: the customer cannot set one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.tickets import LONGEST_WORDS, OpenTicket, ShowTicket, ShowTickets
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    choice_input,
    clip,
    execute,
    heading,
    panel,
    section,
    text,
    text_input,
    toggle_input,
)
from cards.formats import money, rate, stamp, weekday_time
from cards.labels import product_label, state_label
from cards.language import Texts, texts_for
from contract.allowance import FREE_MINUTES
from contract.minimum import MINIMUM_MINUTES
from contract.money import amount_cents
from contract.people import Language
from contract.prices import PriceList
from contract.tickets import Product, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningSheet:
    """What the form shows before it is submitted. Instants aware UTC, prices excluding VAT."""

    form_id: str
    text: str = ""
    activity: str = ""
    follow_up_of: int | None = None
    handled_at: datetime | None
    """When office hours begin, where they are not now."""
    pickup_due_at: datetime
    prices: PriceList
    recent: tuple[Ticket, ...] = ()
    files: tuple[str, ...] = ()
    """Names of what was sent along."""
    phone: str
    now: datetime


def opening_card(sheet: OpeningSheet, language: Language, *, notice: str = "") -> Card:
    """The form, with `sheet.text` in it; `notice` stands on top where something has to be said first."""
    t = texts_for(language)
    title = t("New ticket")
    if sheet.follow_up_of is not None:
        title = t("Follow-up of ticket {number}", number=sheet.follow_up_of)
    submit = OpenTicket.model_validate(
        {
            "form_id": sheet.form_id,
            **({"activity": sheet.activity} if sheet.activity else {}),
            **({"follow_up_of": sheet.follow_up_of} if sheet.follow_up_of is not None else {}),
        }
    )
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        _recent(t, sheet),
        text_input(
            "description",
            t("What is the problem or the question?"),
            value=sheet.text,
            multiline=True,
            required=True,
            max_length=LONGEST_WORDS,
            placeholder=t("What happens, since when, what did you expect?"),
            error=t("Describe the problem in your own words."),
        ),
        text(t("Sent along: {files}", files=clip(", ".join(sheet.files), 300)), subtle=True) if sheet.files else None,
        text_input("subject", t("Subject (we propose one if you leave it empty)"), max_length=200),
        choice_input(
            "product",
            t("Affected service (optional)"),
            {product.value: product_label(t, product) for product in Product},
            placeholder=t("Choose, or leave open"),
        ),
        text_input("affected", t("Who is affected? (optional)"), max_length=500),
        text_input("reach", t("How and when can we reach you? (optional)"), max_length=500),
        _outside_hours(t, sheet, language),
        _conditions(t, sheet, language),
        action_row(
            execute(t("Submit ticket"), submit, style=ActionStyle.POSITIVE),
            execute(t("My tickets"), ShowTickets())
            if sheet.follow_up_of is None
            else execute(t("Back"), ShowTicket(ticket=sheet.follow_up_of)),
        ),
        fallback_text=f"{title}: {clip(sheet.text, 80)}" if sheet.text else title,
        language=language,
    )


def _recent(t: Texts, sheet: OpeningSheet) -> Element | None:
    if not sheet.recent:
        return None
    lines = [
        text(f"{ticket.number} · {clip(ticket.subject, 70)} · {state_label(t, ticket.state)}", subtle=True)
        for ticket in sheet.recent
    ]
    return panel(
        text(t("Already reported by your organisation:"), bold=True),
        *lines,
        action_row(
            *(
                execute(t("Open {number}", number=ticket.number), ShowTicket(ticket=ticket.number))
                for ticket in sheet.recent[:3]
            )
        ),
    )


def _outside_hours(t: Texts, sheet: OpeningSheet, language: Language) -> Element | None:
    """Offered only when office hours are not now. A permission kept as evidence (D26), not an urgency."""
    if sheet.handled_at is None:
        return None
    prices = sheet.prices
    return section(
        text(
            t(
                "Handled from {when} at {rate}.",
                when=weekday_time(sheet.handled_at, language),
                rate=rate(prices.office_cents, language),
            )
        ),
        toggle_input(
            "outside_hours_allowed",
            t("Outside office hours"),
            t(
                "Work outside office hours is allowed, at {evening} or {weekend}",
                evening=rate(prices.after_hours_cents, language),
                weekend=rate(prices.weekend_holiday_cents, language),
            ),
        ),
    )


def _conditions(t: Texts, sheet: OpeningSheet, language: Language) -> Element:
    office = sheet.prices.office_cents
    return section(
        text(t("Before you submit"), bold=True),
        text(t("Handled in office hours, working days 9:00-17:00.")) if sheet.handled_at is None else None,
        text(
            t(
                "Our target for picking this up: {when}.",
                when=stamp(sheet.pickup_due_at, sheet.now, language),
            )
        ),
        text(
            t(
                "Every ticket costs at least 15 minutes ({minimum}). Up to 2 hours may be spent without asking, "
                "at most {most} in office hours; beyond that you decide about an estimate first.",
                minimum=money(amount_cents(MINIMUM_MINUTES, office), language),
                most=money(amount_cents(FREE_MINUTES, office), language),
            )
        ),
        text(
            t(
                "Where you allow work outside office hours: at most {evening} in evenings and nights, {weekend} in "
                "weekends and on holidays.",
                evening=money(amount_cents(FREE_MINUTES, sheet.prices.after_hours_cents), language),
                weekend=money(amount_cents(FREE_MINUTES, sheet.prices.weekend_holiday_cents), language),
            )
        )
        if sheet.handled_at is not None
        else None,
        text(t("Prices exclude VAT.")),
        text(
            t("Both contacts of your organisation see this ticket. Confidential? Call us: {phone}.", phone=sheet.phone)
        ),
    )
