"""What a card costs the database: nothing is asked twice, and a list asks no more for many customers than for one."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from cards.clicks.access import ShowAccess
from cards.clicks.base import Click
from cards.clicks.consents import ShowConsents
from cards.clicks.people import ShowCustomer
from cards.clicks.queue import ClaimTicket, ShowQueue
from cards.clicks.tickets import OpenTicket, ShowTicket, ShowTickets
from storage.database import Database
from tests.bot.consented import asked, relationship
from tests.bot.counted import statements
from tests.bot.people import POLICY, Somebody, World, make_world


async def _world(database: Database) -> World:
    """A customer with a relationship in force, a request, and a ticket that somebody has."""
    world = await make_world(database)

    def consent(session: Any) -> None:
        relationship(session, POLICY, world.customer_id, world.now)
        asked(session, POLICY, world.customer_id, world.now, by=world.mia.id, word="Sanne")

    await database.write(consent)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    await world.click(world.eva, ClaimTicket(ticket=1001))
    return world


async def _asked(world: World, who: Somebody, click: Click) -> list[str]:
    """What is read for a click that was made before, by somebody whose chat is known."""
    await world.click(who, click)
    with statements(world.database) as seen:
        await world.click(who, click)
    return [one for one in seen if one.startswith("SELECT")]


@pytest.mark.parametrize(
    "who,click,most",
    [
        ("anna", ShowTicket(ticket=1001), 15),
        ("eva", ShowTicket(ticket=1001), 20),
        ("anna", ShowTickets(), 8),
        ("anna", ShowAccess(), 11),
        ("eva", partial(ShowConsents), 6),
        ("mia", partial(ShowCustomer), 18),
    ],
)
async def test_nothing_is_asked_twice(sqlite: Database, who: str, click: Any, most: int) -> None:
    """A card reads each thing once, whoever of its parts needs it, and no more things than it shows."""
    world = await _world(sqlite)
    click = click(customer=world.customer_id) if isinstance(click, partial) else click
    seen = await _asked(world, getattr(world, who), click)
    # Which years have prices of their own is a question of its own.
    assert [one for one, times in Counter(seen).items() if times > 1 and "FROM price_lists" not in one] == []
    assert len(seen) <= most


async def test_a_list_of_many_customers_asks_no_more(sqlite: Database) -> None:
    """Whether tickets wait for access is asked for a whole page at once (R25)."""
    world = await _world(sqlite)
    before = await _asked(world, world.eva, ShowQueue())

    def consent(session: Any) -> None:
        relationship(session, POLICY, world.other_customer_id, world.now)

    await sqlite.write(consent)
    await world.click(world.other, OpenTicket(form_id=world.form(), description="Scanner"))
    assert len(await _asked(world, world.eva, ShowQueue())) == len(before)
