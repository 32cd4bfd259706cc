"""Permission for more than the free two hours (R18, R19, D13, D14, D15).

An estimate is *extra* minutes on top of the allowance, offered to the contacts and approved or declined whole. It is
frozen: a change is a new estimate with the next revision, which supersedes the open one. The first decision stands.

    240 extra minutes are offered on Monday 2 November 2026, so until the end of 16 November: at most € 340.00 in
    office hours, € 440.00 after hours, € 520.00 in the weekend. It is a work order. With those 240 approved, 240 more
    make 480: still a work order; 241 more would be a quote.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import (
    AlreadyDecided,
    EstimateMinutes,
    Expired,
    NotAContact,
    Outdated,
    PartialNotPossible,
    Superseded,
    WithdrawnEstimate,
)
from contract.local_time import DAY, at_local, day_start, local
from contract.money import MINUTES_PER_HOUR, round_up
from contract.rate_bands import BandCents, RateBand, add_office_minutes

if TYPE_CHECKING:
    from datetime import datetime

    from contract.holidays import Calendar
    from contract.prices import PriceBook
    from contract.tickets import Ticket

WORK_ORDER_MINUTES = 480
"""Up to this many extra minutes of a ticket together a work order is enough (D14)."""

VALID_DAYS = 14
"""Local days after the offer through whose end it can be decided (D13)."""

MOST_MINUTES = 60_000
"""A thousand hours: more is a typing error, not an estimate."""

_REMINDER_OFFICE_MINUTES = 2 * 480
_REMINDER_TIME = time(9)


class EstimateState(StrEnum):
    """An estimate is open once, and then one of the others for good (D13)."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Instrument(StrEnum):
    """The form the customer's permission takes (R19, D14)."""

    WORK_ORDER = "work_order"
    QUOTE = "quote"


class DecidedVia(StrEnum):
    """How a decision reached us; one by phone is recorded by staff on a contact's word and marked (D15)."""

    CLICK = "click"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An offer of `minutes` extra minutes. Frozen but for its state and decision (R19, D13)."""

    id: int
    ticket_number: int
    revision: int
    """1, 2, 3 ... within its ticket; a click binds to it."""
    minutes: int
    what: str
    rates: BandCents
    approved_before_minutes: int
    instrument: Instrument
    created_by: int
    created_at: datetime
    valid_until: datetime
    """The first instant (UTC) at which it can no longer be decided."""
    state: EstimateState = EstimateState.OPEN
    decided_by: int | None = None
    """The contact who decided, also when by phone."""
    decided_at: datetime | None = None
    decided_via: DecidedVia | None = None
    recorded_by: int | None = None
    """The engineer who recorded a decision by phone."""
    decline_reason: str | None = None

    @property
    def number(self) -> str:
        """The document's number: ticket and revision, such as `1001-2` (R19)."""
        return f"{self.ticket_number}-{self.revision}"

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be decided; its end counts even before it is marked expired (D13)."""
        return self.state is EstimateState.OPEN and now < self.valid_until


def instrument(approved_minutes: int, extra_minutes: int) -> Instrument:
    """Return the form for `extra_minutes` on top of those approved before: slicing changes nothing (D14)."""
    return Instrument.WORK_ORDER if approved_minutes + extra_minutes <= WORK_ORDER_MINUTES else Instrument.QUOTE


def valid_until(created_at: datetime) -> datetime:
    """Return the end (exclusive) of the 14th local day after the offer (D13)."""
    return day_start(local(created_at).date() + timedelta(days=VALID_DAYS + 1))


def offer(
    ticket: Ticket,
    *,
    estimate_id: int,
    revision: int,
    minutes: int,
    what: str,
    prices: PriceBook,
    created_by: int,
    now: datetime,
) -> Estimate:
    """Return a new open estimate at today's rates; raises EstimateMinutes (D13, D14)."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise EstimateMinutes(minutes, MOST_MINUTES)
    rates = prices.for_year(local(now).year)
    return Estimate(
        id=estimate_id,
        ticket_number=ticket.number,
        revision=revision,
        minutes=minutes,
        what=what,
        rates=BandCents(rates.office_cents, rates.after_hours_cents, rates.weekend_holiday_cents),
        approved_before_minutes=ticket.approved_minutes,
        instrument=instrument(ticket.approved_minutes, minutes),
        created_by=created_by,
        created_at=now,
        valid_until=valid_until(now),
    )


