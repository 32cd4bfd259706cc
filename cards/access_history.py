"""Who had access when, for which ticket: the lines of the access card, and the same as a file (R25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cards.clicks.access import ShowAccess
from cards.clicks.tickets import ShowTicket
from cards.components import (
    Card,
    Element,
    FontSize,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    heading,
    open_url,
    section,
    text,
    wrote,
)
from cards.formats import duration, stamp, time
from cards.language import Texts, texts_for
from cards.session_texts import ending_label, mechanism_label
from contract.local_time import local
from contract.people import Language
from contract.remote_sessions import RemoteSession

PAGE_SESSIONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """A page of a customer's sessions, newest first; pages count from 1. `subjects` is what the tickets are called."""

    sessions: tuple[RemoteSession, ...] = ()
    subjects: Mapping[int, str]
    page: int = 1
    pages: int = 1


def sessions_section(t: Texts, found: SessionPage, shown: int, now: datetime, language: Language) -> Element:
    """The first `shown` sessions of the page."""
    lines = found.sessions[:shown]
    paged = t("page {page} of {pages}", page=found.page, pages=found.pages) if found.pages > 1 else ""
    return section(
        heading(t("Who had access when"), size=FontSize.MEDIUM),
        text(paged, subtle=True, spacing=Spacing.NONE) if paged else None,
        *(_session(t, found, one, now, language) for one in lines),
        text(t("Nobody yet.")) if not lines else None,
    )


def _session(t: Texts, found: SessionPage, one: RemoteSession, now: datetime, language: Language) -> Element:
    consent = mechanism_label(t, one.mechanism)
    if one.is_carried:
        consent = t("{consent}, by what was known last", consent=consent)
    subject = clip(found.subjects.get(one.ticket_number, ""), 60)
    ticket = t("Ticket {number}: {subject}", number=one.ticket_number, subject=subject)
    how = ending_label(t, one.ended_why) if one.ended_why is not None else ""
    return columns(
        [
            wrote(f"{_span(t, one, now, language)} · {one.engineer_name} · {duration(one.minutes(now))}", bold=True),
            wrote(" · ".join(filter(None, (ticket, consent, how))), subtle=True, spacing=Spacing.NONE),
        ],
        [action_row(execute(t("Open {number}", number=one.ticket_number), ShowTicket(ticket=one.ticket_number)))],
        widths=("stretch", "auto"),
    )


def _span(t: Texts, one: RemoteSession, now: datetime, language: Language) -> str:
    began = stamp(one.started_at, now, language)
    if one.ended_at is None:
        return t("{begin}, still going on", begin=began)
    is_same_day = local(one.ended_at).date() == local(one.started_at).date()
    return f"{began}–{time(one.ended_at) if is_same_day else stamp(one.ended_at, now, language)}"


def session_file_card(url: str, kind: str, customer_id: int | None, language: Language) -> Card:
    """The link that saves the list, for as long as it opens."""
    t = texts_for(language)
    title = t("Who had access when")
    back = ShowAccess(customer=customer_id) if customer_id is not None else ShowAccess()
    said = t("The link opens for ten minutes.")
    return card(
        heading(title),
        text(said),
        action_row(open_url(t("Save as {kind}", kind=kind.upper()), url), execute(t("Back"), back)),
        fallback_text=f"{title}. {said}",
        language=language,
        is_form=True,
    )


COLUMNS = (
    "ticket",
    "engineer",
    "started_at",
    "ended_at",
    "minutes",
    "ended_why",
    "consent",
    "permissions",
    "by_last_known_state",
)


def session_rows(sessions: Iterable[RemoteSession]) -> list[dict[str, Any]]:
    """The sessions as plain values, for a file: instants in UTC, names as they were then."""
    return [
        {
            "ticket": one.ticket_number,
            "engineer": one.engineer_name,
            "started_at": one.started_at.isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at is not None else None,
            "minutes": one.minutes(one.ended_at) if one.ended_at is not None else None,
            "ended_why": one.ended_why.value if one.ended_why is not None else None,
            "consent": one.mechanism.value,
            "permissions": [permission.name for permission in one.scope],
            "by_last_known_state": one.is_carried,
        }
        for one in sessions
    ]
