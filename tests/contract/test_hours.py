"""What can be logged, and what of it is billed (R18, R20, R24-R26, D4, D11, D12, D23-D27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import errors
from contract.allowance import Allowance
from contract.consents import AccessSpan, Mechanism
from contract.contracts import Addendum, Contract
from contract.hours import (
    OutsideHoursReason,
    Place,
    WorkEntry,
    billed_minutes_by_band,
    check_entry,
    fitting,
    is_cut,
    logged_minutes,
    outside_hours_minutes,
    standing,
)
from contract.rate_bands import RateBand
from contract.tickets import State, Ticket
from tests.contract.builders import COLLEAGUE, MONDAY, at, entry, instants, minutes_of_work, ticket

ADDENDUM = Addendum(signed_on=date(2026, 6, 1), starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
CONTRACT = Contract(
    id=1,
    customer_id=7,
    number="4S-1",
    starts_on=date(2026, 6, 1),
    ends_on=date(2026, 12, 31),
    on_site_addenda=(ADDENDUM,),
)
CONSENT = AccessSpan(mechanism=Mechanism.MANUAL, begins_at=at("2026-06-01"), ends_at=None)
OLD = ticket(created_at=at("2026-06-01"))


def check(draft: WorkEntry, of: Ticket = OLD, **facts: Any) -> None:
    """Check a draft an hour after it ended, where nothing else stands in its way."""
    made: dict[str, Any] = {
        "ticket": of,
        "now": draft.ended_at + timedelta(hours=1),
        "own_entries": [],
        "contracts": [CONTRACT],
        "access": [CONSENT],
        "allowance": Allowance(),
    }
    check_entry(draft, **(made | facts))


def test_worked_example() -> None:
    """20 minutes are left: refused, what fits, the reason for the half hour after 17:00, own choice (D12, D26)."""
    draft = entry("2026-11-23 16:30", "2026-11-23 17:30", outside_hours_reason=OutsideHoursReason.OWN_CHOICE)
    with pytest.raises(errors.OverAllowance) as over:
        check(draft, allowance=Allowance(120, 100))
    assert over.value.remaining_minutes == 20
    billable, rest = fitting(draft, 20)
    assert billable is not None
    assert rest is not None
    assert (billable.started_at, billable.ended_at, billable.is_billable) == (
        draft.started_at,
        at("2026-11-23 16:50"),
        True,
    )
    assert (rest.started_at, rest.ended_at, rest.is_billable) == (at("2026-11-23 16:50"), draft.ended_at, False)
    check(rest, allowance=Allowance(120, 120))
    check(draft, allowance=Allowance(120, 60))
    with pytest.raises(errors.NeedsOutsideHoursReason) as needs:
        check(entry("2026-11-23 16:30", "2026-11-23 17:30"))
    assert needs.value.minutes == 30
    assert billed_minutes_by_band(draft)[RateBand.OFFICE] == 60


def test_seconds_are_cut_off() -> None:
    """Begin and end are truncated to the minute, in UTC, and so are comparisons (D4, D23)."""
    draft = entry("2026-11-23 10:00:59", "2026-11-23 10:10:59")
    assert (draft.started_at, draft.minutes) == (datetime(2026, 11, 23, 9, tzinfo=UTC), 10)
    check(draft, ticket(created_at=at("2026-11-23 10:00:30")), now=at("2026-11-23 10:10:00"))


@pytest.mark.parametrize("end", ["2026-11-23 10:00:40", "2026-11-23 09:59"])
def test_zero_minutes(end: str) -> None:
    """Begin and end in the same minute, or the end before the begin, are no entry (D23)."""
    with pytest.raises(errors.ZeroMinutes):
        check(entry("2026-11-23 10:00", end))


def test_before_the_ticket() -> None:
    """Work before the minute in which the ticket was created is refused (D23)."""
    check(entry("2026-11-23 10:00", "2026-11-23 10:30"), ticket())
    with pytest.raises(errors.BeforeTicket) as refused:
        check(entry("2026-11-23 09:59", "2026-11-23 10:30"), ticket())
    assert refused.value.created_at == MONDAY


def test_in_the_future() -> None:
    """Work that ends after the present minute is refused (D23)."""
    draft = entry("2026-11-23 10:00", "2026-11-23 10:30")
    check(draft, now=at("2026-11-23 10:30:00"))
    with pytest.raises(errors.InFuture):
        check(draft, now=at("2026-11-23 10:29:59"))


def test_after_closing() -> None:
    """On a closed ticket only work begun before the closing, though it may have ended after it (D23)."""
    closed = ticket(state=State.CLOSED, closed_at=at("2026-11-23 11:00:40"))
    check(entry("2026-11-23 10:59", "2026-11-23 11:10"), closed)
    with pytest.raises(errors.AfterClosing) as refused:
        check(entry("2026-11-23 11:00", "2026-11-23 11:10"), closed)
    assert refused.value.closed_at == at("2026-11-23 11:00:40")


@pytest.mark.parametrize(
    "start,end,day",
    [
        ("2026-05-31 23:50", "2026-06-01 00:10", "2026-05-31"),
        ("2026-12-31 23:50", "2027-01-01 00:10", "2027-01-01"),
    ],
)
def test_without_a_contract(start: str, end: str, day: str) -> None:
    """Every local day of an entry needs a contract (D23)."""
    draft = entry(start, end, outside_hours_reason=OutsideHoursReason.AGREED_TIME)
    with pytest.raises(errors.NoContract) as refused:
        check(draft, ticket(created_at=at("2026-05-01")), access=[])
    assert refused.value.day.isoformat() == day


def test_the_last_minute_of_a_contract() -> None:
    """An entry until midnight of the last day lies within the contract (D2, D23)."""
    check(entry("2026-12-31 23:50", "2027-01-01 00:00", outside_hours_reason=OutsideHoursReason.URGENCY))


def test_on_site() -> None:
    """On-site work needs an addendum, and no consent to remote access (R25, R26, D25)."""
    check(entry("2026-11-23 10:00", "2026-11-23 11:00", place=Place.ON_SITE), access=[])
    with pytest.raises(errors.OnSiteNeedsAddendum):
        check(entry("2026-12-01 10:00", "2026-12-01 11:00", place=Place.ON_SITE))


def test_advice_needs_no_access() -> None:
    """Advice by chat or phone lets nobody in, and counts like any other work (R24, R25, D12)."""
    advice = entry("2026-11-23 10:00", "2026-11-23 11:00", place=Place.ADVICE)
    check(advice, access=[])
    assert billed_minutes_by_band(advice) == billed_minutes_by_band(replace(advice, place=Place.REMOTE))
    with pytest.raises(errors.RemoteNeedsAccess):
        check(replace(advice, place=Place.REMOTE), access=[], replacing=advice)


@pytest.mark.parametrize("is_billable", [True, False])
def test_remote_needs_access(is_billable: bool) -> None:
    """Remote work can not be logged without consent, billable or not (R25)."""
    with pytest.raises(errors.RemoteNeedsAccess):
        check(entry("2026-11-23 10:00", "2026-11-23 11:00", is_billable=is_billable), access=[])


@pytest.mark.parametrize(
    "start,end,overlaps",
    [
        ("09:30", "10:00", False),
        ("09:30", "10:01", True),
        ("10:20", "10:30", True),
        ("09:30", "11:30", True),
        ("10:59", "11:30", True),
        ("11:00", "11:30", False),
    ],
)
def test_overlap(start: str, end: str, overlaps: bool) -> None:
    """Two entries of one engineer share no minute, on whatever ticket; different engineers may (D24)."""
    draft = entry(f"2026-11-23 {start}", f"2026-11-23 {end}")
    mine = entry("2026-11-23 10:00", "2026-11-23 11:00", id=5, ticket_number=1002)
    if overlaps:
        with pytest.raises(errors.OverlappingEntry) as refused:
            check(draft, own_entries=[mine])
        assert refused.value.entry == mine
    else:
        check(draft, own_entries=[mine])
    check(draft, own_entries=[entry("2026-11-23 10:00", "2026-11-23 11:00", engineer_id=COLLEAGUE)])


def test_removed_entries_do_not_overlap() -> None:
    """An entry corrected to nothing, and the one it replaced, are in nobody's way (D24)."""
    mine = entry("2026-11-23 10:00", "2026-11-23 11:00", id=5)
    removed = entry("2026-11-23 10:30", "2026-11-23 10:30", id=6, corrects_id=5)
    check(entry("2026-11-23 10:15", "2026-11-23 10:45"), own_entries=[mine, removed])
    assert standing([mine, removed]) == (removed,)
    assert logged_minutes([mine, removed]) == 0


