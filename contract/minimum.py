"""At least fifteen minutes for every ticket, over its whole life (R31, D5, D11, D22).

What the work stays short of fifteen is billed in the month of creation, at the office rate of that year's list. Later
work sets it off by a negative line at the same rate. Minutes that are not billable do not count; a void ticket has no
minimum; staff can waive it with a reason.

    Created in November with 5 minutes of work: 10 minutes minimum. 4 minutes in December: -4. 10 in January: -6.
    A ticket without work: 15 minutes at € 85.00 an hour, € 21.25.
"""

from __future__ import annotations

MINIMUM_MINUTES = 15
"""Charged for every ticket at least (R31)."""


def shortfall_minutes(billable_minutes: int) -> int:
    """Return the minutes that are missing when `billable_minutes` of work are billed over the ticket's life (D5)."""
    return max(0, MINIMUM_MINUTES - billable_minutes)


def minimum_line(billable_minutes: int, billed_minutes: int, *, is_waived: bool = False) -> int:
    """Return the minutes of the "minimum" line that comes now; below zero it sets off, zero is no line (D5).

    `billable_minutes` of work are billed over the ticket's life, this invoice included; `billed_minutes` of minimum
    before it. A minimum that staff waived never grows; what was billed of it before is due back on a credit note.
    """
    due = shortfall_minutes(billable_minutes)
    return (min(due, billed_minutes) if is_waived else due) - billed_minutes
