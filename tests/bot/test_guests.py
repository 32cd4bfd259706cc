"""The same engineer as a guest in a customer's tenant: asked in the own chat, and shown nothing in the other (D15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.appointments import take_from_staff
from bot.guests import QUESTION_HOLDS, WHO_IS_GUEST
from bot.views import VIEWS
from bot.wire import IncomingKind, Reply
from cards.clicks.guests import ConfirmGuest, RefuseGuest
from cards.clicks.queue import ShowQueue
from cards.clicks.tickets import OpenTicket, ShowTicket
from contract.people import Role
from storage.contacts import find_knock, load_knock
from storage.database import Database
from storage.errors import NotFound
from storage.guests import GuestIdentity, GuestState, find_guest, list_guests
from storage.people import find_standing, load_standings, set_email
from storage.tables import knocks
from tests.bot.graph_office import GraphOffice, open_graph_office
from tests.bot.people import CUSTOMER_TENANT, Somebody, buttons_of, text_of

EVA_MAIL = "eva@cccc.example"
GUEST = Somebody(0, "Eva (Gast)", CUSTOMER_TENANT, "10000000-0000-4000-8000-0000000000ee")


@asynccontextmanager
async def open_with_guest(
    database: Database, folder: Path, *, mail: str = EVA_MAIL, is_guest: bool = True
) -> AsyncIterator[GraphOffice]:
    """A watched customer in whose tenant there is a guest with Eva's address."""
    async with open_graph_office(database, folder) as office:
        name = "eva_cccc.example#EXT#@aaaa.example" if is_guest else "eva@aaaa.example"
        kind = "Guest" if is_guest else "Member"
        office.customer.add_user(GUEST.name, name, id=GUEST.object_id, mail=mail, user_type=kind)
        await office.do(set_email, person_id=office.world.eva.id, name="Eva Engineer", email=EVA_MAIL.upper())
        await office.watch()
        yield office


async def rows(office: GraphOffice, view: str) -> list[dict[str, Any]]:
    """What waits to be shown of one kind."""
    return [row for row in await office.world.waiting() if row.get("view") == view]


async def knock_state(office: GraphOffice) -> str | None:
    """What became of the knock of the guest; None where there is none."""

    def read(session: Any) -> str | None:
        standing = find_standing(session, GUEST.tenant_id, GUEST.object_id)
        found = find_knock(session, standing.person.id) if standing else None
        return load_knock(session, found).state if found else None

    return await office.world.database.read(read)


async def offered(office: GraphOffice) -> GuestIdentity:
    """The guest wrote, and Eva is asked."""
    assert "Anna de Vries" in text_of(await office.world.say(GUEST, "hello"))
    await office.ask()
    find = partial(find_guest, tenant_id=GUEST.tenant_id, object_id=GUEST.object_id)
    found = await office.world.database.read(find)
    assert found is not None
    return found


async def test_the_engineer_is_asked_and_no_manager(database: Database, tmp_path: Path) -> None:
    """A guest with an engineer's address: that engineer gets the question in the own chat, and nobody a knock."""
    async with open_with_guest(database, tmp_path) as office:
        guest = await offered(office)
        assert (guest.person.id, guest.state) == (office.world.eva.id, GuestState.OFFERED)
        assert [row["person"] for row in await rows(office, "guest")] == [office.world.eva.id]
        await office.world.say(GUEST, "hello again")
        await office.ask()
        assert (await rows(office, "knock"), await knock_state(office)) == ([], None)
        assert len(await rows(office, "guest")) == 1
        # A question that nobody answers does not keep anybody waiting for ever.
        office.world.now += QUESTION_HOLDS
        await office.world.say(GUEST, "is anybody there?")
        assert len(await rows(office, "knock")) == 1


async def test_the_address_alone_makes_nobody_an_engineer(database: Database, tmp_path: Path) -> None:
    """Until the engineer says yes the guest is a stranger: whoever manages that tenant can write any address there."""
    async with open_with_guest(database, tmp_path) as office:
        guest = await offered(office)
        await office.world.click(office.world.anna, OpenTicket(form_id=office.world.form(), description="Secret"))
        for click in (ShowQueue(), ShowTicket(ticket=1001), ConfirmGuest(guest=guest.id)):
            said = text_of(await office.world.click(GUEST, click))
            assert "Secret" not in said
            assert "Anna de Vries" in said
        assert await office.role_of(GUEST, CUSTOMER_TENANT) is Role.STRANGER
        # Nor can a colleague say yes for her.
        await office.world.click(office.world.finn, ConfirmGuest(guest=guest.id))
        await office.world.click(office.world.mia, RefuseGuest(guest=guest.id))
        assert await office.role_of(GUEST, CUSTOMER_TENANT) is Role.STRANGER


async def test_a_confirmed_guest_is_the_engineer_and_is_shown_nothing(database: Database, tmp_path: Path) -> None:
    """Known by name in the other tenant, without any data there; the own chat stays where messages go (R3)."""
    async with open_with_guest(database, tmp_path) as office:
        guest = await offered(office)
        world = office.world
        reply = await world.click(world.eva, ConfirmGuest(guest=guest.id))
        assert "Je bent gast bij Bakkerij Brood & Zo" in text_of(reply)
        assert list(buttons_of(reply)) == ["Dat ben ik niet"]
        found = await database.read(partial(find_standing, tenant_id=GUEST.tenant_id, object_id=GUEST.object_id))
        assert found is not None
        assert (found.person.id, found.role, found.guest_of and found.guest_of.id) == (
            world.eva.id,
            Role.ENGINEER,
            world.customer_id,
        )
        await world.click(world.anna, OpenTicket(form_id=world.form(), description="Secret trouble"))
        for said in (
            await world.say(GUEST, "1001 an answer to the customer"),
            await world.say(GUEST, "wachtrij"),
            await world.click(GUEST, ShowTicket(ticket=1001)),
            await world.click(GUEST, ShowQueue()),
            await world.send(GUEST, "no_such_verb", {}),
        ):
            assert text_of(said).startswith("Hallo Eva Engineer.")
            assert "Secret" not in text_of(said)
        for kind in (IncomingKind.INSTALLED, IncomingKind.UNINSTALLED, IncomingKind.EDITED):
            assert await world.happen(GUEST, kind, text="x") is None
        standing = await database.read(lambda session: load_standings(session, [world.eva.id])[world.eva.id])
        assert standing.chat is not None
        assert standing.chat.conversation_id == f"a:{world.eva.object_id}"
        assert "Secret trouble" in text_of(await world.click(world.eva, ShowQueue()))


