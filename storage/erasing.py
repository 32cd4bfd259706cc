"""Erasing what may go at once: words, files, addresses, and people whom no kept record names (R28).

Rows stay where kept records refer to them; what was written in them is replaced by a mark. Every statement touches only
what is not erased yet, so that a second run changes nothing and counts nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, or_, select, text, update
from sqlalchemy.orm import Session

from contract.events import EventKind
from storage import access_tables, tables
from storage import billing_tables as billing
from storage.exports import CUSTOMER, SUBJECT
from storage.files import forget_contents
from storage.outbox_tables import outbox
from storage.posted_cards import posted_cards
from storage.rows import count_changed

MARK = "[gewist/erased]"
"""What stands in the place of a text or a name."""

EVENTS_AT_ONCE = 500
DECIDED = (
    EventKind.TIME_LOGGED,
    EventKind.TIME_CORRECTED,
    EventKind.ESTIMATE_OFFERED,
    EventKind.ESTIMATE_APPROVED,
    EventKind.ESTIMATE_DECLINED,
    EventKind.WORK_STOPPED,
    EventKind.MINIMUM_WAIVED,
)
"""What invoices rest on: these events are kept as they are."""

FACTS = frozenset({"outcome", "urgency", "estimate", "due_at", "valid_until", "contract", "bands"})
"""Details of an event that nobody wrote; of the others only numbers stay."""

_tickets, _events, _files = tables.tickets, tables.ticket_events, tables.files
_NUMBERS = select(_tickets.c.number).where(_tickets.c.customer_id == CUSTOMER)
_INVOICED = select(billing.invoice_lines.c.ticket_number).where(billing.invoice_lines.c.ticket_number.is_not(None))


def overwrite_erased(session: Session) -> None:
    """Have SQLite overwrite what is erased in its file from here on; PostgreSQL does so when it vacuums."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))


def erase_tickets(session: Session, customer_id: int) -> int:
    """What contacts described; a subject stays where it stands on an invoice. Returns how many tickets changed."""
    texts: dict[str, Any] = {
        "description": MARK,
        "affected": "",
        "reach": "",
        "microsoft_case": None,
        "outcome_details": {},
    }
    left = or_(
        _tickets.c.description != MARK,
        _tickets.c.affected != "",
        _tickets.c.reach != "",
        _tickets.c.microsoft_case.is_not(None),
    )
    changed = session.execute(
        update(_tickets).where(_tickets.c.customer_id == CUSTOMER, left).values(texts).returning(_tickets.c.number),
        {"customer": customer_id},
    ).all()
    session.execute(
        update(_tickets)
        .where(_tickets.c.customer_id == CUSTOMER, _tickets.c.number.not_in(_INVOICED), _tickets.c.subject != MARK)
        .values(subject=MARK),
        {"customer": customer_id},
    )
    return len(changed)


def erase_history(session: Session, customer_id: int, own: Collection[int], *, kinds: Collection[str] = ()) -> int:
    """What was written on tickets, and by whom of the customer; returns how many events changed.

    Events that invoices rest on stay, unless `kinds` names them: after the years in which they are kept.
    """
    kept = [kind.value for kind in DECIDED if kind.value not in kinds]
    columns = _events.c.id, _events.c.text, _events.c.details, _events.c.actor_id, _events.c.actor_name
    query = (
        select(*columns)
        .where(_events.c.ticket_number.in_(_NUMBERS), _events.c.kind.not_in(kept), _events.c.id > bindparam("after"))
        .order_by(_events.c.id)
        .limit(EVENTS_AT_ONCE)
    )
    changed, after = 0, 0
    write = update(_events).where(_events.c.id == bindparam("which"))
    while rows := session.execute(query, {"customer": customer_id, "after": after}).all():
        after = rows[-1].id
        erased = [
            {"which": row.id, **values}
            for row in rows
            if (values := _erased(row, own)) != {name: getattr(row, name) for name in values}
        ]
        if erased:
            session.execute(write, erased)
        changed += len(erased)
    session.execute(
        update(_events)
        .where(
            _events.c.ticket_number.in_(_NUMBERS), or_(_events.c.key.is_not(None), _events.c.activity_id.is_not(None))
        )
        .values(key=None, activity_id=None),
        {"customer": customer_id},
    )
    return changed


def _erased(row: Any, own: Collection[int]) -> dict[str, Any]:
    return {
        "text": MARK if row.text else "",
        "details": {
            name: value for name, value in row.details.items() if name in FACTS or isinstance(value, bool | int)
        },
        "actor_name": MARK if row.actor_id in own else row.actor_name,
    }


def erase_files(session: Session, customer_id: int) -> int:
    """Files that people sent, with bytes that nothing else has; returns how many."""
    gone = session.execute(
        delete(_files).where(SUBJECT["files"].belongs).returning(_files.c.sha256), {"customer": customer_id}
    ).all()
    forget_contents(session, {row.sha256 for row in gone if row.sha256})
    return len(gone)


def erase_questions(session: Session, customer_id: int, own: Collection[int]) -> int:
    """What was written in questions about invoices; returns how many messages."""
    words = billing.question_messages
    belongs = SUBJECT["question_messages"].belongs
    changed = session.execute(
        update(words).where(belongs, words.c.text != MARK).values(text=MARK, key=None).returning(words.c.id),
        {"customer": customer_id},
    ).all()
    session.execute(
        update(words).where(belongs, words.c.person_id.in_(own)).values(name=MARK), {"customer": customer_id}
    )
    return len(changed)


