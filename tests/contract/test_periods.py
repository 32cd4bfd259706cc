"""From when until when a contract runs, and how it ends before its last day (R6-R8, R27, R28, D16-D18)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import term_errors
from contract.local_time import DAY, day_start, local
from contract.periods import (
    Cancellation,
    Course,
    Side,
    Term,
    cancelled,
    contract_course,
    earliest_end,
    month_after,
    month_end,
    months_between,
    starts_after_signing,
    year_end,
)
from contract.term_errors import CancellationRefusal
from tests.contract.builders import at, instants

DECEMBER_10 = "2026-12-10 12:00"
YEAR = Term(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))


def on(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def cancellation(received_at: str, requested_end: str | None = None, by: Side = Side.CUSTOMER) -> Cancellation:
    """A cancellation as it comes in."""
    asked = on(requested_end) if requested_end else None
    return Cancellation(received_at=at(received_at), requested_end=asked, by=by)


def said(course: Course) -> tuple[str | None, str | None, int]:
    """First and last day and the months that are billed."""
    first, last = (day.isoformat() if day else None for day in (course.start, course.end))
    return first, last, course.months_billed


@pytest.mark.parametrize(
    "signed_at,received_at,requested_end,by,expected",
    [
        ("2026-11-23 12:00", None, None, Side.CUSTOMER, ("2026-12-01", "2026-12-31", 1)),
        (DECEMBER_10, None, None, Side.CUSTOMER, ("2027-01-01", "2027-12-31", 12)),
        (DECEMBER_10, "2027-04-01 00:00", None, Side.CUSTOMER, ("2027-01-01", "2027-04-30", 4)),
        (DECEMBER_10, "2027-04-01 00:00", None, Side.PROVIDER, ("2027-01-01", "2027-05-31", 5)),
        (DECEMBER_10, "2027-03-15 12:00", "2027-06-30", Side.CUSTOMER, ("2027-01-01", "2027-06-30", 6)),
        (DECEMBER_10, "2026-12-20 12:00", None, Side.CUSTOMER, (None, None, 0)),
    ],
)
def test_worked_example(
    signed_at: str,
    received_at: str | None,
    requested_end: str | None,
    by: Side,
    expected: tuple[str | None, str | None, int],
) -> None:
    """As the file says: first day, last day and months of a contract that is left alone or cancelled (D16-D18)."""
    cancellations = [cancellation(received_at, requested_end, by)] if received_at else []
    assert said(contract_course(at(signed_at), cancellations)) == expected


def test_renewal_that_comes_late() -> None:
    """A renewal signed in January leaves January uncovered; nothing goes on tacitly (D17)."""
    course = contract_course(at("2027-01-10 12:00"), running_contract_end=date(2026, 12, 31))
    assert said(course) == ("2027-02-01", "2027-12-31", 11)
    assert course.uncovered == ((2027, 1),)
    assert not course.term.is_active(at("2027-01-31 23:59"))
    assert course.term.is_active(at("2027-02-01 00:00"))


def test_renewal_in_time() -> None:
    """A renewal starts the day after the running contract at the earliest, however early it is signed (D17)."""
    course = contract_course(at("2026-11-02 12:00"), running_contract_end=date(2026, 12, 31))
    assert said(course) == ("2027-01-01", "2027-12-31", 12)
    assert course.uncovered == ()


def test_renewal_starts_on_the_first() -> None:
    """After a contract that was cut off within a month a renewal starts on the 1st of the next one (R7, D17)."""
    course = contract_course(at("2027-01-10 12:00"), running_contract_end=date(2027, 3, 15))
    assert course.start == date(2027, 4, 1)
    assert course.uncovered == ()


def test_renewal_within_the_year() -> None:
    """A contract that ended in the year can be followed by one of the same year, that ends with it (R28, D17)."""
    course = contract_course(at("2026-08-15 12:00"), running_contract_end=date(2026, 6, 30))
    assert said(course) == ("2026-09-01", "2026-12-31", 4)
    assert course.uncovered == ((2026, 7), (2026, 8))


@pytest.mark.parametrize(
    "signed_at,start",
    [
        ("2026-12-31T23:00:00Z", "2027-02-01"),
        ("2026-12-31 23:59", "2027-01-01"),
        ("2026-01-31 12:00", "2026-02-01"),
        ("2026-03-31T22:00:00Z", "2026-05-01"),
    ],
)
def test_start_is_of_the_local_date(signed_at: str, start: str) -> None:
    """The month after the local date of the last signature, not that of UTC (R27, D1, D16)."""
    assert starts_after_signing(at(signed_at)).isoformat() == start


@pytest.mark.parametrize(
    "received_at,requested_end,by,ends_on",
    [
        ("2027-03-31 23:59", None, Side.CUSTOMER, "2027-03-31"),
        ("2027-03-31T22:00:00Z", None, Side.CUSTOMER, "2027-04-30"),
        ("2027-02-01 00:00", None, Side.CUSTOMER, "2027-02-28"),
        ("2027-12-31 23:59", None, Side.CUSTOMER, "2027-12-31"),
        ("2027-03-15 12:00", "2027-03-31", Side.CUSTOMER, "2027-03-31"),
        ("2027-03-15 12:00", "2027-12-31", Side.CUSTOMER, "2027-12-31"),
        ("2027-01-31 12:00", None, Side.PROVIDER, "2027-02-28"),
        ("2027-11-30 12:00", None, Side.PROVIDER, "2027-12-31"),
        ("2027-12-01 12:00", None, Side.PROVIDER, "2027-12-31"),
        ("2027-12-01 12:00", "2027-12-31", Side.PROVIDER, "2027-12-31"),
        ("2026-12-10 12:00", None, Side.PROVIDER, "2027-01-31"),
        ("2026-12-20 12:00", "2027-06-30", Side.CUSTOMER, "2026-12-31"),
        ("2026-12-20 12:00", "2026-12-31", Side.CUSTOMER, "2026-12-31"),
        ("2026-11-20 12:00", None, Side.CUSTOMER, "2026-12-31"),
        ("2026-11-20 12:00", None, Side.PROVIDER, "2026-12-31"),
    ],
)
def test_accepted(received_at: str, requested_end: str | None, by: Side, ends_on: str) -> None:
    """The end of the local month of receipt, of the next by the provider, or a later one; before the start it is the
    day before it, on which nothing is covered (D1, D18).
    """
    after = cancelled(YEAR, cancellation(received_at, requested_end, by))
    assert (after.starts_on, after.ends_on.isoformat()) == (YEAR.starts_on, ends_on)
    assert after.never_starts == (ends_on < "2027-01-01")
    assert len(after.months) == (0 if after.never_starts else int(ends_on[5:7]))


@pytest.mark.parametrize(
    "received_at,requested_end,by,refusal",
    [
        ("2027-03-15 12:00", "2027-06-29", Side.CUSTOMER, term_errors.NoMonthEnd(on("2027-06-29"))),
        ("2027-03-15 12:00", "2027-02-28", Side.CUSTOMER, term_errors.EndsTooSoon(on("2027-02-28"), on("2027-03-31"))),
        ("2027-03-15 12:00", "2027-03-31", Side.PROVIDER, term_errors.EndsTooSoon(on("2027-03-31"), on("2027-04-30"))),
        ("2027-03-15 12:00", "2028-01-31", Side.CUSTOMER, term_errors.EndsTooLate(on("2028-01-31"), on("2027-12-31"))),
        ("2028-01-01 00:00", None, Side.CUSTOMER, term_errors.ReceivedAfterEnd(on("2027-12-31"))),
        ("2028-01-01 00:00", "2027-12-31", Side.PROVIDER, term_errors.ReceivedAfterEnd(on("2027-12-31"))),
    ],
)
def test_refused(received_at: str, requested_end: str | None, by: Side, refusal: CancellationRefusal) -> None:
    """No month end, too soon, after the contract's end, or received after it: refused with the days (R7, D18)."""
    with pytest.raises(type(refusal)) as refused:
        cancelled(YEAR, cancellation(received_at, requested_end, by))
    assert vars(refused.value) == vars(refusal)


