"""Who hears what: the only place that puts rows in the outbox.

An announcement joins the transaction of the change it tells of, a row per reader. It says *what to show*, never a
text: delivery renders it when it goes out, in the reader's language, a ticket as it is by then (R5, D32).

Two kinds of row go to a person: `show` keeps a live card current (every copy in that person's chat is updated; with
`post` a card is posted where there is none) and `line` is the short sentence that makes the client notify, since an
update of a card is silent in Teams. A newer `show` of the same card takes the place of one that still waits; lines
that wait together go out as one message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from contract.events import TicketEvent
from contract.tickets import Ticket
from storage import outbox
from storage.contacts import contact_ids
from storage.people import manager_ids, staff_ids
from storage.posted_cards import readers_of, subjects_of

SHOW, LINE, FETCH_FILE, LOOK_UP = "show", "line", "fetch_file", "look_up"
MAKE_DOCUMENTS, MAIL, MAIL_LINES = "make_documents", "mail", "mail_lines"

MAILED_EVERY = timedelta(hours=1)
"""How often somebody whom Teams does not reach gets a mail at most."""

DOCUMENT_BOXES = 4
"""Mailboxes that documents are spread over: that many are made at a time."""


def mailbox_of(person_id: int) -> str:
    """The mailbox of a person: everything for one person goes out in order."""
    return f"person:{person_id}"


def ticket_subject(number: int) -> str:
    """What the live cards of a ticket are remembered by."""
    return f"ticket:{number}"


def access_subject(customer_id: int) -> str:
    """What the live cards of a customer's access are remembered by."""
    return f"access:{customer_id}"


def estimate_subject(estimate_id: int) -> str:
    """What the live cards of an estimate are remembered by."""
    return f"estimate:{estimate_id}"


