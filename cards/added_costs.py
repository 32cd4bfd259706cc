"""What is charged on a ticket beside its hours: the lines on the card of its time, and the form for one more (R26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.clicks.costs import AddCost, RemoveCost
from cards.components import ActionStyle, Card, Element, action_row, execute, section, text, wrote
from cards.formats import calendar_date, money
from cards.inputs import choice_input, date_input, number_input
from cards.language import texts_for
from cards.plain_text import clip
from cards.work import ticket_form
from contract.costs import MOST_PIECES, Cost, CostItem
from contract.people import Language
from contract.tickets import Ticket

_NAME, _SHORT = 60, 26
"""Characters of what an item is called: in a choice, and on a button."""


_SHOWN = 8
"""Costs on a card: it may not grow without end."""

_READ_AT_ONCE = 5
"""Up to so many choices stand below each other, where a long one is not cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSheet:
    """What the form for a cost shows, and what was filled in so far."""

    ticket: Ticket
    items: Sequence[CostItem]
    filled: AddCost


def cost_card(sheet: CostSheet, language: Language, *, notice: str = "") -> Card:
    """What was it, how many, on which day."""
    t = texts_for(language)
    filled, number = sheet.filled, sheet.ticket.number
    choices = {str(item.id): _choice(item, language) for item in sheet.items}
    chosen = filled.item if filled.item is not None else sheet.items[0].id
    return ticket_form(
        sheet.ticket,
        t("Add a cost to ticket {number}", number=number),
        language,
        text(t("Only what a signed addendum names, for days that it covers. Both contacts see it."), subtle=True),
        choice_input("item", t("What"), choices, value=str(chosen), expanded=len(choices) <= _READ_AT_ONCE),
        number_input("quantity", t("How many"), value=filled.quantity, least=1, most=MOST_PIECES),
        date_input("happened_on", t("Day"), value=filled.happened_on),
        actions=[execute(t("Add cost"), AddCost(form_id=filled.form_id, ticket=number), style=ActionStyle.POSITIVE)],
        notice=notice,
    )


def _choice(item: CostItem, language: Language) -> str:
    t = texts_for(language)
    return t(
        "{what}: {amount}, {first} to {last}",
        what=clip(item.what, _NAME),
        amount=money(item.price_cents, language),
        first=calendar_date(max(item.starts_on, item.signed_on), language),
        last=calendar_date(item.ends_on, language),
    )


def cost_lines(ticket: Ticket, costs: Sequence[Cost], language: Language) -> list[Element]:
    """Each cost with its day and amount, and the button that removes it; of very many the latest."""
    t = texts_for(language)
    shown = list(costs)[-_SHOWN:]
    earlier = [text(t("{count} earlier costs are not shown.", count=len(costs) - _SHOWN))] if costs[_SHOWN:] else []
    return [
        section(
            text(
                t(
                    "{day} · {amount} excl. VAT",
                    day=calendar_date(cost.happened_on, language),
                    amount=money(cost.amount_cents, language),
                ),
                bold=True,
            ),
            wrote(f"{cost.quantity} × {cost.what}", limit=2 * _NAME),
            action_row(
                execute(
                    t("Remove {what}", what=clip(cost.what, _SHORT)), RemoveCost(ticket=ticket.number, cost=cost.id)
                )
            ),
        )
        for cost in reversed(shown)
    ] + earlier
