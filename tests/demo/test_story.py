"""The main story holds, also when Teams delivers everything twice or refuses for a while."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cards.language import texts_for
from contract.people import Language
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.faults import Call, Delivery
from demo.narrator import Narrator
from demo.people import ANNA
from demo.product import ClockOf, product
from demo.story import FIRST_CUSTOMER, main_story
from demo.story_picture import SHOWN


def calm(stand_in: StandIn) -> None:
    """Nothing goes wrong."""


def twice_same_id(stand_in: StandIn) -> None:
    """Teams delivers every activity twice."""
    stand_in.line.delivery = Delivery.TWICE_SAME_ID


def twice_new_id(stand_in: StandIn) -> None:
    """Teams delivers every activity twice, under two ids."""
    stand_in.line.delivery = Delivery.TWICE_NEW_ID


def busy(stand_in: StandIn) -> None:
    """One call in ten is refused for a moment."""
    stand_in.faults.add(
        Call.SEND, Call.UPDATE, status=429, code="Throttled", retry_after_s=0, chance=0.1, times=1_000_000
    )


@pytest.mark.parametrize(
    "engine,weather",
    [
        ("sqlite", calm),
        ("postgresql", calm),
        ("sqlite", twice_same_id),
        ("postgresql", twice_new_id),
        ("sqlite", busy),
    ],
)
async def test_the_story_holds(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, weather: Callable[[StandIn], None]
) -> None:
    """On either engine every scene ends as told, nothing is sent that Teams would refuse, no two calls meet in one
    chat, and the cards of the README's picture are kept.
    """
    database_url = request.getfixturevalue(f"{engine}_url")
    clock = DemoClock()
    async with StandIn(clock=clock.now) as stand_in, product(stand_in, database_url, ClockOf(stand_in)):
        weather(stand_in)
        narrator = Narrator(stand_in, clock, Console(file=StringIO()))
        # What weather and engine do to cards they do to those of the first customer already.
        is_whole = weather is calm and engine == "sqlite"
        await main_story(stand_in, narrator, *(() if is_whole else (FIRST_CUSTOMER,)))
        assert stand_in.violations == []
        assert stand_in.rest.overlaps == 0
        kept = {path.stem.partition("-")[2] for path in narrator.write(tmp_path / "cards")}
        assert not is_whole or {name for name, _ in SHOWN} <= kept
        if weather is calm:
            # Where Teams itself says things twice under two names, typed words count twice.
            for person in stand_in.people.values():
                told = [
                    line for message in person.chat.from_bot if not message.card for line in message.text.split("\n\n")
                ]
                assert len(told) == len(set(told)), person


async def test_an_answer_is_not_lost_when_teams_is_busy(sqlite_url: str) -> None:
    """What somebody typed is answered, also where Teams takes the answer only at the second attempt."""
    clock = DemoClock()
    async with StandIn(clock=clock.now) as stand_in, product(stand_in, sqlite_url, ClockOf(stand_in)):
        anna = stand_in.person(ANNA)
        fault = stand_in.faults.add(Call.SEND, status=429, code="Throttled", retry_after_s=0)
        await anna.says("hulp")
        await anna.waits_for(texts_for(Language.NL)("What you can do here"))
        assert fault.hits == 1