def test_minute_121() -> None:
    """Minute 120 is allowed, minute 121 is not, unless it is not billable (D12, D27)."""
    check(minutes_of_work(120))
    with pytest.raises(errors.OverAllowance):
        check(minutes_of_work(121))
    check(minutes_of_work(121, is_billable=False))


def test_corrections() -> None:
    """A correction does not meet itself, and counts instead of what it corrects (D12, D24)."""
    mine = minutes_of_work(100, id=5)
    facts: dict[str, Any] = {"own_entries": [mine], "allowance": Allowance(120, 100), "replacing": mine}
    check(minutes_of_work(120, corrects_id=5), **facts)
    with pytest.raises(errors.OverAllowance) as refused:
        check(minutes_of_work(121, corrects_id=5), **facts)
    assert refused.value.remaining_minutes == 120


def test_a_cut_is_always_allowed() -> None:
    """A correction that only takes away is allowed with no contract, no consent, and beyond every limit (D24)."""
    mine = minutes_of_work(100, id=5)
    nothing: dict[str, Any] = {
        "contracts": [],
        "access": [],
        "allowance": Allowance(50, 200),
        "own_entries": [mine],
        "replacing": mine,
    }
    for minutes in (0, 1, 99, 100):
        check(minutes_of_work(minutes, corrects_id=5), **nothing)
    check(minutes_of_work(60, corrects_id=5, is_billable=False), **nothing)


