"""The demo plays a story, keeps its cards, and says by its exit code how it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from demo.connector import StandIn
from demo.narrator import Narrator
from demo.people import ANNA
from demo.run import Wishes, main, read_arguments, run
from tests.demo.tiny_bot import TinyBot


@asynccontextmanager
async def start_tiny_bot(stand_in: StandIn, folder: Path) -> AsyncIterator[str]:
    """The tiny bot, started as the demo starts the product."""
    assert folder.name.startswith("fourstar-demo-")
    async with TinyBot(stand_in) as bot:
        yield bot.url


async def a_story(stand_in: StandIn, narrator: Narrator) -> None:
    """Anna asks for a card and looks at it."""
    narrator.scene("Anna asks")
    anna = stand_in.person(ANNA)
    narrator.did(anna, "card")
    await anna.says("card")
    card = await anna.waits_for("Ticket 1001")
    narrator.keep("A Ticket!", card.versions[0])
    await anna.clicks(card, "Look again")
    narrator.keep("seen once", card)


def names(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def silent() -> tuple[Console, StringIO]:
    """A console that can be read."""
    text = StringIO()
    return Console(file=text, width=200, highlight=False), text


@pytest.mark.xdist_group("browser")
async def test_once_leaves_cards_and_pictures(tmp_path: Path) -> None:
    """The story is told line by line; every kept card is a JSON file with a picture per width; exit code 0."""
    console, text = silent()
    assert await run(start_tiny_bot, a_story, Wishes(once=True, output=tmp_path), console) == 0
    assert names(tmp_path) == {
        "01-a-ticket.json",
        "01-a-ticket-640.png",
        "01-a-ticket-320.png",
        "02-seen-once.json",
        "02-seen-once-640.png",
        "02-seen-once-320.png",
    }
    assert "seen 0 times" in (tmp_path / "01-a-ticket.json").read_text(encoding="utf-8")
    assert "seen 1 times" in (tmp_path / "02-seen-once.json").read_text(encoding="utf-8")
    assert "Anna asks" in text.getvalue()
    assert "Ticket 1001, seen 0 times" in text.getvalue()


async def test_what_teams_would_not_take_fails_the_demo(tmp_path: Path) -> None:
    """A story in which the bot breaks a rule of Teams ends with exit code 1 and names it."""

    async def breaking(stand_in: StandIn, narrator: Narrator) -> None:
        await stand_in.person(ANNA).says("both")

    console, text = silent()
    assert await run(start_tiny_bot, breaking, Wishes(once=True, output=tmp_path), console) == 1
    assert "text and card in one activity" in text.getvalue()


def test_a_story_that_goes_wrong_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    """A button that is not there ends the program with exit code 1 and the list of buttons, without a traceback."""

    async def wrong(stand_in: StandIn, narrator: Narrator) -> None:
        anna = stand_in.person(ANNA)
        await anna.says("card")
        await anna.clicks(anna.chat.last, "Approve")

    assert main(["--once"], start_tiny_bot, wrong) == 1
    assert "No button “Approve”" in capsys.readouterr().out


def test_the_command_line_is_read() -> None:
    """Without arguments the story is played and the windows follow."""
    assert read_arguments([]) == Wishes()
    assert read_arguments(["--once", "--output", "x"]) == Wishes(once=True, output=Path("x"))
    with pytest.raises(SystemExit):
        read_arguments(["--nonsense"])
