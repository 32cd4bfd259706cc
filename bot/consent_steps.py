"""What each step of the administrator's way writes down, as functions of a session (R25).

A state is used up in the transaction that acts on it: of two that come back with the same at the same instant one is
first, and the other is told that it is not good any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy.orm import Session

from bot import ledger
from bot.consent_ends import can_end, confirm_end
from bot.consent_links import ConsentPurpose, ConsentToken, end_nonce, is_same, make_state
from bot.consent_requests import follow_request, request_sheet
from bot.consent_verifying import begin_verifying
from bot.turn import Policy
from cards.consent_pages import Said
from cards.consent_requests import RequestSheet
from contract.consent_requests import DECLINED, ConsentRequest, Outcome, RequestState, SignedIn
from contract.consents import Grant, Mechanism
from contract.ledger import EntryKind
from contract.people import Language
from storage.consent_requests import (
    begin_attempt,
    has_nonce,
    keep_signed_in,
    load_request,
    mark_used,
    set_outcome,
    take_flow,
    take_state,
)
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.grants import load_grant

_SAID = {
    RequestState.VERIFYING: Said.USED,
    RequestState.NOT_FOUND: Said.USED,
    RequestState.GIVEN: Said.GIVEN,
    RequestState.EXPIRED: Said.EXPIRED,
    RequestState.SUPERSEDED: Said.SUPERSEDED,
}


class Back(Enum):
    """How somebody came back without a consent."""

    DECLINED = auto()
    OTHER_TENANT = auto()


@dataclass(frozen=True, slots=True)
class SetOut:
    """Whose tenant it is, and what signing in needs."""

    tenant_id: str
    flow: Mapping[str, Any]


def _theirs(session: Session, token: ConsentToken, *, lock: bool = False) -> ConsentRequest | Said:
    """The request of a token, where it is still one that can be used."""
    try:
        if lock:
            load_customer(session, token.customer_id, lock=True)
        request = load_request(session, token.thing_id, lock=lock)
    except NotFound:
        return Said.FORGED
    # Signed with our key, and for another customer: a customer's number was given out anew, or the key was lost.
    if request.customer_id != token.customer_id or request.mechanism is not Mechanism.APP:
        return Said.FORGED
    return request


def _usable(session: Session, token: ConsentToken, now: datetime, *, lock: bool = False) -> ConsentRequest | Said:
    request = _theirs(session, token, lock=lock)
    if isinstance(request, Said):
        return request
    state = request.state(now)
    return request if state is RequestState.OPEN else _SAID[state]


def page_of(session: Session, token: ConsentToken, now: datetime, policy: Policy) -> RequestSheet | Said:
    """What the page of a link shows, or what it says instead."""
    request = _usable(session, token, now)
    if isinstance(request, Said):
        return request
    if not has_nonce(session, request.id, token.nonce):
        return Said.FORGED
    return request_sheet(session, request, now, policy, token.language)


def set_out(session: Session, request_id: int, state: str, flow: Mapping[str, Any], now: datetime) -> bool:
    """Somebody goes to sign in; False where the request was used meanwhile."""
    request = load_request(session, request_id, lock=True)
    if request.state(now) is not RequestState.OPEN:
        return False
    begin_attempt(session, request_id, state, flow)
    return True


def back_from_sign_in(session: Session, token: ConsentToken, state: str, now: datetime) -> SetOut | Said:
    """Use the state up; what it was made with."""
    request = _usable(session, token, now, lock=True)
    if isinstance(request, Said):
        return request
    if now >= token.good_until or not take_state(session, request.id, state):
        return Said.STALE
    flow = take_flow(session, request.id)
    if flow is None:
        return Said.STALE
    return SetOut(load_customer(session, request.customer_id).tenant_id, flow)


def signed_in(
    session: Session,
    request_id: int,
    policy: Policy,
    language: Language,
    now: datetime,
    *,
    who: SignedIn | None = None,
) -> str | None:
    """Who it was is kept; the state for the consent itself, or None where the request was used meanwhile."""
    request = load_request(session, request_id, lock=True)
    if request.state(now) is not RequestState.OPEN:
        return None
    if who is not None:
        keep_signed_in(session, request_id, who)
    state = make_state(policy, ConsentPurpose.STATE, request, language, now)
    begin_attempt(session, request_id, state, None)
    return state


def back_from_consent(
    session: Session, token: ConsentToken, state: str, *, code: str, policy: Policy, now: datetime
) -> Said:
    """Use the state and, unless it was declined, the link up; whether it was given is looked for in the tenant."""
    request = _usable(session, token, now, lock=True)
    if isinstance(request, Said):
        return request
    if now >= token.good_until or not take_state(session, request.id, state):
        return Said.STALE
    if code:
        _declined(session, request, code, policy, now)
        return Said.DECLINED
    mark_used(session, request.id, now)
    begin_verifying(session, policy, request, now)
    follow_request(session, request, now)
    return Said.THANKS


def came_back(session: Session, token: ConsentToken, how: Back, *, code: str, policy: Policy, now: datetime) -> None:
    """Nobody was signed in, or somebody of another organisation."""
    request = _usable(session, token, now, lock=True)
    if isinstance(request, Said):
        return
    if how is Back.OTHER_TENANT:
        set_outcome(session, request.id, Outcome.OTHER_TENANT.value)
        details = {"request": request.id, "outcome": Outcome.OTHER_TENANT.value, "tenant": code[:64]}
        ledger.note(session, policy, request.customer_id, EntryKind.DECLINED, now, details=details)
        follow_request(session, request, now)
    else:
        _declined(session, request, code, policy, now)


def _declined(session: Session, request: ConsentRequest, code: str, policy: Policy, now: datetime) -> None:
    set_outcome(session, request.id, f"{DECLINED}{code}")
    details = {"request": request.id, "outcome": "declined", "code": code}
    ledger.note(session, policy, request.customer_id, EntryKind.DECLINED, now, details=details)
    follow_request(session, request, now)


# --- ending -----------------------------------------------------------------------------------------------------------


def end_asked(session: Session, token: ConsentToken, key: bytes) -> tuple[Grant, str] | None:
    """What is to end and whose it is; None where nobody wants that any more."""
    try:
        grant = load_grant(session, token.thing_id)
    except NotFound:
        return None
    is_it = grant.customer_id == token.customer_id and grant.end_asked_at is not None
    if not is_it or not can_end(grant) or not is_same(end_nonce(key, grant), token.nonce):
        return None
    return grant, load_customer(session, grant.customer_id).name


def end_confirmed(session: Session, token: ConsentToken, policy: Policy, now: datetime) -> bool:
    """The administrator confirmed it; False where there is nothing to end."""
    found = end_asked(session, token, policy.link_key)
    if found is None:
        return False
    return confirm_end(session, policy, found[0].id, now, who=found[0].end_asked_by or "", by=None)
