"""Fills an empty database: customers with two contacts each, two engineers, tickets with a history.

Rows go in by thousands through the tables themselves; everything that is measured afterwards goes the product's way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Table
from sqlalchemy.orm import Session

from contract.estimates import EstimateState, Instrument
from contract.events import EventKind
from contract.outcomes import OutcomeDetails
from contract.people import Role
from contract.tickets import State
from demo.people import PROVIDER, Identity, Organisation, Part
from storage.posted_cards import posted_cards
from storage.tables import consents, contacts, contracts, customers, estimates, people, ticket_events, tickets
from storage.tables import work_entries as entries

MANY = 2000
_WORDS = ("Outlook", "mailbox", "calendar", "Teams", "SharePoint", "OneDrive", "sync", "sign-in", "printer", "phone")
TEXT = (
    "Since this morning new mail arrives in the web version but not in Outlook on two laptops. Restarting did not "
    "help, and the status bar says that it is trying to connect. Both laptops were updated on Friday."
)


@dataclass(frozen=True, slots=True)
class Town:
    """The people in the database. `ids` are the keys of `contacts`, in the same order."""

    contacts: tuple[Identity, ...]
    ids: tuple[int, ...]
    customer_ids: tuple[int, ...]
    engineer_ids: tuple[int, ...]

    def customer_of(self, index: int) -> int:
        """Whose contact this is: there are two a customer."""
        return self.customer_ids[index // 2]


@dataclass(frozen=True, slots=True)
class Offer:
    """An open estimate, the message that shows it to contact number `contact`, and its ticket with the last event."""

    estimate_id: int
    ticket: int
    event_id: int
    contact: int
    message_id: str


def _guid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def _contact(index: int) -> Identity:
    home = Organisation(f"Customer {index // 2}", _guid(f"tenant {index // 2}"), f"customer{index // 2}.example")
    locale = "nl-NL" if index % 2 else "en-GB"
    return Identity(f"contact{index}", "Contact", str(index), home, _guid(f"contact {index}"), Part.CONTACT, locale)


def _keep(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows; their keys, in the same order."""
    (key,) = table.primary_key
    found: list[int] = []
    for start in range(0, len(rows), MANY):
        insert = table.insert().returning(key, sort_by_parameter_order=True)
        found += session.scalars(insert, rows[start : start + MANY])
    return found


def fill_town(session: Session, customer_count: int, connector_url: str, now: datetime) -> Town:
    """Customers with contract, consent and two contacts who were heard a minute ago; two engineers."""
    long_ago = now - timedelta(days=200)
    known = tuple(_contact(index) for index in range(customer_count * 2))
    staff = [
        Identity(f"staff{index}", "Engineer", str(index), PROVIDER, _guid(f"staff {index}"), Part.ENGINEER, "nl-NL")
        for index in range(2)
    ]
    homes = [identity.organisation for identity in known[::2]]
    customer_ids = _keep(
        session, customers, [{"name": home.name, "tenant_id": home.tenant_id, "created_at": long_ago} for home in homes]
    )
    ids = _keep(
        session,
        people,
        [
            {
                "tenant_id": who.tenant_id,
                "object_id": who.object_id,
                "name": who.name,
                "email": who.email,
                "language": who.locale[:2],
                "staff_role": Role.ENGINEER.value if who.part is Part.ENGINEER else None,
                "user_id": who.user_id,
                "conversation_id": who.chat_id,
                "service_url": f"{connector_url}/emea/{who.tenant_id}/",
                "installed_at": long_ago,
                "heard_at": now,
                "created_at": long_ago,
            }
            for who in (*known, *staff)
        ],
    )
    town = Town(known, tuple(ids[: len(known)]), tuple(customer_ids), tuple(ids[len(known) :]))
    _keep(
        session,
        contacts,
        [
            {"customer_id": town.customer_of(index), "person_id": person_id, "slot": index % 2 + 1, "appointed_at": now}
            for index, person_id in enumerate(town.ids)
        ],
    )
    _keep(
        session,
        contracts,
        [
            {
                "customer_id": customer_id,
                "number": f"2026-{customer_id:05}",
                "signed_at": long_ago,
                "starts_on": (now - timedelta(days=100)).date(),
                "ends_on": (now + timedelta(days=265)).date(),
            }
            for customer_id in customer_ids
        ],
    )
    _keep(
        session,
        consents,
        [
            {"customer_id": customer_id, "document": "Consent", "valid_from": long_ago, "created_at": long_ago}
            for customer_id in customer_ids
        ],
    )
    return town


