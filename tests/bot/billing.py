"""Customers that can be invoiced, with tickets and hours as raw rows: what the tests about invoices begin with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.turn import Policy
from contract.hours import WorkEntry
from contract.parties import Address, BillingDetails, Seller
from contract.people import Language, Role
from contract.tickets import State, Ticket
from storage.billing_details import save_billing_details
from storage.contacts import add_customer
from storage.contracts import add_contract
from storage.hours import add_entry
from storage.people import add_person, set_staff_role
from storage.tickets import insert_ticket
from tests.bot.people import POLICY, PROVIDER_TENANT

NOVEMBER, DECEMBER = (2026, 11), (2026, 12)
FIRST = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
"""1 December, 12:00 local: the issue moment of November."""
NEXT_FIRST = datetime(2027, 1, 1, 11, 0, tzinfo=UTC)

SELLER = Seller(
    name="Oxineo B.V.",
    address=Address(street="Voorstraat 116", postal_code="3231 BK", city="Brielle"),
    registration="12345678",
    vat_id="NL123456782B90",
    iban="NL91ABNA0417164300",
    email="info@oxineo.nl",
    phone="+31 85 808 6950",
)
BILLING = replace(POLICY, seller=SELLER)


def details(name: str, **fields: Any) -> BillingDetails:
    """Complete billing details."""
    address = Address(street="Dorpsstraat 1", postal_code="3231 AA", city="Brielle")
    return BillingDetails(**{"legal_name": name, "address": address, "language": Language.NL, **fields})


def add_billed_customer(
    session: Session, number: int, *, is_complete: bool = True, ends_on: date = date(2026, 12, 31)
) -> int:
    """A customer with a contract for 2026, and with billing details unless they are to be missing."""
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    customer = add_customer(session, f"Customer {number}", f"00000000-0000-4000-8000-{number:012}", made_at)
    add_contract(
        session,
        customer,
        number=f"2026-{number:03}",
        signed_at=None,
        starts_on=date(2026, 1, 1),
        ends_on=ends_on,
    )
    if is_complete:
        save_billing_details(session, customer, details(f"Customer {number} B.V."))
    return customer


def add_engineer(session: Session) -> int:
    """Somebody who worked, and opened the tickets."""
    found = add_person(
        session,
        tenant_id=PROVIDER_TENANT,
        object_id="90000000-0000-4000-8000-000000000001",
        name="Erik Engineer",
        language=Language.NL,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )
    set_staff_role(session, found, Role.ENGINEER)
    return found


def add_worked_ticket(
    session: Session, customer: int, engineer: int, created_at: datetime, minutes: Sequence[int] = ()
) -> Ticket:
    """A ticket with entries of so many minutes, one an hour from the opening on, each recorded as it ended."""
    ticket = insert_ticket(
        session,
        Ticket(
            number=0,
            customer_id=customer,
            subject="Outlook shows no mail",
            description="Outlook shows no mail",
            created_at=created_at,
            created_by=engineer,
            state=State.IN_PROGRESS,
        ),
        created_at + timedelta(days=3),
    )
    for place, length in enumerate(minutes):
        begin = created_at + timedelta(hours=place)
        add_entry(session, worked(ticket.number, engineer, begin, length))
    return ticket


def worked(ticket: int, engineer: int, begin: datetime, minutes: int, **fields: Any) -> WorkEntry:
    """An entry, recorded as it ended unless said otherwise."""
    end = begin + timedelta(minutes=minutes)
    made: dict[str, Any] = {
        "id": 0,
        "ticket_number": ticket,
        "engineer_id": engineer,
        "started_at": begin,
        "ended_at": end,
        "recorded_at": end,
        "what": "Looked into it",
    }
    return WorkEntry(**{**made, **fields})


def fill(session: Session, customers: int, *, seed: int = 0) -> list[int]:
    """So many customers that can be invoiced, each with up to three tickets of November, of up to two hours."""
    chance = random.Random(seed)
    engineer = add_engineer(session)
    ids = [add_billed_customer(session, number) for number in range(1, customers + 1)]
    for customer in ids:
        for _ in range(chance.randrange(4)):
            begin = datetime(2026, 11, chance.randrange(2, 27), chance.randrange(8, 20), tzinfo=UTC)
            add_worked_ticket(
                session, customer, engineer, begin, [chance.randrange(1, 25) for _ in range(chance.randrange(6))]
            )
    return ids


def policy(**fields: Any) -> Policy:
    """The settings of a test."""
    return replace(BILLING, **fields)
