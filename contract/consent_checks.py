"""When a consent is looked at again, what a look means, and when people are warned (R25).

A source in force is checked every hour and compared whole every day; one that is asked for, or that somebody wants
ended, every 15 minutes; one that is over once a day, in case it was granted again. Checks are spread: each source
keeps its own second of the hour.

Both sides are warned at 60, 30, 7 and 1 days before the end, once each; of warnings that were missed only the nearest
is made up for:

    ends 1 March, off from 28 January until 25 February: one warning, that of 7 days
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from contract.accounts import BELIEVED_AFTER
from contract.consents import CARRIED, WARN_DAYS, Finding, Grant, GrantState, Mechanism, Permission, Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=15)
"""How often a request, or something that is to end, is looked at (R25)."""
LONGEST_REQUEST = timedelta(days=90)
"""Microsoft forgets a delegated admin relationship that nobody approved by then (R25)."""
LINK_GOOD_FOR = timedelta(days=7)
"""How long the link with which a consent is asked for works (R25)."""
VERIFY_AFTER_S = (0, 10, 20, 30, 60, 120, 240, 420)
"""Seconds before each look for an app consent that was just given: 15 minutes in all, because of replication (R25)."""

APP_GONE = frozenset({"AADSTS7000229", "AADSTS700016", "AADSTS7000112"})
"""What the login service says where the app is not there, or is disabled in that tenant (R25)."""

_SECOND = timedelta(seconds=1)
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_PENDING = frozenset({"created", "approvalPending", "approved", "activating"})
_OVER = frozenset({"terminationRequested", "terminating", "terminated"})

# --- when -------------------------------------------------------------------------------------------------------------


def next_check_at(grant: Grant, now: datetime) -> datetime | None:
    """When a source is looked at next; None for one that no look can tell anything about any more (R25).

    Nobody can be asked about a recorded consent: it is looked at when a warning is due, and when it ends.
    """
    if grant.mechanism is Mechanism.MANUAL:
        moments = warning_moments(grant.valid_until) if grant.known_state.is_active else ()
        return next((moment for moment in moments if moment > now), None)
    if grant.known_state is GrantState.REQUESTED or (grant.end_asked_at is not None and grant.known_state.is_active):
        return now + SOON
    every = HOUR if grant.known_state.is_active or grant.failing_since is not None else DAY
    return _spread(grant.id, now, every)


def _spread(grant_id: int, now: datetime, every: timedelta) -> datetime:
    """The next turn of a source: those of 10,000 sources lie even over the hour, and stay where they are."""
    length = every // _SECOND
    # Multiplying by the golden ratio's share of 2**32 sends neighbours far apart.
    own = (grant_id * 2654435769 % 2**32) * length // 2**32
    # At least half a turn after this one, so that a look that was late is not repeated at once.
    seconds = (own - (now - _BEGIN) // _SECOND) % length
    return now.replace(microsecond=0) + (seconds if seconds > length // 2 else seconds + length) * _SECOND


def is_compare_due(grant: Grant, now: datetime) -> bool:
    """Whether this look is to compare everything, not only the state: once a day, and each time where that is known to
    be answered, as only it shows what was taken away and given anew between two looks (R25).
    """
    return grant.raw_digest is not None or grant.compared_at is None or now - grant.compared_at >= DAY - HOUR


def verify_again_s(attempt: int) -> int | None:
    """Seconds until the next look for a consent that was just given; None after 15 minutes (R25)."""
    return VERIFY_AFTER_S[attempt] if attempt < len(VERIFY_AFTER_S) else None


# --- what a look means ------------------------------------------------------------------------------------------------


def app_finding(
    roles: Iterable[str], ids: Mapping[str, str], *, proof: Proof = Proof.TOKEN, approved_by: str | None = None
) -> Finding:
    """What the roles of an app-only token of the customer's tenant say: none is no consent (R25)."""
    scope = permissions_named(roles, ids)
    return Finding(
        state=GrantState.ACTIVE if scope else GrantState.REVOKED,
        scope=scope,
        approved_by=approved_by,
        proof=proof if scope else None,
    )


def permissions_named(names: Iterable[str], ids: Mapping[str, str]) -> tuple[Permission, ...]:
    """Permissions by their names, each with the id Microsoft gives it where that is known, in a fixed order."""
    return tuple(sorted(Permission(ids.get(name, name), name) for name in set(names)))


def missing_permissions(wanted: Iterable[str], scope: Iterable[Permission]) -> tuple[str, ...]:
    """What was asked for and is not there."""
    there = {one.name for one in scope}
    return tuple(name for name in wanted if name not in there)


def relationship_state(status: str, *, ends_at: datetime | None, has_assignment: bool, now: datetime) -> GrantState:
    """Where a delegated admin relationship stands, by Microsoft's status and whether an assignment is active (R25).

    An active relationship without an active assignment gives nobody access: it counts as asked for. Microsoft says
    `expiring` of one that has passed its end, so that is over whatever the end date says. A status nobody knows yet
    says nothing: `unknown`.
    """
    if status in _PENDING:
        return GrantState.REQUESTED
    if status in _OVER:
        return GrantState.REVOKED
    if status in ("expiring", "expired") or (ends_at is not None and ends_at <= now):
        return GrantState.EXPIRED
    if status == "active":
        return GrantState.ACTIVE if has_assignment else GrantState.REQUESTED
    return GrantState.UNKNOWN


def is_request_over(grant: Grant, now: datetime) -> bool:
    """Whether a request for a relationship lies too long to be approved (R25)."""
    begun = grant.asked_at or grant.created_at
    return grant.known_state is GrantState.REQUESTED and grant.valid_from is None and now - begun >= LONGEST_REQUEST


def is_app_gone(code: str) -> bool:
    """Whether a refused token clearly says that the app is not in the tenant; anything else is no answer (R25)."""
    return code in APP_GONE


# --- warnings ---------------------------------------------------------------------------------------------------------


def warning_moments(valid_until: datetime | None) -> tuple[datetime, ...]:
    """The instants at which warnings are due, and the end itself, in order (R25)."""
    if valid_until is None:
        return ()
    return (*(valid_until - timedelta(days=days) for days in WARN_DAYS), valid_until)


def warning_due(valid_until: datetime | None, warned_days: int | None, now: datetime) -> int | None:
    """The warning that is due: the nearest of 60, 30, 7 and 1 days that was not given yet (R25)."""
    if valid_until is None or valid_until <= now:
        return None
    left = valid_until - now
    due = [days for days in WARN_DAYS if left <= timedelta(days=days)]
    nearest = min(due, default=None)
    if nearest is None or (warned_days is not None and warned_days <= nearest):
        return None
    return nearest


def is_unknown_too_long(grant: Grant, now: datetime) -> bool:
    """Whether to warn that a source in force has not been seen for 24 hours (R25).

    Looking has to fail for an hour at least: of days in which the product itself stood still nobody is warned.
    """
    if grant.failing_since is None or grant.warned_unknown or not grant.known_state.is_active:
        return False
    is_believed = now >= grant.failing_since + BELIEVED_AFTER
    return is_believed and now - (grant.checked_at or grant.failing_since) >= CARRIED


def renewed_by(grant: Grant, others: Iterable[Grant]) -> Grant | None:
    """The source of the same mechanism in force that goes on after this one ends; then nobody need be warned (R25)."""
    ends = grant.valid_until
    if ends is None:
        return None
    for one in others:
        is_other = one.id != grant.id and one.mechanism is grant.mechanism and one.known_state.is_active
        if is_other and (one.valid_until is None or one.valid_until > ends):
            return one
    return None
