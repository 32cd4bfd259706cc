"""The customer's consent to remote access (R25).

Who gave it, on which document, from when, until when, and whether it was withdrawn. Without it a ticket shows that it
waits for access, and no remote work can be logged:

    valid from 1 January until the end of 30 June, withdrawn on 1 March at 12:00: work on 1 March until 12:00 is
    covered, from 12:00 on it is not, whatever the document said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.consents import AccessSpan, Mechanism
from contract.errors import RemoteNeedsAccess
from contract.local_time import truncate

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class ConsentState(StrEnum):
    """Where a consent stands at an instant (R25)."""

    FUTURE = "future"
    VALID = "valid"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessConsent:
    """One recorded consent; all instants aware UTC, ends exclusive.

    `document` says what was agreed and where that is kept.
    """

    id: int
    customer_id: int
    document: str
    recorded_by: int | None
    """The manager who recorded it; None from the command line."""
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None
    created_at: datetime

    def state(self, at: datetime) -> ConsentState:
        """Return the state at an instant: a withdrawal counts from its own instant on."""
        if self.revoked_at is not None and at >= self.revoked_at:
            return ConsentState.REVOKED
        if self.valid_until is not None and at >= self.valid_until:
            return ConsentState.ENDED
        return ConsentState.VALID if at >= self.valid_from else ConsentState.FUTURE

    @property
    def ends_at(self) -> datetime | None:
        """The first instant that is no longer covered; None while it is open-ended."""
        ends = [end for end in (self.valid_until, self.revoked_at) if end is not None]
        return min(ends) if ends else None

    @property
    def is_empty(self) -> bool:
        """True when it ended, or was withdrawn, before it began."""
        return self.ends_at is not None and self.ends_at <= self.valid_from


def recorded_spans(consents: Iterable[AccessConsent]) -> tuple[AccessSpan, ...]:
    """Return the spans that recorded consents cover, by what stands in the records themselves (R25)."""
    return tuple(
        AccessSpan(mechanism=Mechanism.MANUAL, begins_at=consent.valid_from, ends_at=consent.ends_at)
        for consent in consents
        if not consent.is_empty
    )


def check_remote_access(spans: Iterable[AccessSpan], start: datetime, end: datetime) -> bool:
    """Refuse remote work that is not covered to its end: raises RemoteNeedsAccess with the first such instant (R25).

    Compares whole minutes (D23): a consent given within the minute in which the work began covers that minute. Returns
    whether some of it is covered by the last known state only, because checks failed.
    """
    kept = sorted(spans, key=lambda span: span.begins_at)
    uncovered = _uncovered(kept, start, end)
    if uncovered is not None:
        ended = [span.ends_at for span in kept if span.ends_at is not None and span.ends_at <= uncovered]
        raise RemoteNeedsAccess(uncovered, max(ended, default=None))
    return _uncovered([span for span in kept if not span.is_carried], start, end) is not None


def _uncovered(spans: Iterable[AccessSpan], start: datetime, end: datetime) -> datetime | None:
    """The first instant of the work that no span covers; the spans are ordered by their begin."""
    covered_until = truncate(start)
    for span in spans:
        if truncate(span.begins_at) > covered_until:
            break
        if span.ends_at is None:
            return None
        covered_until = max(covered_until, span.ends_at)
    return covered_until if covered_until < truncate(end) or covered_until <= truncate(start) else None
