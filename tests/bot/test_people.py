"""Who knocks, who is appointed, refused, removed and replaced; who hears of it (R4, R5, D32)."""

from __future__ import annotations

from typing import Any

from bot.views import VIEWS
from bot.wire import Reply
from cards.clicks.people import (
    AppointContact,
    RefuseKnock,
    RemoveContact,
    SetLanguage,
    ShowContacts,
    ShowCustomer,
    ShowKnock,
    StartRemoval,
)
from cards.clicks.tickets import OpenTicket, ShowTicket, ShowTickets, StartWithdrawal
from contract.people import Language
from storage import contacts, people, posted_cards
from storage.database import Database
from storage.errors import NotFound
from tests.bot.people import Somebody, World, buttons_of, make_world, text_of


async def knock_of(world: World, who: Somebody) -> int:
    """Let somebody write to the bot; the id of the knock."""
    await world.say(who, "hello, my printer is broken")

    def find(session: Any) -> int:
        standing = people.find_standing(session, who.tenant_id, who.object_id)
        assert standing is not None
        found = contacts.find_knock(session, standing.person.id)
        assert found is not None
        return found

    return await world.database.read(find)


async def contacts_of(world: World) -> list[str]:
    """The names of the customer's active contacts."""
    found = await world.database.read(lambda session: contacts.load_contacts(session, world.customer_id))
    return [contact.person.name for contact in found]


async def remove(world: World, who: Somebody, *, by: Somebody | None = None, knock: int = 0) -> Reply | None:
    """Remove a contact."""
    click = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=who.id, knock=knock)
    return await world.click(by or world.mia, click)


async def shown(world: World, person_id: int) -> list[str]:
    """What waits to be shown to a person, rendered as delivery would, as texts."""
    rows = [row for row in await world.waiting() if row["kind"] == "show" and row["person"] == person_id]
    return await world.database.read(lambda session: [_render(session, row, world) for row in rows])


def _render(session: Any, row: dict[str, Any], world: World) -> str:
    reader = people.load_standings(session, [row["person"]])[row["person"]]
    try:
        card = VIEWS[row["view"]](session, reader, row["args"], world.now, world.router.policy)
    except NotFound:
        return "nothing"
    return text_of(Reply(card=card))


async def test_a_knock_is_kept_once_and_reaches_every_manager(database: Database) -> None:
    """However often a stranger writes, the managers get one card, and nobody else hears of it (R4)."""
    world = await make_world(database)
    await knock_of(world, world.stranger)
    await world.say(world.stranger, "hello?")
    rows = [row for row in await world.waiting() if row["kind"] == "show"]
    assert [(row["person"], row["view"]) for row in rows] == [(world.mia.id, "knock")]
    (card,) = await shown(world, world.mia.id)
    assert "Steven Stranger" in card
    assert "2 keer" in card


async def test_one_click_appoints(database: Database) -> None:
    """A manager appoints with one click: welcome for the new contact, a message for the other and other managers."""
    world = await make_world(database)
    await remove(world, world.bram)
    knock = await knock_of(world, world.stranger)
    before = len(await world.waiting())
    reply = await world.click(world.mia, AppointContact(knock=knock))
    assert "is contactpersoon van" in text_of(reply)
    assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]
    rows = [(row["view"], row["person"]) for row in (await world.waiting())[before:] if row["kind"] == "show"]
    assert ("contact_changed", world.anna.id) in rows
    assert [view for view, person in rows if person not in {world.anna.id, world.mia.id}] == ["welcome"]
    assert ("contact_changed", world.mia.id) not in rows
    assert "Steven Stranger is nu contactpersoon" in "\n".join(await shown(world, world.anna.id))
    assert "Tickets van je organisatie" in text_of(await world.click(world.stranger, ShowTickets()))


