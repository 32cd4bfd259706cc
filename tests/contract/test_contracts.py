"""From when until when a customer has a contract (R6-R8, R26-R28, D16, D17, D25)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import errors
from contract.contracts import (
    Addendum,
    Contract,
    check_covered,
    check_on_site,
    check_term,
    covering,
    month_after,
    starts_after_signing,
    year_end,
)
from contract.local_time import DAY, local
from tests.contract.builders import at, instants


def term(starts_on: str, ends_on: str, **fields: Any) -> Contract:
    """A contract of customer 7."""
    made: dict[str, Any] = {"id": 1, "customer_id": 7, "number": "4S-1"} | fields
    return Contract(**made, starts_on=date.fromisoformat(starts_on), ends_on=date.fromisoformat(ends_on))


YEAR = term("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    "signed_at,starts_on,ends_on",
    [
        ("2026-11-23 12:00", "2026-12-01", "2026-12-31"),
        ("2026-12-31T23:00:00Z", "2027-02-01", "2027-12-31"),
        ("2026-12-31 23:59", "2027-01-01", "2027-12-31"),
        ("2026-01-31 12:00", "2026-02-01", "2026-12-31"),
    ],
)
def test_worked_example(signed_at: str, starts_on: str, ends_on: str) -> None:
    """The month after the local date of the last signature, until the end of that year (R27, D16, D17)."""
    start = starts_after_signing(at(signed_at))
    assert (start.isoformat(), year_end(start).isoformat()) == (starts_on, ends_on)


@given(instants())
def test_every_signature_makes_a_contract(signed_at: datetime) -> None:
    """Whenever it is signed, the longest term from then on is a valid one (R7, R28)."""
    start = starts_after_signing(signed_at)
    assert local(signed_at).date() < start <= local(signed_at).date() + 31 * DAY
    check_term(Contract(id=1, customer_id=7, number="4S-1", starts_on=start, ends_on=year_end(start)))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_month_after(day: date) -> None:
    """The first day of the next calendar month."""
    first = month_after(day)
    assert first.day == 1
    assert (first - DAY).replace(day=1) == day.replace(day=1)


@pytest.mark.parametrize(
    "contract,refusal",
    [
        (term("2026-01-02", "2026-12-31"), errors.NotMonthStart),
        (term("2026-03-01", "2026-02-28"), errors.EndsBeforeStart),
        (term("2026-01-01", "2026-02-27"), errors.NotMonthEnd),
        (term("2026-12-01", "2027-01-31"), errors.OverYearEnd),
    ],
)
def test_terms_that_are_none(contract: Contract, refusal: type[errors.TermRefusal]) -> None:
    """First of a month to last of a month, within one calendar year; the refusal carries the dates (R6-R8, R28)."""
    with pytest.raises(refusal) as refused:
        check_term(contract)
    assert (refused.value.starts_on, refused.value.ends_on) == (contract.starts_on, contract.ends_on)


def test_start_after_signing() -> None:
    """A start before the month after the signature is refused and names the earliest; a later one is fine (D16)."""
    with pytest.raises(errors.StartsTooSoon) as refused:
        check_term(term("2026-03-01", "2026-12-31", signed_at=at("2026-03-01 00:00")))
    assert refused.value.earliest == date(2026, 4, 1)
    check_term(term("2026-05-01", "2026-12-31", signed_at=at("2026-03-01 00:00")))


def test_terms_do_not_overlap() -> None:
    """A renewal starts the day after the running contract at the earliest; a contract does not meet itself (D17)."""
    first_half = term("2026-01-01", "2026-06-30")
    with pytest.raises(errors.OverlappingTerm) as refused:
        check_term(term("2026-06-01", "2026-12-31", id=2), [first_half])
    assert refused.value.contract == first_half
    check_term(term("2026-07-01", "2026-12-31", id=2), [first_half])
    check_term(first_half, [first_half, term("2026-07-01", "2026-12-31", id=2)])


def test_coverage() -> None:
    """A local day is covered from the first to the last day of a contract, both included (R27, R28, D23)."""
    later = term("2027-02-01", "2027-12-31", id=2)
    terms = [later, YEAR]
    assert covering(terms, date(2026, 12, 31)) == YEAR
    assert check_covered(terms, date(2027, 2, 1)) == later
    assert covering([], date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    "day,starts_on,ended_on",
    [
        ("2025-12-31", "2026-01-01", None),
        ("2027-01-15", "2027-02-01", "2026-12-31"),
        ("2028-01-01", None, "2027-12-31"),
    ],
)
def test_uncovered_days(day: str, starts_on: str | None, ended_on: str | None) -> None:
    """The refusal says from when there is a contract, or since when there is none (R27, D23)."""
    terms = [YEAR, term("2027-02-01", "2027-12-31", id=2)]
    with pytest.raises(errors.NoContract) as refused:
        check_covered(terms, date.fromisoformat(day))
    found = (refused.value.starts_on, refused.value.ended_on)
    assert tuple(value and value.isoformat() for value in found) == (starts_on, ended_on)


@pytest.mark.parametrize(
    "day,is_allowed",
    [
        ("2026-05-31", False),
        ("2026-06-01", False),
        ("2026-06-02", True),
        ("2026-06-30", True),
        ("2026-07-01", False),
        ("2027-06-15", False),
    ],
)
def test_on_site(day: str, *, is_allowed: bool) -> None:
    """On-site work only on a day that an addendum covers which was signed by then (R24, R26, D25)."""
    addendum = Addendum(signed_on=date(2026, 6, 2), starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 30))
    terms = [term("2026-01-01", "2026-12-31", on_site_addenda=(addendum,))]
    if is_allowed:
        check_on_site(terms, date.fromisoformat(day))
    else:
        with pytest.raises(errors.OnSiteNeedsAddendum) as refused:
            check_on_site(terms, date.fromisoformat(day))
        assert refused.value.day == date.fromisoformat(day)
