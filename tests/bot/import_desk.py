"""A ticket that an engineer has, and files of time entries for it: what the tests of `fourstar hours` begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select

from bot.hour_files import read_rows
from bot.imports import Imported, NothingKept, import_rows
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket
from contract.hours import WorkEntry
from storage import hours, tables
from storage.database import Database
from tests.bot.people import POLICY, World, make_world

HEAD = "id;ticket;engineer;start;end;billable;place;reason;what"
DAY = "2026-11-23"


@dataclass(slots=True)
class Desk:
    """The world at the end of Monday, with a ticket of Anna's that Eva has."""

    world: World
    ticket: int

    def line(
        self, begin: str, end: str, *, engineer: str = "Eva Engineer", ticket: int | None = None, **more: str
    ) -> str:
        """A line of a file: work of that Monday."""
        cells = {"id": "", "billable": "", "place": "", "reason": "", "what": "moved it", **more}
        start, stop = (word if "-" in word else f"{DAY} {word}" for word in (begin, end))
        number = str(self.ticket if ticket is None else ticket)
        return ";".join(
            (
                cells["id"],
                number,
                engineer,
                start,
                stop,
                cells["billable"],
                cells["place"],
                cells["reason"],
                cells["what"],
            )
        )

    async def run(self, *lines: str, apply: bool = True) -> Imported:
        """Import lines; what came of it, kept or not."""
        return await self.run_file("\n".join((HEAD, *lines)).encode(), apply=apply)

    async def run_file(self, content: bytes, *, apply: bool = True) -> Imported:
        """Import a file."""
        rows, refused = read_rows(content)

        def act(session: Any) -> Imported:
            return import_rows(session, rows, refused, POLICY, self.world.now, apply=apply)

        try:
            return await self.world.database.write(act)
        except NothingKept as nothing:
            return nothing.imported

    async def entries(self) -> tuple[WorkEntry, ...]:
        """What stands on the ticket."""
        return await self.world.database.read(partial(hours.load_entries, ticket_number=self.ticket))

    async def events(self) -> list[str]:
        """The kinds of everything that happened on it."""
        query = select(tables.ticket_events.c.kind).order_by(tables.ticket_events.c.id)
        return list(await self.world.database.read(lambda session: session.scalars(query).all()))


async def open_ticket(world: World) -> int:
    """One more ticket of Anna's; its number."""
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook is broken"))
    found = await world.database.read(lambda session: session.scalar(select(func.max(tables.tickets.c.number))))
    assert found is not None
    return int(found)


async def make_desk(database: Database) -> Desk:
    """Anna's ticket of 10:30, claimed by Eva; it is 18:00."""
    world = await make_world(database)
    number = await open_ticket(world)
    await world.click(world.eva, ClaimTicket(ticket=number))
    world.now += timedelta(hours=7, minutes=30)
    return Desk(world, number)
