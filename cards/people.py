"""Contacts of a customer, and who knocked without being one (R4, D32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.people import AppointContact, RefuseKnock
from cards.components import ActionStyle, Card, action_row, card, execute, facts, heading, text
from cards.formats import moment
from cards.language import texts_for
from contract.people import MAX_CONTACTS, Language, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class KnockSheet:
    """Somebody of a customer who wrote without being appointed. `state`: waiting, appointed or refused."""

    knock_id: int
    person: Person
    customer_name: str
    knocked_at: datetime
    times: int
    state: str
    contacts: tuple[str, ...]


def knock_card(sheet: KnockSheet, language: Language, now: datetime) -> Card:
    """Who knocked, for a manager: appoint or refuse with a click."""
    t = texts_for(language)
    title = t("{name} of {customer} is no contact yet", name=sheet.person.name, customer=sheet.customer_name)
    is_full = len(sheet.contacts) >= MAX_CONTACTS
    waiting = sheet.state == "waiting"
    verdict = {"appointed": t("Appointed."), "refused": t("Refused.")}.get(sheet.state)
    return card(
        heading(title),
        text(t("Wrote to the bot {when}.", when=moment(sheet.knocked_at, now, language))),
        facts(
            (t("E-mail"), sheet.person.email or t("unknown")),
            (t("Contacts now"), ", ".join(sheet.contacts) or t("nobody")),
        ),
        text(t("There are two contacts already. Remove one of them first.")) if waiting and is_full else None,
        text(verdict, bold=True) if verdict else None,
        action_row(
            execute(t("Appoint as contact"), AppointContact(knock=sheet.knock_id), style=ActionStyle.POSITIVE),
            execute(t("Refuse"), RefuseKnock(knock=sheet.knock_id)),
        )
        if waiting
        else None,
        fallback_text=title,
        language=language,
        subject=f"knock:{sheet.knock_id}",
    )
