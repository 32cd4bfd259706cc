"""A message with files that comes twice at the same instant (R5)."""

from __future__ import annotations

import asyncio

from storage.database import Database
from tests.bot.stored_files import Place, file_rows
from tests.bot.test_attaching import opened


async def test_a_message_delivered_twice_at_once_is_kept_once(database: Database) -> None:
    """Teams delivers a message again under another id while the first is still being kept: the ticket gets it once."""
    world, place = await opened(database), Place()
    for number in range(1, 13):
        sent = place.offer(f"scherm-{number}.png")
        await asyncio.gather(
            *(world.say(world.anna, "1001 kijk", sent, activity_id=f"m-{number}-{way}") for way in ("first", "again"))
        )
        assert len(await file_rows(world)) == number
