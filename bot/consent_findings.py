"""What an answer of Graph means for a consent: a finding, or none (R25).

Only clear words take something away: a token without the app, a relationship that Microsoft calls ended, an active one
whose list of assignments could be read and has none. A refusal to read, a thing that is not found, a broken or late
answer says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from contract.consent_checks import app_finding, is_app_gone, relationship_state
from contract.consents import Finding, Grant, GrantState, NoFinding, Permission, Proof
from contract.permissions import APP_ROLES, AccessTemplate

ASSIGNED, DELEGATED = "assigned:", "delegated:"
"""What the id of a permission begins with that stands in no token: of another resource, or for people signed in."""


def app_answer(
    result: Mapping[str, Any], before: Grant | None, *, proof: Proof | None = None, approved_by: str | None = None
) -> Finding | NoFinding:
    """What a token says, and where they were read the grants behind it. `before` is the source as it was known."""
    if "roles" not in result:
        error = str(result.get("error", "no answer"))
        return Finding(state=GrantState.REVOKED) if is_app_gone(error) else NoFinding(error)
    finding = app_finding(result["roles"], dict(APP_ROLES), proof=proof or Proof.TOKEN, approved_by=approved_by)
    if not finding.scope:
        return finding
    facts = result.get("facts")
    goes_on = before if before is not None and before.known_state.is_active and not _is_anew(facts, before) else None
    if proof is None and goes_on is not None:
        # That the token still has it proves no more than what was proven when it was given.
        finding = replace(finding, proof=goes_on.proof, approved_by=goes_on.approved_by)
    extra = _beside(facts, finding.scope) if facts else _carried(before, finding.scope)
    began_at = _instant(facts.get("created_at")) if facts else None
    return replace(
        finding,
        scope=tuple(sorted((*finding.scope, *extra))),
        valid_from=goes_on.valid_from if goes_on is not None else began_at,
        raw_digest=facts.get("digest") if facts else (before.raw_digest if before else None),
    )


def _is_anew(facts: Mapping[str, Any] | None, before: Grant) -> bool:
    """Whether all there is was granted after the last look: what that look found was taken away in between."""
    first_at = _instant(facts.get("first_at")) if facts else None
    return first_at is not None and before.checked_at is not None and first_at > before.checked_at


def _beside(facts: Mapping[str, Any], scope: tuple[Permission, ...]) -> list[Permission]:
    """What was granted and stands in no token."""
    there = {one.name for one in scope}
    granted = [Permission(f"{ASSIGNED}{key}", name) for key, name in facts["permissions"] if name not in there]
    # One of Graph's own is on its way into the token: it is found there within the hour.
    known = set(APP_ROLES)
    delegated = [Permission(f"{DELEGATED}{name}", f"{name} (delegated)") for name in facts["delegated"]]
    return [*(one for one in granted if one.name not in known), *delegated]


def _carried(before: Grant | None, scope: tuple[Permission, ...]) -> list[Permission]:
    """What only the daily comparison can see stays until the next one."""
    there = {one.name for one in scope}
    kept = before.scope if before is not None and before.known_state.is_active else ()
    return [one for one in kept if one.id.startswith((ASSIGNED, DELEGATED)) and one.name not in there]


def relationship_answer(result: Mapping[str, Any], template: AccessTemplate, now: datetime) -> Finding | NoFinding:
    """What a relationship and its assignments say; its scope are the roles of those in force."""
    if "status" not in result:
        return NoFinding(str(result.get("error", "no answer")))
    assigned = {role for roles in result.get("assignments", ()) for role in roles}
    ends_at = _instant(result["ends_at"])
    state = relationship_state(result["status"], ends_at=ends_at, has_assignment=bool(assigned), now=now)
    names = {one.id: one.name for one in template.roles}
    roles = assigned if state is GrantState.ACTIVE else result["roles"]
    return Finding(
        state=state,
        scope=tuple(sorted(Permission(role, names.get(role, role)) for role in roles)),
        title=result["title"] or None,
        valid_from=_instant(result["activated_at"]) if state is GrantState.ACTIVE else None,
        valid_until=ends_at if state in (GrantState.ACTIVE, GrantState.EXPIRED) else None,
        proof=Proof.RELATIONSHIP if state is GrantState.ACTIVE else None,
        approval_url=result.get("url"),
        etag=(result["etag"] or None) and result["etag"][:200],
        raw_digest=result["digest"],
    )


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
