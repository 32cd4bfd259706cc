"""What the tests of estimates do over and over: offer, decide, log, look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.estimates import estimate_view
from bot.wire import IncomingKind, Reply
from cards.clicks.base import Click
from cards.clicks.estimates import ApproveEstimate, DeclineEstimate, SendEstimate
from cards.components import Card
from contract.allowance import Allowance, check_fits
from contract.estimates import Estimate
from contract.events import TicketEvent
from contract.hours import Place, WorkEntry
from contract.life_cycle import claim
from contract.tickets import Ticket
from storage.estimates import latest_estimate, load_estimate
from storage.hours import add_entry, load_entries
from storage.outbox_tables import outbox
from storage.people import load_standings
from storage.tickets import insert_ticket, load_events, load_ticket, save_ticket
from tests.bot.people import POLICY, Somebody, World

_forms = count(1)


def approve(estimate: Estimate) -> ApproveEstimate:
    """The click on the card's button."""
    return ApproveEstimate(estimate=estimate.id, revision=estimate.revision, minutes=estimate.minutes)


def decline(estimate: Estimate) -> DeclineEstimate:
    """The click on the card's other button."""
    return DeclineEstimate(estimate=estimate.id, revision=estimate.revision)


def form(ticket: Ticket, minutes: int | None, what: str = "Rebuild the *mail* profile") -> SendEstimate:
    """A filled-in form, with an id of its own."""
    return SendEstimate(form_id=f"form-number-{next(_forms)}", ticket=ticket.number, minutes=minutes, what=what)


async def click(
    world: World, who: Somebody, one: Click, *, at: datetime | None = None, typed: Mapping[str, Any] | None = None
) -> Reply:
    """Click a button; `typed` are the fields of the card it stands on."""
    activity = who.incoming(
        IncomingKind.ACTION, verb=one.verb, inputs={**one.data(), **(typed or {})}, reply_to_id=f"card-of-{who.id}"
    )
    reply = await world.router.handle(activity, at or world.now)
    assert reply is not None
    return reply


async def claimed(world: World) -> Ticket:
    """A ticket of Anna, opened two hours ago and picked up by Eva an hour ago."""

    def make(session: Session) -> Ticket:
        ticket = Ticket(
            number=0,
            customer_id=world.customer_id,
            subject="Outlook shows no new mail",
            description="Outlook shows no new mail since this morning.",
            created_at=world.now - timedelta(hours=2),
            created_by=world.anna.id,
        )
        ticket = insert_ticket(session, ticket, world.now + timedelta(days=3))
        ticket = claim(ticket, engineer_id=world.eva.id, now=world.now - timedelta(hours=1))
        save_ticket(session, ticket)
        return ticket

    return await world.database.write(make)


async def send(world: World, ticket: Ticket, minutes: int, *, at: datetime | None = None) -> Estimate:
    """Eva sends an estimate; returns it."""
    await click(world, world.eva, form(ticket, minutes), at=at)
    sent = await world.database.read(lambda session: latest_estimate(session, ticket.number))
    assert sent is not None
    assert sent.minutes == minutes
    return sent


async def offered(world: World, minutes: int) -> tuple[Ticket, Estimate]:
    """A ticket that Eva has, and an estimate on it."""
    ticket = await claimed(world)
    return ticket, await send(world, ticket, minutes)


def log_entry(session: Session, world: World, number: int, minutes: int) -> None:
    """Log billable time the way every handler does: the ticket's row first, then what fits. Raises OverAllowance."""
    ticket = load_ticket(session, number, lock=True)
    entries = load_entries(session, number)
    logged = sum(entry.minutes for entry in entries)
    check_fits(Allowance(ticket.granted_minutes, logged), minutes)
    started = world.now - timedelta(hours=2) + timedelta(minutes=logged)
    entry = WorkEntry(
        id=0,
        ticket_number=number,
        engineer_id=world.eva.id,
        started_at=started,
        ended_at=started + timedelta(minutes=minutes),
        is_billable=True,
        place=Place.REMOTE,
        what="Work",
        outside_hours_reason=None,
        recorded_at=world.now,
        corrects_id=None,
    )
    add_entry(session, entry)


async def log(world: World, ticket: Ticket, minutes: int) -> None:
    """Eva logs billable time."""
    await world.database.write(lambda session: log_entry(session, world, ticket.number, minutes))


async def ticket_of(world: World, number: int) -> Ticket:
    """The ticket as it stands."""
    return await world.database.read(lambda session: load_ticket(session, number))


async def estimate_of(world: World, estimate_id: int) -> Estimate:
    """The estimate as it stands."""
    return await world.database.read(lambda session: load_estimate(session, estimate_id))


async def events_of(world: World, number: int) -> list[TicketEvent]:
    """The history of a ticket, oldest first."""
    return await world.database.read(lambda session: load_events(session, number, internal=True, limit=200))


async def shown_to(world: World, who: Somebody, estimate_id: int, *, at: datetime | None = None) -> Card:
    """The card as delivery would render it for this person."""

    def render(session: Session) -> Card:
        reader = load_standings(session, [who.id])[who.id]
        return estimate_view(session, reader, {"estimate": estimate_id}, at or world.now, POLICY)

    return await world.database.read(render)


def lines_to(rows: Iterable[Mapping[str, Any]]) -> set[int]:
    """Who hears a line."""
    return {row["payload"]["person"] for row in rows if row["kind"] == "line"}


async def outbox_rows(world: World) -> list[dict[str, Any]]:
    """Everything that was ever announced, oldest first: kind and payload."""
    query = select(outbox.c.kind, outbox.c.payload).order_by(outbox.c.id)
    rows = await world.database.read(lambda session: session.execute(query).all())
    return [{"kind": row.kind, "payload": row.payload} for row in rows]
