"""Cards that stay in a chat are read days later: what they say still holds then."""

from __future__ import annotations

import re
from datetime import timedelta

from cards.clicks.hours import LogTime, ShowEntries, StartTimer
from cards.clicks.queue import ClaimTicket, ShowQueue
from cards.clicks.tickets import OpenTicket, ShowHistory, ShowTicket, ShowTickets, StartTicket
from storage.database import Database
from tests.bot.people import make_world, text_of

_RELATIVE = re.compile(r"\b(today|yesterday|tomorrow|vandaag|gisteren|morgen)\b")


async def test_a_card_that_stays_names_the_day(database: Database) -> None:
    """Tickets, lists, history and forms name the day: "today" would be wrong tomorrow."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail"))
    await world.click(world.eva, ClaimTicket(ticket=1001))
    world.now += timedelta(minutes=30)
    await world.click(world.eva, LogTime(form_id=world.form(), ticket=1001, worked_minutes=20, work="Gekeken"))
    await world.click(world.eva, StartTimer(ticket=1001))
    seen = [
        await world.click(world.eva, click)
        for click in (ShowTicket(ticket=1001), ShowHistory(ticket=1001), ShowEntries(ticket=1001), ShowQueue())
    ]
    seen += [
        await world.click(world.bram, click)
        for click in (ShowTicket(ticket=1001), ShowHistory(ticket=1001), ShowTickets(), StartTicket())
    ]
    for reply in seen:
        assert not _RELATIVE.search(text_of(reply)), text_of(reply)
    assert "ma 23 nov 10:30" in text_of(seen[0])


async def test_another_year_is_named(database: Database) -> None:
    """A day of another year says which."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail"))
    world.now += timedelta(days=60)
    assert "Mon 23 Nov 2026 10:30" in text_of(await world.click(world.bram, ShowTicket(ticket=1001)))
