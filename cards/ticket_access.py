"""What a ticket's card says of remote access: whom it waits for and since when, and who is in now (R25, D31).

Waiting for remote access since Mon 23 Nov 10:12
It waits for Ton Beheer, to whom Anna de Vries forwarded the request on Mon 23 Nov 11:05.
We can answer and advise meanwhile.
[Remote access]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.access import ShowAccess
from cards.components import ContainerStyle, Element, action_row, execute, panel, section, text
from cards.formats import stamp
from cards.language import Texts
from cards.session_texts import mechanism_label
from contract.people import Language
from contract.remote_sessions import RemoteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWait:
    """Since when access is waited for, and whom for. The names are those of then."""

    since: datetime
    withdrawn_by: str | None = None
    """The contact who withdrew consent, where that is why."""
    is_asked: bool = False
    """Whether a request to consent is with the customer."""
    administrator: str | None = None
    """Who can grant it, as far as is known."""
    forwarded_by: str | None = None
    forwarded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAccess:
    """What there is to say; nothing on a closed ticket, or where access is given and nobody is in."""

    wait: AccessWait | None = None
    sessions: tuple[RemoteSession, ...] = ()
    has_own_session: bool = False
    """Whether the reader's own session runs on this ticket."""


NO_ACCESS_TO_TELL = TicketAccess()


def waits_for(t: Texts, wait: AccessWait, now: datetime, language: Language, *, is_staff: bool) -> str:
    """Whom it waits for, in a sentence or two."""
    if wait.withdrawn_by is not None:
        return t("{name} withdrew the consent. It goes on when a contact consents again.", name=wait.withdrawn_by)
    if wait.forwarded_at is not None and wait.administrator and not wait.forwarded_by:
        return t(
            "It waits for {administrator}, to whom the request was mailed on {when}.",
            administrator=wait.administrator,
            when=stamp(wait.forwarded_at, now, language),
        )
    if wait.forwarded_at is not None and wait.administrator:
        return t(
            "It waits for {administrator}, to whom {name} forwarded the request on {when}.",
            administrator=wait.administrator,
            name=wait.forwarded_by,
            when=stamp(wait.forwarded_at, now, language),
        )
    if wait.is_asked and wait.administrator:
        return t("Consent was asked for. It waits for {administrator}.", administrator=wait.administrator)
    if wait.is_asked:
        return (
            t("Consent was asked for. It waits for the customer's administrator.")
            if is_staff
            else t("We asked for consent. Somebody who administers your Microsoft 365 has to give it.")
        )
    return (
        t("The customer has not been asked yet.")
        if is_staff
        else t("We have no consent to work in your Microsoft 365. We will ask for it.")
    )


def access_panel(
    t: Texts, access: TicketAccess, customer_id: int, now: datetime, language: Language, *, is_staff: bool
) -> Element | None:
    """The part of a ticket's card about remote access, where there is something to say."""
    show = ShowAccess(customer=customer_id) if is_staff else ShowAccess()
    if access.wait is not None:
        since = stamp(access.wait.since, now, language)
        return panel(
            text(t("Waiting for remote access since {when}", when=since), bold=True),
            text(waits_for(t, access.wait, now, language, is_staff=is_staff)),
            text(
                t("Answering and advice by chat or phone can go on; a remote session can't be started.")
                if is_staff
                else t("We can answer and advise meanwhile."),
                subtle=True,
            ),
            action_row(execute(t("Remote access"), show)),
            style=ContainerStyle.WARNING,
        )
    if not access.sessions:
        return None
    return section(
        *(text(session_line(t, one, now, language), bold=True) for one in access.sessions),
        action_row(execute(t("Remote access"), show)),
    )


def session_line(t: Texts, running: RemoteSession, now: datetime, language: Language) -> str:
    """Who is in at this moment, since when, and by which consent."""
    return t(
        "Remote session: {name} since {when} ({consent})",
        name=running.engineer_name,
        when=stamp(running.started_at, now, language),
        consent=mechanism_label(t, running.mechanism),
    )
