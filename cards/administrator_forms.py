"""The form for who administers a customer's Microsoft 365, and can consent to remote access there (R25)."""

from __future__ import annotations

from cards.clicks.access import LONGEST_ADDRESS, LONGEST_NAME, KeepAdministrator, ShowAccess
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
    wrote,
)
from cards.language import texts_for
from cards.welcome import LANGUAGE_NAMES
from contract.people import Customer, Language


def administrator_form(
    customer: Customer,
    filled: KeepAdministrator,
    language: Language,
    *,
    is_staff: bool,
    sends_mail: bool = True,
    notice: str = "",
) -> Card:
    """Name, address and language; with a request it goes there at once."""
    t = texts_for(language)
    title = t("Who administers Microsoft 365?")
    sends = filled.consent_request is not None and sends_mail
    carried = filled.model_dump(include={"customer", "consent_request"}, exclude_none=True)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        wrote(customer.name, subtle=True) if is_staff else None,
        text(
            t("Somebody who may give consent for the whole organisation, in Microsoft's words a Global Administrator.")
        ),
        text_input(
            "administrator",
            t("Name"),
            value=filled.administrator,
            max_length=LONGEST_NAME,
            required=True,
            error=t("Fill in the name."),
        ),
        text_input(
            "address",
            t("E-mail address"),
            value=filled.address,
            max_length=LONGEST_ADDRESS,
            required=True,
            error=t("Fill in the address."),
        ),
        choice_input(
            "reads",
            t("Reads"),
            {one.value: LANGUAGE_NAMES[one] for one in Language},
            value=filled.reads.value,
        ),
        action_row(
            execute(
                t("Send the request") if sends else t("Keep"),
                KeepAdministrator.model_validate({"form_id": filled.form_id, **carried}),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowAccess(customer=customer.id) if is_staff else ShowAccess()),
        ),
        fallback_text=title,
        language=language,
        subject=f"access:{customer.id}",
        is_form=True,
    )
