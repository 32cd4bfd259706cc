"""A ticket that an engineer has, and time on it: what the tests about hours begin with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.wire import Reply
from cards.clicks.hours import LogTime
from cards.clicks.tickets import OpenTicket
from contract.contracts import Addendum
from contract.events import EventKind, TicketEvent
from contract.hours import WorkEntry
from contract.life_cycle import claim
from storage.contracts import add_addendum, load_contracts, revoke_consents
from storage.database import Database
from storage.hours import load_entries
from storage.tickets import load_events, load_ticket, save_ticket
from tests.bot.people import NOW, Somebody, World, make_world
from tests.cards.walk import inputs

TODAY = date(2026, 11, 23)
TICKET = 1001


async def world_with_ticket(database: Database, *, number: int = TICKET) -> World:
    """The ticket was opened at 8:00 by Anna and claimed by Eva; now it is 15:00 on Monday 23 November 2026."""
    world = await make_world(database, now=NOW.replace(hour=7, minute=0))
    await add_ticket(world, number)
    world.now = datetime(2026, 11, 23, 14, 0, 30, tzinfo=UTC)
    return world


async def add_ticket(world: World, number: int) -> None:
    """One more ticket of Anna's, claimed by Eva."""
    await world.click(world.anna, OpenTicket(form_id=world.form(), description=f"Problem {number}"))

    def take(session: Any) -> None:
        save_ticket(session, claim(load_ticket(session, number, lock=True), engineer_id=world.eva.id, now=world.now))

    await world.database.write(take)


def hours(world: World, begin: str, end: str, /, **fields: Any) -> LogTime:
    """The form for time, filled in with begin and end of today."""
    values = {"worked_on": TODAY, "begin": clock(begin), "end": clock(end), "work": "Rules of the mailbox repaired"}
    return LogTime(form_id=world.form(), ticket=fields.pop("ticket", TICKET), **{**values, **fields})


def clock(shown: str) -> time:
    """The time of day that a clock shows, such as 14:05."""
    return time.fromisoformat(shown)


async def log(world: World, who: Somebody, begin: str, end: str, /, **fields: Any) -> Reply | None:
    """Log time of today."""
    return await world.click(who, hours(world, begin, end, **fields))


async def entries(world: World, number: int = TICKET) -> tuple[WorkEntry, ...]:
    """The entries of a ticket that stand."""
    return await world.database.read(lambda session: load_entries(session, number))


async def events(world: World, *kinds: EventKind, number: int = TICKET) -> list[TicketEvent]:
    """What happened on a ticket, of these kinds."""
    found = await world.database.read(lambda session: load_events(session, number, internal=True, limit=200))
    return [event for event in found if event.kind in kinds]


def filled(card: dict[str, Any]) -> dict[str, Any]:
    """What stands in the fields of a card."""
    return {field["id"]: field.get("value") for field in inputs(card)}


async def sign_addendum(world: World) -> None:
    """The customer signed an addendum for on-site work this month (D25)."""

    def sign(session: Any) -> None:
        contract = load_contracts(session, world.customer_id)[0]
        add_addendum(session, contract.id, Addendum(date(2026, 11, 1), date(2026, 11, 1), date(2026, 11, 30)))

    await world.database.write(sign)


async def revoke_access(world: World) -> None:
    """The customer withdrew remote access two hours ago (R25)."""
    at = world.now - timedelta(hours=2)
    await world.database.write(lambda session: revoke_consents(session, world.customer_id, at))
