"""Costs of on-site work: only what an addendum names, for days that it covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.costs import (
    MOST_PIECES,
    Cost,
    CostBeforeTicket,
    CostInFuture,
    CostItem,
    CostRefusal,
    ItemNotCovered,
    NoSuchQuantity,
    chargeable,
    cost_of,
)
from tests.contract.builders import at, ticket

TRAVEL = CostItem(
    id=3,
    what="travel, one visit",
    price_cents=4500,
    signed_on=date(2026, 11, 5),
    starts_on=date(2026, 11, 10),
    ends_on=date(2026, 11, 30),
)
LATER = at("2026-12-03 12:00")


def charged(day: date, quantity: int = 1, item: CostItem = TRAVEL) -> Cost:
    """A cost on a ticket of 12 November, recorded on 3 December."""
    opened = ticket(created_at=at("2026-11-12 10:00"))
    return cost_of(opened, item, quantity=quantity, happened_on=day, now=LATER)


def test_worked_example() -> None:
    """Two visits at € 45.00 are € 90.00; the day after the addendum ended is refused (R26)."""
    cost = charged(date(2026, 11, 23), 2)
    assert (cost.what, cost.price_cents, cost.quantity, cost.amount_cents) == ("travel, one visit", 4500, 2, 9000)
    with pytest.raises(ItemNotCovered) as refused:
        charged(date(2026, 12, 1))
    assert refused.value.day == date(2026, 12, 1)


@pytest.mark.parametrize(
    "day,why",
    [
        (date(2026, 11, 11), CostBeforeTicket),
        (date(2026, 11, 12), None),
        (date(2026, 11, 30), None),
        (date(2026, 12, 1), ItemNotCovered),
        (date(2026, 12, 3), ItemNotCovered),
        (date(2026, 12, 4), CostInFuture),
    ],
)
def test_the_days_of_a_cost(day: date, why: type[CostRefusal] | None) -> None:
    """A cost lies between the ticket's day and today, both included, within its addendum (R26, D23, D25)."""
    if why is None:
        assert charged(day).happened_on == day
        return
    with pytest.raises(why):
        charged(day)


@pytest.mark.parametrize("quantity", [0, -1, MOST_PIECES + 1])
def test_whole_pieces(quantity: int) -> None:
    """A cost is for at least one piece; what is taken back is removed, not counted down (R26)."""
    with pytest.raises(NoSuchQuantity) as refused:
        charged(date(2026, 11, 23), quantity)
    assert refused.value.most == MOST_PIECES


def test_an_addendum_counts_from_its_signature() -> None:
    """What was not signed by then is not charged, whatever days the addendum names (D25)."""
    signed_late = replace(TRAVEL, signed_on=date(2026, 11, 20))
    with pytest.raises(ItemNotCovered):
        charged(date(2026, 11, 19), item=signed_late)
    assert charged(date(2026, 11, 20), item=signed_late).amount_cents == 4500


def test_the_ticket_begins_on_a_local_day() -> None:
    """Opened on 11 November at 23:30 UTC is opened on the 12th here (D1)."""
    opened = ticket(created_at=at("2026-11-11T23:30:00Z"))
    with pytest.raises(CostBeforeTicket) as refused:
        cost_of(opened, TRAVEL, quantity=1, happened_on=date(2026, 11, 11), now=LATER)
    assert refused.value.opened_on == date(2026, 11, 12)


def test_what_was_removed_is_not_charged() -> None:
    """A removed cost stays on record and adds nothing (R26)."""
    kept, removed = charged(date(2026, 11, 23), 2), replace(charged(date(2026, 11, 24)), removed_at=LATER)
    assert [kept.amount_cents, removed.amount_cents] == [9000, 0]


@given(
    starts=st.integers(-40, 40),
    length=st.integers(0, 60),
    signed=st.integers(-60, 60),
    opened=st.integers(-40, 40),
    today=st.integers(0, 40),
)
def test_an_item_is_offered_exactly_when_some_day_takes_it(
    starts: int, length: int, signed: int, opened: int, today: int
) -> None:
    """The form offers an item if and only if there is a day on which it can be charged (R26)."""
    noon = at("2026-11-15 12:00")
    first = date(2026, 11, 15) + timedelta(days=starts)
    item = replace(
        TRAVEL,
        starts_on=first,
        ends_on=first + timedelta(days=length),
        signed_on=date(2026, 11, 15) + timedelta(days=signed),
    )
    made = ticket(created_at=noon + timedelta(days=min(opened, today)))
    now = noon + timedelta(days=today)

    def is_taken(day: date) -> bool:
        try:
            cost_of(made, item, quantity=1, happened_on=day, now=now)
        except CostRefusal:
            return False
        return True

    days = [date(2026, 9, 1) + timedelta(days=count) for count in range(180)]
    assert bool(chargeable([item], made, now)) is any(map(is_taken, days))
