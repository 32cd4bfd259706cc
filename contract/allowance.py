"""How many billable minutes may be logged on a ticket without asking (R18, R32, D12, D13, D35).

Two hours may be spent on every ticket without permission, over its whole life, by all engineers together, every band
one to one. They are not free: they are billed. Beyond them only what a contact approved:

    110 minutes are logged: an entry of 30 is refused whole and 10 are left; 10 fit, minute 121 does not.
    60 extra minutes are approved: 180 in total, 60 left. The contact stops the work: 120 in total, nothing left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from contract.errors import OverAllowance

if TYPE_CHECKING:
    from collections.abc import Collection

FREE_MINUTES = 120
"""What may be spent on every ticket without permission (R32)."""

NOTICE_PERCENTS = (75, 100)
"""Shares of the allowance at which people are told (D35)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Minutes that may be logged over the ticket's whole life, and the billable ones that are (D11, D12)."""

    granted_minutes: int = FREE_MINUTES
    logged_minutes: int = 0

    @property
    def remaining_minutes(self) -> int:
        """Billable minutes that can still be logged, never below zero."""
        return max(0, self.granted_minutes - self.logged_minutes)


def check_fits(allowance: Allowance, minutes: int) -> None:
    """Refuse billable `minutes` that pass the allowance, whole (D12): raises OverAllowance with what is left."""
    if minutes > allowance.remaining_minutes:
        raise OverAllowance(allowance.remaining_minutes)


def after_approval(allowance: Allowance, extra_minutes: int) -> Allowance:
    """Return the allowance grown by exactly the approved minutes (D13)."""
    return replace(allowance, granted_minutes=allowance.granted_minutes + extra_minutes)


def stopped(allowance: Allowance) -> Allowance:
    """Return the allowance fallen to the minutes already logged (D13); it never grows by a stop."""
    return replace(allowance, granted_minutes=min(allowance.granted_minutes, allowance.logged_minutes))


def notices(before: Allowance, after: Allowance, sent: Collection[tuple[int, int]] = ()) -> tuple[int, ...]:
    """Return the percentages whose notice is due because of newly logged minutes (D35).

    A notice is due once per allowance total: `sent` holds (granted_minutes, percent) of those that went out before.
    Only logged minutes reach a mark; an approval or a stop by itself never does.
    """
    total = after.granted_minutes
    return tuple(
        percent
        for percent in NOTICE_PERCENTS
        if before.logged_minutes * 100 < percent * total <= after.logged_minutes * 100 and (total, percent) not in sent
    )
