"""The main story holds, also when Teams delivers everything twice or refuses for a while."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from demo.clock import DemoClock
from demo.connector import StandIn
from demo.faults import Call, Delivery
from demo.narrator import Narrator
from demo.product import start_product
from demo.story import main_story


def calm(stand_in: StandIn) -> None:
    """Nothing goes wrong."""


def twice_same_id(stand_in: StandIn) -> None:
    """Teams delivers every activity twice."""
    stand_in.line.delivery = Delivery.TWICE_SAME_ID


def twice_new_id(stand_in: StandIn) -> None:
    """Teams delivers every activity twice, under two ids."""
    stand_in.line.delivery = Delivery.TWICE_NEW_ID


def busy(stand_in: StandIn) -> None:
    """One call in five is refused for a moment."""
    stand_in.faults.add(
        Call.SEND, Call.UPDATE, status=429, code="Throttled", retry_after_s=0.1, chance=0.2, times=1_000_000
    )


@pytest.mark.parametrize("weather", [calm, twice_same_id, twice_new_id, busy])
async def test_the_story_holds(tmp_path: Path, weather: Callable[[StandIn], None]) -> None:
    """Every scene ends as told, nothing is sent that Teams would refuse, and no two calls meet in one chat."""
    clock = DemoClock()
    async with StandIn(clock=clock.now) as stand_in, start_product(stand_in, tmp_path):
        weather(stand_in)
        await main_story(stand_in, Narrator(stand_in, clock, Console(file=StringIO())))
        assert stand_in.violations == []
        assert stand_in.rest.overlaps == 0
