"""The chat itself: the app arrives or goes, the language, help (R1, R5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.turn import Answer, Policy, Turn
from bot.words import Installed, Uninstalled
from cards.clicks.people import SetLanguage, ShowHelp
from cards.components import Card
from cards.welcome import help_card, welcome_card
from contract.people import Role
from storage.errors import NotFound
from storage.people import Standing, forget_chat, mark_welcomed, set_language


def installed(turn: Turn, _: Installed) -> Answer:
    """Welcome a contact or staff member, once however often the event comes (Teams sends two, and repeats them)."""
    if turn.role is not Role.STRANGER and mark_welcomed(turn.session, turn.person.id, turn.now):
        announcements.show(turn.session, turn.person.id, "welcome", {}, turn.now)
    return None


def welcome_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The welcome for delivery. Raises NotFound for somebody who is neither contact nor staff by then."""
    if reader.role is Role.STRANGER:
        raise NotFound("person", reader.person.id)
    return welcome_card(reader.person, reader.role, policy.provider, reader.customer.name if reader.customer else "")


def uninstalled(turn: Turn, _: Uninstalled) -> Answer:
    """The app was removed: nothing can be sent any more, and a new installation is welcomed again."""
    forget_chat(turn.session, turn.person.id)
    return None


def show_help(turn: Turn, _: ShowHelp) -> Answer:
    """What this person can do here."""
    return help_card(turn.person, turn.role, turn.policy.provider)


def choose_language(turn: Turn, click: SetLanguage) -> Answer:
    """Speak the other language from now on; the cards that stand in the chat follow."""
    set_language(turn.session, turn.person.id, click.language, chosen=True)
    announcements.follow_person(turn.session, turn.person.id, turn.now)
    return help_card(replace(turn.person, language=click.language), turn.role, turn.policy.provider)
