"""The app comes by itself to a new contact, or a mail asks for it, or the customer's card says to call (R5)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.appointments import appoint_contact
from bot.customers import contact_lines
from bot.installs import INSTALL_APP
from bot.mails import MAILS
from bot.watches import stop_watching, watch_again
from cards.clicks.people import RemoveContact, ShowCustomer
from contract.people import Language
from contract.reachability import Reach
from demo.graph.installs import ITSELF, apps
from storage.database import Database
from storage.people import add_person, forget_chat
from storage.tables import people
from tests.bot.graph_office import APP_ID, GraphOffice, open_graph_office
from tests.bot.people import text_of

CARLA = "10000000-0000-4000-8000-0000000000cc"
CATALOG = "AppCatalog.Read.All"


async def appoint_carla(office: GraphOffice, *, email: str = "carla@aaaa.example") -> int:
    """Bram goes, and Carla, who never used the app, is appointed and looked up."""
    world = office.world
    await office.watch()
    await world.click(world.mia, RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.bram.id))
    office.customer.add_user("Carla", "carla@aaaa.example", id=CARLA, mail=email)

    def act(session: Any) -> int:
        person_id = add_person(
            session,
            tenant_id=office.customer.id,
            object_id=CARLA,
            name="Carla",
            email=email,
            language=Language.NL,
            now=world.now,
        )
        assert appoint_contact(session, world.customer_id, person_id, None, world.now)
        return person_id

    person_id: int = await office.world.database.write(act)
    await office.ask()
    return person_id


async def reach(office: GraphOffice, person_id: int, *, sends_mail: bool = True) -> tuple[Reach, str | None]:
    """How a contact is reached by now, and why the app could not be brought."""
    world = office.world

    def read(session: Any) -> tuple[Reach, str | None]:
        lines = contact_lines(session, world.customer_id, world.now, sends_mail=sends_mail)
        (line,) = [one for one in lines if one.person.id == person_id]
        return line.reach.reach, line.install_error

    return await world.database.read(read)


async def mails(office: GraphOffice) -> list[dict[str, Any]]:
    """The mails that ask for the app."""
    return [row for row in await office.world.waiting() if row.get("what") == "add_app"]


async def test_the_app_is_installed_for_a_new_contact(database: Database, tmp_path: Path) -> None:
    """In the catalogue and permitted: it is there without anybody doing anything, and the card says not opened yet."""
    async with open_graph_office(database, tmp_path) as office:
        app = apps(office.customer).add(APP_ID, APP_ID)
        office.customer.consent(APP_ID, CATALOG, ITSELF, at=office.world.now)
        carla = await appoint_carla(office)
        assert [one.app.id for one in apps(office.customer).installed[CARLA]] == [app.id]
        assert await reach(office, carla) == (Reach.INSTALLED, None)
        assert await mails(office) == []
        shown = text_of(await office.world.click(office.world.eva, ShowCustomer(customer=office.world.customer_id)))
        assert "app geïnstalleerd" in shown


@pytest.mark.parametrize(
    "catalog,permissions,error",
    [
        (False, (CATALOG, ITSELF), "not_in_catalog"),
        (True, (CATALOG,), "403"),
        (True, (), "403"),
    ],
)
async def test_else_a_mail_asks_for_it(
    sqlite: Database, tmp_path: Path, catalog: bool, permissions: tuple[str, ...], error: str
) -> None:
    """Not in the catalogue, or not permitted: one mail with the link; the card says asked, and why."""
    async with open_graph_office(sqlite, tmp_path) as office:
        app = apps(office.customer).add(APP_ID, APP_ID) if catalog else None
        office.customer.consent(APP_ID, *permissions, at=office.world.now)
        carla = await appoint_carla(office)
        found, why = await reach(office, carla)
        assert found is Reach.ASKED
        assert why
        assert why.startswith(error)
        (mail,) = await mails(office)
        policy = office.world.router.policy
        draft = await sqlite.read(lambda session: MAILS["add_app"](session, mail["args"], policy))
        assert draft is not None
        assert (draft.to, draft.language) == ("carla@aaaa.example", Language.NL)
        known = app.id if app and CATALOG in permissions else APP_ID
        assert f": https://teams.microsoft.com/l/app/{known}" in draft.letter.text
        assert f'<a href="https://teams.microsoft.com/l/app/{known}">' in draft.letter.html
        await sqlite.write(lambda session: forget_chat(session, carla))
        assert await reach(office, carla, sends_mail=False) == (Reach.NOT_AT_ALL, why)


async def test_who_was_contact_before_the_watch_is_brought_it_once(database: Database, tmp_path: Path) -> None:
    """When the watch begins the app comes to who never had it; not to who has it or took it away, and not twice."""
    async with open_graph_office(database, tmp_path) as office:
        world = office.world
        apps(office.customer).add(APP_ID, APP_ID)
        office.customer.consent(APP_ID, CATALOG, ITSELF, at=world.now)
        await database.write(lambda session: forget_chat(session, world.bram.id))
        await database.write(lambda session: hear(session, world.bram.id, None))
        await office.watch()
        assert list(apps(office.customer).installed) == [world.bram.object_id]
        assert (await reach(office, world.bram.id))[0] is Reach.INSTALLED
        apps(office.customer).installed.clear()
        await database.write(lambda session: forget_chat(session, world.anna.id))
        await database.write(lambda session: hear(session, world.anna.id, world.now))
        await office.do(stop_watching, customer_id=world.customer_id, now=world.now, by=None, why="")
        await office.do(watch_again, customer_id=world.customer_id, now=world.now)
        await office.ask()
        assert apps(office.customer).installed == {}
        assert await mails(office) == []


def hear(session: Any, person_id: int, at: datetime | None) -> None:
    """When somebody was heard last."""
    session.execute(update(people).where(people.c.id == person_id).values(heard_at=at))


async def test_where_neither_works_somebody_has_to_call(sqlite: Database, tmp_path: Path) -> None:
    """Neither permitted nor a mail server: the customer's card tells the manager so, and what would help."""
    async with open_graph_office(sqlite, tmp_path, sends_mail=False) as office:
        carla = await appoint_carla(office)
        shown = text_of(await office.world.click(office.world.mia, ShowCustomer(customer=office.world.customer_id)))
        assert (await reach(office, carla, sends_mail=False))[0] is Reach.NOT_AT_ALL
        assert "✗ niet bereikbaar: de app is nog niet aangekomen" in shown
        assert "laat de bot de app niet installeren" in shown


