"""Contacts by address: looked up, appointed or refused with the reason, proposed by the other contact (R4, R5, D32)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cards.clicks.accounts import (
    ConfirmContact,
    DeclineContact,
    LookAgain,
    ProposeContact,
    SearchForContact,
    ShowContactSearch,
    StartContactSearch,
    TakePlace,
)
from cards.clicks.people import AppointContact
from contract.people import Language, Role
from graph.errors import AccessRefused, GraphError, GraphRefused, GraphUnavailable
from storage import contact_searches as searches
from storage import people
from storage.contact_searches import ContactSearch
from storage.database import Database
from tests.bot.directories import Office, open_office
from tests.bot.people import Somebody, buttons_of, json_of, text_of
from tests.bot.test_people import contacts_of, knock_of, remove

STEVEN = "Steven@Brood.example"


async def search(office: Office, email: str = STEVEN) -> str:
    """A manager looks for somebody; what the card says at once."""
    form = office.world.form()
    click = SearchForContact(form_id=form, customer=office.world.customer_id, email=email)
    return text_of(await office.world.click(office.world.mia, click))


async def latest(office: Office) -> ContactSearch:
    """The latest search of the customer."""
    found = await office.world.database.read(lambda session: searches.list_latest(session, office.world.customer_id, 1))
    return found[0]


async def told(office: Office, who: Somebody) -> str:
    """The latest card of a search that somebody gets."""
    return (await office.shown(who, "contact_search"))[-1]


async def known(office: Office, who: Somebody) -> people.Standing | None:
    """What somebody is to the product."""
    return await office.world.database.read(lambda session: people.find_standing(session, who.tenant_id, who.object_id))


async def test_a_manager_appoints_by_address(database: Database) -> None:
    """The directory says who that is: kept by tenant and object id, with its name, address and language."""
    async with open_office(database) as office:
        world = office.world
        await remove(world, world.bram)
        office.directory.change(world.stranger, language="en-GB", name="S. Stranger")
        form = await world.click(world.mia, StartContactSearch(customer=world.customer_id))
        assert "data" not in str(json_of(form).get("choices"))
        assert "wordt opgezocht" in await search(office)
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "S. Stranger"]
        found = await known(office, world.stranger)
        assert found is not None
        assert (found.person.email, found.person.language) == ("steven@brood.example", Language.EN)
        assert "Er is een contactpersoon aangewezen" in await told(office, world.mia)
        assert "S. Stranger is nu contactpersoon" in (await office.shown(world.anna, "contact_changed"))[-1]
        assert (await latest(office)).person_id == found.person.id


@pytest.mark.parametrize(
    "change,email,words",
    [
        ({"is_guest": True}, STEVEN, "een gast"),
        ({"enabled": False}, STEVEN, "uitgeschakeld"),
        ({}, "nobody@brood.example", "heeft dit adres"),
        ({"mail": "anna@brood.example"}, "anna@brood.example", "Meer accounts"),
        ({}, "anna@brood.example", "is al contactpersoon"),
    ],
    ids=["guest", "disabled", "unknown", "several", "already"],
)
async def test_why_nobody_is_appointed(sqlite: Database, change: dict[str, Any], email: str, words: str) -> None:
    """A guest, a disabled and an unknown account are refused, and the manager who asked reads why (R4)."""
    async with open_office(sqlite) as office:
        world = office.world
        await remove(world, world.bram)
        office.directory.change(world.stranger, **change)
        await search(office, email)
        await office.ask()
        assert words in await told(office, world.mia)
        assert await contacts_of(world) == ["Anna de Vries"]
        assert await office.shown(world.anna, "contact_search") == []


async def test_an_address_has_to_be_one(sqlite: Database) -> None:
    """What can be nobody's address comes back on the form, and the directory is not asked."""
    async with open_office(sqlite) as office:
        asked = len(office.directory.asked)
        for email in ("", "steven", "steven@", "a b@brood.example"):
            assert "geen e-mailadres" in await search(office, email)
        await office.ask()
        assert len(office.directory.asked) == asked


