"""What managers hear of the provider's own people: who left the staff, and groups that say too little (R34, D15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.tickets import ShowTicket
from cards.components import Card, ContainerStyle, action_row, card, execute, heading, panel, text, wrote
from cards.formats import stamp
from cards.language import Texts, texts_for
from contract.people import Language

SHOWN_TICKETS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverSheet:
    """Somebody who left the staff: `why` is left or disabled; number and subject of the open tickets in that name."""

    name: str
    why: str
    at: datetime
    tickets: tuple[tuple[int, str], ...]


def staff_left_card(sheet: LeaverSheet, language: Language, now: datetime) -> Card:
    """Who left, why, and which tickets want somebody else."""
    t = texts_for(language)
    title = t("{name} is no longer on the staff", name=sheet.name)
    reasons = {
        "left": t("No group of engineers or managers has this account any more."),
        "disabled": t("The account is disabled."),
    }
    reason = reasons[sheet.why]
    shown = sheet.tickets[:SHOWN_TICKETS]
    count = len(sheet.tickets)
    asks = t.plural(
        "{n} open ticket is still in that name: a colleague can take it over.",
        "{n} open tickets are still in that name: a colleague can take them over.",
        count,
    )
    return card(
        heading(title),
        text(f"{reason} {t('Noticed {when}.', when=stamp(sheet.at, now, language))}"),
        text(asks) if count else text(t("There are no open tickets in that name.")),
        *(wrote(f"{number} · {subject}") for number, subject in shown),
        text(t.plural("and {n} more", "and {n} more", count - len(shown)), subtle=True) if count > len(shown) else None,
        action_row(*(execute(t("Ticket {number}", number=number), ShowTicket(ticket=number)) for number, _ in shown))
        if shown
        else None,
        fallback_text=f"{title}. {reason} {asks if count else ''}".strip(),
        language=language,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSheet:
    """A group that says too little: `problem` is empty, last_manager or failing; who is concerned."""

    problem: str
    names: tuple[str, ...]
    since: datetime
    error: str = ""


def staff_group_card(sheet: GroupSheet, language: Language, now: datetime) -> Card:
    """What is wrong with a group, what was not done because of it, and what will be."""
    t = texts_for(language)
    names = ", ".join(sheet.names)
    title, detail = _words(t, sheet, names, stamp(sheet.since, now, language))
    return card(
        panel(heading(title), text(detail), style=ContainerStyle.WARNING),
        text(t("The groups are set by FOURSTAR_ENGINEERS_GROUP and FOURSTAR_MANAGERS_GROUP."), subtle=True),
        fallback_text=f"{title}. {detail}",
        language=language,
    )


def _words(t: Texts, sheet: GroupSheet, names: str, since: str) -> tuple[str, str]:
    if sheet.problem == "empty":
        return (
            t("A group of engineers or managers is empty"),
            t(
                "So it was found {since}; nobody was removed because of it yet. If the next look finds it empty too, "
                "these leave the staff or are managers no more: {names}.",
                since=since,
                names=names,
            ),
        )
    if sheet.problem == "last_manager":
        return (
            t("There would be no manager left"),
            t(
                "By the groups {names} would no longer be manager. Somebody has to be, so that stays as it is until a "
                "group or the list names another manager.",
                names=names,
            ),
        )
    return (
        t("The groups of engineers and managers can't be read"),
        t(
            "Since {since} Microsoft answers: {error}. Who is on the staff stays as it was known; who left a group "
            "keeps access until then.",
            since=since,
            error=sheet.error,
        ),
    )
