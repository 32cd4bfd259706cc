"""Ending a consent: asked by a contact's withdrawal or a manager, confirmed by a manager or the administrator (R25).

Where Microsoft lets us, it is taken away at once; else both sides get the exact steps. Either way it is looked at every
15 minutes until it is gone, and then both hear it. What a withdrawal proposed and nobody confirmed is off as soon as a
contact consents again: a link to confirm it that was mailed before ends nothing any more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import consent_news, ledger
from bot.consent_looks import check_now
from bot.errands import ask_graph
from bot.turn import Policy
from cards.consent_news import News
from contract.consent_checks import next_check_at
from contract.consents import Grant, GrantState, Mechanism
from contract.ledger import EntryKind
from contract.ledger_bodies import read_entry
from contract.people import Person
from storage.contacts import load_customer
from storage.grants import load_grant, load_grants, set_grant
from storage.ledger import entries_of

END_GRANT = "end_grant"


def propose_ends(session: Session, policy: Policy, customer_id: int, now: datetime, *, by: Person) -> int:
    """A contact withdrew consent: managers and the administrator are asked to end what stands; returns how many.

    Nothing is ended by this alone; that remote work stops is the withdrawal's own effect.
    """
    load_customer(session, customer_id, lock=True)
    # Of the app's permission nothing was said: where no work rests on it, it only tells who the contacts are.
    covers = {Mechanism.GDAP, Mechanism.APP} if policy.app_consent_covers_work else {Mechanism.GDAP}
    grants = [one for one in load_grants(session, customer_id) if can_end(one) and one.mechanism in covers]
    for grant in grants:
        if grant.end_asked_at is None:
            _ask(session, policy, grant, now, who=by.name, by=by)
            _tell_asked(session, grant, now)
    return len(grants)


def take_back_ends(session: Session, customer_id: int, now: datetime) -> None:
    """A contact consents again: what the withdrawal proposed to end stays, unless somebody confirmed it before."""
    for grant in load_grants(session, customer_id):
        if grant.end_asked_at is not None and not _is_confirmed(session, grant):
            set_grant(session, grant.id, end_asked_by=None, end_asked_at=None)
            set_grant(session, grant.id, next_check_at=next_check_at(load_grant(session, grant.id), now))


def _is_confirmed(session: Session, grant: Grant) -> bool:
    """Whether the end that is asked for was confirmed."""
    asked = entries_of(session, grant.customer_id, (EntryKind.END_ASKED,))
    notes = (read_entry(one.body).note for one in asked)
    return any(
        note.grant is not None
        and note.grant.id == grant.id
        and "confirmed" in note.details
        and grant.end_asked_at is not None
        and note.at >= grant.end_asked_at
        for note in notes
    )


def confirm_end(
    session: Session,
    policy: Policy,
    grant_id: int,
    now: datetime,
    *,
    who: str,
    by: Person | None,
    without_chat: str = "link",
) -> bool:
    """A manager, or the administrator (`by` None), has it ended; False where nothing is to end. Safe to repeat."""
    # Held in the order in which everything about a customer's consents is: customer, ledger, source.
    load_customer(session, load_grant(session, grant_id).customer_id, lock=True)
    grant = load_grant(session, grant_id)
    if not can_end(grant):
        return False
    if grant.end_asked_at is None:
        _ask(session, policy, grant, now, who=who, by=by)
        grant = load_grant(session, grant_id)
    if not _is_confirmed(session, grant):
        # A link shows no more than that whoever had the administrator's mail clicked.
        details = {"confirmed": "manager" if by is not None else without_chat}
        ledger.note(session, policy, grant.customer_id, EntryKind.END_ASKED, now, grant=grant, by=by, details=details)
    is_app = grant.mechanism is Mechanism.APP
    tenant_id = load_customer(session, grant.customer_id).tenant_id if is_app else policy.provider.tenant_id
    ask_graph(session, tenant_id, END_GRANT, {"grant": grant.id}, now, key=f"end:{grant.id}:{grant.end_asked_at}")
    consent_news.follow(session, grant.customer_id, now)
    return True


def can_end(grant: Grant) -> bool:
    """A recorded consent is withdrawn on the customer's card; of the others, what is in force or asked for."""
    return grant.mechanism is not Mechanism.MANUAL and (
        grant.known_state.is_active or grant.known_state is GrantState.REQUESTED
    )


def _ask(session: Session, policy: Policy, grant: Grant, now: datetime, *, who: str, by: Person | None) -> None:
    ledger.note(session, policy, grant.customer_id, EntryKind.END_ASKED, now, grant=grant, by=by, details={"by": who})
    set_grant(session, grant.id, end_asked_by=who[:300], end_asked_at=now)
    set_grant(session, grant.id, next_check_at=next_check_at(load_grant(session, grant.id), now))


def _tell_asked(session: Session, grant: Grant, now: datetime) -> None:
    consent_news.tell(
        session,
        grant.customer_id,
        grant.mechanism,
        News.END_ASKED,
        now,
        once=f"{grant.id}:end_asked:{now.isoformat()}",
        grant=grant.id,
        confirm=True,
    )


def ended(session: Session, policy: Policy, grant_id: int, refused: str | None, now: datetime) -> None:
    """What came of it: it is looked at at once, and where a person has to do it both sides get the steps."""
    grant = load_grant(session, grant_id)
    if refused is None:
        check_now(session, policy, grant.customer_id, now)
        consent_news.follow(session, grant.customer_id, now)
        return
    details = {"by_hand": refused}
    ledger.note(session, policy, grant.customer_id, EntryKind.END_ASKED, now, grant=grant, details=details)
    consent_news.tell(
        session,
        grant.customer_id,
        grant.mechanism,
        News.END_BY_HAND,
        now,
        once=f"{grant.id}:by_hand:{grant.end_asked_at}",
        grant=grant.id,
    )
