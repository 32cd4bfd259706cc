"""Remote sessions: when an engineer may be in a customer's Microsoft 365, and when that is over (R25).

A session is of one engineer, on one open ticket, and runs only while the customer's consent covers it. It ends by
itself at the instant at which the ticket is closed, the consent is over, or twelve hours have passed, whichever is
first. A consent that is found gone from a moment that has passed ends it now: until now the engineer was in, and who
had access when is told as it was. Advice by chat or phone needs no session.

    started at 10:00 under a consent that ends at 18:00: over at 18:00 for want of consent. Withdrawn at 11:30: over
    at 11:30. Nobody ends it and the consent goes on: over at 22:00. At 12:00 the consent is found gone since 11:10:
    over at 12:00, and what was worked after 11:10 can not be logged as remote work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import Refusal
from contract.local_time import MINUTE, truncate
from contract.withdrawals import covered_until, holding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from contract.consents import AccessSpan, Mechanism, Permission
    from contract.withdrawals import Withdrawal

LONGEST = timedelta(hours=12)
"""After this a session that nobody ended is over (R25)."""


class EndedWhy(StrEnum):
    """Why a session is over (R25)."""

    BY_ENGINEER = "by_engineer"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """The consent ended: by its date, or in the customer's tenant."""
    TOO_LONG = "too_long"
    LEFT = "left"
    """The engineer is no longer on the staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSession:
    """One session: who, on which ticket, from when to when, and under which consent (R25).

    `engineer_name` is that of then. `mechanism`, `scope` and `is_carried` are what was in force at the start.
    """

    id: int
    customer_id: int
    ticket_number: int
    engineer_id: int
    engineer_name: str
    started_at: datetime
    ended_at: datetime | None = None
    ended_why: EndedWhy | None = None
    grant_id: int | None = None
    mechanism: Mechanism
    scope: tuple[Permission, ...] = ()
    is_carried: bool = False

    @property
    def longest_until(self) -> datetime:
        """When it is over at the latest."""
        return self.started_at + LONGEST

    def minutes(self, now: datetime) -> int:
        """Return the whole minutes it took, or has taken until now (D4)."""
        return (truncate(self.ended_at or now) - truncate(self.started_at)) // MINUTE


class SessionRefusal(Refusal):
    """A remote session that can not be started (R25)."""


@dataclass(eq=False)
class SessionNeedsAccess(SessionRefusal):
    """No consent covers this instant; `withdrawal` is the contact's that forbids it, if that is why (R25)."""

    ticket_number: int
    withdrawal: Withdrawal | None = None


@dataclass(eq=False)
class SessionElsewhere(SessionRefusal):
    """The engineer has a session running on another ticket (R25)."""

    running: RemoteSession


def check_start(
    ticket_number: int,
    running: RemoteSession | None,
    spans: Iterable[AccessSpan],
    withdrawals: Iterable[Withdrawal],
    now: datetime,
) -> None:
    """Refuse a session: raises SessionElsewhere, or SessionNeedsAccess without a consent that covers now (R25).

    `spans` are the customer's with withdrawals cut out already; `withdrawals` only say why.
    """
    if running is not None and running.ticket_number != ticket_number:
        raise SessionElsewhere(running)
    if covered_until(spans, now) == now:
        raise SessionNeedsAccess(ticket_number, holding(withdrawals, now))


def ending(
    session: RemoteSession,
    *,
    spans: Iterable[AccessSpan],
    withdrawals: Iterable[Withdrawal],
    closed_at: datetime | None,
    known_until: datetime,
    is_on_staff: bool = True,
    now: datetime,
) -> tuple[datetime, EndedWhy] | None:
    """Return since when a running session is over, and why; None while it goes on (R25).

    `known_until` is until when it was known to be covered when it was looked at before; `is_on_staff` whether its
    engineer still is.
    """
    ends: list[tuple[datetime, EndedWhy]] = [(session.longest_until, EndedWhy.TOO_LONG)]
    if not is_on_staff:
        ends.append((now, EndedWhy.LEFT))
    if closed_at is not None:
        ends.append((max(closed_at, session.started_at), EndedWhy.CLOSED))
    if (uncovered_at := covered_until(spans, session.started_at)) is not None:
        if holding(withdrawals, uncovered_at) is not None:
            ends.append((uncovered_at, EndedWhy.WITHDRAWN))
        else:
            ends.append((uncovered_at if uncovered_at >= known_until else now, EndedWhy.EXPIRED))
    ended_at, why = min(ends, key=lambda end: end[0])
    return (ended_at, why) if ended_at <= now else None


def ends_at_latest(session: RemoteSession, spans: Iterable[AccessSpan]) -> datetime:
    """Return when a session is over at the latest, as things stand: when to look at it again (R25)."""
    uncovered_at = covered_until(spans, session.started_at)
    return session.longest_until if uncovered_at is None else min(session.longest_until, uncovered_at)
