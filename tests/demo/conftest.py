"""The stand-in with a tiny bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from demo.connector import StandIn
from demo.people import ANNA, EVA
from demo.person import Person
from tests.demo.tiny_bot import TinyBot


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    """Teams, with a bot that is given up after a fifth of a second."""
    async with StandIn(timeout_s=0.2) as started:
        yield started


@pytest.fixture
async def bot(stand_in: StandIn) -> AsyncIterator[TinyBot]:
    """The tiny bot, connected."""
    async with TinyBot(stand_in) as started:
        yield started


@pytest.fixture
def anna(stand_in: StandIn, bot: TinyBot) -> Person:
    """A contact."""
    return stand_in.person(ANNA)


@pytest.fixture
def eva(stand_in: StandIn, bot: TinyBot) -> Person:
    """An engineer, in another tenant."""
    return stand_in.person(EVA)