async def test_who_is_somebody_else_knocks(database: Database, tmp_path: Path) -> None:
    """The engineer says no: the managers hear of a stranger, who stays one; a mistaken yes can be taken back."""
    async with open_with_guest(database, tmp_path) as office:
        guest = await offered(office)
        world = office.world
        await world.click(world.eva, ConfirmGuest(guest=guest.id))
        reply = await world.click(world.eva, RefuseGuest(guest=guest.id))
        assert "is iemand anders" in text_of(reply)
        assert buttons_of(reply) == {}
        assert await office.role_of(GUEST, CUSTOMER_TENANT) is Role.STRANGER
        assert (await knock_state(office), len(await rows(office, "knock"))) == ("waiting", 1)
        await world.click(world.eva, ConfirmGuest(guest=guest.id))
        assert await office.role_of(GUEST, CUSTOMER_TENANT) is Role.STRANGER
        await world.say(GUEST, "again")
        await office.ask()
        assert len(await rows(office, "guest")) == 1


@pytest.mark.parametrize("what", ["a colleague", "another address", "no answer", "two with that address"])
async def test_whoever_is_no_engineers_guest_knocks(sqlite: Database, tmp_path: Path, what: str) -> None:
    """A member of the tenant, a guest of others, or somebody of whom Graph says nothing waits for nobody."""
    mail = "somebody@else.example" if what == "another address" else EVA_MAIL
    async with open_with_guest(sqlite, tmp_path, mail=mail, is_guest=what != "a colleague") as office:
        if what == "no answer":
            office.graph.faults.add("GET */users/*", malformed=True, times=9)
        if what == "two with that address":
            await office.do(set_email, person_id=office.world.finn.id, name="Finn", email=EVA_MAIL)
        await office.world.say(GUEST, "hello")
        assert await rows(office, "knock") == []
        await office.ask()
        assert (await knock_state(office), len(await rows(office, "knock"))) == ("waiting", 1)
        assert await rows(office, "guest") == []
        asked = len([row for row in await office.world.waiting() if row["kind"] == WHO_IS_GUEST])
        assert asked == 0


async def test_without_a_watch_nobody_is_asked(sqlite: Database, tmp_path: Path) -> None:
    """Where Graph may not be asked a stranger knocks at once; known to be Eva later, the knock is withdrawn."""
    async with open_graph_office(sqlite, tmp_path) as office:
        await office.world.say(GUEST, "hello")
        assert len(await rows(office, "knock")) == 1
        office.customer.add_user(GUEST.name, "x#EXT#@aaaa.example", id=GUEST.object_id, mail=EVA_MAIL)
        await office.do(set_email, person_id=office.world.eva.id, name="Eva Engineer", email=EVA_MAIL)
        await office.watch()
        guest = await offered(office)
        assert await knock_state(office) == "waiting"
        await office.world.click(office.world.eva, ConfirmGuest(guest=guest.id))
        states = await sqlite.read(_knock_states)
        assert states == ["refused"]


def _knock_states(session: Any) -> list[str]:
    return list(session.scalars(select(knocks.c.state)))


async def test_who_leaves_the_staff_is_nobody_as_a_guest(database: Database, tmp_path: Path) -> None:
    """With the engineer the second identity ends at once, and the question shows nothing any more."""
    async with open_with_guest(database, tmp_path) as office:
        guest = await offered(office)
        world = office.world
        await world.click(world.eva, ConfirmGuest(guest=guest.id))
        await office.do(take_from_staff, person_id=world.eva.id, now=world.now)
        assert await office.role_of(GUEST, CUSTOMER_TENANT) is Role.STRANGER
        assert await database.read(list_guests) == []
        assert "Anna de Vries" in text_of(await world.say(GUEST, "hello"))

        def render(session: Any) -> str:
            reader = load_standings(session, [world.finn.id])[world.finn.id]
            card = VIEWS["guest"](session, reader, {"guest": guest.id}, world.now, world.router.policy)
            return text_of(Reply(card=card))

        with pytest.raises(NotFound):
            await database.read(render)


async def test_one_question_for_each_tenant(sqlite: Database, tmp_path: Path) -> None:
    """However many guests a customer makes with an engineer's address: one question, whoever else writes knocks."""
    second = Somebody(0, "Eva (nog een gast)", CUSTOMER_TENANT, "10000000-0000-4000-8000-0000000000ef")
    async with open_with_guest(sqlite, tmp_path) as office:
        await offered(office)
        name = "eva2_cccc.example#EXT#@aaaa.example"
        office.customer.add_user(second.name, name, id=second.object_id, mail=EVA_MAIL, user_type="Guest")
        await office.world.say(second, "hello")
        await office.ask()
        assert (len(await rows(office, "guest")), len(await rows(office, "knock"))) == (1, 1)
