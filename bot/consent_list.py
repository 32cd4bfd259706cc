"""Whose consent to remote access is missing, withdrawn, not seen or ending soon, over all customers (R25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.access import load_access_by_parts
from bot.access_cards import show_access
from bot.turn import Answer, Policy, Turn
from cards.clicks.access import ShowAccess
from cards.clicks.consents import ListConsents
from cards.consent_list import PAGE_CONSENTS, ConsentLine, ConsentList, consent_list_card
from contract.consent_concerns import Concern, concern_of
from contract.local_time import local
from contract.people import Customer
from storage.customers import load_contracted


@dataclass(frozen=True, slots=True)
class Concerned:
    """A customer, and what is the matter with its consent."""

    customer: Customer
    concern: Concern


def load_concerned(session: Session, policy: Policy, now: datetime) -> list[Concerned]:
    """Every customer with a contract now or later whose consent somebody should look at, the worst first."""
    customers = {one.id: one for one in load_contracted(session, local(now).date())}
    found = [
        Concerned(customers[customer_id], concern)
        for customer_id, access in load_access_by_parts(session, customers, policy)
        if (concern := concern_of(access.spans, access.grants, access.withdrawal(now), now)) is not None
    ]
    return sorted(found, key=_place)


def _place(one: Concerned) -> tuple[int, float, str, int]:
    """Of those that are missing or not seen the longest first, who never had one before all; else who ends first."""
    at = one.concern.at
    return one.concern.kind, at.timestamp() if at is not None else 0.0, one.customer.name, one.customer.id


def list_consents(turn: Turn, click: ListConsents) -> Answer:
    """A page of them for the staff; a contact sees what concerns the own organisation."""
    if not turn.role.is_staff:
        return show_access(turn, ShowAccess())
    found = load_concerned(turn.session, turn.policy, turn.now)
    last = max(1, -(-len(found) // PAGE_CONSENTS))
    page = min(click.page, last)
    shown = found[(page - 1) * PAGE_CONSENTS : page * PAGE_CONSENTS]
    return consent_list_card(
        ConsentList(
            lines=tuple(ConsentLine(customer=one.customer, concern=one.concern) for one in shown),
            count=len(found),
            page=page,
            has_more=page < last,
            now=turn.now,
        ),
        turn.language,
    )
