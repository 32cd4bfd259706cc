"""Every decision leaves a receipt, in the same transaction; both sides see it, nobody else does (R19, D13, D15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.router import Router
from cards.clicks.estimates import RecordDecision, StopWork
from contract.estimates import DecidedVia, Estimate, EstimateState
from contract.people import Language
from contract.rate_bands import BandCents
from contract.receipt_bodies import read
from contract.receipts import Decision, Identity, ReceiptKind, SealedReceipt
from documents.receipts import BadKey, check, signer_of
from storage.database import Database
from storage.estimates import load_shown_digest
from storage.receipts import all_receipts, chain_head, decided_without_receipt
from storage.tables import people
from tests.bot.counted import statements
from tests.bot.estimate_acts import (
    approve,
    claimed,
    click,
    decline,
    estimate_of,
    log,
    offered,
    send,
)
from tests.bot.people import POLICY, Somebody, World, make_world
from tests.receipt_keys import OTHER_KEY, TEST_KEY


async def receipts(world: World) -> list[SealedReceipt]:
    """All there are."""
    return await world.database.read(lambda session: list(all_receipts(session)))


async def decisions(world: World) -> list[Decision]:
    """What they say."""
    return [read(sealed.body).decision for sealed in await receipts(world)]


def identity(who: Somebody) -> Identity:
    """Somebody as a receipt names them."""
    return Identity(who.tenant_id, who.object_id, who.name)


def by_phone(estimate: Estimate, who: Somebody) -> RecordDecision:
    """The filled-in form for an approval by phone."""
    return RecordDecision(
        form_id=f"phone-{estimate.id:08}",
        estimate=estimate.id,
        revision=estimate.revision,
        contact=who.id,
        verdict="approved",
    )


async def test_an_approval_leaves_a_receipt(database: Database) -> None:
    """It says who clicked, from which message, when, on which offer at which price, and what was on the screen."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 240)
    await world.click(world.anna, approve(estimate), activity_id="f:approval")
    [sealed] = await receipts(world)
    receipt = read(sealed.body)
    said = receipt.decision
    assert (receipt.sequence, sealed.place) == (1, 1)
    assert (said.kind, said.via, said.recorded_by) == (ReceiptKind.APPROVED, DecidedVia.CLICK, None)
    assert said.decided_by == identity(world.anna)
    assert (said.activity_id, said.conversation_id) == ("f:approval", f"a:{world.anna.object_id}")
    assert (said.decided_at, said.decided_at_local) == (world.now, "2026-11-23T10:30:00+01:00")
    assert (said.customer_id, said.customer_name) == (world.customer_id, "Bakkerij Brood & Zo")
    assert (said.provider, said.ticket_number, said.estimate_number) == ("Oxineo", ticket.number, estimate.number)
    assert (said.minutes, said.what, said.valid_until) == (240, estimate.what, estimate.valid_until)
    assert (said.rates, said.at_most) == (BandCents(8500, 11000, 13000), BandCents(34000, 44000, 52000))
    assert (said.allowed_before_minutes, said.allowed_after_minutes) == (120, 360)
    kept = await database.read(lambda session: load_shown_digest(session, estimate.id))
    assert (said.shown_digest, said.shown_language) == (kept, Language.NL)
    assert check([sealed], trusted=[signer_of(TEST_KEY.encode()).public_key]) == ()


async def test_a_refusal_leaves_one_too(database: Database) -> None:
    """A declined estimate has its receipt with the reason, and nothing more may be spent."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.bram, decline(estimate), typed={"reason": "Te duur"})
    [said] = await decisions(world)
    assert (said.kind, said.reason, said.decided_by.name) == (ReceiptKind.DECLINED, "Te duur", "Bram Bakker")
    assert (said.allowed_before_minutes, said.allowed_after_minutes) == (120, 120)


async def test_a_decision_by_phone_is_marked(database: Database) -> None:
    """Who decided is the contact, and the engineer who wrote it down is named beside (D15)."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.finn, by_phone(estimate, world.bram))
    [said] = await decisions(world)
    assert said.via is DecidedVia.PHONE
    assert (said.decided_by, said.recorded_by) == (identity(world.bram), identity(world.finn))
    assert said.customer_name == "Bakkerij Brood & Zo"
    assert said.conversation_id == f"a:{world.finn.object_id}"


