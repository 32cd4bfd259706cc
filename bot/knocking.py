"""Somebody of a customer who is no contact asks to become one: kept by name, and every manager gets one card (R4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import customer_subject, knock_subject
from storage.contacts import find_knock, keep_knock


def knock(session: Session, customer_id: int, person_id: int, now: datetime) -> None:
    """Count a knock; the managers hear of the first one, and of the first one after a removal."""
    is_first = keep_knock(session, customer_id, person_id, now)
    knock_id = find_knock(session, person_id)
    if is_first and knock_id is not None:
        announcements.show_managers(session, "knock", {"knock": knock_id}, now, subject=knock_subject(knock_id))
        announcements.follow(session, customer_subject(customer_id), now)
