"""Decisions at the same instant: the chain has no gap, no double and no fork, on both engines (D13)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from cards.clicks.estimates import StopWork
from contract.estimates import Estimate, offer
from contract.life_cycle import claim
from contract.prices import PriceBook, contract_prices
from contract.receipt_bodies import read
from contract.receipts import ReceiptKind
from contract.tickets import Ticket
from documents.receipts import check
from storage.database import Database
from storage.estimates import add_estimate, load_estimate
from storage.receipts import all_receipts, chain_head
from storage.tickets import insert_ticket, save_ticket
from tests.bot.estimate_acts import approve, click, decline
from tests.bot.people import World, make_world

DECISIONS = 200
pytestmark = pytest.mark.timeout(240)


def open_estimates(session: Session, world: World, count: int) -> list[Estimate]:
    """So many tickets with an open estimate each, half of them another customer's."""
    made = []
    for number in range(count):
        ours = number % 2 == 0
        ticket = Ticket(
            number=0,
            customer_id=world.customer_id if ours else world.other_customer_id,
            subject="Outlook",
            description="Outlook",
            created_at=world.now - timedelta(hours=1),
            created_by=world.anna.id if ours else world.other.id,
        )
        ticket = insert_ticket(session, ticket, world.now + timedelta(days=3))
        ticket = claim(ticket, engineer_id=world.eva.id, now=world.now)
        save_ticket(session, ticket)
        estimate = offer(
            ticket,
            estimate_id=0,
            revision=1,
            minutes=60,
            what="Work",
            prices=PriceBook([contract_prices(2026)]),
            created_by=world.eva.id,
            now=world.now,
        )
        made.append(load_estimate(session, add_estimate(session, estimate)))
    return made


async def test_two_hundred_decisions_at_once(database: Database) -> None:
    """Two hundred tickets are decided in one instant: receipts 1 to 200, each behind the one before."""
    world = await make_world(database)
    estimates = await database.write(lambda session: open_estimates(session, world, DECISIONS))

    async def decide(number: int, estimate: Estimate) -> None:
        who = (world.anna, world.other, world.bram, world.other)[number % 4]
        await click(world, who, decline(estimate) if number % 5 == 0 else approve(estimate))

    await asyncio.gather(*(decide(number, estimate) for number, estimate in enumerate(estimates)))
    chain = await database.read(lambda session: list(all_receipts(session)))
    head = await database.read(chain_head)
    receipts = [read(sealed.body) for sealed in chain]
    assert [receipt.sequence for receipt in receipts] == list(range(1, DECISIONS + 1))
    assert check(chain, head=head) == ()
    numbers = {receipt.decision.estimate_number for receipt in receipts}
    assert numbers == {estimate.number for estimate in estimates}


async def test_both_contacts_and_a_stop_at_once(database: Database) -> None:
    """Of two who decide one ticket at once one has a receipt; of two who stop it, one."""
    world = await make_world(database)
    estimates = await database.write(lambda session: open_estimates(session, world, 40))
    ours = estimates[::2]
    await asyncio.gather(
        *(click(world, who, approve(estimate)) for estimate in ours for who in (world.anna, world.bram))
    )
    stops = [StopWork(ticket=estimate.ticket_number) for estimate in ours]
    await asyncio.gather(*(click(world, who, stop) for stop in stops for who in (world.anna, world.bram)))
    chain = await database.read(lambda session: list(all_receipts(session)))
    kinds = [read(sealed.body).decision.kind for sealed in chain]
    assert check(chain) == ()
    assert (kinds.count(ReceiptKind.APPROVED), kinds.count(ReceiptKind.STOPPED)) == (len(ours), len(ours))
