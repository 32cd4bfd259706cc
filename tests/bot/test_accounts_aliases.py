"""A contact by a further address of their mailbox (R4)."""

from __future__ import annotations

from storage.database import Database
from tests.bot.directories import open_office
from tests.bot.test_accounts_searches import known, search
from tests.bot.test_people import contacts_of, remove


async def test_a_manager_appoints_by_an_alias(sqlite: Database) -> None:
    """A further address of one account is that person's; the main address is what is kept."""
    async with open_office(sqlite) as office:
        world = office.world
        await remove(world, world.bram)
        office.directory.change(world.stranger, aliases=("steven@brood.example", "inkoop@brood.example"))
        await search(office, "Inkoop@brood.example")
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", world.stranger.name]
        found = await known(office, world.stranger)
        assert found is not None
        assert found.person.email == "steven@brood.example"
