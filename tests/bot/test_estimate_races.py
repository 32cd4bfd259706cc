"""Two people at the same instant, 200 rounds each, on both engines: one is first, nothing is lost or counted twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cards.clicks.estimates import StopWork
from contract.errors import OverAllowance
from contract.estimates import Estimate, EstimateState
from contract.tickets import Ticket
from storage.database import Database
from storage.estimates import load_estimates
from storage.hours import load_entries
from tests.bot.estimate_acts import (
    approve,
    claimed,
    click,
    decline,
    estimate_of,
    events_of,
    form,
    log,
    log_entry,
    offered,
    send,
    ticket_of,
)
from tests.bot.people import World, make_world, text_of

ROUNDS = 200
pytestmark = pytest.mark.timeout(240)


async def at_once(*acts: Awaitable[Any]) -> list[Any]:
    """Both acts in the same instant."""
    return list(await asyncio.gather(*acts))


async def rounds(world: World, one: Callable[[int], Awaitable[None]]) -> None:
    """200 rounds, a few beside each other so that they take less long."""
    for first in range(0, ROUNDS, 8):
        await asyncio.gather(*(one(number) for number in range(first, first + 8)))


async def decisions(world: World, ticket: Ticket) -> list[str]:
    """The kinds of decisions in a ticket's history."""
    kinds = [event.kind.value for event in await events_of(world, ticket.number)]
    return [kind for kind in kinds if kind in {"estimate_approved", "estimate_declined"}]


async def test_both_contacts_approve(database: Database) -> None:
    """Both contacts approve at once: one decision, the allowance grows once, the slower one sees who was first."""
    world = await make_world(database)

    async def one(_: int) -> None:
        ticket, estimate = await offered(world, 60)
        answers = await at_once(
            click(world, world.anna, approve(estimate)), click(world, world.bram, approve(estimate))
        )
        assert (await ticket_of(world, ticket.number)).granted_minutes == 180
        assert await decisions(world, ticket) == ["estimate_approved"]
        decided = await estimate_of(world, estimate.id)
        first = "Anna de Vries" if decided.decided_by == world.anna.id else "Bram Bakker"
        assert all(first in text_of(answer) for answer in answers)

    await rounds(world, one)


async def test_one_approves_and_one_declines(database: Database) -> None:
    """Approve and decline at once: exactly one of them, and the allowance fits it."""
    world = await make_world(database)

    async def one(number: int) -> None:
        ticket, estimate = await offered(world, 60)
        acts = [click(world, world.anna, approve(estimate)), click(world, world.bram, decline(estimate))]
        await at_once(*(acts if number % 2 else reversed(acts)))
        decided = await estimate_of(world, estimate.id)
        approved = decided.state is EstimateState.APPROVED
        assert await decisions(world, ticket) == ["estimate_approved" if approved else "estimate_declined"]
        assert (await ticket_of(world, ticket.number)).granted_minutes == (180 if approved else 120)

    await rounds(world, one)


async def test_approval_meets_a_newer_estimate(database: Database) -> None:
    """Approve while the engineer sends a newer estimate: the old one is approved or superseded, never both."""
    world = await make_world(database)

    async def one(number: int) -> None:
        ticket, old = await offered(world, 60)
        acts = [click(world, world.anna, approve(old)), click(world, world.eva, form(ticket, 90))]
        await at_once(*(acts if number % 2 else reversed(acts)))
        kept = await world.database.read(lambda session: load_estimates(session, ticket.number))
        before, newer = kept
        assert newer.state is EstimateState.OPEN
        granted = (await ticket_of(world, ticket.number)).granted_minutes
        if before.state is EstimateState.APPROVED:
            assert (granted, newer.approved_before_minutes) == (180, 60)
        else:
            assert before.state is EstimateState.SUPERSEDED
            assert (granted, newer.approved_before_minutes) == (120, 0)

    await rounds(world, one)


async def test_two_newer_estimates(database: Database) -> None:
    """Two engineers send an estimate at once: both are kept, one of them is open."""
    world = await make_world(database)

    async def one(_: int) -> None:
        ticket = await claimed(world)
        await at_once(click(world, world.eva, form(ticket, 60)), click(world, world.finn, form(ticket, 90)))
        kept = await world.database.read(lambda session: load_estimates(session, ticket.number))
        assert [(found.revision, found.state) for found in kept] == [
            (1, EstimateState.SUPERSEDED),
            (2, EstimateState.OPEN),
        ]

    await rounds(world, one)


async def test_stopping_meets_logging(database: Database) -> None:
    """Stop and log at once: what was logged first still counts, nothing is logged after the stop beyond the limit."""
    world = await make_world(database)

    async def one(number: int) -> None:
        ticket, estimate = await approved(world)
        await log(world, ticket, 120)
        acts = [click(world, world.anna, StopWork(ticket=ticket.number)), _try_to_log(world, ticket, 30)]
        await at_once(*(acts if number % 2 else reversed(acts)))
        entries = await world.database.read(lambda session: load_entries(session, ticket.number))
        logged = sum(entry.minutes for entry in entries)
        assert logged in {120, 150}
        assert (await ticket_of(world, ticket.number)).granted_minutes == logged
        assert (await estimate_of(world, estimate.id)).state is EstimateState.APPROVED

    await rounds(world, one)


async def test_both_contacts_stop(database: Database) -> None:
    """Both contacts stop at once: the allowance falls once, and it is told once."""
    world = await make_world(database)

    async def one(_: int) -> None:
        ticket, _estimate = await approved(world)
        stop = StopWork(ticket=ticket.number)
        answers = await at_once(click(world, world.anna, stop), click(world, world.bram, stop))
        assert (await ticket_of(world, ticket.number)).granted_minutes == 0
        kinds = [event.kind.value for event in await events_of(world, ticket.number)]
        assert kinds.count("work_stopped") == 1
        assert not any(answer.is_error for answer in answers)

    await rounds(world, one)


async def approved(world: World) -> tuple[Ticket, Estimate]:
    """A ticket with an approved estimate of an hour."""
    ticket = await claimed(world)
    estimate = await send(world, ticket, 60)
    await click(world, world.bram, approve(estimate))
    return ticket, estimate


async def _try_to_log(world: World, ticket: Ticket, minutes: int) -> bool:
    try:
        await world.database.write(lambda session: log_entry(session, world, ticket.number, minutes))
    except OverAllowance:
        return False
    return True
