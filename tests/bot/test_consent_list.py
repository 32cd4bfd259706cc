"""Whose consent somebody should look at, over all customers; a contact sees the own organisation's (R25)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete

from bot import ledger
from bot.access import load_access_by_parts
from bot.words import understand
from cards.clicks.consents import ListConsents
from contract.consents import Finding, GrantState, Mechanism, NoFinding, Proof
from contract.people import Language
from storage.customers import load_contracted
from storage.database import Database
from storage.tables import contracts
from tests.bot.access_acts import drop_consents, withdraw
from tests.bot.people import POLICY, World, buttons_of, make_world, text_of

OURS, OTHER = "Bakkerij Brood & Zo", "Garage Van Dam"


async def shown(world: World, page: int = 1) -> str:
    """The list as an engineer sees it."""
    return text_of(await world.click(world.eva, ListConsents(page=page)))


async def see(world: World, finding: Finding | NoFinding) -> None:
    """A look at the first customer's relationship."""
    look = partial(ledger.observe, policy=POLICY, customer_id=world.customer_id, mechanism=Mechanism.GDAP)
    await world.database.write(lambda session: look(session, source_id="r-1", finding=finding, now=world.now))


async def test_the_worst_first(database: Database) -> None:
    """In force and lasting is not listed; ending, not seen, missing and withdrawn are, each in its own words."""
    world = await make_world(database)
    await drop_consents(world)
    assert "✗ Geen toestemming" in await shown(world)
    there = Finding(
        state=GrantState.ACTIVE,
        valid_from=world.now,
        valid_until=world.now + timedelta(days=70),
        proof=Proof.RELATIONSHIP,
    )
    await see(world, there)
    assert OURS not in await shown(world)
    world.now += timedelta(days=20)
    await see(world, there)
    assert "! Geldt tot en met" in await shown(world)
    world.now += timedelta(hours=1)
    await see(world, NoFinding("503"))
    world.now += timedelta(hours=1)
    assert "? Niet gezien sinds" in await shown(world)
    await withdraw(world)
    said = await shown(world)
    assert "✗ Ingetrokken door een contactpersoon" in said
    reply = await world.click(world.eva, ListConsents(page=9))
    assert "Openen" in buttons_of(reply)


async def test_only_customers_with_a_contract(database: Database) -> None:
    """Who has none any more, or had none yet, needs no consent."""
    world = await make_world(database)
    today = world.now.date()
    ids = [one.id for one in await database.read(partial(load_contracted, day=today))]
    assert world.customer_id in ids
    whose = contracts.c.customer_id == world.customer_id
    await drop_consents(world)
    await database.write(lambda session: session.execute(delete(contracts).where(whose)))
    assert OURS not in await shown(world)


async def test_a_contact_sees_the_own_organisation(sqlite: Database) -> None:
    """The same word in both languages; a contact learns nothing of another customer."""
    world = await make_world(sqlite)
    for word in ("toestemmingen", "Consents"):
        assert understand(word, Language.NL) == ListConsents()
    said = text_of(await world.click(world.anna, ListConsents()))
    assert "Toestemmingen om naar te kijken" not in said
    assert OTHER not in said


async def test_any_number_of_customers(sqlite: Database, monkeypatch: Any) -> None:
    """They are judged in parts, and none is left out."""
    monkeypatch.setattr("bot.access.AT_ONCE", 1)
    world = await make_world(sqlite)
    ids = [world.other_customer_id, world.customer_id]
    found = await sqlite.read(lambda session: [one for one, _ in load_access_by_parts(session, ids, POLICY)])
    assert found == sorted(ids)
