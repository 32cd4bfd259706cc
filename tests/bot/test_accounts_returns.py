"""An account that was lost is back: offered to the managers, never automatic, and only where there is a place (D32)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot import appointments
from cards.clicks.accounts import ConfirmContact, DeclineContact, TakePlace
from contract.people import Language
from storage import contact_searches, contacts, people
from storage.database import Database
from tests.bot.directories import open_office
from tests.bot.people import buttons_of, text_of
from tests.bot.test_people import contacts_of


@pytest.mark.parametrize("how", ["enabled again", "restored"])
async def test_coming_back_is_offered(database: Database, how: str) -> None:
    """An account that is back is offered once; a manager's yes looks once more and appoints, and both hear it."""
    async with open_office(database) as office:
        world = office.world
        if how == "restored":
            account = office.directory.delete(world.bram)
            await office.later()
            office.directory.restore(world.bram, account)
        else:
            office.directory.change(world.bram, enabled=False)
            await office.later()
            office.directory.change(world.bram, enabled=True)
        await office.later()
        await office.later()
        assert await contacts_of(world) == ["Anna de Vries"]
        (offered,) = await office.shown(world.mia, "contact_search")
        assert "Het account van een eerdere contactpersoon werkt weer" in offered
        search = await office.search()
        assert "wordt opgezocht" in text_of(await world.click(world.mia, ConfirmContact(search=search)))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        assert "Bram Bakker is nu contactpersoon" in (await office.shown(world.anna, "contact_changed"))[-1]
        await office.later()
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]


async def test_a_locked_out_account_asks_for_nobodys_place(sqlite: Database) -> None:
    """What is typed with a disabled account offers the managers no appointment; enabled again, it does (D32)."""
    async with open_office(sqlite) as office:
        world = office.world
        office.directory.change(world.bram, enabled=False)
        await office.later()
        assert "Anna de Vries" in text_of(await world.say(world.bram, "Let me in"))
        await office.ask()
        assert await office.shown(world.mia, "knock") == []
        office.directory.change(world.bram, enabled=True)
        await office.later()
        await world.click(world.mia, DeclineContact(search=await office.search()))
        await world.say(world.bram, "Let me in")
        await office.ask()
        (asked,) = await office.shown(world.mia, "knock")
        assert "Bram Bakker" in asked


async def test_who_is_back_and_is_left_is_not_offered_again(database: Database) -> None:
    """A manager's no stands; an offer that nobody decided is dropped when the account is lost again."""
    async with open_office(database) as office:
        world = office.world
        for _ in range(2):
            office.directory.change(world.bram, enabled=False)
            await office.later()
            office.directory.change(world.bram, enabled=True)
            await office.later()
        search = await office.search()
        await world.click(world.mia, DeclineContact(search=search))
        await office.later()
        found = await database.read(lambda session: contact_searches.list_latest(session, world.customer_id, 9))
        assert [one.state.value for one in found] == ["refused", "dropped"]
        assert await contacts_of(world) == ["Anna de Vries"]


async def test_who_is_back_takes_a_place_only_where_one_is_free(database: Database) -> None:
    """Where there are two contacts by then, the yes is refused with the places to choose from (R4)."""
    async with open_office(database) as office:
        world = office.world
        office.directory.change(world.bram, enabled=False)
        await office.later()

        def appoint_steven(session: Any) -> int:
            steven = world.stranger
            person_id = people.add_person(
                session,
                tenant_id=steven.tenant_id,
                object_id=steven.object_id,
                name=steven.name,
                language=Language.NL,
                now=world.now,
            )
            contacts.appoint(session, world.customer_id, person_id, None, world.now)
            return person_id

        steven_id = await database.write(appoint_steven)
        office.directory.change(world.bram, enabled=True)
        await office.later()
        search = await office.search()
        await world.click(world.mia, ConfirmContact(search=search))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]
        card = (await office.shown(world.mia, "contact_search"))[-1]
        assert "Er zijn al twee contactpersonen" in card
        reply = await world.click(world.mia, TakePlace(search=search, contact=steven_id))
        assert "wordt opgezocht" in text_of(reply)
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        assert "In plaats van" not in buttons_of(reply)


async def test_who_is_appointed_otherwise_is_offered_no_longer(database: Database) -> None:
    """Somebody who is back and is appointed by word meanwhile is nobody to decide about; lost again, and offered again
    when the account comes back, it is one offer and not two.
    """
    async with open_office(database) as office:
        world = office.world

        async def lost_and_back() -> None:
            for enabled in (False, True):
                office.directory.change(world.bram, enabled=enabled)
                await office.later()

        await lost_and_back()
        await office.search()
        by_word = partial(
            appointments.appoint_contact, customer_id=world.customer_id, person_id=world.bram.id, by=None, now=world.now
        )
        assert await database.write(by_word)
        await office.ask()
        found = await database.read(lambda session: contact_searches.list_open(session, world.customer_id))
        assert found == []
        await lost_and_back()
        await office.search()