def erase_agreements(session: Session, customer_id: int) -> int:
    """Who consented by which document, where invoices went, and by which message a contract was signed."""
    named = {"customer": customer_id}
    consents = tables.consents
    changed = session.execute(
        update(consents)
        .where(consents.c.customer_id == CUSTOMER, consents.c.document != MARK)
        .values(document=MARK)
        .returning(consents.c.id),
        named,
    ).all()
    grants = access_tables.consent_grants
    session.execute(
        update(grants)
        .where(grants.c.customer_id == CUSTOMER)
        .values(
            title=MARK,
            approved_by=case((grants.c.approved_by.is_not(None), MARK)),
            end_asked_by=case((grants.c.end_asked_by.is_not(None), MARK)),
        ),
        named,
    )
    details = billing.billing_details
    gone = session.execute(
        delete(details).where(details.c.customer_id == CUSTOMER).returning(details.c.customer_id), named
    ).all()
    session.execute(update(billing.signatures).where(SUBJECT["signatures"].belongs).values(activity_id=None), named)
    return len(changed) + len(gone)


def erase_people(session: Session, customer_id: int, own: Collection[int], kept: Collection[int], now: datetime) -> int:
    """Appointments end, knocks go, addresses go, and names but those that a decision is kept with; returns how many."""
    people, contacts = tables.people, tables.contacts
    session.execute(
        update(contacts)
        .where(contacts.c.customer_id == customer_id, contacts.c.removed_at.is_(None))
        .values(removed_at=now)
    )
    session.execute(delete(tables.knocks).where(tables.knocks.c.customer_id == customer_id))
    addresses = ("email", "user_id", "conversation_id", "service_url", "heard_at", "installed_at", "welcomed_at")
    forgotten = dict.fromkeys((*addresses, "unreachable_since"))
    reachable = or_(*(people.c[name].is_not(None) for name in forgotten))
    changed = {
        row.id
        for row in session.execute(
            update(people).where(people.c.id.in_(own), reachable).values(forgotten).returning(people.c.id)
        )
    }
    for person_id in sorted(set(own) - set(kept)):
        renamed = update(people).where(people.c.id == person_id, people.c.object_id != f"erased-{person_id}")
        if count_changed(session, renamed.values(name=MARK, object_id=f"erased-{person_id}")):
            changed.add(person_id)
    return len(changed)


# --- messages ---------------------------------------------------------------------------------------------------------


def erase_messages(session: Session, customer_id: int, own: Collection[int], addresses: Collection[str]) -> int:
    """Messages to these people and mails to the customer, waiting or sent, and where their cards stand."""
    boxes = [name for person in own for name in (f"person:{person}", f"file:{person}", f"mail:person:{person}")]
    gone = [row.id for row in session.execute(delete(outbox).where(outbox.c.mailbox.in_(boxes)).returning(outbox.c.id))]
    # As bot/announcements.py names the mailbox of an address.
    mails = [f"mail:{hashlib.sha256(to.casefold().encode()).hexdigest()[:32]}" for to in addresses]
    mine = set(
        session.scalars(
            select(billing.invoices.c.id).where(billing.invoices.c.customer_id == CUSTOMER), {"customer": customer_id}
        )
    )
    sent = session.execute(select(outbox.c.id, outbox.c.payload).where(outbox.c.mailbox.in_(mails))).all()
    # An accountant's office reads the mails of more than one customer, and so may an administrator.
    args = [(row.id, row.payload.get("args", {})) for row in sent]
    gone += _forget(
        session, [key for key, one in args if one.get("invoice") in mine or one.get("customer") == customer_id]
    )
    session.execute(delete(posted_cards).where(posted_cards.c.person_id.in_(own)))
    return len(gone)


def _forget(session: Session, ids: list[int]) -> list[int]:
    session.execute(delete(outbox).where(outbox.c.id.in_(ids)))
    return ids


def known_addresses(session: Session, customer_id: int) -> set[str]:
    """Every address that invoices of the customer may have been mailed to."""
    named = {"customer": customer_id}
    details = billing.billing_details
    kept = session.scalars(select(details.c.email).where(details.c.customer_id == CUSTOMER), named)
    buyers = session.scalars(select(billing.invoices.c.buyer).where(SUBJECT["invoices"].belongs), named)
    return {address for address in (*kept, *(buyer.get("email") for buyer in buyers)) if address}


_WITH_CARDS = {
    "consent_request": access_tables.consent_requests,
    "contact_search": access_tables.contact_searches,
}
"""Things of a customer that have cards of their own, by the kind of the subject."""


def shown_subjects(session: Session, customer_id: int) -> list[str]:
    """The cards of the customer's things that still stand in somebody's chat: to be drawn again without the words."""
    numbers = session.scalars(_NUMBERS, {"customer": customer_id})
    subjects = [f"ticket:{number}" for number in numbers]
    subjects += [f"{kind}:{customer_id}" for kind in ("customer", "access", "consents")]
    for kind, table in _WITH_CARDS.items():
        keys = session.scalars(select(table.c.id).where(table.c.customer_id == customer_id))
        subjects += [f"{kind}:{key}" for key in keys]
    shown: set[str] = set()
    for start in range(0, len(subjects), EVENTS_AT_ONCE):
        part = subjects[start : start + EVENTS_AT_ONCE]
        shown.update(session.scalars(select(posted_cards.c.subject).where(posted_cards.c.subject.in_(part))))
    return sorted(shown)
