"""The life of a contact against the stand-in of Graph, with the real msal and msgraph-sdk over HTTPS (R4, R5, D32)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot import watches
from cards.clicks.accounts import ConfirmContact, ProposeContact
from cards.clicks.tickets import AnswerTicket, OpenTicket, ShowTicket
from demo.graph.people import expire_links
from storage.contact_searches import ContactSearch, list_open
from storage.database import Database
from storage.watches import Watch, load_watch
from tests.bot.directories import shown
from tests.bot.graph_office import GraphOffice, open_graph_office
from tests.bot.people import text_of
from tests.bot.test_people import contacts_of


async def later(office: GraphOffice) -> None:
    """A quarter of an hour later the schedule looks."""
    office.world.now += timedelta(minutes=15)
    await office.do(watches.look_at_due, slot=office.world.now, now=office.world.now)
    await office.ask()


async def the_search(office: GraphOffice) -> ContactSearch:
    """The search that waits for a decision."""
    found = await office.world.database.read(lambda session: list_open(session, office.world.customer_id))
    assert len(found) == 1
    return found[0]


async def the_watch(office: GraphOffice) -> Watch:
    """How the customer is watched."""
    found = await office.world.database.read(lambda session: load_watch(session, office.world.customer_id))
    assert found is not None
    return found


async def test_disabled_replaced_deleted_and_offered_again(sqlite: Database, tmp_path: Path) -> None:
    """Disabled: locked out in mid-conversation, the other told, a replacement. Enabled and restored: offered, no more.

    Tokens of the customer's tenant, delta links and their end are the real ones; so is the app that is taken away,
    which takes no contact with it.
    """
    async with open_graph_office(sqlite, tmp_path) as office:
        world, tenant = office.world, office.customer
        bram, steven = tenant.users[world.bram.object_id], tenant.users[world.stranger.object_id]
        await office.watch()
        assert (await the_watch(office)).looked_at == world.now
        await world.click(world.bram, OpenTicket(form_id=world.form(), description="Secret trouble"))

        bram.account_enabled = False
        await later(office)
        assert await contacts_of(world) == ["Anna de Vries"]
        answer = AnswerTicket(form_id=world.form(), ticket=1001, text="still here")
        assert "Anna de Vries" in text_of(await world.click(world.bram, answer))
        assert "still here" not in text_of(await world.click(world.anna, ShowTicket(ticket=1001)))
        assert "uitgeschakeld" in (await shown(world, world.anna, "contact_changed"))[-1]

        assert steven.mail is not None
        await world.click(world.anna, ProposeContact(form_id=world.form(), email=steven.mail.upper()))
        await office.ask()
        assert "Steven Stranger" in (await shown(world, world.mia, "contact_search"))[-1]
        await world.click(world.mia, ConfirmContact(search=(await the_search(office)).id))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Steven Stranger"]

        tenant.delete_user(steven.id, world.now)
        expire_links(tenant)
        await later(office)
        assert await contacts_of(world) == ["Anna de Vries"]
        bram.account_enabled = True
        await later(office)
        assert await contacts_of(world) == ["Anna de Vries"]
        offered = await the_search(office)
        assert (offered.object_id, offered.asked_by) == (bram.id, None)
        await world.click(world.mia, ConfirmContact(search=offered.id))
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        tenant.restore_user(steven.id)
        await later(office)
        assert (await the_search(office)).object_id == steven.id

        principals = dict(tenant.principals)
        tenant.principals.clear()
        world.now += timedelta(hours=2)
        await later(office)
        watch = await the_watch(office)
        assert watch.failing_since == world.now
        assert watch.error == "AADSTS7000229"
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        tenant.principals.update(principals)
        await later(office)
        assert (await the_watch(office)).failing_since is None