def test_fewer_minutes_elsewhere() -> None:
    """Fewer minutes at another time are checked for that time, never against the allowance (D12, D24)."""
    mine = minutes_of_work(100, id=5)
    facts: dict[str, Any] = {"own_entries": [mine], "allowance": Allowance(50, 200), "replacing": mine}
    moved = entry("2026-11-23 14:00", "2026-11-23 15:00", corrects_id=5)
    check(moved, **facts)
    with pytest.raises(errors.RemoteNeedsAccess):
        check(moved, **facts, access=[])
    to_billable = minutes_of_work(10, id=6, is_billable=False)
    with pytest.raises(errors.OverAllowance):
        check(minutes_of_work(10, corrects_id=6), allowance=Allowance(120, 120), replacing=to_billable)


@pytest.mark.parametrize(
    "fields",
    [
        {"place": Place.ON_SITE},
        {"engineer_id": COLLEAGUE},
        {"outside_hours_reason": OutsideHoursReason.URGENCY},
        {"is_billable": True},
    ],
)
def test_what_is_no_cut(fields: dict[str, Any]) -> None:
    """Another place, engineer or reason, or billable for not billable, is more than a cut (D24)."""
    mine = minutes_of_work(100, id=5, is_billable=False)
    assert is_cut(minutes_of_work(50, is_billable=False), mine)
    assert not is_cut(minutes_of_work(50, **({"is_billable": False} | fields)), mine)


def test_bands_of_an_entry() -> None:
    """Billable minutes by band; none of a non-billable entry, all at the office rate by own choice (D11, D26)."""
    night = entry("2026-11-23 16:00", "2026-11-23 18:00", outside_hours_reason=OutsideHoursReason.CUSTOMER_ASKED)
    assert list(billed_minutes_by_band(night).values()) == [60, 60, 0]
    assert outside_hours_minutes(night) == 60
    own = entry("2026-11-21 16:00", "2026-11-21 18:00", outside_hours_reason=OutsideHoursReason.OWN_CHOICE)
    assert list(billed_minutes_by_band(own).values()) == [120, 0, 0]
    assert set(billed_minutes_by_band(minutes_of_work(60, is_billable=False)).values()) == {0}


@given(instants(), st.integers(1, 3000), st.integers(-10, 4000))
def test_what_fits(start: datetime, minutes: int, remaining: int) -> None:
    """The billable part is what is left, the rest follows it, and together they are the draft (D12, D27)."""
    draft = entry(start, start + timedelta(minutes=minutes))
    billable, rest = fitting(draft, remaining)
    parts = [part for part in (billable, rest) if part]
    assert sum(part.minutes for part in parts) == minutes
    assert (parts[0].started_at, parts[-1].ended_at) == (draft.started_at, draft.ended_at)
    assert logged_minutes([]) == 0
    assert (billable.minutes if billable else 0) == max(0, min(remaining, minutes))
    assert rest is None or not rest.is_billable
