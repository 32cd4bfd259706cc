"""What is billed for a ticket, when, and what is due back (R14, R31, D5-D7, D9-D11, D13, D22, D26, D33)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.amounts import ticket_amount_cents, ticket_lines
from contract.holidays import HolidayProfile
from contract.hours import OutsideHoursReason, WorkEntry
from contract.lines import MINIMUM, LineKind
from contract.prices import PriceBook, contract_prices
from tests.contract.builders import MONDAY, PRICES, at, entry, minutes_of_work, one_after_another, ticket

NEXT_YEAR = replace(contract_prices(2027), office_cents=9000, after_hours_cents=11500, weekend_holiday_cents=13500)
BOOK = PriceBook([contract_prices(2026), NEXT_YEAR])


def rows(entries: list[WorkEntry], prices: PriceBook = PRICES) -> list[tuple[object, ...]]:
    """The lines of the Monday's ticket: month, kind, price year, minutes, cents."""
    lines = ticket_lines(ticket(), entries, prices)
    return [(line.month, line.kind, line.price_year, line.minutes, line.amount_cents) for line in lines]


def test_without_work() -> None:
    """A ticket without work costs fifteen minutes in the month of its creation (R31, D5)."""
    assert rows([]) == [((2026, 11), MINIMUM, 2026, 15, 2125)]


def test_set_off_at_the_old_rate() -> None:
    """5, 4 and 10 minutes in three months: the set-off in January is at the rate of November (D5, D10)."""
    worked = [
        entry("2026-11-24 10:00", "2026-11-24 10:05", id=1),
        entry("2026-12-03 10:00", "2026-12-03 10:04", id=2),
        entry("2027-01-05 10:00", "2027-01-05 10:10", id=3),
    ]
    assert rows(worked, BOOK) == [
        ((2026, 11), "office", 2026, 5, 708),
        ((2026, 11), MINIMUM, 2026, 10, 1417),
        ((2026, 12), "office", 2026, 4, 567),
        ((2026, 12), MINIMUM, 2026, -4, -567),
        ((2027, 1), "office", 2027, 10, 1500),
        ((2027, 1), MINIMUM, 2026, -6, -850),
    ]


def test_new_years_night() -> None:
    """A minute is billed with its local month, at the prices and holidays of its year (D7, D10)."""
    night = entry("2026-12-31 23:00", "2027-01-01 01:00", id=1)
    work = [row for row in rows([night], BOOK) if row[1] != MINIMUM]
    assert work == [
        ((2026, 12), "after_hours", 2026, 60, 11000),
        ((2027, 1), "weekend_holiday", 2027, 60, 13500),
    ]


def test_a_late_entry_keeps_its_rates() -> None:
    """In its own month only the minimum, in the next its real minutes and the set-off (D5, D9)."""
    late = entry("2026-11-30 16:00", "2026-11-30 16:40", id=1, recorded_at=at("2026-12-02 09:00"))
    assert rows([late]) == [
        ((2026, 11), MINIMUM, 2026, 15, 2125),
        ((2026, 12), "office", 2026, 40, 5667),
        ((2026, 12), MINIMUM, 2026, -15, -2125),
    ]


def test_what_is_not_billed() -> None:
    """Not billable minutes count for nothing, a void ticket costs nothing, a waiver leaves the work (D5, D11, D22)."""
    free = minutes_of_work(30, id=1, is_billable=False)
    assert rows([free]) == rows([])
    assert ticket_lines(ticket(is_void=True), [minutes_of_work(60)], PRICES) == ()
    waived = ticket(minimum_waived_reason="Our mistake")
    assert ticket_amount_cents(waived, [minutes_of_work(5)], PRICES) == 708


def test_own_choice_joins_the_office_line() -> None:
    """Minutes of the engineer's own choice are on the office line; other reasons on their band's (D26, D33)."""
    evening = entry("2026-11-23 18:00", "2026-11-23 18:30", id=2, outside_hours_reason=OutsideHoursReason.OWN_CHOICE)
    asked = replace(evening, outside_hours_reason=OutsideHoursReason.CUSTOMER_ASKED)
    day = minutes_of_work(30, id=1)
    assert [row[1:4] for row in rows([day, evening])] == [("office", 2026, 60)]
    assert [row[1:4] for row in rows([day, asked])] == [("office", 2026, 30), ("after_hours", 2026, 30)]


def test_own_holidays_of_a_contract() -> None:
    """A contract's own holidays replace those of the price list (D3)."""
    eve = entry("2026-12-24 10:00", "2026-12-24 11:00", id=1)
    lines = ticket_lines(ticket(), [eve], PRICES, HolidayProfile(dec_24=True))
    assert [line.kind for line in lines if line.kind != MINIMUM] == [LineKind.WEEKEND_HOLIDAY]


def test_corrected_entries_count_once() -> None:
    """A correction takes the place of what it corrects (D24)."""
    assert rows([minutes_of_work(60, id=1), minutes_of_work(20, id=2, corrects_id=1)]) == rows([minutes_of_work(20)])


LENGTHS = st.lists(st.integers(1, 5000), min_size=1, max_size=6)


@given(LENGTHS)
def test_cutting_changes_no_amount(lengths: list[int]) -> None:
    """An entry cut anywhere, into any number of parts, costs the same to the cent (D6)."""
    whole = one_after_another([sum(lengths)])
    assert ticket_lines(ticket(), one_after_another(lengths), BOOK) == ticket_lines(ticket(), whole, BOOK)


WHEN = st.integers(2, 190 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))


@given(st.lists(st.tuples(st.integers(1, 20), WHEN, WHEN), max_size=6))
def test_a_life_of_at_least_fifteen_minutes(worked: list[tuple[int, datetime, datetime]]) -> None:
    """Whenever it was worked and recorded, its lines hold its minutes, fifteen at least, one line a kind (D5)."""
    entries = [
        entry(start, start + timedelta(minutes=minutes), id=number, recorded_at=max(recorded, start))
        for number, (minutes, start, recorded) in enumerate(worked, start=1)
    ]
    lines = ticket_lines(ticket(), entries, BOOK)
    assert sum(line.minutes for line in lines) == max(15, sum(minutes for minutes, _, _ in worked))
    assert max(Counter((line.month, line.kind, line.price_year) for line in lines).values()) == 1
    assert [line.month for line in lines] == sorted(line.month for line in lines)
    assert all(line.minutes for line in lines)
