"""What the tests of the bot share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from storage.database import Database
from tests.bot.deliveries import Bench


@pytest_asyncio.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    """Everything a delivery needs, on either engine; stopped at the end."""
    made = Bench(database)
    yield made
    for delivery in made.started:
        await delivery.stop(grace_s=0)
