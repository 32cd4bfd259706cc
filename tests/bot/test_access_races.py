"""Withdrawing, starting and closing at the same instant, on both engines: no session runs uncovered (R25)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import ledger
from bot.remote_sessions import access_changed
from cards.clicks.access import ForwardRequest, LiftWithdrawal, StartSession
from cards.clicks.tickets import WithdrawTicket
from contract.consents import Finding, GrantState, Mechanism
from contract.ledger import EntryKind
from contract.remote_sessions import EndedWhy
from contract.withdrawals import holding
from storage.database import Database
from storage.remote_sessions import load_history
from storage.withdrawals import load_withdrawals
from tests.bot.access_acts import (
    GDAP_ID,
    ask_app,
    drop_consents,
    find_relationship,
    name_administrator,
    noted,
    pass_time,
    sessions,
    withdraw,
)
from tests.bot.people import POLICY, World
from tests.bot.test_remote_sessions import MINUTE
from tests.bot.worked import TICKET, world_with_ticket

ROUNDS = 8


async def running_uncovered(world: World) -> list[Any]:
    """Sessions that go on although a withdrawal holds."""

    def read(session: Any) -> list[Any]:
        held = holding(load_withdrawals(session, world.customer_id), world.now)
        found = load_history(session, world.customer_id, limit=1000)
        return [one for one in found if one.ended_at is None and held is not None]

    return await world.database.read(read)


@pytest.mark.timeout(300)
async def test_withdrawing_beats_starting(database: Database) -> None:
    """Of a start and a withdrawal at the same instant the session never stays: refused, or ended at once (R25)."""
    world = await world_with_ticket(database)
    ended, refused = 0, 0
    for _ in range(ROUNDS):
        world.now += MINUTE
        before = len(await sessions(world))
        acts = [
            world.click(world.eva, StartSession(ticket=TICKET)),
            withdraw(world),
            world.click(world.finn, StartSession(ticket=TICKET)),
            withdraw(world, world.bram),
        ]
        await asyncio.gather(*acts)
        assert await running_uncovered(world) == []
        new = (await sessions(world))[: len(await sessions(world)) - before]
        assert {one.ended_why for one in new} <= {EndedWhy.WITHDRAWN}
        ended, refused = ended + len(new), refused + 2 - len(new)
        world.now += MINUTE
        await world.click(world.anna, LiftWithdrawal(form_id=world.form()))
    assert ended + refused == 2 * ROUNDS
    assert len(await noted(world, EntryKind.WITHDRAWN)) == ROUNDS
    assert len(await noted(world, EntryKind.LIFTED)) == ROUNDS


@pytest.mark.timeout(300)
async def test_a_check_beats_starting(database: Database) -> None:
    """Of a start and a check that finds the relationship gone, the session never stays (R25)."""
    world = await world_with_ticket(database)
    await drop_consents(world)
    gone = Finding(state=GrantState.REVOKED)

    def find(session: Any) -> None:
        ledger.observe(session, POLICY, world.customer_id, Mechanism.GDAP, GDAP_ID, gone, world.now)
        access_changed(session, POLICY, world.customer_id, world.now)

    for _ in range(ROUNDS):
        world.now += MINUTE
        await find_relationship(world)
        world.now += MINUTE
        await asyncio.gather(world.click(world.eva, StartSession(ticket=TICKET)), database.write(find))
        left = [one for one in await sessions(world) if one.ended_at is None]
        assert left == []


@pytest.mark.timeout(300)
async def test_one_session_an_engineer_at_once(database: Database) -> None:
    """Five clicks at the same instant are one session; closing the ticket meanwhile ends it (R25)."""
    world = await world_with_ticket(database)
    await asyncio.gather(*(world.click(world.eva, StartSession(ticket=TICKET)) for _ in range(5)))
    assert len(await sessions(world)) == 1
    await asyncio.gather(
        world.click(world.finn, StartSession(ticket=TICKET)),
        world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=TICKET)),
    )
    await pass_time(world, MINUTE)
    assert {one.ended_why for one in await sessions(world)} == {EndedWhy.CLOSED}


async def test_two_contacts_forward_at_once(database: Database) -> None:
    """The administrator gets one mail (R25)."""
    world = await world_with_ticket(database)
    await name_administrator(world)
    request = await ask_app(world)
    await asyncio.gather(
        *(world.click(who, ForwardRequest(consent_request=request)) for who in (world.anna, world.bram))
    )
    assert len([row for row in await world.waiting() if row["kind"] == "mail"]) == 1
    assert len(await noted(world, EntryKind.FORWARDED)) == 1