def show(
    session: Session,
    person_id: int,
    view: str,
    args: Mapping[str, Any],
    now: datetime,
    *,
    post: bool = True,
    fresh: bool = False,
    subject: str | None = None,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Show a view to a person: update its copies, or post it. With `key` only the first time.

    `post=False` only updates what is there; `fresh=True` posts a new copy at the end of the chat and updates the
    others.
    """
    outbox.enqueue(
        session,
        mailbox=mailbox_of(person_id),
        kind=SHOW,
        payload={
            "person": person_id,
            "view": view,
            "args": dict(args),
            "post": post,
            "fresh": fresh,
            "subject": subject,
        },
        now=now,
        # A row that must post something new is never dropped for one that only updates.
        replaces=None if subject is None or fresh else f"post:{subject}" if post else subject,
        due_at=due_at,
        key=key,
    )


def tell(session: Session, person_id: int, event_id: int, now: datetime) -> None:
    """Send a person the line of one event."""
    outbox.enqueue(
        session,
        mailbox=mailbox_of(person_id),
        kind=LINE,
        payload={"person": person_id, "event": event_id},
        now=now,
        key=f"line:{event_id}:{person_id}",
    )


def ticket_opened(session: Session, ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """A new ticket: its card goes to both contacts and to every engineer; the card itself notifies."""
    staff = staff_ids(session)
    for person_id in _readers(contact_ids(session, ticket.customer_id), staff):
        if person_id != event.actor_id:
            show_ticket(session, person_id, ticket.number, now, post=True)


def show_ticket(
    session: Session, person_id: int, number: int, now: datetime, *, post: bool = False, fresh: bool = False
) -> None:
    """Keep a person's card of a ticket current, or post it."""
    show(session, person_id, "ticket", {"ticket": number}, now, post=post, fresh=fresh, subject=ticket_subject(number))


def ticket_changed(
    session: Session, ticket: Ticket, event: TicketEvent, now: datetime, *, also: Collection[int] = ()
) -> None:
    """Something happened on a ticket: every open card of it follows, and whom it concerns hears a line.

    Contacts hear of everything that is not internal, never of what they did themselves (R5); `also` names further
    people.
    """
    contacts = contact_ids(session, ticket.customer_id)
    # The staff's first copies may still be on their way, drawn before this and not yet known to stand anywhere.
    staff = staff_ids(session)
    for person_id in _readers(contacts, staff, readers_of(session, ticket_subject(ticket.number))):
        show_ticket(session, person_id, ticket.number, now, post=person_id in contacts)
    for person_id in _hearers(ticket, event, contacts, staff, also):
        tell(session, person_id, event.id, now)


def _hearers(
    ticket: Ticket, event: TicketEvent, contacts: Collection[int], staff: Collection[int], also: Collection[int]
) -> list[int]:
    hearers: set[int] = set(also)
    if event.kind.notifies_contacts:
        hearers.update(contacts)
    if event.kind.notifies_staff:
        hearers.update(_in_charge(ticket, staff))
    hearers.discard(event.actor_id or 0)
    return sorted(hearers)


def _in_charge(ticket: Ticket, staff: Collection[int]) -> Collection[int]:
    """Who has the ticket; everybody on the staff where nobody has it, or somebody who left."""
    return [ticket.engineer_id] if ticket.engineer_id is not None and ticket.engineer_id in staff else staff


def remind_staff(session: Session, ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """The one who has the ticket hears the line of `event`; otherwise everybody on the staff."""
    for person_id in _in_charge(ticket, staff_ids(session)):
        tell(session, person_id, event.id, now)


def show_managers(session: Session, view: str, args: Mapping[str, Any], now: datetime, *, subject: str) -> None:
    """Show a view to every manager, and keep it current."""
    for person_id in _readers(manager_ids(session), readers_of(session, subject)):
        show(session, person_id, view, args, now, subject=subject)


def knock_subject(knock_id: int) -> str:
    """What the managers' cards of a knock are remembered by."""
    return f"knock:{knock_id}"


def customer_subject(customer_id: int) -> str:
    """What the staff's live cards of a customer are remembered by."""
    return f"customer:{customer_id}"


def contract_changed(session: Session, contract_id: int, customer_id: int, now: datetime, *, by: int | None) -> None:
    """A contract was signed, renewed or cancelled: both sides get its card, but for who did it (R5, R8, R27)."""
    subject = f"term:{contract_id}"
    told = _readers(contact_ids(session, customer_id), manager_ids(session))
    for person_id in _readers(told, readers_of(session, subject)):
        if person_id in told and person_id != by:
            show(session, person_id, "term", {"term": contract_id}, now, fresh=True, subject=subject)
        else:
            show(session, person_id, "term", {"term": contract_id}, now, post=False, subject=subject)
    follow(session, customer_subject(customer_id), now)


def follow(session: Session, subject: str, now: datetime, *, also: Collection[int] = ()) -> None:
    """Bring every open copy of a live card up to date, whoever has it, without a sound.

    `also` names people to whom a first copy may be on its way at this moment.
    """
    view, _, key = subject.partition(":")
    for person_id in _readers(readers_of(session, subject), also):
        show(session, person_id, view, {view: int(key)}, now, post=False, subject=subject)


def follow_person(session: Session, person_id: int, now: datetime) -> None:
    """Bring every live card in a person's chat up to date: the language changed, or what the person may see."""
    for subject in subjects_of(session, person_id):
        view, _, key = subject.partition(":")
        if key.isdecimal():
            show(session, person_id, view, {view: int(key)}, now, post=False, subject=subject)


def _readers(*groups: Collection[int]) -> list[int]:
    return sorted(set().union(*groups))


def warn_managers(session: Session, view: str, args: Mapping[str, Any], now: datetime, *, once: str) -> None:
    """Show a view to every manager, once each for the same `once` however often it is asked."""
    for person_id in manager_ids(session):
        show(session, person_id, view, args, now, key=f"{outbox.ONCE}{once}:{person_id}")


def fetch_file(session: Session, person_id: int, file_id: int, now: datetime) -> None:
    """Have the bytes of a file fetched, in order with what else goes to its sender."""
    outbox.enqueue(
        session,
        mailbox=f"file:{person_id}",
        kind=FETCH_FILE,
        payload={"person": person_id, "file": file_id},
        now=now,
    )


def look_up(session: Session, person_id: int, now: datetime) -> None:
    """Have a person's name and address looked up in the chat's roster."""
    outbox.enqueue(
        session,
        mailbox=mailbox_of(person_id),
        kind=LOOK_UP,
        payload={"person": person_id},
        now=now,
        key=f"look_up:{person_id}",
    )


# --- invoices and mail ------------------------------------------------------------------------------------------------


def invoice_issued(session: Session, invoice_id: int, customer_id: int, now: datetime) -> None:
    """An invoice or a credit note was issued: its documents are made, and then its customer gets it (R14).

    To be called in the transaction that gives it its number.
    """
    outbox.enqueue(
        session,
        mailbox=f"documents:{invoice_id % DOCUMENT_BOXES}",
        kind=MAKE_DOCUMENTS,
        payload={"invoice": invoice_id, "customer": customer_id},
        now=now,
        key=f"documents:{invoice_id}",
    )


def tell_word(session: Session, person_id: int, word_id: int, now: datetime) -> None:
    """Send a person the line of one word in a question about an invoice."""
    outbox.enqueue(
        session,
        mailbox=mailbox_of(person_id),
        kind=LINE,
        payload={"person": person_id, "word": word_id},
        now=now,
        key=f"word:{word_id}:{person_id}",
    )


def mail(session: Session, to: str, what: str, args: Mapping[str, Any], now: datetime, *, key: str) -> None:
    """Send a mail of `bot/mails.py` to an address, once for each `key`, by which a second copy is recognised too."""
    outbox.enqueue(
        session,
        mailbox=f"mail:{hashlib.sha256(to.casefold().encode()).hexdigest()[:32]}",
        kind=MAIL,
        payload={"to": to, "what": what, "args": dict(args)},
        now=now,
        key=f"{outbox.ONCE}mail:{key}",
    )


def mail_lines(session: Session, person_id: int, now: datetime) -> None:
    """Send by mail what Teams did not take for this person within this hour, once the hour is over."""
    began = now.replace(minute=0, second=0, microsecond=0)
    outbox.enqueue(
        session,
        mailbox=f"mail:person:{person_id}",
        kind=MAIL_LINES,
        payload={"person": person_id, "since": began.isoformat(), "until": (began + MAILED_EVERY).isoformat()},
        now=now,
        # What ended in the last moments of the hour may be written down a little later.
        due_at=began + MAILED_EVERY + timedelta(minutes=1),
        key=f"mail_lines:{person_id}:{began.isoformat()}",
    )
