"""The warning that the bot's own secret or certificate ends."""

from __future__ import annotations

from datetime import datetime

from cards.components import Card, ContainerStyle, card, heading, panel, text
from cards.formats import long_date_time
from cards.language import texts_for
from contract.people import Language


def credential_card(ends_at: datetime, left_days: int, language: Language) -> Card:
    """For a manager: when it ends (a day that is over counts below zero), what happens then, and what to do."""
    t = texts_for(language)
    when = long_date_time(ends_at, language)
    if left_days < 0:
        title = t("The bot's secret has ended")
    else:
        title = t.plural("The bot's secret ends in {n} day", "The bot's secret ends in {n} days", left_days)
    advice = t("Make a new one in the Entra admin center (App registrations), give it to the bot and restart it.")
    return card(
        panel(
            heading(title),
            text(t("It ends on {when}. From then on the bot answers nobody.", when=when)),
            style=ContainerStyle.WARNING,
        ),
        text(advice),
        text(t("The same goes for a certificate. The steps are in docs/operations.md."), subtle=True),
        fallback_text=f"{title} ({when}). {advice}",
        language=language,
    )
