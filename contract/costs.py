"""Costs of on-site work beside its hours: travel, parking (R24, R26, D25).

Only what a signed addendum names can be charged, at the price it names, for a day that it covers and by which it was
signed. Whole pieces; nothing before the ticket's day, nothing in the future. A cost that was removed is not charged.

    The addendum of 5 November 2026 covers 10 to 30 November and names "travel, one visit" at € 45.00. Two visits on
    23 November: € 90.00. One on 1 December: refused.

CostRefusal
├── NoSuchQuantity    fewer than one piece, or absurdly many
├── CostBeforeTicket  before the day on which the ticket was opened
├── CostInFuture      after today
└── ItemNotCovered    the item's addendum does not cover that day, or was not signed by then
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.errors import Refusal
from contract.local_time import local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from contract.tickets import Ticket

MOST_PIECES = 1000
"""More of one item on one day is a typing error."""


class CostRefusal(Refusal):
    """A cost that can not be charged (R26)."""


@dataclass(eq=False)
class NoSuchQuantity(CostRefusal):
    """A cost is for 1 to `most` whole pieces (R26)."""

    quantity: int
    most: int


@dataclass(eq=False)
class CostBeforeTicket(CostRefusal):
    """The ticket was opened on a later day, `opened_on` (R26, D23)."""

    opened_on: date


@dataclass(eq=False)
class CostInFuture(CostRefusal):
    """The day lies after `today` (R26, D23)."""

    today: date


@dataclass(eq=False)
class ItemNotCovered(CostRefusal):
    """No addendum that was signed by `day` and covers it names the item (R26, D25)."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """What one addendum charges beside hours, for one piece and excluding VAT, and when that addendum holds (R26)."""

    id: int
    what: str
    price_cents: int
    signed_on: date
    starts_on: date
    ends_on: date

    def covers(self, day: date) -> bool:
        """Tell whether it can be charged for a local day: covered, and signed by then (D25)."""
        return self.starts_on <= day <= self.ends_on and self.signed_on <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """An item charged on a ticket, with what it is called and costs there (R26)."""

    id: int
    """0 for a draft."""
    ticket_number: int
    item_id: int
    what: str
    price_cents: int
    quantity: int
    happened_on: date
    recorded_at: datetime
    removed_at: datetime | None = None

    @property
    def amount_cents(self) -> int:
        """What it adds to the ticket, excluding VAT; nothing once it was removed."""
        return 0 if self.removed_at is not None else self.quantity * self.price_cents


def cost_of(ticket: Ticket, item: CostItem, *, quantity: int, happened_on: date, now: datetime) -> Cost:
    """Return a draft of so many pieces of an item; raises the classes of CostRefusal (R26, D23, D25)."""
    if not 1 <= quantity <= MOST_PIECES:
        raise NoSuchQuantity(quantity, MOST_PIECES)
    if happened_on < (opened_on := local(ticket.created_at).date()):
        raise CostBeforeTicket(opened_on)
    if happened_on > (today := local(now).date()):
        raise CostInFuture(today)
    if not item.covers(happened_on):
        raise ItemNotCovered(happened_on)
    return Cost(
        id=0,
        ticket_number=ticket.number,
        item_id=item.id,
        what=item.what,
        price_cents=item.price_cents,
        quantity=quantity,
        happened_on=happened_on,
        recorded_at=now,
    )


def chargeable(items: Iterable[CostItem], ticket: Ticket, now: datetime) -> tuple[CostItem, ...]:
    """Return the items that can be charged on the ticket for some day from its opening through today (R26, D25)."""
    opened_on, today = local(ticket.created_at).date(), local(now).date()
    return tuple(item for item in items if max(opened_on, item.starts_on, item.signed_on) <= min(today, item.ends_on))
