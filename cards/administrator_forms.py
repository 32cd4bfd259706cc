"""The form for who administers a customer's Microsoft 365, and can consent to remote access there (R25)."""

from __future__ import annotations

from cards.clicks.access import LONGEST_ADDRESS, LONGEST_NAME, KeepAdministrator, MarkForwarded, ShowAccess
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
        fallback_text=f"{title} ({customer.id})",
        language=language,
        subject=f"access:{customer.id}",
        is_form=True,
    )


def own_mail_card(customer: Customer, administrator: str, url: str, filled: MarkForwarded, language: Language) -> Card:
    """What a contact can copy into a mail of their own, where none is sent from here."""
    t = texts_for(language)
    title = t("Send this to {name} yourself", name=administrator)
    words = t(
        "{customer} has a support contract. Please consent to remote access for it on this page: {url}",
        customer=customer.name,
        url=url,
    )
    return card(
        heading(t("Forward to our administrator")),
        text(title),
        text_input("words", t("To copy"), value=filled.words or words, multiline=True),
        action_row(
            execute(
                t("I have sent it"),
                MarkForwarded(form_id=filled.form_id, consent_request=filled.consent_request),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowAccess()),
        ),
        fallback_text=f"{title} ({customer.id})",
        language=language,
        subject=f"access:{customer.id}",
        is_form=True,
    )
