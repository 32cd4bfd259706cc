"""Price lists of customers: immutable once their year has begun, raised for everybody once a year (R29, D10, D34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from bot.prices import NewPrices, keep_prices, keep_prices_of_all
from bot.terms import NotKept, Reason
from cards.clicks.customers import KeepPrices, StartPrices
from contract.holidays import CONTRACT_HOLIDAYS, LiberationDay, holidays
from contract.prices import contract_prices
from storage import prices
from storage.database import Database
from tests.bot.customer_acts import keep
from tests.bot.people import json_of, make_world


async def test_prices_hold_for_their_year(database: Database) -> None:
    """A list of the running year is kept once and not changed (R29, R30); next year's may be, until it begins."""
    world = await make_world(database)
    form = await world.click(world.mia, StartPrices(customer=world.customer_id, year=2026))
    fields = {node["id"]: node.get("value") for node in json_of(form)["body"] if "id" in node}
    assert (fields["fee"], fields["office"]) == ("275,00", "85,00")
    lists = {"fee": "€ 300", "office": "87,50", "after_hours": "110", "weekend_holiday": "130.00"}
    assert "€ 87,50 per uur" in await keep(world, KeepPrices, year=2026, **lists)
    assert "€ 87,50 per uur" in await keep(world, KeepPrices, year=2026, **lists)
    assert "gelden al" in await keep(world, KeepPrices, year=2026, **{**lists, "office": "90"})
    for office in ("88", "89"):
        assert "vastgelegd" in await keep(world, KeepPrices, year=2027, **{**lists, "office": office})
    assert "niet te lezen" in await keep(world, KeepPrices, year=2028, **{**lists, "fee": "much"})
    book = await database.read(lambda session: prices.load_prices(session, world.customer_id, (2026,)))
    assert [(held.year, held.office_cents) for held in book.lists] == [(2026, 8750), (2027, 8900)]
    await database.write(
        lambda session: keep_prices(session, world.customer_id, contract_prices(2026), world.now, is_correction=True)
    )
    other = replace(contract_prices(2026), office_cents=9900)
    with pytest.raises(NotKept) as refused:
        await database.write(lambda session: keep_prices(session, world.customer_id, other, world.now))
    assert refused.value.reason is Reason.YEAR_BEGAN


async def test_next_years_list_changes_nothing_of_this_one(database: Database) -> None:
    """A customer with the contract's prices keeps them until the year of its first own list begins (R29, D10, D34)."""
    world = await make_world(database)
    dearer = replace(contract_prices(2027), office_cents=9000)
    await database.write(lambda session: keep_prices(session, world.customer_id, dearer, world.now))
    book = await database.read(lambda session: prices.load_prices(session, world.customer_id, (2026, 2027, 2028)))
    assert [book.for_year(year).office_cents for year in (2026, 2027, 2028)] == [8500, 9000, 9000]
    many = await database.read(
        lambda session: prices.load_prices_of(session, [world.customer_id, world.other_customer_id], (2026, 2027))
    )
    assert many[world.customer_id].for_year(2026).office_cents == 8500
    assert many[world.customer_id].for_year(2027).office_cents == 9000
    assert many[world.other_customer_id].for_year(2027).office_cents == 8500


@pytest.mark.parametrize("liberation_day", LiberationDay)
async def test_a_kept_list_has_its_holidays(database: Database, liberation_day: LiberationDay) -> None:
    """What is read back is what was kept, so that 5 May is a holiday in the years that were agreed (R29, D3)."""
    world = await make_world(database)
    profile = replace(CONTRACT_HOLIDAYS, liberation_day=liberation_day, dec_31=True)
    asked = replace(contract_prices(2030), holidays=profile)
    await database.write(lambda session: keep_prices(session, world.customer_id, asked, world.now))
    book = await database.read(lambda session: prices.load_prices(session, world.customer_id, (2030,)))
    assert book.for_year(2030) == asked
    found = {year: date(year, 5, 5) in holidays(year, book.profile(year)) for year in (2030, 2031)}
    assert found == {
        2030: liberation_day is not LiberationDay.NEVER,
        2031: liberation_day is LiberationDay.YEARLY,
    }


async def test_what_was_invoiced_is_never_changed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once something of a year was invoiced, neither a correction nor a first list can change its prices (R29, D10)."""
    world = await make_world(database)
    asked: list[tuple[int, int]] = []

    def is_invoiced(_session: Any, customer_id: int, year: int) -> bool:
        asked.append((customer_id, year))
        return True

    monkeypatch.setattr("bot.prices.is_year_invoiced", is_invoiced)
    dearer = replace(contract_prices(2026), office_cents=9000)
    for is_correction in (False, True):
        with pytest.raises(NotKept) as refused:
            await database.write(
                partial(
                    keep_prices, customer_id=world.customer_id, asked=dearer, now=world.now, is_correction=is_correction
                )
            )
        assert refused.value.reason is Reason.INVOICED
    assert asked == [(world.customer_id, 2026)] * 2
    later = replace(dearer, year=2027)
    await database.write(lambda session: keep_prices(session, world.customer_id, later, world.now))


async def test_prices_are_raised_for_everybody(database: Database) -> None:
    """Whoever has no list of the year gets one, from the own prices where the new ones leave something out (R29)."""
    world = await make_world(database)
    own = replace(contract_prices(2026), office_cents=8000)
    agreed = replace(contract_prices(2027), office_cents=8100)

    def set_up(session: Any) -> None:
        keep_prices(session, world.customer_id, own, world.now)
        keep_prices(session, world.other_customer_id, agreed, world.now)

    await database.write(set_up)
    raised = NewPrices(fee_cents=29500, dec_24=True, liberation_day=LiberationDay.YEARLY)
    for expected in (1, 0):
        count = await database.write(lambda session: keep_prices_of_all(session, 2027, raised, world.now))
        assert count == expected
    books = await database.read(
        lambda session: prices.load_prices_of(session, [world.customer_id, world.other_customer_id], (2026, 2027))
    )
    first, other = (book.for_year(2027) for book in books.values())
    assert (first.fee_cents, first.office_cents, first.holidays.dec_24) == (29500, 8000, True)
    assert first.holidays.liberation_day is LiberationDay.YEARLY
    assert other == agreed
    with pytest.raises(NotKept) as refused:
        await database.write(lambda session: keep_prices_of_all(session, 2026, raised, world.now))
    assert refused.value.reason is Reason.YEAR_BEGAN
