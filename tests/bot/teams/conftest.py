"""Fixtures of the seam: the bot's door on a real port, with signing keys published on another."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.teams.stand_in import Bot


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """The seam, listening."""
    async with Bot() as running:
        yield running
