"""People of a known customer who are no contact: the refusal that names the contacts, and the manager who hears of it
(R4).

Somebody with a role who reaches for what that role may not do is told so; whoever has none *knocks*: that is kept by
name, and every manager gets one card with which to appoint or refuse. Where it can be found out that it is one of the
staff as a guest, that is done first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.guests import asks_first
from bot.knocking import is_locked_out, knock
from bot.turn import Answer, Notice, Policy, Turn
from bot.words import Edited, Installed, Uninstalled
from cards.clicks.people import SetLanguage
from cards.components import Card
from cards.people import KnockSheet, knock_card
from cards.welcome import stranger_card
from contract.people import Role
from storage.contacts import load_contacts, load_customer, load_knock
from storage.errors import NotFound
from storage.people import Standing, load_person, set_language


def turn_away(turn: Turn, act: object, *, knocks: bool = True) -> Answer:
    """The answer to somebody who may not do what was asked; `knocks` unless a client asked by itself."""
    if turn.role is not Role.STRANGER:
        return Notice(turn.texts("Your role does not allow that. Type help to see what you can do."), is_error=True)
    if isinstance(act, (Uninstalled, Edited)):
        return None
    if isinstance(act, SetLanguage):
        set_language(turn.session, turn.person.id, act.language, chosen=True)
        return _refusal(turn, act.language)
    if knocks and not isinstance(act, Installed):
        _knock(turn)
    return _refusal(turn, turn.language)


def _refusal(turn: Turn, language: Any) -> Card:
    customer = turn.caller.customer
    names = [contact.person.name for contact in load_contacts(turn.session, customer.id)] if customer else []
    reader = replace(turn.person, language=language)
    return stranger_card(reader, turn.policy.provider, customer.name if customer else "", names)


def _knock(turn: Turn) -> None:
    customer = turn.caller.customer
    if customer is None or is_locked_out(turn.session, customer.id, turn.person.id):
        return
    if asks_first(turn.session, turn.person, customer, turn.now):
        return
    knock(turn.session, customer.id, turn.person.id, turn.now)


def knock_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """Who knocked, for a manager. Raises NotFound for anybody else."""
    if reader.role is not Role.MANAGER:
        raise NotFound("knock", args["knock"])
    return knock_card(knock_sheet(session, args["knock"]), reader.person.language, now)


def knock_sheet(session: Session, knock_id: int) -> KnockSheet:
    """Everything the card of a knock shows. Raises NotFound."""
    knock = load_knock(session, knock_id)
    contacts = load_contacts(session, knock.customer_id)
    return KnockSheet(
        knock_id=knock.id,
        customer_id=knock.customer_id,
        person=knock.person,
        customer_name=load_customer(session, knock.customer_id).name,
        knocked_at=knock.knocked_at,
        times=knock.times,
        state=knock.state,
        contacts=tuple(contact.person for contact in contacts),
        decided_by=load_person(session, knock.decided_by).name if knock.decided_by is not None else None,
        decided_at=knock.decided_at,
    )
