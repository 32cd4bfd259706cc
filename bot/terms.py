"""What was agreed with a customer: the acts themselves, the same from chat and from the command line (R6, R25-R29).

Each is one function of a session. What the contract forbids is raised as its Refusal, what is wrong with the record
itself as `NotKept`. Recording the same thing again changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum, auto

from sqlalchemy.orm import Session

from bot import announcements
from contract.contracts import Addendum, Contract, check_term
from contract.local_time import DAY, day_start, local
from contract.prices import PriceList
from storage import contracts
from storage.contacts import load_customer
from storage.customers import open_ticket_numbers


class Reason(Enum):
    """Why something was not recorded."""

    MISSING = auto()  # something that is needed was not given
    NUMBER_TAKEN = auto()  # another contract has this number
    NO_TERM = auto()  # no contract has all days of the addendum
    ENDS_FIRST = auto()  # the last day lies before the first
    YEAR_BEGAN = auto()  # a list that holds is not changed during its year (R29)
    AMOUNT = auto()  # an amount can not be read


class NotKept(Exception):
    """It was not recorded, and why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def keep_contract(
    session: Session,
    customer_id: int,
    now: datetime,
    *,
    number: str,
    signed_on: date | None,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    """Keep a signed contract. Raises a TermRefusal for dates that can not be a contract's, NotKept."""
    load_customer(session, customer_id, lock=True)
    if not number or starts_on is None or ends_on is None:
        raise NotKept(Reason.MISSING)
    signed_at = day_start(signed_on) if signed_on else None
    same = contracts.find_contract(session, number)
    if same is not None:
        if (same.customer_id, same.starts_on, same.ends_on) == (customer_id, starts_on, ends_on):
            return
        raise NotKept(Reason.NUMBER_TAKEN)
    asked = Contract(
        id=0, customer_id=customer_id, number=number, signed_at=signed_at, starts_on=starts_on, ends_on=ends_on
    )
    check_term(asked, contracts.load_contracts(session, customer_id))
    contracts.add_contract(
        session, customer_id, number=number, signed_at=signed_at, starts_on=starts_on, ends_on=ends_on
    )
    _follow_tickets(session, customer_id, now)


def keep_addendum(session: Session, customer_id: int, addendum: Addendum) -> None:
    """Keep an addendum with the contract whose days it is about (R26, D25). Raises NotKept."""
    load_customer(session, customer_id, lock=True)
    if addendum.ends_on < addendum.starts_on:
        raise NotKept(Reason.ENDS_FIRST)
    for contract in contracts.load_contracts(session, customer_id):
        if contract.starts_on <= addendum.starts_on and addendum.ends_on <= contract.ends_on:
            if addendum not in contract.on_site_addenda:
                contracts.add_addendum(session, contract.id, addendum)
            return
    raise NotKept(Reason.NO_TERM)


def keep_prices(
    session: Session, customer_id: int, prices: PriceList, now: datetime, *, is_correction: bool = False
) -> None:
    """Keep the price list of a year; one that holds already is changed only to put a mistake right. Raises NotKept.

    A list is immutable during its year (R29, R30); `is_correction` is for what was typed wrongly, and is said to be.
    """
    load_customer(session, customer_id, lock=True)
    book = contracts.load_prices(session, customer_id, (prices.year,))
    is_kept = contracts.has_own_prices(session, customer_id) and not book.is_missing(prices.year)
    if is_kept and book.for_year(prices.year) == prices:
        return
    if is_kept and prices.year <= local(now).year and not is_correction:
        raise NotKept(Reason.YEAR_BEGAN)
    contracts.set_prices(session, customer_id, prices)
    _follow_tickets(session, customer_id, now)


def keep_consent(
    session: Session,
    customer_id: int,
    now: datetime,
    *,
    document: str,
    recorded_by: int | None,
    first: date,
    last: date | None,
) -> None:
    """Record a consent to remote access from the first through the last day (R25). Raises NotKept."""
    load_customer(session, customer_id, lock=True)
    if last is not None and last < first:
        raise NotKept(Reason.ENDS_FIRST)
    valid_from, valid_until = day_start(first), day_start(last + DAY) if last else None
    for consent in contracts.load_consents(session, customer_id):
        same = (consent.document, consent.valid_from, consent.valid_until) == (document, valid_from, valid_until)
        if same and consent.revoked_at is None:
            return
    contracts.add_consent(
        session,
        customer_id,
        document=document,
        recorded_by=recorded_by,
        valid_from=valid_from,
        valid_until=valid_until,
        now=now,
    )
    _follow_tickets(session, customer_id, now)


def withdraw_consent(session: Session, customer_id: int, now: datetime) -> int:
    """End every consent now (R25); returns how many there were."""
    load_customer(session, customer_id, lock=True)
    ended = contracts.revoke_consents(session, customer_id, now)
    if ended:
        _follow_tickets(session, customer_id, now)
    return ended


def _follow_tickets(session: Session, customer_id: int, now: datetime) -> None:
    """The cards of open tickets say what they wait for, and what the work costs."""
    for number in open_ticket_numbers(session, customer_id):
        announcements.follow(session, announcements.ticket_subject(number), now)