async def test_appointing_twice_is_appointing_once(database: Database) -> None:
    """A second click shows the card as it is and tells nobody anything."""
    world = await make_world(database)
    await remove(world, world.bram)
    knock = await knock_of(world, world.stranger)
    await world.click(world.mia, AppointContact(knock=knock))
    before = await world.waiting()
    assert "is contactpersoon van" in text_of(await world.click(world.mia, AppointContact(knock=knock)))
    assert await world.waiting() == before


async def test_a_third_contact_is_refused(database: Database) -> None:
    """With two contacts there is no place: the card says so and offers to replace one (R4)."""
    world = await make_world(database)
    knock = await knock_of(world, world.stranger)
    reply = await world.click(world.mia, AppointContact(knock=knock))
    assert "Er zijn al twee contactpersonen" in text_of(reply)
    assert "In plaats van Anna de Vries" in buttons_of(reply)
    assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]


async def test_refusing_is_said_politely(database: Database) -> None:
    """Who is refused hears it with the names of the contacts, and stays a stranger; the manager can think again."""
    world = await make_world(database)
    knock = await knock_of(world, world.stranger)
    reply = await world.click(world.mia, RefuseKnock(knock=knock))
    assert "afgewezen" in text_of(reply)
    row = (await world.waiting())[-1]
    assert row["view"] == "knock_refused"
    assert "Anna de Vries, Bram Bakker" in (await shown(world, row["person"]))[-1]
    await remove(world, world.bram)
    reply = await world.click(world.mia, AppointContact(knock=knock))
    assert "Steven Stranger" in await contacts_of(world)
    # What is still on its way would be wrong by now, so it shows nothing.
    assert "nothing" in await shown(world, row["person"])


async def test_replacing_is_one_act(database: Database) -> None:
    """From the card of a knock a manager replaces a contact: both changes, one message to everybody concerned."""
    world = await make_world(database)
    knock = await knock_of(world, world.stranger)
    offered = await world.click(world.mia, StartRemoval(customer=world.customer_id, contact=world.bram.id, knock=knock))
    assert "Bram Bakker verwijderen" in text_of(offered)
    assert "Steven Stranger" in text_of(offered)
    before = len(await world.waiting())
    reply = await remove(world, world.bram, knock=knock)
    assert "Steven Stranger" in text_of(reply)
    assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]
    told = [row for row in (await world.waiting())[before:] if row.get("view") == "contact_changed"]
    assert sorted(row["person"] for row in told) == sorted([world.anna.id, world.bram.id])
    assert "in plaats van Bram Bakker" in "\n".join(await shown(world, world.anna.id))
    assert "You are no longer a contact" in "\n".join(await shown(world, world.bram.id))


async def test_a_removed_contacts_cards_stop_at_once(database: Database) -> None:
    """Old cards do nothing, and every live card in the chat loses its data, also one with an open form (D32)."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Secret trouble"))
    await world.click(world.bram, StartWithdrawal(ticket=1001), reply_to="bram-1")
    before = len(await world.waiting())
    await remove(world, world.bram)
    rows = [row for row in (await world.waiting())[before:] if row["person"] == world.bram.id]
    assert {row["subject"] for row in rows if row["view"] == "ticket"} == {"ticket:1001"}
    copies = await database.read(lambda session: posted_cards.copies_of(session, "ticket:1001", world.bram.id))
    assert [copy.held_until for copy in copies] == [None]
    texts = await shown(world, world.bram.id)
    assert not [text for text in texts if "Secret" in text and text != texts[0]]
    reply = text_of(await world.click(world.bram, ShowTicket(ticket=1001), reply_to="bram-1"))
    assert "Secret" not in reply
    assert "Anna de Vries" in reply


async def test_removing_twice_is_removing_once(database: Database) -> None:
    """The second submit finds it done; a removed contact who writes again knocks again, and managers hear it."""
    world = await make_world(database)
    await remove(world, world.bram)
    before = await world.waiting()
    reply = await remove(world, world.bram)
    assert "Contactpersonen (1 van 2)" in text_of(reply)
    assert await world.waiting() == before
    knock = await knock_of(world, world.bram)
    assert [row["args"] for row in await world.waiting() if row.get("view") == "knock"] == [{"knock": knock}]
    await world.click(world.mia, AppointContact(knock=knock))
    await remove(world, world.bram)
    await world.say(world.bram, "and again")
    assert len([row for row in await world.waiting() if row.get("view") == "knock" and row["post"]]) == 2


async def test_a_knock_of_another_customer_replaces_nobody(database: Database) -> None:
    """A forged replacement with somebody of another organisation changes nothing."""
    world = await make_world(database)
    stranger = Somebody(0, "Oscar Other", world.other.tenant_id, "20000000-0000-4000-8000-000000000009")
    await world.say(stranger, "hello")
    knock = await world.database.read(lambda session: contacts.list_knocks(session, world.other_customer_id)[0].id)
    reply = await remove(world, world.bram, knock=knock)
    assert reply is not None
    assert reply.is_error
    assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]


async def test_replacing_by_a_contact_removes_nobody(database: Database) -> None:
    """Where a colleague appointed that person meanwhile, the form's second half is not done alone."""
    world = await make_world(database)
    await remove(world, world.bram)
    knock = await knock_of(world, world.stranger)
    await world.click(world.mia, AppointContact(knock=knock))
    reply = await remove(world, world.anna, knock=knock)
    assert "niemand verwijderd" in text_of(reply)
    assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]


