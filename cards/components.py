"""What every card is built with: `card(...)` around headings, texts, facts, fields and buttons.

    t = texts_for(language)
    card(
        heading(t("Ticket {number}", number=ticket.number)),
        wrote(ticket.subject, bold=True),
        facts((t("State"), state), (t("Engineer"), engineer.name)),
        section(text_input("text", t("Your answer"), multiline=True)),
        action_row(execute(t("Send answer"), AnswerTicket(form_id=form_id, number=ticket.number))),
        fallback_text=t("Ticket {number}: {state}", ...),
        language=language,
        subject=f"ticket:{ticket.number}",
    )

None among the elements is left out, so that a view can write `x if condition else None`.
Nothing that a person wrote is read as markdown, whichever of these functions gets it (see `cards/plain_text.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adaptive_cards.types import (
    ActionStyle,
    Colors,
    ContainerStyle,
    FontSize,
    FontWeight,
    ImageSize,
    MSTeams,
    MSTeamsCardWidth,
    Spacing,
    TextBlockStyle,
)

from cards.buttons import action_row, execute, open_url, show_card
from cards.clicks.base import Click
from cards.elements import (
    Action,
    AdaptiveCard,
    Column,
    ColumnSet,
    Container,
    Element,
    Execute,
    Fact,
    FactSet,
    Image,
    Refresh,
    RichTextBlock,
    TextBlock,
    TextRun,
    present,
    to_bytes,
)
from cards.errors import CardTooLarge
from cards.inputs import choice_input, date_input, number_input, text_input, time_input, toggle_input
from cards.plain_text import breakable, clip, harmless, is_plain, unlinked
from contract.people import Language

__all__ = [
    "LIMIT_BYTES",
    "Action",
    "ActionStyle",
    "Card",
    "Colors",
    "ContainerStyle",
    "Element",
    "FontSize",
    "Spacing",
    "action_row",
    "badge",
    "card",
    "choice_input",
    "clip",
    "columns",
    "date_input",
    "execute",
    "facts",
    "fit",
    "heading",
    "image",
    "number_input",
    "open_url",
    "panel",
    "section",
    "show_card",
    "text",
    "text_input",
    "time_input",
    "toggle_input",
    "wrote",
]

LIMIT_BYTES = 28 * 1024
"""What adaptive-cards-py's validator allows a card for Teams. Teams itself takes about 80 KB of a bot."""


@dataclass(frozen=True, slots=True)
class Card:
    """A finished card: the JSON as it goes over the wire, and what stands in for it where no card can be shown.

    `subject` names what a live card shows (`ticket:1001`, `estimate:12`), so that posted copies can be found
    and updated.
    """

    json: bytes
    fallback_text: str
    subject: str | None = None
    summary: str = ""
    """The line of the notification; empty: the fallback text."""
    is_form: bool = False
    """A form that stands in the place of the subject's card: what somebody fills in is not overwritten by an update."""


def card(
    *elements: Element | None,
    fallback_text: str,
    language: Language,
    subject: str | None = None,
    summary: str = "",
    full_width: bool = True,
    is_form: bool = False,
    refresh: Click | None = None,
) -> Card:
    """The finished card. `refresh` is the click a client makes by itself when it shows an older copy.

    Raises CardTooLarge over 28 KB; views with lists avoid that with `fit`.
    """
    json = to_bytes(
        AdaptiveCard(
            lang=language.value,
            body=present(elements),
            fallback_text=unlinked(fallback_text),
            msteams=MSTeams(width=MSTeamsCardWidth.FULL) if full_width else None,
            refresh=Refresh(action=Execute(verb=refresh.verb, data=refresh.data())) if refresh else None,
        )
    )
    if len(json) > LIMIT_BYTES:
        raise CardTooLarge(len(json), LIMIT_BYTES)
    return Card(json=json, fallback_text=fallback_text, subject=subject, summary=summary, is_form=is_form)


