"""Consents of all customers that somebody should look at, a page at a time, for the staff (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.consents import ListConsents, ShowConsents
from cards.components import (
    Card,
    Colors,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    heading,
    section,
    text,
    wrote,
)
from cards.consents import last_day
from cards.formats import calendar_date, stamp
from cards.language import Texts, texts_for
from contract.consent_concerns import Concern, ConcernKind
from contract.people import Customer, Language

PAGE_CONSENTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """One customer of the list, and what is the matter."""

    customer: Customer
    concern: Concern


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentList:
    """A page of them; `count` is how many there are in all."""

    lines: tuple[ConsentLine, ...]
    count: int
    page: int
    has_more: bool
    now: datetime


def consent_list_card(found: ConsentList, language: Language) -> Card:
    """Whose consent is withdrawn, missing, not seen or ending soon, the worst first."""
    t = texts_for(language)
    title = t("Consents to look at")
    count = t.plural("{n} customer", "{n} customers", found.count) if found.lines else ""
    nothing = t("Every customer with a contract has a consent that is in force and does not end soon.")
    page = found.page
    return card(
        heading(title),
        text(count or nothing, subtle=bool(count)),
        *(_line(t, line, found.now, language) for line in found.lines),
        action_row(
            execute(t("Previous"), ListConsents(page=page - 1)) if page > 1 else None,
            execute(t("Next"), ListConsents(page=page + 1)) if found.has_more else None,
        )
        if page > 1 or found.has_more
        else None,
        fallback_text=f"{title}: {', '.join(line.customer.name for line in found.lines) or nothing}",
        language=language,
    )


def _line(t: Texts, line: ConsentLine, now: datetime, language: Language) -> Element:
    is_near = line.concern.kind in (ConcernKind.NOT_SEEN, ConcernKind.ENDING)
    said = concern_text(t, line.concern, now, language)
    return section(
        columns(
            [
                wrote(clip(line.customer.name, 80), bold=True),
                text(said, color=Colors.WARNING if is_near else Colors.ATTENTION, spacing=Spacing.NONE),
            ],
            [action_row(execute(t("Open"), ShowConsents(customer=line.customer.id)))],
            widths=("stretch", "auto"),
        )
    )


def concern_text(t: Texts, concern: Concern, now: datetime, language: Language) -> str:
    """What is the matter, in a line; the mark says it without the colour."""
    when = stamp(concern.at, now, language) if concern.at is not None else ""
    match concern.kind:
        case ConcernKind.WITHDRAWN:
            return t("✗ Withdrawn by a contact, {when}", when=when)
        case ConcernKind.MISSING:
            return t("✗ No consent since {when}", when=when) if when else t("✗ No consent")
        case ConcernKind.NOT_SEEN:
            return t("? Not seen since {when}: the checks fail", when=when)
        case ConcernKind.ENDING:
            day = calendar_date(last_day(concern.at), language) if concern.at is not None else ""
            return t("! In force until {day}", day=day)