async def test_a_stop_leaves_one_too(database: Database) -> None:
    """Stopping further work is a decision: of what was approved last, with what is no longer spent (D13)."""
    world = await make_world(database)
    ticket, first = await offered(world, 60)
    await click(world, world.anna, approve(first))
    second = await send(world, ticket, 30)
    await click(world, world.anna, approve(second))
    await log(world, ticket, 100)
    await click(world, world.bram, StopWork(ticket=ticket.number, estimate=second.id))
    *_, stop = await decisions(world)
    assert (stop.kind, stop.estimate_number) == (ReceiptKind.STOPPED, second.number)
    assert (stop.allowed_before_minutes, stop.allowed_after_minutes) == (210, 100)
    assert (stop.decided_by, stop.shown_digest) == (identity(world.bram), None)
    # A second stop finds nothing to stop, and decides nothing.
    await click(world, world.anna, StopWork(ticket=ticket.number))
    assert len(await receipts(world)) == 3


async def test_what_decides_nothing_leaves_nothing(database: Database) -> None:
    """A late click, one on an older revision, one of a stranger, an estimate that is taken back: no receipt."""
    world = await make_world(database)
    ticket, first = await offered(world, 60)
    second = await send(world, ticket, 90)
    await click(world, world.anna, approve(first))
    await click(world, world.other, approve(second))
    await click(world, world.eva, approve(second))
    assert await receipts(world) == []
    await click(world, world.anna, approve(second))
    await click(world, world.bram, decline(second))
    await click(world, world.anna, approve(second))
    assert len(await receipts(world)) == 1


async def test_no_decision_without_its_receipt(database: Database) -> None:
    """Where a receipt can not be signed nothing is decided: they are one transaction."""
    world = await make_world(database, policy=replace(POLICY, receipt_key=b""))
    _, estimate = await offered(world, 60)
    with pytest.raises(BadKey):
        await click(world, world.anna, approve(estimate))
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN
    assert await receipts(world) == []


async def test_a_receipt_costs_two_statements(database: Database) -> None:
    """A decision is on the way of a click: its receipt is one look at the last one, and one row."""
    world = await make_world(database)
    for _ in range(2):
        _, estimate = await offered(world, 60)
        with statements(database) as seen:
            await click(world, world.anna, approve(estimate))
        ours = [statement for statement in seen if "receipts" in statement]
        assert [statement.split()[0] for statement in ours] == ["SELECT", "INSERT"]
        # The row of the last one is held only while the rest of the turn is committed.
        assert seen.index(ours[0]) > max(place for place, one in enumerate(seen) if "ticket_events" in one)


async def test_receipts_are_one_chain_over_all_customers(database: Database) -> None:
    """Whoever decides, about whatever: the next receipt names the one before, also under a new key."""
    world = await make_world(database)
    for _ in range(3):
        _, estimate = await offered(world, 60)
        await click(world, world.anna, approve(estimate))
    world.router = Router(database, replace(POLICY, receipt_key=OTHER_KEY.encode()))
    _, estimate = await offered(world, 60)
    await click(world, world.bram, decline(estimate))
    chain = await receipts(world)
    head = await database.read(chain_head)
    assert [read(sealed.body).sequence for sealed in chain] == [1, 2, 3, 4]
    assert check(chain, head=head, trusted=[signer_of(OTHER_KEY.encode()).public_key]) == ()
    assert len({sealed.public_key for sealed in chain}) == 2


async def test_a_name_that_is_erased_stays_in_the_receipt(database: Database) -> None:
    """A body never changes: what the law has us keep is kept as it was, and still checks out."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    before = await receipts(world)
    await database.write(
        lambda session: session.execute(update(people).where(people.c.id == world.anna.id).values(name="-", email=None))
    )
    assert await receipts(world) == before
    assert check(before) == ()


async def test_a_decision_whose_receipt_is_gone_is_seen(database: Database) -> None:
    """Receipts cut off the end of the table itself leave decided estimates without one."""
    from storage.billing_tables import receipts as table

    world = await make_world(database)
    kept = []
    for _ in range(2):
        await claimed(world)
        _, estimate = await offered(world, 60)
        world.now += timedelta(minutes=1)
        await click(world, world.anna, approve(estimate))
        kept.append(estimate)
    assert await database.read(decided_without_receipt) == []
    await database.write(lambda session: session.execute(table.delete().where(table.c.sequence == 2)))
    assert await database.read(decided_without_receipt) == [kept[1].number]
