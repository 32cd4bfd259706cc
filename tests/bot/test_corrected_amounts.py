"""A ticket's card shows what its invoices less credit notes come to, also after a correction (D9, D33)."""

from __future__ import annotations

from datetime import UTC, datetime

from cards.clicks.hours import CorrectTime
from cards.clicks.tickets import ShowTicket
from storage.database import Database
from tests.bot.people import text_of
from tests.bot.worked import TICKET, TODAY, clock, entries, log, world_with_ticket


async def test_what_was_invoiced_before_a_correction_counts_to_the_cent(database: Database) -> None:
    """40 minutes of November are € 56.67 on its invoice, ten more after it € 14.17: € 70.84, not the € 70.83 of 50."""
    world = await world_with_ticket(database)
    await log(world, world.eva, "10:00", "10:40")
    (entry,) = await entries(world)
    world.now = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    longer = CorrectTime(
        form_id=world.form(),
        ticket=TICKET,
        entry=entry.id,
        worked_on=TODAY,
        begin=clock("10:00"),
        worked_minutes=50,
        work="Rules of the mailbox repaired",
        why="Ten minutes were forgotten",
    )
    await world.click(world.eva, longer)
    shown = text_of(await world.click(world.bram, ShowTicket(ticket=TICKET))).replace("\xa0", " ")
    assert "€ 70.84" in shown
    assert "0:50 of 2:00" in shown
