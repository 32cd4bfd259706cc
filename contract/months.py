"""The months of the local calendar, and when the invoice of each is issued (R14, D1, D7-D9).

A minute belongs to the local month in which it was worked. The invoice of a month is issued on the 1st of the next, at
12:00 local time; what is recorded at or after that instant goes on a later one, with its real date and rates.

    Worked on 30 November 2026 and recorded on 1 December at 11:59: with November. Recorded at 12:00: with December.
"""

from __future__ import annotations

from datetime import date, datetime, time

from contract.local_time import at_local, local
from contract.periods import Month, month_after

ISSUE_TIME = time(12)
"""When the invoice of a month is issued, local time, on the 1st of the next (D8)."""

__all__ = [
    "ISSUE_TIME",
    "Month",
    "billing_month",
    "issued_at",
    "month_of",
    "next_month",
    "open_month",
    "previous_month",
]


def month_of(instant: datetime) -> Month:
    """Return the local calendar month of an instant (D1, D7)."""
    here = local(instant)
    return here.year, here.month


def next_month(month: Month) -> Month:
    """Return the calendar month after this one."""
    after = month_after(date(*month, 1))
    return after.year, after.month


def previous_month(month: Month) -> Month:
    """Return the calendar month before this one."""
    year, number = month
    return (year - 1, 12) if number == 1 else (year, number - 1)


def issued_at(month: Month) -> datetime:
    """Return when (UTC) the invoice of a month is issued: the 1st of the next month, 12:00 local (D8, D9)."""
    return at_local(month_after(date(*month, 1)), ISSUE_TIME)


def open_month(instant: datetime) -> Month:
    """Return the first month whose issue moment lies after an instant: what happens now can still be on it (D9)."""
    month = month_of(instant)
    before = previous_month(month)
    return before if instant < issued_at(before) else month


def billing_month(worked_in: Month, recorded_at: datetime) -> Month:
    """Return the month with which work is billed: its own, or the first whose invoice was not issued yet (D9)."""
    return max(worked_in, open_month(recorded_at))
