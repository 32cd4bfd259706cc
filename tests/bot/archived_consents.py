"""Consents of the archive's customers, with words of theirs in every place that has any."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import ledger
from bot.recorded_consents import adopt
from contract.consents import Finding, GrantState, Mechanism, Proof
from contract.ledger import EntryKind
from storage.grants import set_grant
from storage.people import load_people
from tests.bot.people import POLICY, Somebody


def give_consent(session: Session, *, who: Somebody, customer_id: int, word: str, now: datetime) -> None:
    """A relationship was given by somebody of the customer, who wants it ended; the stage's own record is adopted."""
    found = Finding(state=GrantState.ACTIVE, title="Support", approved_by=f"{word} approved", proof=Proof.AUDIT)
    grant = ledger.observe(session, POLICY, customer_id, Mechanism.GDAP, f"gdap-{customer_id}", found, now).after
    set_grant(session, grant.id, end_asked_by=f"{word} ends", end_asked_at=now)
    [person] = load_people(session, [who.id]).values()
    details = {"reason": f"{word} reason", "activity": "activity-1"}
    ledger.note(session, POLICY, customer_id, EntryKind.WITHDRAWN, now, grant=grant, by=person, details=details)
    adopt(session, POLICY, customer_id, now)
