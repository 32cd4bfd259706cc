"""Sending for a look at consents: an errand to Graph for each app, and one for each 25 relationships (R25).

Asked for by the schedule, on demand, at each entry of remote work and at the start of each remote session. What the
looks find is written down by bot/consent_kinds.py; whoever asks decides on what is known already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.errands import ask_graph
from bot.turn import Policy
from contract.consent_checks import is_compare_due
from contract.consents import Grant, GrantState, Mechanism
from storage.contacts import load_customer
from storage.grants import load_grants

CHECK_APP, CHECK_RELATIONSHIPS = "check_app", "check_relationships"
BATCH = 25


def check_now(session: Session, policy: Policy, customer_id: int, now: datetime) -> int:
    """Have all of a customer's sources looked at at once; returns how many. Asking again while one waits adds none."""
    grants = [one for one in load_grants(session, customer_id) if one.mechanism is not Mechanism.MANUAL]
    send_looks(session, policy, grants, now)
    return len(grants)


def check_at_work(session: Session, policy: Policy, customer_id: int, now: datetime) -> None:
    """Remote work was logged, or begins: have the sources looked at that may cover it (R25)."""
    grants = load_grants(session, customer_id)
    send_looks(session, policy, [one for one in grants if _may_cover(one, policy)], now)


def _may_cover(grant: Grant, policy: Policy) -> bool:
    if grant.mechanism is Mechanism.APP:
        return grant.known_state.is_active and policy.app_consent_covers_work
    is_over = grant.known_state in {GrantState.EXPIRED, GrantState.REVOKED}
    return grant.mechanism is Mechanism.GDAP and not is_over


def send_looks(session: Session, policy: Policy, grants: Iterable[Grant], now: datetime) -> None:
    """An errand for each app, and one for each 25 relationships; recorded consents can't be looked at."""
    relationships: list[int] = []
    for grant in grants:
        if grant.mechanism is Mechanism.APP:
            tenant_id = load_customer(session, grant.customer_id).tenant_id
            payload = {"grant": grant.id, "compare": is_compare_due(grant, now)}
            ask_graph(session, tenant_id, CHECK_APP, payload, now, replaces=f"{CHECK_APP}:{grant.id}")
        elif grant.mechanism is Mechanism.GDAP:
            relationships.append(grant.id)
    for start in range(0, len(relationships), BATCH):
        part = relationships[start : start + BATCH]
        name = f"{CHECK_RELATIONSHIPS}:{part[0]}-{part[-1]}-{len(part)}"
        ask_graph(session, policy.provider.tenant_id, CHECK_RELATIONSHIPS, {"grants": part}, now, replaces=name)
