"""The card of a contract that was signed, renewed or cancelled, as it is when it goes out (R5, R6-R8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.turn import Policy
from cards.components import Card
from cards.terms import TermSheet, term_card
from contract.people import Role
from storage.contacts import load_customer
from storage.contracts import load_contract, load_contracts
from storage.errors import NotFound
from storage.people import Standing


def term_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The contract, for its contacts and the staff. Raises NotFound for others."""
    contract = load_contract(session, args["term"])
    is_theirs = reader.customer is not None and reader.customer.id == contract.customer_id
    if not (reader.role.is_staff or (reader.role is Role.CONTACT and is_theirs)):
        raise NotFound("contract", contract.id)
    earlier = [
        one
        for one in load_contracts(session, contract.customer_id)
        if one.ends_on < contract.starts_on and one.id != contract.id and not one.never_starts
    ]
    sheet = TermSheet(
        contract=contract,
        before=max(earlier, key=lambda one: one.ends_on, default=None),
        customer_name=load_customer(session, contract.customer_id).name,
        provider_name=policy.provider.name,
        is_staff=reader.role.is_staff,
        now=now,
    )
    return term_card(sheet, reader.person.language)