@pytest.mark.parametrize("error", [AccessRefused("t", "AADSTS7000229"), GraphRefused(403, "Denied")], ids=repr)
async def test_a_directory_that_may_not_be_read(sqlite: Database, error: GraphError) -> None:
    """Without consent nobody is appointed by address; once it is given the same card looks again."""
    async with open_office(sqlite) as office:
        world = office.world
        await remove(world, world.bram)
        await office.ask()
        office.directory.down = error
        await search(office)
        await office.ask()
        assert "mogen de directory van de klant niet lezen" in await told(office, world.mia)
        office.directory.down = None
        await world.click(world.mia, LookAgain(search=(await latest(office)).id))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]


async def test_no_answer_is_tried_again_and_never_lost(database: Database) -> None:
    """While Graph does not answer the card says so; hours later the appointment is made by itself."""
    async with open_office(database) as office:
        world = office.world
        await remove(world, world.bram)
        await office.ask()
        office.directory.down = GraphUnavailable(503, "")
        await search(office)
        for _ in range(30):
            await office.ask()
            world.now += timedelta(minutes=15)
        assert (await latest(office)).state is searches.SearchState.FAILED
        assert "antwoordt nog niet" in text_of(
            await world.click(world.mia, ShowContactSearch(search=(await latest(office)).id))
        )
        await office.ask()
        office.directory.down = None
        world.now += timedelta(minutes=15)
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]


async def test_the_same_address_twice_is_one_search(database: Database) -> None:
    """A second manager, or a second submit, finds the search that is under way."""
    async with open_office(database) as office:
        office.delivery.pause()
        await search(office)
        await search(office, STEVEN.upper())
        found = await database.read(lambda session: searches.list_latest(session, office.world.customer_id, 9))
        assert len(found) == 1


async def test_a_third_contact_is_refused_and_a_place_offered(database: Database) -> None:
    """With two contacts the person who was found can take the place of one of them, looked up once more (R4)."""
    async with open_office(database) as office:
        world = office.world
        await search(office)
        await office.ask()
        number = (await latest(office)).id
        reply = await world.click(world.mia, ShowContactSearch(search=number))
        assert "Er zijn al twee contactpersonen" in text_of(reply)
        assert {"In plaats van Anna de Vries", "In plaats van Bram Bakker"} <= set(buttons_of(reply))
        await world.click(world.mia, TakePlace(search=number, contact=world.other.id))
        assert (await latest(office)).state is searches.SearchState.REFUSED
        await world.click(world.mia, TakePlace(search=number, contact=world.anna.id))
        office.directory.change(world.stranger, enabled=False)
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        office.directory.change(world.stranger, enabled=True)
        await world.click(world.mia, LookAgain(search=number))
        await office.ask()
        assert await contacts_of(world) == ["Steven Stranger", "Bram Bakker"]
        assert "in place of Anna de Vries" in (await office.shown(world.bram, "contact_changed"))[-1]


async def lose_bram(office: Office) -> None:
    """The second contact's account is disabled."""
    office.directory.change(office.world.bram, enabled=False)
    office.world.now += timedelta(minutes=15)
    await office.look()


async def propose(office: Office, **values: Any) -> str:
    """Anna proposes somebody; what she reads."""
    click = ProposeContact(form_id=office.world.form(), **values)
    return text_of(await office.world.click(office.world.anna, click))


