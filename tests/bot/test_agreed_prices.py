"""What a customer signed in chat is what the card showed: prices recorded later do not change it (R29, D34)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from bot.prices import NewPrices, keep_prices, keep_prices_of_all
from bot.terms import NotKept, Reason
from contract.prices import contract_prices
from storage.database import Database
from storage.prices import load_prices, price_years
from tests.bot.people import World, make_world
from tests.bot.year_end import ending, sign
from tests.contract.builders import at

DEARER = replace(contract_prices(2027), office_cents=9500)


async def signed_as_now(database: Database) -> World:
    """A world in which Anna signed next year's contract, "the same prices as now"."""
    world = await make_world(database)
    world.now = at("2026-12-02 10:00")
    await sign(world, world.anna, await ending(world))
    return world


async def test_the_prices_shown_are_kept_with_the_signature(database: Database) -> None:
    """Signing "the same as now" keeps that list for the new year; a dearer one is refused, the same one is not."""
    world = await signed_as_now(database)

    def keep(session: Session) -> None:
        assert price_years(session, world.customer_id) == (2027,)
        keep_prices(session, world.customer_id, contract_prices(2027), world.now)
        for is_correction in (False, True):
            with pytest.raises(NotKept) as refused:
                keep_prices(session, world.customer_id, DEARER, world.now, is_correction=is_correction)
            assert refused.value.reason is Reason.AGREED
        assert load_prices(session, world.customer_id, (2027,)).for_year(2027) == contract_prices(2027)

    await database.write(keep)


async def test_raising_for_everybody_leaves_out_who_signed(database: Database) -> None:
    """Only customers that did not sign yet get the new list."""
    world = await signed_as_now(database)

    def keep(session: Session) -> None:
        assert keep_prices_of_all(session, 2027, NewPrices(office_cents=9500), world.now) == 1
        assert load_prices(session, world.customer_id, (2027,)).for_year(2027).office_cents == 8500
        assert load_prices(session, world.other_customer_id, (2027,)).for_year(2027).office_cents == 9500

    await database.write(keep)


async def test_another_year_is_not_touched(database: Database) -> None:
    """The list of a year for which nothing was signed in chat can be recorded as before."""
    world = await signed_as_now(database)
    await database.write(lambda session: keep_prices(session, world.customer_id, replace(DEARER, year=2028), world.now))
