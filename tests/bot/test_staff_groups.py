"""Engineers and managers by groups of the provider's tenant: who comes, who goes, and what is never done (R34, D15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.staff_groups import READ_STAFF_GROUPS, apply_groups, groups_of, read_groups
from bot.views import VIEWS
from bot.wire import IncomingKind, Reply
from cards.clicks.queue import ClaimTicket, ShowQueue
from cards.clicks.tickets import OpenTicket
from contract.people import Role
from contract.staff_groups import StaffSource
from graph.people import Account
from storage.database import Database
from storage.errors import NotFound
from storage.people import load_person, load_standings, manager_ids, set_staff_role
from storage.staff import load_group_looks, load_sources
from tests.bot.graph_office import GraphOffice, open_graph_office
from tests.bot.people import PROVIDER_TENANT, Somebody, make_world, text_of

ENGINEERS, MANAGERS = "e0000000-0000-4000-8000-00000000000e", "e0000000-0000-4000-8000-00000000000f"
QUARTER = timedelta(minutes=15)


@asynccontextmanager
async def open_provider(database: Database, folder: Path) -> AsyncIterator[GraphOffice]:
    """An office with Eva and Nina in the engineers' group (Nina in one inside it) and Mona in the managers'."""
    async with open_graph_office(database, folder, engineers_group=ENGINEERS, managers_group=MANAGERS) as office:
        nina = office.home.add_user("Nina New", "nina@cccc.example", id="nina", preferred_language="en-US")
        mona = office.home.add_user("Mona Boss", "mona@cccc.example", id="mona")
        inner = office.home.add_group("Second line", nina.id)
        office.home.add_group("Engineers", office.world.eva.object_id, inner.id, id=ENGINEERS)
        office.home.add_group("Managers", mona.id, id=MANAGERS)
        yield office


async def look(office: GraphOffice) -> None:
    """A quarter of an hour passes, and the groups are read."""
    office.world.now += QUARTER
    policy = office.world.router.policy
    await office.do(read_groups, slot=office.world.now, now=office.world.now, policy=policy)
    await office.ask()


async def warned(office: GraphOffice, view: str) -> list[str]:
    """What Mia, who is manager by the list, is to read of one kind."""
    rows = [row for row in await office.world.waiting(office.world.mia) if row.get("view") == view]

    def render(session: Any) -> list[str]:
        reader = load_standings(session, [office.world.mia.id])[office.world.mia.id]
        policy = office.world.router.policy
        return [
            text_of(Reply(card=VIEWS[view](session, reader, row["args"], office.world.now, policy))) for row in rows
        ]

    return await office.world.database.read(render)


async def test_who_is_in_a_group_is_on_the_staff(database: Database, tmp_path: Path) -> None:
    """Members of either group, also by way of an inner one, are engineer or manager from the next look on; the list
    stays.
    """
    async with open_provider(database, tmp_path) as office:
        await look(office)
        found = {name: await office.role_of(office.home.users[name]) for name in ("nina", "mona")}
        assert found == {"nina": Role.ENGINEER, "mona": Role.MANAGER}
        assert await office.role_of(office.world.finn) is Role.ENGINEER
        sources = await office.world.database.read(load_sources)
        assert sources[office.world.eva.id] is StaffSource.LIST
        assert sorted(sources.values()) == [StaffSource.GROUP] * 2 + [StaffSource.LIST] * 3
        nina = Somebody(0, "Nina New", PROVIDER_TENANT, "nina", "en-US")
        await office.world.happen(nina, IncomingKind.INSTALLED)
        assert [row for row in await office.world.waiting() if row.get("view") == "welcome"]
        assert "Queue" in text_of(await office.world.click(nina, ShowQueue()))


async def test_who_leaves_a_group_leaves_the_staff(database: Database, tmp_path: Path) -> None:
    """At once, with the cards; tickets stay in that name, and the managers hear which; so it is for a disabled one."""
    async with open_provider(database, tmp_path) as office:
        await look(office)
        world = office.world
        nina = Somebody(0, "Nina New", PROVIDER_TENANT, "nina", "en-US")
        await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
        await world.click(nina, ClaimTicket(ticket=1001))
        office.home.groups[ENGINEERS].members.pop()
        office.home.users["mona"].account_enabled = False
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.STRANGER
        assert await office.role_of(office.home.users["mona"]) is Role.STRANGER
        cards = await warned(office, "staff_left")
        assert len(cards) == 2
        assert any("Nina New hoort niet meer bij de medewerkers" in card and "1001 · Printer" in card for card in cards)
        assert any("Het account is uitgeschakeld" in card for card in cards)
        assert "Printer" not in text_of(await world.click(nina, ShowQueue()))


async def test_names_and_addresses_follow(sqlite: Database, tmp_path: Path) -> None:
    """Whoever marries is called so from the next look on, whichever source brought them to the staff."""
    async with open_provider(sqlite, tmp_path) as office:
        user = office.home.users[office.world.eva.object_id]
        user.display_name, user.mail = "Eva van Dam", "eva.vandam@cccc.example"
        await look(office)
        person = await sqlite.read(lambda session: load_person(session, office.world.eva.id))
        assert (person.name, person.email) == ("Eva van Dam", "eva.vandam@cccc.example")


async def test_an_empty_group_takes_two_looks(database: Database, tmp_path: Path) -> None:
    """At the first nobody leaves and the managers are told whom it is about; at the second they leave."""
    async with open_provider(database, tmp_path) as office:
        await look(office)
        for group in (ENGINEERS, MANAGERS):
            office.home.groups[group].members.clear()
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.ENGINEER
        (card,) = await warned(office, "staff_group")
        assert "Nina New" in card
        assert "Mona Boss" in card
        await look(office)
        assert await office.role_of(office.home.users["nina"]) is Role.STRANGER
        assert await office.role_of(office.world.mia) is Role.MANAGER


@pytest.mark.parametrize("why,looks", [("forbidden", 1), ("no such group", 1), ("unreadable", 5)])
async def test_no_answer_empties_nothing(sqlite: Database, tmp_path: Path, why: str, looks: int) -> None:
    """A refusal is told the managers at once, no answer after an hour, each once; the staff stays as it was."""
    async with open_provider(sqlite, tmp_path) as office:
        await look(office)
        if why == "forbidden":
            office.graph.faults.add("*groups*", status=403, code="Authorization_RequestDenied", times=9)
        elif why == "no such group":
            del office.home.groups[MANAGERS]
        else:
            office.graph.faults.add("*groups*", malformed=True, times=9)
        for _ in range(looks):
            assert await warned(office, "staff_group") == []
            await look(office)
        await look(office)
        assert len(await warned(office, "staff_group")) == 1
        assert await office.role_of(office.home.users["nina"]) is Role.ENGINEER
        assert await office.role_of(office.home.users["mona"]) is Role.MANAGER
        known = await sqlite.read(lambda session: load_group_looks(session, [ENGINEERS, MANAGERS]))
        assert [one.error for one in known.values() if one.error]
        office.graph.faults.clear()
        office.home.groups.setdefault(MANAGERS, office.home.groups[ENGINEERS])
        await look(office)
        known = await sqlite.read(lambda session: load_group_looks(session, [ENGINEERS, MANAGERS]))
        assert not [one.error for one in known.values() if one.error]


def account(who: Somebody, *, enabled: bool = True) -> Account:
    """Somebody as Graph names them."""
    address = f"{who.name.split()[0].lower()}@cccc.example"
    return Account(who.object_id, who.name, address, address, None, enabled=enabled, is_guest=False)


async def test_there_is_always_a_manager(database: Database) -> None:
    """Whom two empty looks would take as the last manager stays one, and hears so."""
    world = await make_world(database)
    policy = replace(world.router.policy, managers_group=MANAGERS)

    def act(session: Any) -> list[int]:
        set_staff_role(session, world.mia.id, Role.MANAGER, StaffSource.GROUP)
        for _ in range(3):
            apply_groups(session, found={MANAGERS: ()}, policy=policy, now=world.now)
        return manager_ids(session)

    assert await database.write(act) == [world.mia.id]
    problems = [row["args"]["problem"] for row in await world.waiting(world.mia) if row.get("view") == "staff_group"]
    assert problems == ["empty", "last_manager"]
    await database.write(
        lambda session: apply_groups(
            session, found={MANAGERS: (account(world.mia, enabled=False),)}, policy=policy, now=world.now
        )
    )
    assert await database.read(manager_ids) == []


async def test_without_groups_nothing_is_asked(sqlite: Database) -> None:
    """Groups are optional: where none is set nobody is asked and nobody leaves."""
    world = await make_world(sqlite)
    policy = world.router.policy
    assert groups_of(policy) == ()
    await sqlite.write(lambda session: read_groups(session, world.now, world.now, policy=policy))
    assert [row for row in await world.waiting() if row["kind"] == READ_STAFF_GROUPS] == []


async def test_only_managers_read_of_it(sqlite: Database) -> None:
    """Who left and which group is wrong is nobody else's business."""
    world = await make_world(sqlite)

    def render(session: Any) -> None:
        reader = load_standings(session, [world.eva.id])[world.eva.id]
        for view in ("staff_left", "staff_group"):
            with pytest.raises(NotFound):
                VIEWS[view](session, reader, {"person": world.finn.id}, world.now, world.router.policy)

    await sqlite.read(render)
