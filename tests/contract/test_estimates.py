"""Permission for more than the free two hours (R18, R19, D13, D14, D15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import errors
from contract.estimates import (
    MOST_MINUTES,
    DecidedVia,
    Estimate,
    EstimateState,
    Instrument,
    at_most_cents,
    decide,
    expire,
    instrument,
    reminder_times,
    shown_digest,
    supersede,
    valid_until,
    withdraw,
)
from contract.holidays import CONTRACT_HOLIDAYS, HolidayProfile
from contract.local_time import DAY, local
from contract.money import amount_cents
from contract.rate_bands import RateBand
from tests.contract.builders import CONTACT, ENGINEER, MONDAY, OTHER_CONTACT, at, estimate, instants, profiles

OPEN = estimate()


def decided(one: Estimate = OPEN, *, approve: bool = True, **facts: Any) -> Estimate:
    """A decision by a contact, with a click, in time."""
    made: dict[str, Any] = {"revision": one.revision, "by": CONTACT, "is_contact": True, "now": MONDAY}
    return decide(one, approve=approve, **(made | facts))


def test_worked_example() -> None:
    """240 extra minutes: until when, at most how much, and in which form (D13, D14)."""
    offered = estimate(240, now=at("2026-11-02 10:00"))
    assert offered.valid_until == at("2026-11-17 00:00")
    assert [at_most_cents(offered, band) for band in RateBand] == [34000, 44000, 52000]
    assert offered.instrument is Instrument.WORK_ORDER
    assert instrument(240, 240) is Instrument.WORK_ORDER
    assert instrument(240, 241) is Instrument.QUOTE


def test_the_document() -> None:
    """An estimate has a number, and keeps the rates of the day it was offered (R19, D13)."""
    second = estimate(60, revision=2, approved_minutes=450)
    assert (second.number, second.approved_before_minutes, second.instrument) == ("1001-2", 450, Instrument.QUOTE)
    assert (second.rates.office, second.rates.after_hours, second.rates.weekend_holiday) == (8500, 11000, 13000)


@pytest.mark.parametrize("minutes", [0, -1, MOST_MINUTES + 1])
def test_minutes_that_are_no_estimate(minutes: int) -> None:
    """An estimate is for at least one minute, and for no typing error (D13)."""
    with pytest.raises(errors.EstimateMinutes) as refused:
        estimate(minutes)
    assert (refused.value.minutes, refused.value.most) == (minutes, MOST_MINUTES)


@pytest.mark.parametrize(
    "created,until",
    [
        ("2026-11-23 00:00", "2026-12-08 00:00"),
        ("2026-11-23 23:59", "2026-12-08 00:00"),
        ("2026-10-20 12:00", "2026-11-04 00:00"),
        ("2026-11-23T23:30:00Z", "2026-12-09 00:00"),
    ],
)
def test_validity(created: str, until: str) -> None:
    """Through the end of the fourteenth local day, over a clock change too (D1, D13)."""
    assert valid_until(at(created)) == at(until)


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_slicing_changes_nothing(approved: int, extra: int) -> None:
    """Up to 480 extra minutes together a work order, beyond a quote, however they were sliced (D14)."""
    assert (instrument(approved, extra) is Instrument.WORK_ORDER) == (approved + extra <= 480)
    assert instrument(approved, extra) is instrument(0, approved + extra)


@given(st.integers(0, 3000), st.integers(1, 1000), st.sampled_from(RateBand))
def test_at_most_is_kept(before: int, extra: int, band: RateBand) -> None:
    """Whatever is on the line already, the extra minutes add at most the shown price (D13, D33)."""
    rate = OPEN.rates.of(band)
    added = amount_cents(before + extra, rate) - amount_cents(before, rate)
    shown = at_most_cents(replace(OPEN, minutes=extra), band)
    assert added <= shown <= amount_cents(extra, rate) + 1


def test_approval() -> None:
    """One click approves the whole estimate; who, when and how are kept (D13, D15)."""
    approved = decided(minutes=240)
    assert (approved.state, approved.decided_by, approved.decided_at) == (EstimateState.APPROVED, CONTACT, MONDAY)
    assert (approved.decided_via, approved.recorded_by, approved.decline_reason) == (DecidedVia.CLICK, None, None)


@pytest.mark.parametrize("reason,kept", [(" Too much ", "Too much"), ("  ", None), (None, None)])
def test_decline(reason: str | None, kept: str | None) -> None:
    """Declining takes an optional reason (D13)."""
    declined = decided(approve=False, reason=reason)
    assert (declined.state, declined.decline_reason) == (EstimateState.DECLINED, kept)


def test_by_phone() -> None:
    """A decision by phone names the contact who decided and the engineer who recorded it (D15)."""
    approved = decided(via=DecidedVia.PHONE, recorded_by=ENGINEER)
    assert (approved.decided_by, approved.decided_via, approved.recorded_by) == (CONTACT, DecidedVia.PHONE, ENGINEER)
    for facts in ({"via": DecidedVia.PHONE}, {"recorded_by": ENGINEER}):
        with pytest.raises(ValueError, match="by phone"):
            decided(**facts)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_the_first_decision_stands(first: bool, second: bool) -> None:
    """A second decision, the same or the opposite, by anybody, is answered with the first one (D13)."""
    stands = decided(approve=first)
    with pytest.raises(errors.AlreadyDecided) as refused:
        decided(stands, approve=second, by=OTHER_CONTACT)
    assert refused.value.estimate == stands


@pytest.mark.parametrize(
    "one,facts,refusal",
    [
        (OPEN, {"is_contact": False}, errors.NotAContact),
        (OPEN, {"revision": 2}, errors.Outdated),
        (OPEN, {"minutes": 120}, errors.PartialNotPossible),
        (OPEN, {"now": OPEN.valid_until}, errors.Expired),
        (supersede(OPEN), {}, errors.Superseded),
        (withdraw(OPEN), {}, errors.WithdrawnEstimate),
        (expire(OPEN, OPEN.valid_until), {}, errors.Expired),
    ],
)
def test_refused_decisions(one: Estimate, facts: dict[str, Any], refusal: type[errors.Refusal]) -> None:
    """Only a contact, the revision that stands, whole, and in time (D13, D15)."""
    with pytest.raises(refusal):
        decided(one, **facts)
    with pytest.raises(refusal):
        decided(one, approve=False, **facts)


def test_until_the_last_instant() -> None:
    """It can be decided until the very end of the last day, and is open exactly as long (D13)."""
    last = OPEN.valid_until - timedelta(microseconds=1)
    assert decided(now=last).state is EstimateState.APPROVED
    assert OPEN.is_open(last)
    assert not OPEN.is_open(OPEN.valid_until)
    assert not withdraw(OPEN).is_open(MONDAY)


@pytest.mark.parametrize("one", [decided(), decided(approve=False), supersede(OPEN), withdraw(OPEN)])
def test_what_is_over_stays(one: Estimate) -> None:
    """Only an open estimate is superseded, withdrawn or expires (D13)."""
    for change in (supersede, withdraw):
        with pytest.raises(errors.EstimateRefusal):
            change(one)
    assert expire(one, OPEN.valid_until) == one


def test_expiry() -> None:
    """It expires at its end and not a moment before, however early the timer fires (D13)."""
    assert expire(OPEN, OPEN.valid_until - timedelta(seconds=1)) == OPEN
    assert expire(OPEN, OPEN.valid_until).state is EstimateState.EXPIRED


@pytest.mark.parametrize(
    "created,first,second",
    [
        ("2026-11-23 10:00", "2026-11-25 10:00", "2026-12-06 09:00"),
        ("2026-11-21 22:00", "2026-11-24 17:00", "2026-12-04 09:00"),
        ("2026-12-24 16:00", "2026-12-29 16:00", "2027-01-06 09:00"),
    ],
)
def test_reminders(created: str, first: str, second: str) -> None:
    """After two days of office time, and the morning of the day before the last (D13)."""
    times = reminder_times(at(created), valid_until(at(created)), CONTRACT_HOLIDAYS)
    assert times == (at(first), at(second))


@given(instants(), profiles())
def test_reminders_lie_before_the_end(created_at: datetime, profile: HolidayProfile) -> None:
    """Both reminders come after the offer and leave at least one whole day (D13)."""
    until = valid_until(created_at)
    times = reminder_times(created_at, until, profile)
    assert list(times) == sorted(times)
    assert len(times) == 2
    assert created_at < times[0] <= times[1] <= until - DAY
    assert local(until).date() == local(created_at).date() + 15 * DAY


def test_reminder_after_its_time() -> None:
    """What would fall after the end is not sent (D13)."""
    assert reminder_times(MONDAY, MONDAY + DAY, CONTRACT_HOLIDAYS) == ()


def test_digest_of_what_was_shown() -> None:
    """The digest changes with anything the decider saw, and with nothing else (D13)."""
    shown = shown_digest(OPEN, "At most € 340.00")
    assert len(shown) == 64
    assert shown == shown_digest(decided(), "At most € 340.00")
    others = {
        shown_digest(OPEN, "At most € 341.00"),
        shown_digest(replace(OPEN, minutes=241), "At most € 340.00"),
        shown_digest(replace(OPEN, what="Something else"), "At most € 340.00"),
        shown_digest(replace(OPEN, revision=2), "At most € 340.00"),
    }
    assert len(others | {shown}) == 5
