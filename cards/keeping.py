"""The reminder that records of ended customers have been kept as long as the law demands (R28)."""

from __future__ import annotations

from collections.abc import Sequence

from cards.clicks.people import ShowCustomers
from cards.components import Card, Spacing, action_row, card, clip, execute, heading, text, wrote
from cards.language import texts_for
from contract.people import Customer, Language

MOST_CUSTOMERS = 12


def kept_over_card(customers: Sequence[Customer], language: Language) -> Card:
    """For a manager: whose records may go now, and how."""
    t = texts_for(language)
    title = t("Kept long enough: records of ended customers")
    advice = t("On the command line: fourstar customer erase NUMBER --dry-run. What goes is in docs/keeping.md.")
    shown = customers[:MOST_CUSTOMERS]
    return card(
        heading(title),
        text(t("The tax law demands 7 years, and these are over. Nothing is erased by itself.")),
        *(wrote(f"{one.id} · {clip(one.name, 80)}", spacing=Spacing.SMALL) for one in shown),
        text(t("There are more; they appear when these are erased."), subtle=True)
        if len(customers) > MOST_CUSTOMERS
        else None,
        text(advice, subtle=True),
        action_row(execute(t("All customers"), ShowCustomers())),
        fallback_text=f"{title}: {', '.join(one.name for one in shown)}. {advice}",
        language=language,
    )
