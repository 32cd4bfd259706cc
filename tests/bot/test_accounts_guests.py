"""A contact whose account is a guest's in the directory: the managers are told, and decide (R4, D32)."""

from __future__ import annotations

import pytest

from cards.clicks.people import RemoveContact, ShowCustomer
from storage.database import Database
from tests.bot.directories import open_office
from tests.bot.people import text_of
from tests.bot.test_people import contacts_of

VIEW = "contact_is_guest"


@pytest.mark.parametrize("is_found_so", [True, False], ids=["found so", "becomes one"])
async def test_the_managers_hear_it_once_and_nobody_is_removed(sqlite: Database, *, is_found_so: bool) -> None:
    """Appointed by word and then found to be a guest, or made one later: said once, with the way to replace them."""
    async with open_office(sqlite, watched=not is_found_so) as office:
        world = office.world
        office.directory.change(world.bram, is_guest=True)
        if is_found_so:
            await office.watch()
        for _ in range(3):
            await office.later()
        (told,) = await office.shown(world.mia, VIEW)
        assert "Bram Bakker is gast in de directory van Bakkerij Brood & Zo" in told
        for nobody in (world.anna, world.bram, world.eva):
            assert await office.shown(nobody, VIEW) == []
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        shown = text_of(await world.click(world.eva, ShowCustomer(customer=world.customer_id)))
        assert "✗ Gast: het account is van een andere organisatie" in shown


async def test_what_is_over_is_not_said(sqlite: Database) -> None:
    """Who is no contact or no guest any more when the card goes out is not named."""
    async with open_office(sqlite) as office:
        world = office.world
        for who in (world.anna, world.bram):
            office.directory.change(who, is_guest=True)
        await office.later()
        assert len(await office.shown(world.mia, VIEW)) == 2
        gone = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.bram.id)
        await world.click(world.mia, gone)
        assert len(await office.shown(world.mia, VIEW)) == 1
        office.directory.change(world.anna, is_guest=False)
        await office.later()
        assert await office.shown(world.mia, VIEW) == []