def fit(build: Callable[[int], Card], most: int) -> Card:
    """The card with as many of `most` list items as 28 KB hold: `build(count)` is tried with fewer and fewer.

    Raises CardTooLarge when it is too large even without any.
    """
    count = most
    while True:
        try:
            return build(count)
        except CardTooLarge:
            if count == 0:
                raise
            count = count * 2 // 3


def heading(value: str, *, size: FontSize = FontSize.LARGE, spacing: Spacing | None = None) -> Element:
    """A heading, announced as such to screen readers. Put what people wrote below it with `wrote`, not into it."""
    value = harmless(value)
    if is_plain(value):
        return TextBlock(
            text=value, style=TextBlockStyle.HEADING, size=size, weight=FontWeight.BOLDER, wrap=True, spacing=spacing
        )
    return wrote(value, bold=True, size=size, spacing=spacing)


def text(
    value: str,
    *,
    bold: bool = False,
    subtle: bool = False,
    size: FontSize | None = None,
    color: Colors | None = None,
    spacing: Spacing | None = None,
) -> Element:
    """A paragraph. What could be read as markdown stands in a run of text, where none is read; line breaks are kept."""
    value = harmless(value)
    weight, is_subtle = FontWeight.BOLDER if bold else None, subtle or None
    if is_plain(value):
        # Preferred: clients break a long word in a text block, and let it stick out of a run of text.
        return TextBlock(
            text=value or " ", wrap=True, weight=weight, is_subtle=is_subtle, size=size, color=color, spacing=spacing
        )
    run = TextRun(text=value, weight=weight, is_subtle=is_subtle, size=size, color=color)
    return RichTextBlock(inlines=[run], spacing=spacing)


def wrote(
    value: str,
    *,
    limit: int = 4000,
    bold: bool = False,
    subtle: bool = False,
    size: FontSize | None = None,
    color: Colors | None = None,
    spacing: Spacing | None = None,
) -> Element:
    """What a person wrote, exactly, in at most `limit` characters."""
    return text(clip(value, limit), bold=bold, subtle=subtle, size=size, color=color, spacing=spacing)


def facts(*rows: tuple[str, str] | None) -> Element:
    """Labels with their values, one a row. The labels are ours, the values may be anybody's."""
    pairs = [(harmless(label), harmless(value)) for label, value in present(rows)]
    if all(is_plain(label) and is_plain(value) for label, value in pairs):
        return FactSet(facts=[Fact(title=label, value=value) for label, value in pairs])
    lines: list[Element] = [
        ColumnSet(
            columns=[
                Column(width=1, items=[text(breakable(label), bold=True)]),
                Column(width=2, items=[text(value if is_plain(value) else breakable(value))]),
            ],
            spacing=Spacing.SMALL,
        )
        for label, value in pairs
    ]
    return Container(items=lines)


def badge(value: str, style: ContainerStyle = ContainerStyle.EMPHASIS) -> Element:
    """A short word on a coloured ground, such as a state. The colour never says more than the word."""
    return ColumnSet(columns=[Column(width="auto", style=style, items=[text(value, bold=True)])])


def panel(*elements: Element | None, style: ContainerStyle = ContainerStyle.EMPHASIS) -> Element:
    """Elements on a ground of their own."""
    return Container(items=present(elements), style=style)


def section(*elements: Element | None, spacing: Spacing = Spacing.MEDIUM) -> Element:
    """Elements below a dividing line."""
    return Container(items=present(elements), separator=True, spacing=spacing)


def columns(*parts: Sequence[Element | None], widths: Sequence[str | int] = ()) -> Element:
    """Elements beside each other, at most three columns wide; `widths` are "auto", "stretch" (else) or weights."""
    wide = [*widths, *["stretch"] * (len(parts) - len(widths))]
    return ColumnSet(
        columns=[Column(width=width, items=present(part)) for width, part in zip(wide, parts, strict=True)]
    )


def image(url: str, alternative: str, *, size: ImageSize | None = None) -> Element:
    """A picture (PNG, JPEG or GIF, at most 1 MB) and the words for who does not see it."""
    return Image(url=url, alt_text=alternative, size=size)
