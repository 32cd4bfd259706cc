"""At least fifteen minutes for every ticket, over its whole life (R31, D5, D11, D22).

What the work stays short of fifteen is billed in the month of creation, at the office rate of that year's list. Later
work sets it off by a negative line at the same rate. Minutes that are not billable do not count; a void ticket has no
minimum; staff can waive it with a reason.

    Created in November with 5 minutes of work: 10 minutes minimum. 4 minutes in December: -4. 10 in January: -6.
    A ticket without work: 15 minutes at € 85.00 an hour, € 21.25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.tickets import Ticket

MINIMUM_MINUTES = 15
"""Charged for every ticket at least (R31)."""


def shortfall_minutes(ticket: Ticket, billable_minutes: int) -> int:
    """Return the minutes that are billed beside `billable_minutes` of work over the ticket's life so far (D5, D22)."""
    if ticket.is_void or ticket.is_minimum_waived:
        return 0
    return max(0, MINIMUM_MINUTES - billable_minutes)


def set_off_minutes(ticket: Ticket, before_minutes: int, after_minutes: int) -> int:
    """Return the minutes of the "minimum" line when the work billed so far grows: zero or less (D5).

    `before_minutes` was billed up to the month before, `after_minutes` up to this one.
    """
    return shortfall_minutes(ticket, after_minutes) - shortfall_minutes(ticket, before_minutes)
