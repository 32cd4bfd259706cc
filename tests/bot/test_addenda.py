"""Addenda that a manager records in chat: on-site work, and what it charges beside hours (R24, R26, D25)."""

from __future__ import annotations

from datetime import date

from cards.clicks.customers import KeepAddendum, StartAddendum
from contract.contracts import AddendumItem
from storage.database import Database
from tests.bot.customer_acts import contracts_of, keep
from tests.bot.people import make_world, text_of


async def test_an_addendum_belongs_to_a_contract(database: Database) -> None:
    """On-site work is allowed within one contract; the same addendum again is kept once (R26, D25)."""
    world = await make_world(database)
    assert "Ondertekend op" in text_of(await world.click(world.mia, StartAddendum(customer=world.customer_id)))
    days = {"signed_on": date(2026, 3, 1), "starts_on": date(2026, 3, 2)}
    for _ in range(2):
        assert "op locatie" in await keep(world, KeepAddendum, **days, ends_on=date(2026, 6, 30))
    assert "binnen één contract" in await keep(world, KeepAddendum, **days, ends_on=date(2027, 6, 30))
    assert "ligt voor de eerste" in await keep(world, KeepAddendum, **days, ends_on=date(2026, 1, 31))
    assert "Vul alles in" in await keep(world, KeepAddendum, ends_on=date(2026, 6, 30))
    later = {**days, "signed_on": date(2026, 11, 24), "ends_on": date(2026, 12, 31)}
    assert "toekomst" in await keep(world, KeepAddendum, **later)
    (contract,) = await contracts_of(world)
    assert len(contract.on_site_addenda) == 1


async def test_an_addendum_names_its_costs(database: Database) -> None:
    """Travel and parking are agreed with their price for one; half of a line is refused, an empty one is not (R26)."""
    world = await make_world(database)
    days = {"signed_on": date(2026, 3, 1), "starts_on": date(2026, 3, 2), "ends_on": date(2026, 6, 30)}
    costs = {"item_1": "Reiskosten", "price_1": "45", "item_3": "Parkeren", "price_3": "3,50"}
    assert "Vul alles in" in await keep(world, KeepAddendum, **days, item_1="Reiskosten")
    assert "niet te lezen" in await keep(world, KeepAddendum, **days, item_1="Reiskosten", price_1="veel")
    assert "(Reiskosten € 45,00, Parkeren € 3,50)" in await keep(world, KeepAddendum, **days, **costs)
    (contract,) = await contracts_of(world)
    assert contract.on_site_addenda[0].items == (AddendumItem("Reiskosten", 4500), AddendumItem("Parkeren", 350))
