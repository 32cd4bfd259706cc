"""How a contact can be reached, so that nobody takes silence for an answer (R5).

Both contacts are kept informed in Teams. Whether that works shows by what is known of the chat, and where there is none
by what became of bringing the app there; who can't be reached in Teams gets a mail at least:

    there is a chat, messages arrive               in Teams, heard last at ...
    ... but Teams has refused one since Tuesday    by mail only, since Tuesday
    no chat, the app was installed on Monday       installed, not opened, since Monday: it opens at the first message
    no chat, the app could not be installed        asked by mail to add it, since then
    no chat, and nothing was tried                 by mail only, since the appointment
    ... and no address, or no mail is sent         not at all: somebody has to call

A message that Teams took is no proof that it was read; "reachable" says no more than that it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class InstallState(StrEnum):
    """What became of bringing the app to somebody (R5)."""

    ASKED = "asked"
    """Microsoft is being asked to install it."""
    INSTALLED = "installed"
    REFUSED = "refused"
    """It is not in the organisation's catalogue, or nobody allowed us to install it there."""


class Reach(StrEnum):
    """By which way a contact is reached (R5)."""

    TEAMS = "teams"
    INSTALLED = "installed"
    """The app is there and has not been opened yet."""
    ASKED = "asked"
    """Somebody was asked to add the app, which has not arrived."""
    MAIL = "mail"
    NOT_AT_ALL = "not_at_all"

    @property
    def is_good(self) -> bool:
        """Whether messages arrive in Teams."""
        return self is Reach.TEAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of somebody's chat, of the app there, and of the address."""

    has_chat: bool
    appointed_at: datetime | None = None
    installed_at: datetime | None = None
    """When the app told of its arrival."""
    heard_at: datetime | None = None
    unreachable_since: datetime | None = None
    """Since when Teams refuses messages: blocked, or the app was removed."""
    install_state: InstallState | None = None
    install_at: datetime | None = None
    has_address: bool = False
    sends_mail: bool = False
    """Whether there is a server that takes mails."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """How somebody is reached, since when; and when they were last heard, which never makes anybody reachable."""

    reach: Reach
    since: datetime | None
    heard_at: datetime | None = None
    is_refused: bool = False
    """Teams refuses messages to somebody who had the app."""


def reachability(signs: Signs) -> Reachability:
    """How somebody with these signs is reached now (R5)."""
    takes_mail = signs.has_address and signs.sends_mail
    if signs.has_chat and signs.unreachable_since is None:
        return Reachability(Reach.TEAMS, signs.installed_at, signs.heard_at)
    if signs.has_chat or (signs.heard_at is not None and signs.install_state is None):
        # Heard once and gone: the app was there, so asking for it again is up to a person.
        fallback = Reach.MAIL if takes_mail else Reach.NOT_AT_ALL
        return Reachability(fallback, signs.unreachable_since, signs.heard_at, is_refused=True)
    if signs.install_state is InstallState.INSTALLED:
        return Reachability(Reach.INSTALLED, signs.install_at, signs.heard_at)
    if signs.install_state is InstallState.ASKED or (signs.install_state is InstallState.REFUSED and takes_mail):
        return Reachability(Reach.ASKED, signs.install_at, signs.heard_at)
    since = signs.install_at if signs.install_state is not None else signs.appointed_at
    return Reachability(Reach.MAIL if takes_mail else Reach.NOT_AT_ALL, since, signs.heard_at)
