"""The mail that asks a new contact to add the app, where it could not be brought (R5)."""

from __future__ import annotations

from cards.language import texts_for
from cards.mails import Letter, Link, letter
from cards.welcome import Provider
from contract.people import Language


def add_app_letter(name: str, customer: str, link: str, provider: Provider, language: Language) -> Letter:
    """What the app is for, the link, and whom to ask where Teams does not let the reader add it."""
    t = texts_for(language)
    title = t("Add Four Star Support to your Teams")
    return letter(
        title,
        t("Dear {name},", name=name),
        t(
            "You are a contact of {customer} for the support of {provider}. In Microsoft Teams you open tickets, see "
            "what is done and decide about estimates.",
            customer=customer,
            provider=provider.name,
        ),
        Link(t("Open the app in Microsoft Teams and choose Add"), link),
        t("If Teams does not allow it, show this mail to whoever manages Microsoft 365 in your organisation."),
        t("Until then call us with a problem: {phone}.", phone=provider.phone),
        provider=provider,
        language=language,
        subject=f"{provider.name}: {title}",
    )
