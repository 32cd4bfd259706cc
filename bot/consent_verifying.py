"""An administrator came back from Microsoft: what that said is not believed, but looked for in the tenant itself (R25).

An app-only token of the tenant that carries the permissions is the proof. Replication may take minutes, so it is looked
for at growing distances for 15 minutes; then it was not found, and the provider hears it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import consent_news, ledger
from bot.consent_checks import keep
from bot.consent_findings import app_answer
from bot.consent_graph import ConsentGraph
from bot.consent_requests import follow_request
from bot.errands import ask_graph
from bot.outcomes import Done, End, Outcome, Work, result_of
from bot.turn import Policy
from bot.watches import watch_tenant
from cards.consent_news import News
from contract.consent_checks import missing_permissions, permissions_named, verify_again_s
from contract.consent_requests import ConsentRequest, RequestState
from contract.consent_requests import Outcome as Came
from contract.consents import Finding, Grant, Mechanism, Proof
from contract.ledger import EntryKind
from contract.permissions import APP_ROLES, READ_PEOPLE
from graph.errors import GraphError, fault_of
from storage.consent_requests import load_request, set_outcome, set_request_grant
from storage.contacts import load_customer
from storage.database import Database
from storage.grants import find_grant, set_grant

VERIFY_CONSENT = "verify_consent"
LONGEST_APPROVER = 300
"""Characters of a name with a user name that are kept."""


def begin_verifying(session: Session, policy: Policy, request: ConsentRequest, now: datetime, attempt: int = 0) -> bool:
    """Have it looked for; False after the last time."""
    wait_s = verify_again_s(attempt)
    if wait_s is None:
        return False
    ask_graph(
        session,
        load_customer(session, request.customer_id).tenant_id,
        VERIFY_CONSENT,
        {"request": request.id, "attempt": attempt},
        now,
        key=f"{VERIFY_CONSENT}:{request.id}:{attempt}",
        due_at=now + timedelta(seconds=wait_s) if wait_s else None,
    )
    return True


@dataclass(frozen=True, slots=True)
class Verifying:
    """Looks for what an administrator just consented to."""

    database: Database
    graph: ConsentGraph
    policy: Policy

    async def verify(self, work: Work) -> Outcome:
        """A fresh token of the tenant, and where we may look who and when."""
        _, tenant_id = await self.database.read(partial(_asked, request_id=work.payload["request"]))
        app_id = self.policy.access.app_id
        result: dict[str, Any] = {}
        try:
            result["roles"] = sorted(await self.graph.roles(tenant_id))
        except GraphError as error:
            return Done({"error": fault_of(error)})
        if not result["roles"]:
            return Done(result)
        try:
            result["facts"] = await self.graph.app_facts(tenant_id, app_id)
            result["who"] = await self.graph.who_consented(tenant_id, app_id)
        except GraphError as error:
            # The token is the proof; this would only say more about it.
            result["unread"] = fault_of(error)
        return Done(result)

    def finish(self, session: Session, work: Work, end: End, now: datetime) -> None:
        """Given; or looked for again; or not found."""
        request = load_request(session, work.payload["request"])
        if request.state(now) is not RequestState.VERIFYING:
            return
        result = dict(result_of(end))
        scope = permissions_named(result.get("roles", ()), APP_ROLES)
        is_whole = not missing_permissions(self.policy.access.permissions, scope)
        if not is_whole and begin_verifying(session, self.policy, request, now, work.payload["attempt"] + 1):
            return
        if result.get("roles"):
            self._given(session, request, result, now)
        else:
            self._not_found(session, request, str(result.get("error", "")), now)
        follow_request(session, load_request(session, request.id), now)

    def _given(self, session: Session, request: ConsentRequest, result: dict[str, Any], now: datetime) -> None:
        app_id = self.policy.access.app_id
        before = find_grant(session, request.customer_id, Mechanism.APP, app_id)
        who, proof = _approval(request, result, before)
        finding = app_answer(result, before, proof=proof, approved_by=who)
        if isinstance(finding, Finding) and finding.valid_from is None:
            # Where nobody may read since when, it is since it was seen.
            finding = replace(finding, valid_from=now)
        details: dict[str, Any] = {"request": request.id}
        if request.signed_in is not None:
            details["signed_in"] = request.signed_in.words
        change = keep(
            session, self.policy, request.customer_id, Mechanism.APP, app_id, finding, now, compared=True,
            details=details,
        )  # fmt: skip
        set_grant(session, change.after.id, asked_by=request.asked_by, asked_at=request.asked_at)
        set_request_grant(session, request.id, change.after.id)
        set_outcome(session, request.id, Came.GIVEN.value)
        if isinstance(finding, Finding) and any(one.name == READ_PEOPLE for one in finding.scope):
            watch_tenant(session, request.customer_id, now)

    def _not_found(self, session: Session, request: ConsentRequest, code: str, now: datetime) -> None:
        set_outcome(session, request.id, Came.NOT_FOUND.value)
        details = {"request": request.id, "outcome": Came.NOT_FOUND.value, "code": code}
        ledger.note(session, self.policy, request.customer_id, EntryKind.DECLINED, now, details=details)
        once = f"request:{request.id}:not_found"
        consent_news.tell(
            session, request.customer_id, Mechanism.APP, News.NOT_FOUND, now, once=once, request=request.id
        )


def _approval(
    request: ConsentRequest, result: Mapping[str, Any], before: Grant | None
) -> tuple[str | None, Proof | None]:
    """Who approved it, and how that is known; neither where it was in force already, so that nothing was given now.

    Whoever signs in on our page can come back without having consented. So the tenant's own log goes before that, and
    what was granted before it was asked for was not granted by who signed in since.
    """
    if who := result.get("who"):
        return str(who)[:LONGEST_APPROVER], Proof.AUDIT
    names = [one.name for one in permissions_named(result.get("roles", ()), APP_ROLES)]
    if before is not None and before.known_state.is_active and not missing_permissions(names, before.scope):
        return None, None
    began = (result.get("facts") or {}).get("created_at")
    is_older = began is not None and datetime.fromisoformat(began) < request.asked_at
    if request.signed_in is None or is_older:
        return None, Proof.TOKEN
    return request.signed_in.words[:LONGEST_APPROVER], Proof.SIGNED_IN


def _asked(session: Session, request_id: int) -> tuple[ConsentRequest, str]:
    request = load_request(session, request_id)
    return request, load_customer(session, request.customer_id).tenant_id
