"""Fixtures of the seam: the bot's door on a real port, with signing keys published on another."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.teams.connector import open_session
from tests.bot.teams.line import Line
from tests.bot.teams.stand_in import Bot, ConnectorServer


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """The seam, listening."""
    async with Bot() as running:
        yield running


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A connector with a server."""
    server = ConnectorServer()
    async with server.server, open_session() as session:
        yield Line(session, server)