def at_most_cents(estimate: Estimate, band: RateBand = RateBand.OFFICE) -> int:
    """Return what the extra minutes cost at most when all fall in one band, excluding VAT (D13).

    Rounded up, not half up: where the minutes join a line that already has some, half-up rounding can add one cent
    more.
    """
    return round_up(estimate.minutes * estimate.rates.of(band), MINUTES_PER_HOUR)


def decide(
    estimate: Estimate,
    *,
    revision: int,
    approve: bool,
    by: int,
    is_contact: bool,
    now: datetime,
    minutes: int | None = None,
    via: DecidedVia = DecidedVia.CLICK,
    recorded_by: int | None = None,
    reason: str | None = None,
) -> Estimate:
    """Return the approved or declined estimate; the first decision stands (D13, D15).

    `by` is the contact, `is_contact` whether they are an active one of this customer now; `minutes` what the click
    said it approves, if it said so. Raises NotAContact, Outdated, AlreadyDecided, Superseded, WithdrawnEstimate,
    Expired or PartialNotPossible; ValueError when `recorded_by` does not fit `via`.
    """
    if (via is DecidedVia.PHONE) is (recorded_by is None):
        msg = "a decision by phone, and only that, is recorded by somebody else"
        raise ValueError(msg)
    if not is_contact:
        raise NotAContact(by)
    if revision != estimate.revision:
        raise Outdated(estimate)
    _check_undecided(estimate)
    if now >= estimate.valid_until:
        raise Expired(estimate)
    if minutes is not None and minutes != estimate.minutes:
        raise PartialNotPossible(estimate, minutes)
    return replace(
        estimate,
        state=EstimateState.APPROVED if approve else EstimateState.DECLINED,
        decided_by=by,
        decided_at=now,
        decided_via=via,
        recorded_by=recorded_by,
        decline_reason=None if approve else (reason or "").strip() or None,
    )


def supersede(estimate: Estimate) -> Estimate:
    """Return the estimate replaced by a newer one (D13); raises what `decide` raises for one that is not open."""
    _check_undecided(estimate)
    return replace(estimate, state=EstimateState.SUPERSEDED)


def withdraw(estimate: Estimate) -> Estimate:
    """Return the estimate withdrawn, by staff or because its ticket closes (D13, D28); raises as `supersede`."""
    _check_undecided(estimate)
    return replace(estimate, state=EstimateState.WITHDRAWN)


def expire(estimate: Estimate, now: datetime) -> Estimate:
    """Return the estimate expired when it is open and its time is over, otherwise unchanged (D13)."""
    if estimate.state is EstimateState.OPEN and now >= estimate.valid_until:
        return replace(estimate, state=EstimateState.EXPIRED)
    return estimate


def reminder_times(created_at: datetime, valid_until: datetime, calendar: Calendar) -> tuple[datetime, ...]:
    """Return when both contacts are reminded: after two working days, and one day before the end (D13).

    The first after two days of office time, the second at 9:00 on the day before the last. In time order; only instants
    between the offer and its end.
    """
    after_two = add_office_minutes(created_at, _REMINDER_OFFICE_MINUTES, calendar)
    day_before = at_local(local(valid_until).date() - 2 * DAY, _REMINDER_TIME)
    return tuple(sorted(at for at in {after_two, day_before} if created_at < at < valid_until))


def shown_digest(estimate: Estimate, text: str) -> str:
    """Return the SHA-256 (hex) of what the decider saw: the frozen offer and the card's text (D13)."""
    shown = {
        "estimate": estimate.number,
        "minutes": estimate.minutes,
        "what": estimate.what,
        "rates": [estimate.rates.of(band) for band in RateBand],
        "instrument": estimate.instrument.value,
        "valid_until": estimate.valid_until.isoformat(),
        "text": text,
    }
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _check_undecided(estimate: Estimate) -> None:
    match estimate.state:
        case EstimateState.OPEN:
            return
        case EstimateState.SUPERSEDED:
            raise Superseded(estimate)
        case EstimateState.WITHDRAWN:
            raise WithdrawnEstimate(estimate)
        case EstimateState.EXPIRED:
            raise Expired(estimate)
        case _:
            raise AlreadyDecided(estimate)
