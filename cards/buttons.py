"""The buttons of a card, and the rows they stand in.

A click arrives as the payload class the button was made with; who may do what is decided then, never by which buttons a
card has. Nothing is ever greyed out: Teams does not support it, so a card whose moves have changed is replaced.
"""

from __future__ import annotations

from adaptive_cards.types import ActionStyle, AssociatedInputs

from cards.clicks.base import Click, Form
from cards.elements import (
    Action,
    ActionSet,
    AdaptiveCard,
    Container,
    Element,
    Execute,
    OpenUrl,
    ShowCard,
    Submit,
    present,
)
from cards.plain_text import harmless, unlinked

BUTTONS_IN_A_ROW = 6
"""Teams hides what goes beyond behind an ellipsis."""


def execute(
    title: str,
    click: Click,
    *,
    style: ActionStyle | None = None,
    tooltip: str | None = None,
    associated_inputs: bool | None = None,
) -> Action:
    """The button that sends `click`; its answer takes the card's place. Goes into an `action_row`.

    The fields of the card are sent along with a `Form` and with nothing else, unless `associated_inputs` says so: a
    required field left empty would block the button. Clients without Action.Execute send the same values by
    Action.Submit. Teams may show no `style`, so the title alone has to say what happens.
    """
    with_inputs = isinstance(click, Form) if associated_inputs is None else associated_inputs
    associated = None if with_inputs else AssociatedInputs.NONE
    data = click.data()
    return Execute(
        title=unlinked(title),
        verb=click.verb,
        data=data,
        style=style,
        tooltip=harmless(tooltip) if tooltip else None,
        associated_inputs=associated,
        fallback=Submit(title=unlinked(title), data={"verb": click.verb, **data}, associated_inputs=associated),
    )


def open_url(title: str, url: str, *, tooltip: str | None = None) -> Action:
    """The button that opens a page outside Teams."""
    return OpenUrl(title=unlinked(title), url=url, tooltip=harmless(tooltip) if tooltip else None)


def show_card(title: str, *elements: Element | None) -> Action:
    """The button that unfolds more of the card. Its buttons send its own fields and those of the card around it."""
    return ShowCard(title=unlinked(title), card=AdaptiveCard(body=present(elements)))


def action_row(*actions: Action | None) -> Element:
    """Buttons beside each other, in rows of six."""
    shown: list[Action] = present(actions)
    rows: list[Element] = [
        ActionSet(actions=shown[start : start + BUTTONS_IN_A_ROW]) for start in range(0, len(shown), BUTTONS_IN_A_ROW)
    ]
    return rows[0] if len(rows) == 1 else Container(items=rows)
