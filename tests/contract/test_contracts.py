"""What a contract is: its days, its end, its addenda (R6-R8, R24, R26-R28, D16-D18, D25)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given

from contract import errors, term_errors
from contract.contracts import (
    Addendum,
    Contract,
    cancel,
    check_covered,
    check_on_site,
    check_term,
    covering,
)
from contract.periods import Cancellation, starts_after_signing, year_end
from tests.contract.builders import at, instants


def term(starts_on: str, ends_on: str, **fields: Any) -> Contract:
    """A contract of customer 7."""
    made: dict[str, Any] = {"id": 1, "customer_id": 7, "number": "4S-1"} | fields
    return Contract(**made, starts_on=date.fromisoformat(starts_on), ends_on=date.fromisoformat(ends_on))


YEAR = term("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    "day,is_covered",
    [("2025-12-31", False), ("2026-01-01", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_worked_example(day: str, *, is_covered: bool) -> None:
    """A contract of 2026 covers 1 January and 31 December and not the days beside them (R6, R28)."""
    assert (covering([YEAR], date.fromisoformat(day)) == YEAR) is is_covered


@given(instants())
def test_every_signature_makes_a_contract(signed_at: datetime) -> None:
    """Whenever it is signed, the longest term from then on is a valid one (R7, R28)."""
    start = starts_after_signing(signed_at)
    check_term(Contract(id=1, customer_id=7, number="4S-1", starts_on=start, ends_on=year_end(start)))


@pytest.mark.parametrize(
    "contract,refusal",
    [
        (term("2026-01-02", "2026-12-31"), term_errors.NotMonthStart),
        (term("2026-03-01", "2026-02-28"), term_errors.EndsBeforeStart),
        (term("2026-01-01", "2026-02-27"), term_errors.NotMonthEnd),
        (term("2026-12-01", "2027-01-31"), term_errors.OverYearEnd),
    ],
)
def test_terms_that_are_none(contract: Contract, refusal: type[term_errors.TermRefusal]) -> None:
    """First of a month to last of a month, within one calendar year; the refusal carries the dates (R6-R8, R28)."""
    with pytest.raises(refusal) as refused:
        check_term(contract)
    assert (refused.value.starts_on, refused.value.ends_on) == (contract.starts_on, contract.ends_on)


def test_start_after_signing() -> None:
    """A start before the month after the signature is refused and names the earliest; a later one is fine (D16)."""
    with pytest.raises(term_errors.StartsTooSoon) as refused:
        check_term(term("2026-03-01", "2026-12-31", signed_at=at("2026-03-01 00:00")))
    assert refused.value.earliest == date(2026, 4, 1)
    check_term(term("2026-05-01", "2026-12-31", signed_at=at("2026-03-01 00:00")))


def test_terms_do_not_overlap() -> None:
    """A renewal starts the day after the running contract at the earliest; a contract does not meet itself (D17)."""
    first_half = term("2026-01-01", "2026-06-30")
    with pytest.raises(term_errors.OverlappingTerm) as refused:
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


def test_cancelled() -> None:
    """A cancellation moves the last day and keeps the agreed one; the first stands (D18)."""
    received = Cancellation(received_at=at("2026-06-15 12:00"))
    after = cancel(YEAR, received)
    assert (after.ends_on, after.agreed_ends_on) == (date(2026, 6, 30), date(2026, 12, 31))
    assert after.cancellation == received
    assert (covering([after], date(2026, 6, 30)), covering([after], date(2026, 7, 1))) == (after, None)
    with pytest.raises(term_errors.AlreadyCancelled) as refused:
        cancel(after, Cancellation(received_at=at("2026-06-16 12:00")))
    assert refused.value.ends_on == date(2026, 6, 30)
    with pytest.raises(errors.NoContract) as uncovered:
        check_covered([after], date(2026, 7, 1))
    assert (uncovered.value.ended_on, uncovered.value.is_cancelled) == (date(2026, 6, 30), True)


def test_never_starts() -> None:
    """Cancelled before its start it covers no day, and is neither a start to wait for nor an end to name (D18)."""
    renewal = cancel(term("2027-01-01", "2027-12-31", id=2), Cancellation(received_at=at("2026-11-15 12:00")))
    assert renewal.never_starts
    assert not YEAR.never_starts
    for terms, day, expected in (
        ([renewal], date(2026, 12, 31), (None, None, True)),
        ([renewal], date(2027, 1, 1), (None, None, True)),
        ([YEAR, renewal], date(2027, 1, 1), (None, date(2026, 12, 31), False)),
        ([], date(2027, 1, 1), (None, None, False)),
    ):
        assert covering(terms, day) is None
        with pytest.raises(errors.NoContract) as refused:
            check_covered(terms, day)
        found = refused.value
        assert (found.starts_on, found.ended_on, found.is_cancelled) == expected
    again = term("2027-01-01", "2027-12-31", id=3)
    check_term(again, [YEAR, renewal])
    assert covering([YEAR, renewal, again], date(2027, 1, 1)) == again


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
