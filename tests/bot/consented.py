"""Consents of a customer as they stand in the database, for tests that need some."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot import ledger
from bot.consent_links import request_nonce
from bot.turn import Policy
from contract.consents import Finding, Grant, GrantState, Mechanism, Permission, Proof
from storage.consent_requests import add_request
from storage.grants import set_grant
from storage.people import load_person

ROLE = Permission("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator")
READS = Permission("df021288-bdef-4463-88db-98f22de89214", "User.Read.All")


def relationship(session: Any, policy: Policy, customer_id: int, now: datetime, **more: Any) -> Grant:
    """A delegated admin relationship that is in force for 300 days."""
    finding = Finding(
        **{
            "state": GrantState.ACTIVE,
            "scope": (ROLE,),
            "title": "Support",
            "valid_from": now,
            "valid_until": now + timedelta(days=300),
            "proof": Proof.RELATIONSHIP,
            "raw_digest": "0" * 64,
            **more,
        }
    )
    source = f"relationship-{customer_id}"
    return ledger.observe(session, policy, customer_id, Mechanism.GDAP, source, finding, now).after


def app_consent(session: Any, policy: Policy, customer_id: int, now: datetime, **more: Any) -> Grant:
    """The app's permission, in force."""
    finding = Finding(**{"state": GrantState.ACTIVE, "scope": (READS,), "proof": Proof.TOKEN, **more})
    return ledger.observe(session, policy, customer_id, Mechanism.APP, policy.access.app_id, finding, now).after


def asked(session: Any, policy: Policy, customer_id: int, now: datetime, *, by: int, word: str = "") -> int:
    """A request for the app's permission that waits for the administrator."""
    return add_request(
        session,
        customer_id,
        Mechanism.APP,
        request_nonce(policy.link_key, customer_id, Mechanism.APP, now),
        asked_by=by,
        now=now,
        expires_at=now + timedelta(days=7),
        administrator=(f"{word} administrator", f"{word}@administrator.example"),
    )


def things(session: Any, policy: Policy, customer_id: int, word: str, now: datetime, *, by: int) -> dict[str, int]:
    """One of each, with a word in everything; the ids by the names of the fields."""
    grant = relationship(
        session, policy, customer_id, now, title=f"{word} relationship", approved_by=f"{word} approver"
    )
    set_grant(session, grant.id, asked_by=by, asked_at=now, end_asked_by=load_person(session, by).name)
    return {"grant": grant.id, "consent_request": asked(session, policy, customer_id, now, by=by, word=word)}
