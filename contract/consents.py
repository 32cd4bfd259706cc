"""Where a consent to remote access comes from, and where it stands (R25).

There are three sources, told apart everywhere, and only two of them are about the provider's people:

    app      our app's permissions in the customer's tenant: the bot may read who the contacts are
    gdap     a delegated admin relationship: the provider's engineers may administer the tenant, until a day
    manual   a recorded consent, on paper or by mail, where the provider is no Microsoft partner

What is known of a source is observed, again and again, and each change is an entry of the customer's ledger. A check
that failed says nothing about the consent: its state is `unknown` from then on, never shown as active; what was known
before carries remote work for 24 hours, marked as such:

    11:00 active, 12:00 no answer, 13:00 no answer   work until 11:00 the next day is covered, as carried
    ... and 12:30 the next day active again          work from 11:00 until 12:30 is not covered
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

CARRIED = timedelta(hours=24)
"""How long the last known state holds while checks fail (R25), counted from the last check that succeeded."""

WARN_DAYS = (60, 30, 7, 1)
"""Days before the end at which both sides are warned, once each (R25)."""


class Mechanism(StrEnum):
    """What a consent rests on (R25)."""

    APP = "app"
    GDAP = "gdap"
    MANUAL = "manual"


class GrantState(StrEnum):
    """Where a consent stands (R25)."""

    NONE = "none"
    REQUESTED = "requested"
    ACTIVE = "active"
    EXPIRING = "expiring"
    """Active, with 60 days or less to go."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """The last check failed."""

    @property
    def is_active(self) -> bool:
        """Whether it is in force as far as is known."""
        return self in (GrantState.ACTIVE, GrantState.EXPIRING)


class Proof(StrEnum):
    """How an approval is proven (R25)."""

    TOKEN = "token"  # noqa: S105 -- no secret: an app-only token of that tenant was issued, with these roles
    SIGNED_IN = "signed_in"
    """As `token`, and the person named signed in with us on the way; who answered Microsoft is not known."""
    RELATIONSHIP = "relationship"
    """Microsoft shows the relationship as active in the provider's own tenant."""
    AUDIT = "audit"
    """The audit log of the tenant names who did it."""
    CARD = "card"
    """A click in Teams, by its activity."""
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, order=True)
class Permission:
    """One permission or role that a consent covers: the id Microsoft gives it, and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One source of a consent as it is known now (R25). Instants are aware UTC; ends are exclusive."""

    id: int
    customer_id: int
    mechanism: Mechanism
    source_id: str
    """The app id, the id of the relationship, or the number of the recorded consent."""
    title: str
    state: GrantState
    known_state: GrantState
    """What the last check that succeeded found."""
    scope: tuple[Permission, ...] = ()
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    asked_by: int | None = None
    asked_at: datetime | None = None
    approved_by: str | None = None
    proof: Proof | None = None
    approval_url: str | None = None
    etag: str | None = None
    raw_digest: str | None = None
    checked_at: datetime | None = None
    """The last check that succeeded."""
    failing_since: datetime | None = None
    error: str | None = None
    warned_days: int | None = None
    warned_unknown: bool = False
    end_asked_by: str | None = None
    end_asked_at: datetime | None = None
    next_check_at: datetime | None = None
    compared_at: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one successful check found; `raw_digest` is the SHA-256 of Microsoft's answer."""

    state: GrantState
    scope: tuple[Permission, ...] = ()
    title: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    approved_by: str | None = None
    proof: Proof | None = None
    approval_url: str | None = None
    etag: str | None = None
    raw_digest: str | None = None


@dataclass(frozen=True, slots=True)
class NoFinding:
    """A check that failed, and with what."""

    error: str


class ChangeKind(StrEnum):
    """What an observation changed (R25)."""

    NONE = "none"
    NEW = "new"
    """Seen for the first time, and not in force."""
    ACTIVATED = "activated"
    ENDED = "ended"
    """It was in force and is not any more; the state says whether it expired, was revoked, or is asked for anew."""
    FAILED = "failed"
    """The first check that got no answer."""
    RECOVERED = "recovered"
    """The first that got one again."""
    NARROWED = "narrowed"
    WIDENED = "widened"
    EXTENDED = "extended"
    """The end moved to a later day, or away."""
    SHORTENED = "shortened"
    EXPIRING = "expiring"
    CHANGED = "changed"
    """Another state, neither of them in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an observation made of a grant; `before` is None for one that was not known. No kinds: nothing new."""

    before: Grant | None
    after: Grant
    kinds: tuple[ChangeKind, ...] = ()

    @property
    def kind(self) -> ChangeKind:
        """The one to tell people of, if only one is told; `kinds` has all, the weightiest first."""
        return self.kinds[0] if self.kinds else ChangeKind.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSpan:
    """A span of time in which remote work is covered, by which source; half-open, `ends_at` None while it goes on."""

    mechanism: Mechanism
    begins_at: datetime
    ends_at: datetime | None
    scope: tuple[Permission, ...] = ()
    grant_id: int | None = None
    is_carried: bool = False
    """On the last known state, because checks fail."""
