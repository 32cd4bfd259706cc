"""What a check makes of what was known of a consent (R25).

A check finds something, or gets no answer. No answer changes `state` to `unknown` and nothing else: `known_state`, the
scope and the days stay those of the last check that got one. What was in force and is not found in force is over, and
counts until the source itself says that it ended, else until the last check at which it was still there: between two
checks the doubt is the provider's, not the customer's.

    11:00 active until 1 July            activated
    12:00 active                         nothing new, seen at 12:00
    13:00 no answer                      failed: unknown, known to be active, seen at 12:00
    14:00 no answer                      nothing new
    15:00 active until 31 December       recovered, extended
    16:00 not there                      ended: revoked, in force until 15:00
    17:00 active, given at 16:30         activated
    18:00 active, given at 17:40         activated anew: what was given at 16:30 had ended
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from contract.consents import (
    WARN_DAYS,
    Change,
    ChangeKind,
    Finding,
    Grant,
    GrantState,
    NoFinding,
)

if TYPE_CHECKING:
    from datetime import datetime

    from contract.consents import Mechanism
    from contract.ledger import GrantFact

EXPIRING_FROM = timedelta(days=WARN_DAYS[0])
"""How long before its end a consent is called expiring (R25)."""

NOT_UNDERSTOOD = "not_understood"
"""The error of a check that was answered with a state nobody knows: such an answer says nothing (R25)."""


def unseen(customer_id: int, mechanism: Mechanism, source_id: str, at: datetime) -> Grant:
    """Return a source of which nothing is known yet (R25)."""
    return Grant(
        id=0,
        customer_id=customer_id,
        mechanism=mechanism,
        source_id=source_id,
        title="",
        state=GrantState.NONE,
        known_state=GrantState.NONE,
        created_at=at,
    )


def in_force(valid_until: datetime | None, at: datetime) -> GrantState:
    """Return where a consent that is there stands, by its end: active, expiring or expired (R25)."""
    if valid_until is None or at < valid_until - EXPIRING_FROM:
        return GrantState.ACTIVE
    return GrantState.EXPIRING if at < valid_until else GrantState.EXPIRED


def observed(before: Grant, finding: Finding | NoFinding, at: datetime, *, is_known: bool = True) -> Change:
    """Return what a check at an instant makes of a source, and what of that is new (R25).

    A source that is not known yet is `unseen` before.
    """
    known = before if is_known else None
    # Two replicas may finish their checks in another order than by their clocks; a look never goes back in time.
    at = max(at, before.checked_at or at)
    if isinstance(finding, NoFinding) or finding.state is GrantState.UNKNOWN:
        error = finding.error if isinstance(finding, NoFinding) else NOT_UNDERSTOOD
        return _unanswered(before, known, error, at)
    state = _found_state(before, finding, at)
    after = replace(
        before,
        state=state,
        known_state=state,
        title=finding.title or before.title,
        approval_url=finding.approval_url,
        etag=finding.etag,
        raw_digest=finding.raw_digest,
        checked_at=at,
        failing_since=None,
        error=None,
        warned_unknown=False,
    )
    if state.is_active:
        after = _active(before, after, finding)
    elif before.known_state.is_active:
        after = replace(after, scope=(), valid_until=_ended_at(before, finding, state, at))
    else:
        after = replace(
            after,
            scope=finding.scope,
            valid_from=finding.valid_from or before.valid_from,
            valid_until=finding.valid_until or before.valid_until,
            approved_by=finding.approved_by or before.approved_by,
            proof=finding.proof or before.proof,
        )
    return Change(before=known, after=after, kinds=_kinds(before, after, is_new=known is None))


def _unanswered(before: Grant, known: Grant | None, error: str, at: datetime) -> Change:
    after = replace(before, state=GrantState.UNKNOWN, failing_since=before.failing_since or at, error=error)
    is_news = before.state is not GrantState.UNKNOWN
    return Change(before=known, after=after, kinds=(ChangeKind.FAILED,) if is_news else ())


def is_given_anew(before: Grant | GrantFact, after: Grant | GrantFact, seen_at: datetime | None) -> bool:
    """Tell whether what is in force is proven to be given after the last check: what that check found had ended."""
    is_other = after.valid_from != before.valid_from and after.proof is not None
    return is_other and after.valid_from is not None and seen_at is not None and after.valid_from > seen_at


def _found_state(before: Grant, finding: Finding, at: datetime) -> GrantState:
    """The state that counts: by the clock where it is there, and never just gone where it was known."""
    if finding.state.is_active:
        return in_force(finding.valid_until, at)
    if finding.state is not GrantState.NONE:
        return finding.state
    if before.known_state.is_active:
        return GrantState.EXPIRED if in_force(before.valid_until, at) is GrantState.EXPIRED else GrantState.REVOKED
    is_over = before.known_state in (GrantState.EXPIRED, GrantState.REVOKED)
    return before.known_state if is_over else GrantState.NONE


def _active(before: Grant, after: Grant, finding: Finding) -> Grant:
    """What is in force is as it was found; what the check can not tell stays, unless it was given anew."""
    found = replace(after, valid_from=finding.valid_from, proof=finding.proof)
    goes_on = before.known_state.is_active and not is_given_anew(before, found, before.checked_at)
    is_later = before.valid_until is not None and (
        finding.valid_until is None or finding.valid_until > before.valid_until
    )
    since, proof = finding.valid_from, finding.proof
    if goes_on and (since is None or proof is None):
        # A proven begin is not replaced by one that is only said, nor is that proven by something else.
        if before.proof is not None:
            since, proof = before.valid_from, before.proof
        elif proof is None:
            since = since or before.valid_from
    return replace(
        after,
        scope=tuple(sorted(finding.scope)),
        valid_from=since,
        valid_until=finding.valid_until,
        approved_by=finding.approved_by or (before.approved_by if goes_on else None),
        proof=proof,
        warned_days=before.warned_days if goes_on and not is_later else None,
        end_asked_by=before.end_asked_by if goes_on else None,
        end_asked_at=before.end_asked_at if goes_on else None,
    )


def _ended_at(before: Grant, finding: Finding, state: GrantState, at: datetime) -> datetime:
    """Until when a consent counts that is found to be over: what the source says, else the last check that saw it."""
    seen = before.checked_at or at
    planned = before.valid_until
    if state is GrantState.EXPIRED:
        said = min((end for end in (finding.valid_until, planned) if end is not None), default=seen)
    else:
        said = finding.valid_until if finding.valid_until is not None else seen
    if said > at:
        return seen
    return max(seen, said if planned is None else min(said, planned))


def _kinds(before: Grant, after: Grant, *, is_new: bool) -> tuple[ChangeKind, ...]:
    """What is new, the weightiest first."""
    was, now = before.known_state, after.state
    kinds: list[ChangeKind] = []
    if was.is_active and not now.is_active:
        kinds.append(ChangeKind.ENDED)
    elif now.is_active and (not was.is_active or is_given_anew(before, after, before.checked_at)):
        kinds.append(ChangeKind.ACTIVATED)
    elif is_new:
        kinds.append(ChangeKind.NEW)
    elif was.is_active:
        kinds += _changes_in_force(before, after)
    elif was is not now:
        kinds.append(ChangeKind.CHANGED)
    if before.state is GrantState.UNKNOWN:
        kinds.append(ChangeKind.RECOVERED)
    return tuple(kinds)


def _changes_in_force(before: Grant, after: Grant) -> list[ChangeKind]:
    kinds = []
    had, has = set(before.scope), set(after.scope)
    if had - has:
        kinds.append(ChangeKind.NARROWED)
    if has - had:
        kinds.append(ChangeKind.WIDENED)
    if before.valid_until != after.valid_until:
        is_shorter = after.valid_until is not None and (
            before.valid_until is None or after.valid_until < before.valid_until
        )
        kinds.append(ChangeKind.SHORTENED if is_shorter else ChangeKind.EXTENDED)
    if before.known_state is not GrantState.EXPIRING and after.state is GrantState.EXPIRING:
        kinds.append(ChangeKind.EXPIRING)
    return kinds