def _ticket(town: Town, customer_index: int, count: int, state: State, now: datetime) -> dict[str, Any]:
    """A ticket as a row; the higher `count`, the older."""
    opened = now - timedelta(minutes=7 * count + 60)
    has_engineer = state is not State.NEW
    return {
        "customer_id": town.customer_ids[customer_index],
        "subject": f"{_WORDS[count % 10].capitalize()} and {_WORDS[count // 10 % 10]} fail on laptop {count}",
        "description": TEXT,
        "created_at": opened,
        "created_by": town.ids[customer_index * 2],
        "by_phone": False,
        "state": state.value,
        "outcome": "solved" if state is State.CLOSED else None,
        "outcome_details": asdict(OutcomeDetails()),
        "engineer_id": town.engineer_ids[count % 2] if has_engineer else None,
        "claimed_at": opened + timedelta(minutes=20) if has_engineer else None,
        "closed_at": opened + timedelta(minutes=40) if state is State.CLOSED else None,
        "outside_hours_allowed": False,
        "is_void": False,
        "granted_minutes": 120,
        "approved_minutes": 0,
        "version": 1,
        "pickup_due_at": opened + timedelta(days=1),
        "active_at": opened + timedelta(minutes=40),
        "last_event": EventKind.STAFF_ANSWERED.value,
    }


def _history(number: int, row: dict[str, Any], actor_id: int) -> Iterator[dict[str, Any]]:
    opened: datetime = row["created_at"]
    kinds = (EventKind.TICKET_OPENED, EventKind.TICKET_CLAIMED, EventKind.STAFF_ANSWERED)
    for step, kind in enumerate(kinds):
        yield {
            "ticket_number": number,
            "at": opened + timedelta(minutes=step * 20),
            "kind": kind.value,
            "actor_id": actor_id,
            "actor_name": "Somebody",
            "text": TEXT if kind is EventKind.STAFF_ANSWERED else "",
            "details": {},
            "is_internal": False,
            "key": None,
        }


def fill_tickets(session: Session, town: Town, first: int, count: int, now: datetime) -> list[int]:
    """Tickets number `first` and following, newest first: a tenth of them of the first customer, 2 in 100 open."""
    states = {0: State.NEW, 50: State.IN_PROGRESS}
    rows = [
        _ticket(
            town,
            0 if index % 10 == 0 else index % len(town.customer_ids),
            index,
            states.get(index % 100, State.CLOSED),
            now,
        )
        for index in range(first, first + count)
    ]
    numbers = _keep(session, tickets, rows)
    pairs = list(zip(numbers, rows, strict=True))
    _keep(
        session,
        ticket_events,
        [event for number, row in pairs for event in _history(number, row, row["engineer_id"] or row["created_by"])],
    )
    _keep(
        session,
        entries,
        [
            {
                "ticket_number": number,
                "engineer_id": row["engineer_id"],
                "started_at": row["claimed_at"],
                "ended_at": row["claimed_at"] + timedelta(minutes=25),
                "is_billable": True,
                "place": "remote",
                "what": "Repaired the profile",
                "recorded_at": row["claimed_at"] + timedelta(minutes=30),
            }
            for number, row in pairs
            if row["engineer_id"] is not None
        ],
    )
    return numbers


def fill_offers(session: Session, town: Town, count: int, now: datetime) -> list[Offer]:
    """Claimed tickets with an open estimate each, its card and the ticket's in both contacts' chats."""
    indexes = [index % len(town.customer_ids) for index in range(count)]
    rows = [_ticket(town, index, number, State.IN_PROGRESS, now) for number, index in enumerate(indexes)]
    numbers = _keep(session, tickets, rows)
    pairs = list(zip(numbers, rows, strict=True))
    event_ids = _keep(
        session,
        ticket_events,
        [event for number, row in pairs for event in _history(number, row, row["engineer_id"])],
    )
    estimate_ids = _keep(
        session,
        estimates,
        [
            {
                "ticket_number": number,
                "revision": 1,
                "minutes": 120,
                "what": "Rebuild both mail profiles and move the archive.",
                "office_cents": 8500,
                "after_hours_cents": 11000,
                "weekend_holiday_cents": 13000,
                "approved_before_minutes": 0,
                "instrument": Instrument.WORK_ORDER.value,
                "created_by": row["engineer_id"],
                "created_at": now,
                "valid_until": now + timedelta(days=14),
                "state": EstimateState.OPEN.value,
            }
            for number, row in pairs
        ],
    )
    found = zip(indexes, numbers, event_ids[2::3], estimate_ids, strict=True)
    offers = [
        Offer(estimate_id, number, event_id, customer * 2, f"offer-{estimate_id}")
        for customer, number, event_id, estimate_id in found
    ]
    _keep(
        session,
        posted_cards,
        [
            {
                "conversation_id": town.contacts[contact].chat_id,
                "activity_id": f"{kind}-{key}",
                "person_id": town.ids[contact],
                "subject": f"{subject}:{key}",
                "created_at": now,
            }
            for offer in offers
            for contact in (offer.contact, offer.contact + 1)
            for kind, subject, key in (
                ("offer", "estimate", offer.estimate_id),
                ("card", "ticket", offer.ticket),
            )
        ],
    )
    return offers
