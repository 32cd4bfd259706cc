"""Looking at consents by schedule, on demand and at each remote entry; and what follows from what was seen (R25).

Every minute the sources are taken whose time has come: about 167 of 10,000. An app's permission is asked of the
customer's own tenant, with one token; relationships are asked of the provider's tenant, 25 to an errand, two questions
each. What a look got no answer to is a finding too: the next look comes by schedule, and nothing is taken for lost.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import consent_news, ledger
from bot.consent_looks import CHECK_APP, CHECK_RELATIONSHIPS, send_looks
from bot.consent_requests import NoGroup, ask, follow_request
from bot.errands import ask_graph
from bot.remote_sessions import access_changed
from bot.terms import follow_tickets
from bot.turn import Policy
from cards.consent_news import News
from contract.consent_checks import (
    is_request_over,
    is_unknown_too_long,
    next_check_at,
    renewed_by,
    warning_due,
)
from contract.consent_requests import Outcome
from contract.consents import Change, ChangeKind, Finding, Grant, GrantState, Mechanism, NoFinding
from contract.ledger import EntryKind
from storage import outbox
from storage.consent_requests import mark_used, open_request, request_of_grant, set_outcome
from storage.contacts import load_customer
from storage.grants import due_grants, load_grant, load_grants, set_grant

COMPARE_RELATIONSHIPS = "compare_relationships"
AT_ONCE = 1000
"""Sources that are taken in one minute: with a look an hour that is room for 60,000."""
KEPT = timedelta(hours=3)
"""How long it can be seen in the outbox that something was looked at."""


def next_minute(after: datetime) -> datetime:
    """When it is seen next what is due."""
    return after.replace(second=0, microsecond=0) + timedelta(minutes=1)


def next_night(after: datetime) -> datetime:
    """When all relationships are compared next: at 3:00 UTC, when few people work."""
    this = after.astimezone(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    return this if this > after else this + timedelta(days=1)


def check_due(session: Session, slot: datetime, now: datetime, *, policy: Policy) -> None:
    """Have everything looked at whose time has come."""
    due = due_grants(session, now, AT_ONCE)
    for grant in due:
        # Set before the look: one whose errand is lost is looked at all the same.
        set_grant(session, grant.id, next_check_at=next_check_at(grant, now))
    for grant in due:
        if grant.mechanism is Mechanism.MANUAL:
            _look_at_record(session, policy, grant, now)
    send_looks(session, policy, due, now)


def compare_all(session: Session, slot: datetime, now: datetime, *, policy: Policy) -> None:
    """Have all relationships of the provider listed, so that one nobody recorded is found too (R25)."""
    if policy.access.group_id is not None:
        ask_graph(session, policy.provider.tenant_id, COMPARE_RELATIONSHIPS, {}, now, replaces=COMPARE_RELATIONSHIPS)


def _look_at_record(session: Session, policy: Policy, grant: Grant, now: datetime) -> None:
    """A recorded consent: warn before its end, and say that it ended."""
    load_customer(session, grant.customer_id, lock=True)
    _follow_look(session, policy, ledger.look_at_date(session, policy, grant, now), now)


def forget_checks(session: Session, slot: datetime, now: datetime) -> None:
    """Forget the errands of looks of some hours ago: a quarter of a million a day with ten thousand customers."""
    for kind in (CHECK_APP, CHECK_RELATIONSHIPS):
        outbox.purge_kind(session, kind, now - 4 * KEPT, now - KEPT, limit=2 * AT_ONCE)


# --- what follows -----------------------------------------------------------------------------------------------------


def keep(  # noqa: PLR0917 -- as the ledger's own
    session: Session,
    policy: Policy,
    customer_id: int,
    mechanism: Mechanism,
    source_id: str,
    finding: Finding | NoFinding,
    now: datetime,
    *,
    compared: bool = False,
    **observed: Any,
) -> Change:
    """Write down what a look found; say what changed, warn of what is near, and set the next look."""
    # Held in the order in which everything about a customer's consents is: customer, ledger, source.
    load_customer(session, customer_id, lock=True)
    change = ledger.observe(session, policy, customer_id, mechanism, source_id, finding, now, **observed)
    _follow_look(session, policy, change, now, compared=compared)
    return change


def _follow_look(session: Session, policy: Policy, change: Change, now: datetime, *, compared: bool = False) -> None:
    after = change.after
    values: dict[str, Any] = {"next_check_at": next_check_at(after, now)}
    if compared:
        values["compared_at"] = now
    set_grant(session, after.id, **values)
    consent_news.tell_change(session, change, now)
    if change.kinds:
        consent_news.follow(session, after.customer_id, now)
        access_changed(session, policy, after.customer_id, now)
        was = change.before.state if change.before else GrantState.NONE
        if was is not after.state:
            follow_tickets(session, after.customer_id, now)
            _follow_its_request(session, change, now)
    warn(session, policy, load_grant(session, after.id), now)


def _follow_its_request(session: Session, change: Change, now: datetime) -> None:
    """The request that a relationship came from ends with it, one way or the other."""
    request = request_of_grant(session, change.after.id)
    if request is None:
        return
    if ChangeKind.ACTIVATED in change.kinds and mark_used(session, request.id, now):
        set_outcome(session, request.id, Outcome.GIVEN.value)
    follow_request(session, request, now)


def warn(session: Session, policy: Policy, grant: Grant, now: datetime) -> None:
    """Warn of an end that is near, and of a day without seeing it; once each (R25)."""
    if is_unknown_too_long(grant, now):
        set_grant(session, grant.id, warned_unknown=True)
        once = f"{grant.id}:unknown:{grant.failing_since}"
        ledger.note(session, policy, grant.customer_id, EntryKind.WARNED, now, grant=grant, details={"why": "unknown"})
        consent_news.tell(session, grant.customer_id, grant.mechanism, News.UNKNOWN, now, once=once, grant=grant.id)
    days = warning_due(grant.valid_until, grant.warned_days, now) if grant.known_state.is_active else None
    if days is None or renewed_by(grant, load_grants(session, grant.customer_id)) is not None:
        return
    set_grant(session, grant.id, warned_days=days)
    request_id = _renewal(session, policy, grant, now)
    details = {"days": days, "request": request_id}
    ledger.note(session, policy, grant.customer_id, EntryKind.WARNED, now, grant=grant, details=details)
    consent_news.tell(
        session,
        grant.customer_id,
        grant.mechanism,
        News.EXPIRING,
        now,
        once=f"{grant.id}:{days}:{grant.valid_until}",
        grant=grant.id,
        days=days,
        request=request_id,
    )


def _renewal(session: Session, policy: Policy, grant: Grant, now: datetime) -> int | None:
    """The request that goes on after this one: the one that waits already, or a new one (R25)."""
    if grant.mechanism is Mechanism.MANUAL:
        return None
    waiting = open_request(session, grant.customer_id, grant.mechanism, now)
    if waiting is not None:
        return waiting.id
    try:
        return ask(session, policy, grant.customer_id, grant.mechanism, now, by=None).id
    except NoGroup:
        return None


def request_over(session: Session, grant: Grant, finding: Finding | NoFinding, now: datetime) -> Finding | NoFinding:
    """What was found, or that a request nobody approved for 90 days is over, whatever Microsoft says of it (R25)."""
    if is_request_over(grant, now) and (isinstance(finding, NoFinding) or finding.state is GrantState.REQUESTED):
        request = request_of_grant(session, grant.id)
        consent_news.tell(
            session,
            grant.customer_id,
            grant.mechanism,
            News.REQUEST_EXPIRED,
            now,
            once=f"{grant.id}:request_over",
            grant=grant.id,
            request=request.id if request else None,
        )
        return Finding(state=GrantState.EXPIRED, title=grant.title, etag=grant.etag)
    return finding
