"""Never three contacts, whatever ends at the same instant (R4, D32): a yes, a look-up, a knock, a lost account."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bot.finding import finish_find
from bot.outcomes import Done
from bot.watching import digest, finish_look
from cards.clicks.people import AppointContact
from contract.people import Language
from storage import contact_searches as searches
from storage import contacts, people, watches
from storage.database import Database
from tests.bot.directories import FIND, WATCH, errand
from tests.bot.people import CUSTOMER_TENANT, Somebody, World, make_world
from tests.bot.test_people import contacts_of, knock_of

ROUNDS = int(os.environ.get("ROUNDS", "12"))
"""More of them find what is rarer: `ROUNDS=100 pytest tests/bot/test_accounts_races.py`."""


def said(who: Somebody, **more: Any) -> dict[str, Any]:
    """An account as an errand brings it."""
    address = f"{who.object_id[-4:]}@brood.example"
    return {
        "object_id": who.object_id,
        "name": who.name,
        "user_principal_name": address,
        "mail": address,
        "language": "",
        "is_guest": False,
        "state": "enabled",
        **more,
    }


def colleague(number: int) -> Somebody:
    """Somebody of the customer."""
    return Somebody(0, f"Colleague {number}", CUSTOMER_TENANT, f"10000000-0000-4000-9000-{number:012}")


async def looked_up(world: World, who: Somebody) -> Callable[[Any], None]:
    """A search for somebody, whose answer is there: to be written down."""
    account = said(who)

    def ask(session: Any) -> int:
        return searches.add_search(
            session,
            world.customer_id,
            email=account["mail"],
            state=searches.SearchState.LOOKING,
            now=world.now,
            asked_by=world.mia.id,
        )

    work = errand(world, FIND, search=await world.database.write(ask))
    end = Done({"accounts": [account]})
    return lambda session: finish_find(session, work, end, world.now, policy=world.router.policy)


@pytest.mark.timeout(240)
async def test_two_answers_and_a_knock_for_one_place(database: Database) -> None:
    """Two look-ups and a knock end at the same instant for the last place: one appoints, the others are refused."""
    world = await make_world(database)
    knock = await knock_of(world, world.stranger)
    for number in range(ROUNDS):
        await world.database.write(lambda session: free_a_place(session, world))
        finishes = [await looked_up(world, colleague(number * 2)), await looked_up(world, colleague(number * 2 + 1))]
        await asyncio.gather(
            *(world.database.write(finish) for finish in finishes),
            world.click(world.mia, AppointContact(knock=knock)),
        )
        assert len(await contacts_of(world)) == 2
    ended = await database.read(lambda session: searches.list_latest(session, world.customer_id, 2 * ROUNDS))
    assert {one.state.value for one in ended} <= {"appointed", "refused"}
    assert sum(one.state.value == "appointed" for one in ended) <= ROUNDS


def free_a_place(session: Any, world: World) -> None:
    """Only Anna is contact."""
    for contact in contacts.load_contacts(session, world.customer_id):
        if contact.person.id != world.anna.id:
            contacts.remove_contact(session, world.customer_id, contact.person.id, None, world.now)


@pytest.mark.timeout(240)
async def test_an_account_is_lost_while_somebody_is_appointed(database: Database) -> None:
    """A look that takes a contact out and an answer that appoints: in either order, and never three."""
    world = await make_world(database)
    await database.write(lambda session: watches.switch_on(session, world.customer_id, world.now))
    leaver = colleague(9000)

    def hire(session: Any) -> None:
        free_a_place(session, world)
        known = people.find_standing(session, leaver.tenant_id, leaver.object_id)
        person_id = (
            known.person.id
            if known
            else people.add_person(
                session,
                tenant_id=leaver.tenant_id,
                object_id=leaver.object_id,
                name=leaver.name,
                language=Language.NL,
                now=world.now,
            )
        )
        contacts.appoint(session, world.customer_id, person_id, None, world.now)

    outcomes = set()
    for number in range(ROUNDS // 2):
        await database.write(hire)
        lost = Done(
            {
                "seen": {leaver.object_id: {"state": "gone"}},
                "link": "l",
                "watched": digest([world.anna.object_id, leaver.object_id]),
            }
        )
        look = errand(world, WATCH, customer=world.customer_id)
        finish = await looked_up(world, colleague(number))
        both = [
            database.write(partial(finish_look, work=look, end=lost, now=world.now)),
            database.write(finish),
        ]
        await asyncio.gather(*(both if number % 2 else reversed(both)))
        names = await contacts_of(world)
        assert leaver.name not in names
        assert len(names) <= 2
        outcomes.add(len(names))
    assert outcomes <= {1, 2}
