"""A ticket for a contact who phoned: first whose organisation, then who of them and what it is (D15 applies to
decisions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cards.clicks.queue import OpenPhoneTicket, ShowQueue, StartPhoneTicket
from cards.clicks.tickets import LONGEST_WORDS
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    action_row,
    card,
    choice_input,
    execute,
    heading,
    panel,
    text,
    text_input,
    toggle_input,
)
from cards.labels import product_label
from cards.language import texts_for
from contract.people import Language
from contract.tickets import Product


def caller_card(customers: Mapping[int, str], language: Language) -> Card:
    """Which customer phoned."""
    t = texts_for(language)
    title = t("Who phoned?")
    return card(
        heading(title),
        choice_input(
            "customer",
            t("Customer"),
            {str(customer_id): name for customer_id, name in customers.items()},
            required=True,
            placeholder=t("Choose a customer"),
            error=t("Choose a customer."),
        ),
        action_row(
            execute(t("Next"), StartPhoneTicket(), style=ActionStyle.POSITIVE, associated_inputs=True),
            execute(t("Queue"), ShowQueue()),
        ),
        fallback_text=title,
        language=language,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSheet:
    """The form: the contacts of the customer by person id, and what was filled in so far."""

    customer_id: int
    customer_name: str
    contacts: Mapping[int, str]
    filled: OpenPhoneTicket


def phone_ticket_card(sheet: PhoneSheet, language: Language, *, notice: str = "") -> Card:
    """The form for a contact's ticket that an engineer types."""
    t = texts_for(language)
    title = t("Ticket by phone for {customer}", customer=sheet.customer_name)
    filled = sheet.filled
    chosen = str(filled.contact) if filled.contact else next((str(one) for one in sheet.contacts), "")
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text(t("Marked as opened by phone; both contacts see it. Say that it costs at least 15 minutes."), subtle=True),
        choice_input(
            "contact",
            t("Who phoned"),
            {str(person_id): name for person_id, name in sheet.contacts.items()},
            value=chosen,
            expanded=True,
            required=True,
            error=t("Choose who phoned: only a contact can open a ticket."),
        ),
        text_input(
            "description",
            t("What is the problem or the question?"),
            value=filled.description,
            multiline=True,
            required=True,
            max_length=LONGEST_WORDS,
            error=t("Describe the problem."),
        ),
        text_input(
            "subject", t("Subject (we propose one if you leave it empty)"), value=filled.subject, max_length=200
        ),
        choice_input(
            "product",
            t("Affected service (optional)"),
            {product.value: product_label(t, product) for product in Product},
            value=filled.product.value if filled.product else "",
            placeholder=t("Choose, or leave open"),
        ),
        text_input("affected", t("Who is affected? (optional)"), value=filled.affected, max_length=500),
        text_input("reach", t("How to reach them (optional)"), value=filled.reach, max_length=500),
        toggle_input(
            "outside_hours_allowed",
            t("Outside office hours"),
            t("The contact allows work outside office hours, at those rates"),
            value=filled.outside_hours_allowed,
        ),
        action_row(
            execute(
                t("Open ticket"),
                OpenPhoneTicket.model_validate({"form_id": filled.form_id, "customer": sheet.customer_id}),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Queue"), ShowQueue()),
        ),
        fallback_text=title,
        language=language,
    )
