"""The lines of a ticket: what an invoice or a credit note charges, and what they rest on (R13, R14, R26, R31, D6, D13).

One line per billing month, ticket, kind, price year and price. Work and minimum are counted in minutes at a price an
hour, costs in pieces:

    85 minutes of office time at € 85.00 an hour: 85 x 8500 / 60 = € 120.42, by the pieces of the entries it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.local_time import MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from contract.costs import Cost
    from contract.grants import Grant
    from contract.hours import WorkEntry
    from contract.months import Month
    from contract.rate_bands import BandCents
    from contract.tickets import Ticket


class LineKind(StrEnum):
    """What a line of an invoice charges; the three bands have their own names (R13, R21-R23, R26, R31)."""

    FEE = "fee"
    OFFICE = "office"
    AFTER_HOURS = "after_hours"
    WEEKEND_HOLIDAY = "weekend_holiday"
    MINIMUM = "minimum"
    COST = "cost"

    @property
    def is_minutes(self) -> bool:
        """True where the quantity is minutes and the price one of an hour."""
        return self not in (LineKind.FEE, LineKind.COST)


MINIMUM = LineKind.MINIMUM


@dataclass(frozen=True, slots=True)
class Piece:
    """Minutes of one entry within one line (UTC, half-open), and the estimate that allowed them.

    `estimate` is None for the minutes that need no permission (R32).
    """

    entry_id: int
    start: datetime
    end: datetime
    estimate: str | None = None

    @property
    def minutes(self) -> int:
        """Elapsed minutes."""
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice, or of a credit note.

    `month` is the month it is billed with. The quantity is minutes, at a price an hour; of a cost it is pieces, at a
    price for one. Quantity and amount of a set-off are negative (D5, D6); what is due back is positive, with the month
    that billed it. `what` names a cost.
    """

    ticket_number: int
    month: Month
    kind: LineKind
    price_year: int
    minutes: int
    rate_cents: int
    amount_cents: int
    pieces: tuple[Piece, ...] = field(default=(), compare=False)
    """Where the minutes come from; two lines that charge the same are equal."""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """The decision that allowed minutes beyond the free ones: who, when, and the prices they saw (R19, D13, D15)."""

    estimate: str
    """The estimate's number: ticket and revision."""
    minutes: int
    rates: BandCents
    decided_by: str
    """The contact's name then."""
    decided_at: datetime
    is_by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit note that was issued for what was due back of the invoice of `month` (D9)."""

    at: datetime
    month: Month


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRecord:
    """All of a ticket that its invoices rest on, with everything that was recorded and changed since."""

    ticket: Ticket
    entries: Sequence[WorkEntry] = ()
    """Every entry ever recorded, also those whose place a correction took."""
    costs: Sequence[Cost] = ()
    grants: Sequence[Grant] = ()
    voided: Sequence[tuple[datetime, bool]] = ()
    """When the ticket became a duplicate (true) and when it counted again; empty: as the ticket says (D22)."""
    waived_at: datetime | None = None
    """When its minimum was waived; None: as the ticket says, ever since (D5)."""
    credits: Sequence[Credited] = ()

    def is_void(self, at: datetime) -> bool:
        """Tell whether it was a duplicate just before an instant (D22)."""
        if not self.voided:
            return self.ticket.is_void
        return next((is_void for since, is_void in reversed(self.voided) if since < at), False)

    def is_waived(self, at: datetime) -> bool:
        """Tell whether its minimum was waived just before an instant (D5)."""
        return self.ticket.is_minimum_waived and (self.waived_at is None or self.waived_at < at)


@dataclass(frozen=True, slots=True)
class TicketBill:
    """What the invoices of a ticket have, what credit notes took back, and what is due back and not yet credited."""

    lines: tuple[Line, ...]
    credited: Mapping[Credited, tuple[Line, ...]]
    due_back: tuple[Line, ...]
    due_after: tuple[Line, ...] = ()
    """The minimum that comes back once what is due back is credited (D5)."""

    @property
    def amount_cents(self) -> int:
        """All together, excluding VAT (D6)."""
        back = [*self.due_back, *(line for lines in self.credited.values() for line in lines)]
        charged = (*self.lines, *self.due_after)
        return sum(line.amount_cents for line in charged) - sum(line.amount_cents for line in back)

    def charged_in(self, line: Line) -> Month | None:
        """Return the month that charged the minimum which a line sets off; None for any other line (D5)."""
        if line.kind is not MINIMUM or line.minutes >= 0:
            return None
        charged = (one.month for one in self.lines if one.kind is MINIMUM and one.minutes > 0)
        return max((month for month in charged if month < line.month), default=None)
