"""The months of the local calendar, and when the invoice of each is issued (R14, D1, D7-D9)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given

from contract.months import billing_month, issued_at, month_of, next_month, open_month, previous_month
from tests.contract.builders import at, instants


@pytest.mark.parametrize(
    "recorded,month",
    [
        ("2026-11-30 18:00", (2026, 11)),
        ("2026-12-01 11:59:59", (2026, 11)),
        ("2026-12-01 12:00", (2026, 12)),
        ("2027-01-01 11:00", (2026, 12)),
        ("2027-02-01 12:00", (2027, 2)),
    ],
)
def test_late_entries(recorded: str, month: tuple[int, int]) -> None:
    """What is recorded at or after the issue of its month goes on the next invoice that is not issued yet (D9)."""
    assert billing_month((2026, 11), at(recorded)) == month


def test_issue_moments() -> None:
    """The 1st of the next month at 12:00 local, in summer and winter; months are local (D1, D8)."""
    assert issued_at((2026, 12)) == at("2027-01-01 12:00")
    assert issued_at((2026, 6)) == at("2026-07-01 12:00")
    assert month_of(at("2026-06-30T22:30:00Z")) == (2026, 7)


def test_neighbours() -> None:
    """The months around New Year follow each other (D7)."""
    assert next_month((2026, 12)) == (2027, 1)
    assert previous_month((2027, 1)) == (2026, 12)
    assert previous_month(next_month((2026, 6))) == (2026, 6)


@given(instants())
def test_what_happens_now_is_on_the_first_invoice_that_is_not_issued(instant: datetime) -> None:
    """Its issue moment lies ahead, that of the month before does not; and nothing is billed before it (D9)."""
    month = open_month(instant)
    assert issued_at(previous_month(month)) <= instant < issued_at(month)
    assert billing_month(month_of(instant - timedelta(days=400)), instant) == month
