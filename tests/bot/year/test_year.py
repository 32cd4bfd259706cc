"""A year in the life of a provider: whatever happens, the contract is carried out to the cent (R1-R34, D1-D35)."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from tests.bot.year.company import begin_life
from tests.bot.year.papers import check_papers
from tests.bot.year.walk import live

SHORT, WHOLE = (2027, 1), (2028, 2)


@pytest.mark.parametrize("seed", range(3))
async def test_some_months_hold(sqlite: Database, tmp_path: Path, seed: int) -> None:
    """From autumn over the year's end: billed once, at the right price, never without permission, paid and kept."""
    life = await begin_life(sqlite, seed, 5)
    await live(life, SHORT, events=40)
    await check_papers(life, tmp_path / "exports")


async def test_a_year_holds(postgresql: Database) -> None:
    """From November 2026 through February 2028, with two ends of a year, new prices and renewals of every kind."""
    life = await begin_life(postgresql, 19, 6)
    await live(life, WHOLE, events=14)
    rare = {"cancelled by customer", "renew in time", "credit due", "give back", "stop", "over the limit", "decide"}
    assert rare <= set(life.happened)
