"""Somebody of a customer who is no contact asks to become one: kept by name, and every manager gets one card (R4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import customer_subject, knock_subject
from storage.accounts import load_accounts
from storage.contacts import find_knock, keep_knock
from storage.watches import load_watch


def knock(session: Session, customer_id: int, person_id: int, now: datetime) -> None:
    """Count a knock; the managers hear of the first one, and of the first one after a removal.

    None from an account that was locked out.
    """
    if is_locked_out(session, customer_id, person_id):
        return
    is_first = keep_knock(session, customer_id, person_id, now)
    knock_id = find_knock(session, person_id)
    if is_first and knock_id is not None:
        announcements.show_managers(session, "knock", {"knock": knock_id}, now, subject=knock_subject(knock_id))
        announcements.follow(session, customer_subject(customer_id), now)


def is_locked_out(session: Session, customer_id: int, person_id: int) -> bool:
    """Whether the watched directory says that the account is disabled or gone: coming back is noticed there (D32)."""
    known = load_accounts(session, [person_id]).get(person_id)
    if known is None or known.state.may_act:
        return False
    watch = load_watch(session, customer_id)
    return watch is not None and watch.is_on