def test_the_first_stands() -> None:
    """A refused cancellation leaves room for another; after an accepted one every other is refused (D18)."""
    received = [
        cancellation("2027-02-01 09:00", "2027-06-15"),
        cancellation("2027-03-01 09:00", "2027-06-30"),
        cancellation("2027-03-02 09:00"),
        cancellation("2028-03-02 09:00", by=Side.PROVIDER),
    ]
    course = contract_course(at(DECEMBER_10), received)
    assert said(course) == ("2027-01-01", "2027-06-30", 6)
    assert [type(outcome) for outcome in course.outcomes] == [
        term_errors.NoMonthEnd,
        Term,
        term_errors.AlreadyCancelled,
        term_errors.AlreadyCancelled,
    ]


def test_the_first_is_the_one_received_first() -> None:
    """Whatever the order in which they are handed in, the one that was received first counts (D18)."""
    received = [cancellation("2027-05-02 09:00"), cancellation("2027-03-01 09:00")]
    course = contract_course(at(DECEMBER_10), received)
    assert said(course) == ("2027-01-01", "2027-03-31", 3)
    assert [type(outcome) for outcome in course.outcomes] == [term_errors.AlreadyCancelled, Term]


def test_after_never_starting() -> None:
    """A contract that never starts is not cancelled again, has no invoices and covers no day (D18)."""
    received = [cancellation("2026-12-20 09:00"), cancellation("2027-02-01 09:00", "2027-06-30")]
    course = contract_course(at(DECEMBER_10), received)
    assert said(course) == (None, None, 0)
    assert isinstance(course.outcomes[1], term_errors.AlreadyCancelled)
    assert (course.term.first_invoice_on, course.term.last_invoice_on) == (None, None)
    assert not any(course.term.is_active(at(f"{day} 12:00")) for day in ("2026-12-31", "2027-01-01", "2027-06-30"))