@pytest.mark.parametrize("how", ["picked", "email"])
async def test_the_other_contact_proposes_and_a_manager_confirms(database: Database, how: str) -> None:
    """The proposal names the person once the directory did; only the manager's yes appoints, and both hear it."""
    async with open_office(database) as office:
        world = office.world
        await lose_bram(office)
        value = world.stranger.object_id.upper() if how == "picked" else STEVEN
        assert "zodra het is beslist" in await propose(office, **{"picked": "0", how: value})
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries"]
        card = await told(office, world.mia)
        for word in ("Steven Stranger", "steven@brood.example", "Gevraagd door", "Anna de Vries", "Bram Bakker"):
            assert word in card
        assert await office.shown(world.eva, "contact_search") == []
        await world.click(world.mia, ConfirmContact(search=(await latest(office)).id))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]
        assert "Steven Stranger is nu contactpersoon" in (await office.shown(world.anna, "contact_changed"))[-1]
        assert "Er is een contactpersoon aangewezen" in await told(office, world.mia)


async def test_a_proposal_can_be_declined_and_is_told(sqlite: Database) -> None:
    """Who proposed hears that it was declined; a manager's second thoughts change nothing."""
    async with open_office(sqlite) as office:
        world = office.world
        await lose_bram(office)
        await propose(office, email=STEVEN)
        await office.ask()
        number = (await latest(office)).id
        assert "afgewezen" in text_of(await world.click(world.mia, DeclineContact(search=number)))
        assert "Het voorstel is afgewezen" in await told(office, world.anna)
        await world.click(world.mia, ConfirmContact(search=number))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries"]


async def test_a_proposed_guest_is_refused_to_who_proposed(sqlite: Database) -> None:
    """Nobody has to decide about somebody who can't be contact."""
    async with open_office(sqlite) as office:
        world = office.world
        await lose_bram(office)
        office.directory.change(world.stranger, is_guest=True)
        await propose(office, email=STEVEN)
        await office.ask()
        assert "een gast" in await told(office, world.anna)
        assert "een gast" in await told(office, world.mia)


async def test_what_can_not_be_proposed(database: Database) -> None:
    """Nothing, several people at once, or somebody where there is no place: said, and nothing is kept."""
    async with open_office(database) as office:
        world = office.world
        assert "al twee contactpersonen" in await propose(office, email=STEVEN)
        await lose_bram(office)
        for values in ({}, {"picked": f"{world.stranger.object_id},{world.anna.object_id}"}, {"email": "steven"}):
            assert "Kies één collega" in await propose(office, **values)
        office.delivery.pause()
        for number in range(5):
            said = await propose(office, email=f"colleague{number}@brood.example")
        assert "wachten al meer voorstellen" in said
        assert len(await database.read(lambda session: searches.list_open(session, world.customer_id))) == 4


async def test_who_knocked_is_proposed_and_appointed_by_word(database: Database) -> None:
    """Where nobody watches the directory, somebody who wrote to us is confirmed by the provider's word, as today."""
    async with open_office(database, watched=False) as office:
        world = office.world
        knock = await knock_of(world, world.stranger)
        await remove(world, world.bram)
        await propose(office, knock=knock)
        await world.click(world.mia, ConfirmContact(search=(await latest(office)).id))
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]
        assert office.directory.asked == []


async def test_who_is_appointed_by_word_is_looked_at_at_once(database: Database) -> None:
    """A watch takes in whoever is appointed in another way, and lets nobody in whose account is disabled."""
    async with open_office(database, watched=False) as office:
        world = office.world
        knock = await knock_of(world, world.stranger)
        await office.watch()
        await remove(world, world.bram)
        office.directory.change(world.stranger, enabled=False)
        await world.click(world.mia, AppointContact(knock=knock))
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries"]


async def test_an_engineer_at_the_customer_is_no_contact(sqlite: Database) -> None:
    """One of the provider's own people is not appointed, also where the account there is no guest's (D15)."""
    async with open_office(sqlite) as office:
        world = office.world
        await remove(world, world.bram)
        office.directory.change(world.bram, name="Bram at home")
        await sqlite.write(lambda session: people.set_staff_role(session, world.bram.id, Role.ENGINEER))
        await search(office, "bram@brood.example")
        await office.ask()
        assert "een gast" in await told(office, world.mia)
        assert await contacts_of(world) == ["Anna de Vries"]
