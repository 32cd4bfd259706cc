"""Stopping further work after an approval, on both engines (D13). At the same instant: `test_estimate_races.py`."""

from __future__ import annotations

from datetime import timedelta

from cards.clicks.estimates import ApproveEstimate, SendEstimate, ShowEstimate, StopWork
from cards.clicks.tickets import ShowTicket
from cards.events import event_text
from contract.people import Language
from storage.database import Database
from tests.bot.estimate_acts import approve, click, events_of, lines_to, log, offered, outbox_rows, ticket_of
from tests.bot.people import buttons_of, make_world, text_of


async def test_stop_further_work(database: Database) -> None:
    """After an approval either contact stops further work: the allowance falls to what is logged, and all hear."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    await log(world, ticket, 130)
    before = len(await outbox_rows(world))
    reply = await click(world, world.bram, StopWork(ticket=ticket.number, estimate=estimate.id))
    assert "Bram Bakker stopped further work, Mon 23 Nov 10:30: what was left is no longer spent" in text_of(reply)
    after = await ticket_of(world, ticket.number)
    assert (after.granted_minutes, after.approved_minutes) == (130, 60)
    rows = (await outbox_rows(world))[before:]
    assert lines_to(rows) == {world.anna.id, world.eva.id}
    subjects = {row["payload"]["subject"] for row in rows if row["kind"] == "show"}
    assert subjects == {f"estimate:{estimate.id}", f"ticket:{ticket.number}"}
    again = await click(world, world.anna, StopWork(ticket=ticket.number, estimate=estimate.id))
    assert not again.is_error
    assert (await ticket_of(world, ticket.number)).granted_minutes == 130


async def test_nothing_to_stop_before_an_approval(database: Database) -> None:
    """The free two hours can not be stopped: there is nothing approved."""
    world = await make_world(database)
    ticket, _ = await offered(world, 60)
    reply = await click(world, world.bram, StopWork(ticket=ticket.number))
    assert "no approved time left" in text_of(reply)
    assert (await ticket_of(world, ticket.number)).granted_minutes == 120


async def test_stopping_from_the_card_of_the_ticket(database: Database) -> None:
    """The ticket's card has the same button; it answers with the ticket's card, and staff do not have it."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    await log(world, ticket, 30)
    assert "Stop further work" in text_of(await click(world, world.bram, ShowTicket(ticket=ticket.number)))
    assert "Stop further work" not in text_of(await click(world, world.finn, ShowTicket(ticket=ticket.number)))
    reply = await click(world, world.bram, StopWork(ticket=ticket.number))
    assert reply.card is not None
    assert reply.card.subject == f"ticket:{ticket.number}"
    event = (await events_of(world, ticket.number))[-1]
    assert event_text(event, Language.EN) == "Bram Bakker stopped further work: no more than 0:30 is spent"


async def test_an_old_card_does_not_stop_what_was_approved_since(database: Database) -> None:
    """A stop is of what was approved until then: the card it came from stops nothing that was approved later (D13)."""
    world = await make_world(database)
    ticket, first = await offered(world, 60)
    await click(world, world.anna, approve(first))
    world.now += timedelta(minutes=1)
    stop = StopWork(ticket=ticket.number, estimate=first.id)
    await click(world, world.bram, stop)
    world.now += timedelta(minutes=1)
    await click(world, world.eva, SendEstimate(form_id=world.form(), ticket=ticket.number, minutes=30, what="Meer"))
    await click(world, world.anna, ApproveEstimate(estimate=first.id + 1, revision=first.revision + 1, minutes=30))
    granted = (await ticket_of(world, ticket.number)).granted_minutes
    old = await click(world, world.bram, ShowEstimate(estimate=first.id))
    assert "stop_work" not in {action.get("verb") for action in buttons_of(old).values()}
    again = await click(world, world.bram, stop)
    assert "no approved time left" in text_of(again)
    assert (await ticket_of(world, ticket.number)).granted_minutes == granted
