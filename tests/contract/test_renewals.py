"""When a renewal is offered, and what it becomes on the day it is signed (R27-R30, D16-D18)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.contracts import Contract, check_term
from contract.local_time import DAY, local
from contract.renewals import (
    MORNING,
    WARNING_DAYS,
    is_overtaken,
    later_renewal,
    next_warning,
    next_yearly,
    offered_from,
    offered_renewal,
    renewal_number,
    renewing,
)
from tests.contract.builders import at, instants

YEAR_END = date(2026, 12, 31)


def contract(number: str, starts_on: date, ends_on: date) -> Contract:
    """A contract of the customer."""
    return Contract(id=int(number), customer_id=1, number=number, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    "signed_at, starts_on, uncovered, through",
    [
        ("2026-11-01 09:00", date(2027, 1, 1), (), YEAR_END),
        ("2026-12-31 23:59", date(2027, 1, 1), (), YEAR_END),
        ("2027-01-01 00:00", date(2027, 2, 1), ((2027, 1),), date(2027, 1, 31)),
        ("2027-01-31 23:59", date(2027, 2, 1), ((2027, 1),), date(2027, 1, 31)),
        ("2027-11-30 23:59", date(2027, 12, 1), tuple((2027, n) for n in range(1, 12)), date(2027, 11, 30)),
    ],
)
def test_what_it_becomes(
    signed_at: str, starts_on: date, uncovered: tuple[tuple[int, int], ...], through: date
) -> None:
    """Signed through 31 December it follows without a gap; later it starts the month after, and the gap is named."""
    renewal = offered_renewal(YEAR_END, at(signed_at))
    assert renewal is not None
    assert (renewal.term.starts_on, renewal.term.ends_on) == (starts_on, date(2027, 12, 31))
    assert (renewal.uncovered, renewal.signed_through) == (uncovered, through)
    assert renewal.is_gapless is (not uncovered)


def test_from_when_it_is_found() -> None:
    """Contacts find it on their contract's card from the first warning of its last year on."""
    assert offered_from(YEAR_END) == at("2026-11-01 09:00")


def test_too_late() -> None:
    """From 1 December on it would be a contract of the year after: nothing is offered any more."""
    assert offered_renewal(YEAR_END, at("2027-12-01 00:00")) is None
    assert offered_renewal(date(2026, 6, 30), at("2026-06-01 12:00")) is None


def test_when_it_is_signed_later() -> None:
    """What it becomes after the last day of a term is the next term, until there is none."""
    renewal = offered_renewal(YEAR_END, at("2026-11-01 09:00"))
    starts = []
    while renewal is not None:
        starts.append(renewal.term.starts_on)
        renewal = later_renewal(renewal, YEAR_END)
    assert starts == [date(2027, month, 1) for month in range(1, 13)]


@given(instants())
def test_what_is_offered_can_be_kept(signed_at: datetime) -> None:
    """Whenever it is signed: the term is a contract's, it does not meet the one before, and no month is lost."""
    ends_on = date(local(signed_at).year, 12, 31)
    before = contract("1", date(ends_on.year, 1, 1), ends_on)
    renewal = offered_renewal(ends_on, signed_at)
    assert renewal is not None
    assert renewal.is_gapless
    kept = Contract(
        id=2,
        customer_id=1,
        number="2",
        signed_at=signed_at,
        starts_on=renewal.term.starts_on,
        ends_on=renewal.term.ends_on,
    )
    check_term(kept, [before])


@given(instants(), st.integers(0, 400))
def test_the_year_is_whole(signed_at: datetime, days: int) -> None:
    """The months that are uncovered and those of the renewal are the twelve of the year."""
    ends_on = date(local(signed_at).year, 12, 31)
    renewal = offered_renewal(ends_on, signed_at + days * DAY)
    if renewal is not None:
        months = renewal.uncovered + renewal.term.months
        assert months == tuple((ends_on.year + 1, month) for month in range(1, 13))


def test_the_warnings_of_a_year() -> None:
    """On 1 November, 1 December and 15 December at 9:00, year after year, summer time or not."""
    found: list[datetime] = []
    after = at("2026-10-25 12:00")
    for _ in range(4):
        after = next_warning(after)
        found += [after]
    days = ("2026-11-01 09:00", "2026-12-01 09:00", "2026-12-15 09:00", "2027-11-01 09:00")
    assert found == [at(day) for day in days]


def test_an_instant_itself_does_not_follow() -> None:
    """The warning after the warning of 15 December is that of next year, from its very instant on."""
    last = at("2026-12-15 09:00")
    assert next_warning(last - timedelta(seconds=1)) == last
    assert next_warning(last) == at("2027-11-01 09:00")


@given(instants())
def test_there_is_always_a_next(instant: datetime) -> None:
    """The next day of the year is later, and on one of the days at the time."""
    found = next_yearly(instant, WARNING_DAYS)
    here = local(found)
    assert found > instant
    assert (here.month, here.day) in WARNING_DAYS
    assert here.time() == MORNING
    assert found.utcoffset() == timedelta()
    assert next_yearly(instant, [(1, 1)], time()) - instant <= 366 * DAY


def test_a_missed_warning() -> None:
    """A warning that was missed is made up for until the next one comes."""
    slot = at("2026-11-01 09:00")
    assert not is_overtaken(slot, at("2026-12-01 08:59"))
    assert is_overtaken(slot, at("2026-12-01 09:00"))


def test_what_follows_a_contract() -> None:
    """The next one that starts renews it; one that never starts does not, nor one before."""
    first = contract("1", date(2026, 1, 1), YEAR_END)
    cancelled = contract("2", date(2027, 1, 1), YEAR_END)
    second = contract("3", date(2027, 3, 1), date(2027, 12, 31))
    third = contract("4", date(2028, 1, 1), date(2028, 12, 31))
    assert renewing(first, (first, cancelled, third, second)) == second
    assert renewing(third, (first, second, third)) is None


def test_the_number_of_a_renewal() -> None:
    """The year in it goes on by one, otherwise the new year stands behind it; a number that is taken is counted on."""
    starts_on = date(2027, 1, 1)
    assert renewal_number("2026-007", starts_on) == "2027-007"
    assert renewal_number("Vier Sterren 12", starts_on) == "Vier Sterren 12-2027"
    assert renewal_number("2026-007", starts_on, {"2027-007", "2027-007-2"}) == "2027-007-3"