async def test_an_engineer_looks_and_changes_nothing(database: Database) -> None:
    """Engineers see customers and contacts; appointing and removing is the managers'."""
    world = await make_world(database)
    knock = await knock_of(world, world.stranger)
    looked = await world.click(world.eva, ShowCustomer(customer=world.customer_id))
    assert "Anna de Vries" in text_of(looked)
    assert "Verwijderen" not in buttons_of(looked)
    for click in (AppointContact(knock=knock), RefuseKnock(knock=knock), ShowKnock(knock=knock)):
        reply = await world.click(world.eva, click)
        assert reply is not None
        assert reply.is_error
    await remove(world, world.bram, by=world.eva)
    assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]


async def test_who_the_contacts_are(database: Database) -> None:
    """A contact sees the contacts of the own organisation, typed in either language."""
    world = await make_world(database)
    for who, words in ((world.anna, "contactpersonen"), (world.bram, "contacts")):
        reply = text_of(await world.say(who, words))
        assert "Anna de Vries" in reply
        assert "Bram Bakker" in reply
        assert "+31 85 808 6950" in reply
        assert "Olga" not in reply
    assert "Other Company" in text_of(await world.click(world.eva, ShowContacts()))


async def test_names_from_the_roster_renew_the_card(database: Database) -> None:
    """The managers' card goes out before the roster was asked; it follows once name and address are known."""
    from bot.outcomes import Done, Work
    from bot.postings import _looked_up
    from storage.mailboxes import Letter

    world = await make_world(database)
    knock = await knock_of(world, world.stranger)
    (row,) = [row for row in await world.waiting() if row["kind"] == "look_up"]
    letter = Letter(1, "look_up", {"person": row["person"]}, 0, world.now, None, None, None)
    work = Work(mailbox=f"person:{row['person']}", letters=(letter,))
    end = Done({"name": "Steven A. Stranger", "email": "steven@brood.example"})
    await database.write(lambda session: _looked_up(session, work, end, world.now))
    renewed = (await world.waiting())[-1]
    assert (renewed["view"], renewed["person"], renewed["post"]) == ("knock", world.mia.id, False)
    assert "steven@brood.example" in text_of(await world.click(world.mia, ShowKnock(knock=knock)))


async def test_a_stranger_chooses_a_language(database: Database) -> None:
    """Somebody who is no contact reads the refusal in the language chosen."""
    world = await make_world(database)
    await knock_of(world, world.stranger)
    reply = await world.click(world.stranger, SetLanguage(language=Language.EN))
    assert "Ask a contact" in text_of(reply)