async def test_who_has_the_app_is_brought_nothing(sqlite: Database, tmp_path: Path) -> None:
    """Somebody whose chat is known is welcomed there; without a watch nothing is asked either."""
    async with open_graph_office(sqlite, tmp_path) as office:
        world = office.world
        removal = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.bram.id)
        await world.click(world.mia, removal)
        await office.do(appoint_contact, customer_id=world.customer_id, person_id=world.bram.id, by=None, now=world.now)
        await office.watch()
        removal = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.bram.id)
        await world.click(world.mia, removal)
        await office.do(appoint_contact, customer_id=world.customer_id, person_id=world.bram.id, by=None, now=world.now)
        assert [row for row in await world.waiting() if row["kind"] == INSTALL_APP] == []


async def test_the_mail_is_not_sent_to_who_came_meanwhile(sqlite: Database, tmp_path: Path) -> None:
    """A mail that waited says nothing to somebody who has the app by then, or is no contact any more."""
    async with open_graph_office(sqlite, tmp_path) as office:
        world = office.world
        args = {"customer": world.customer_id, "person": world.anna.id}
        policy = world.router.policy
        assert await sqlite.read(lambda session: MAILS["add_app"](session, args, policy)) is None
        await sqlite.write(lambda session: forget_chat(session, world.anna.id))
        assert await sqlite.read(lambda session: MAILS["add_app"](session, args, policy)) is not None
        removal = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.anna.id)
        await world.click(world.mia, removal)
        assert await sqlite.read(lambda session: MAILS["add_app"](session, args, policy)) is None
