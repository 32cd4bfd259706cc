"""Two managers at the same instant, 200 rounds, on both engines: the last place is given away once (R4)."""

from __future__ import annotations

import asyncio

import pytest

from cards.clicks.people import AppointContact
from contract.people import Role
from storage import contacts, people
from storage.database import Database
from tests.bot.people import CUSTOMER_TENANT, Somebody, buttons_of, make_world
from tests.bot.test_people import contacts_of, knock_of, remove

ROUNDS = 200


def colleague(number: int) -> Somebody:
    """Somebody of the customer who is no contact."""
    return Somebody(0, f"Colleague {number}", CUSTOMER_TENANT, f"10000000-0000-4000-9000-{number:012}")


@pytest.mark.timeout(240)
async def test_the_last_place_is_given_once(database: Database) -> None:
    """Two managers appoint two people at the same instant for one place: exactly one is appointed, 200 times (R4)."""
    world = await make_world(database)
    await world.database.write(lambda session: people.set_staff_role(session, world.eva.id, Role.MANAGER))
    await remove(world, world.bram)
    first, second = colleague(1), colleague(2)
    knocks = [await knock_of(world, first), await knock_of(world, second)]
    for number in range(ROUNDS):
        clicks = [(world.mia, knocks[0]), (world.eva, knocks[1])]
        replies = await asyncio.gather(
            *(
                world.click(manager, AppointContact(knock=knock))
                for manager, knock in (clicks if number % 2 else reversed(clicks))
            )
        )
        names = await contacts_of(world)
        assert len(names) == 2
        assert names[0] == "Anna de Vries"
        assert sum("In plaats van Anna de Vries" in buttons_of(reply) for reply in replies) == 1
        await world.database.write(
            lambda session: [
                contacts.remove_contact(session, world.customer_id, contact.person.id, None, world.now)
                for contact in contacts.load_contacts(session, world.customer_id)[1:]
            ]
        )
