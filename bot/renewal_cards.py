"""The cards of renewals that stand in chats, and having them follow what happens to contracts and prices (D17, D34)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import announcements
from storage.contacts import contact_ids
from storage.contracts import load_contracts
from storage.people import manager_ids


def renewal_subject(contract_id: int) -> str:
    """What the live cards of a renewal are remembered by: the contract that ends."""
    return f"renewal:{contract_id}"


def renewals_subject(year: int) -> str:
    """What the managers' cards of a year's end are remembered by."""
    return f"renewals:{year}"


def missing_prices_subject(year: int) -> str:
    """What the managers' cards of a year without price lists are remembered by."""
    return f"missing_prices:{year}"


def follow_renewals(session: Session, customer_id: int, now: datetime) -> None:
    """A customer's contracts changed: the cards of its renewals and of the year's ends follow."""
    # The first copies may be on their way: a contact can sign in the second in which the other's card is posted.
    contacts, managers = contact_ids(session, customer_id), manager_ids(session)
    for contract in load_contracts(session, customer_id):
        announcements.follow(session, renewal_subject(contract.id), now, also=contacts)
        announcements.follow(session, renewals_subject(contract.ends_on.year), now, also=managers)


def follow_prices(session: Session, customer_id: int, year: int, now: datetime) -> None:
    """A customer's price list of a year was kept: what is offered for it changed, and one less is missing."""
    for contract in load_contracts(session, customer_id):
        if contract.ends_on.year in (year - 1, year):
            announcements.follow(session, renewal_subject(contract.id), now)
    announcements.follow(session, renewals_subject(year - 1), now)
    announcements.follow(session, missing_prices_subject(year), now)