def test_invoice_dates() -> None:
    """Each month is invoiced on the first of the next, so the last invoice of a year is of 1 January (R14, D8)."""
    term = contract_course(at("2026-01-31 12:00")).term
    assert (term.first_invoice_on, term.last_invoice_on) == (date(2026, 3, 1), date(2027, 1, 1))


@given(instants(), st.booleans(), st.sampled_from(Side), st.timedeltas(timedelta(days=-40), timedelta(days=400)))
def test_every_course_is_one_of_whole_months(signed_at: datetime, is_renewal: bool, by: Side, later: timedelta) -> None:
    """Whenever it is signed and cancelled: whole months of one year, a fee for each, none for an uncovered one."""
    running_end = date(local(signed_at).year, 12, 31) if is_renewal else None
    course = contract_course(signed_at, [Cancellation(received_at=signed_at + later, by=by)], running_end)
    term, agreed = course.term, course.agreed
    assert local(signed_at).date() < agreed.starts_on
    assert agreed.ends_on == year_end(agreed.starts_on)
    assert (term.starts_on, term.starts_on.day, (term.ends_on + DAY).day) == (agreed.starts_on, 1, 1)
    assert agreed.starts_on - DAY <= term.ends_on <= agreed.ends_on
    assert (course.start is None, course.end is None) == (term.never_starts, term.never_starts)
    assert course.months_billed == len(set(term.months)) <= 12
    assert all(term.is_active(day_start(date(*month, 1))) for month in term.months)
    assert not set(course.uncovered) & set(term.months)


@given(instants(2026, 2027).filter(lambda at: local(at).date() <= YEAR.ends_on), st.sampled_from(Side))
def test_earliest_end_is_what_a_bare_cancellation_gets(received_at: datetime, by: Side) -> None:
    """What is said beforehand to be the last day is the last day; naming it changes nothing (D18)."""
    earliest = earliest_end(YEAR, received_at, by)
    bare = cancelled(YEAR, Cancellation(received_at=received_at, by=by))
    named = cancelled(YEAR, Cancellation(received_at=received_at, by=by, requested_end=earliest))
    assert bare == named
    assert bare.ends_on == max(earliest, YEAR.starts_on - DAY)
    assert earliest == month_end(earliest)
    if by is Side.PROVIDER:
        assert bare.ends_on >= cancelled(YEAR, Cancellation(received_at=received_at)).ends_on


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 40))
def test_months_between(day: date, count: int) -> None:
    """Each calendar month once, from that of the first day to before that of the other."""
    until = day.replace(day=1)
    for _ in range(count):
        until = month_after(until)
    months = months_between(day, until)
    assert len(set(months)) == count
    assert list(months) == sorted(months)
    assert months_between(until, day.replace(day=1)) == ()


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_month_after(day: date) -> None:
    """The first day of the next calendar month; the day before it is the last of this one."""
    first = month_after(day)
    assert first.day == 1
    assert (first - DAY).replace(day=1) == day.replace(day=1)
    assert month_end(day) == first - DAY
