"""`make demo`: starts the bot with a Teams stand-in around it, plays the main story, then opens a window per person.

python -m demo                 the story, then the local client until Ctrl-C
python -m demo --once          the story only; its cards stay as JSON and PNG in demo-output/
python -m demo --skip-story    the windows only
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from demo.client import Clients
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.narrator import Narrator
from demo.node import ToolMissing
from demo.people import WITH_WINDOW
from demo.pictures import draw
from demo.playground import ClientFailed

StartBot = Callable[[StandIn, Path], AbstractAsyncContextManager[str]]
"""Starts a bot that trusts the stand-in, with its files in a folder; gives its messaging endpoint."""
Story = Callable[[StandIn, Narrator], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for."""

    once: bool = False
    skip_story: bool = False
    output: Path = Path("demo-output")


def read_arguments(arguments: list[str]) -> Wishes:
    """The command line. Exits with usage and code 2 when it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="The main story, then a window per person.")
    parser.add_argument("--once", action="store_true", help="stop after the story; keep its cards as files")
    parser.add_argument("--skip-story", action="store_true", help="open the windows at once")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="where --once leaves the cards")
    return Wishes(**vars(parser.parse_args(arguments)))


async def run(start_bot: StartBot, story: Story, wishes: Wishes, console: Console) -> int:
    """Play; returns the exit code: 0, or 1 where the story did not go as told."""
    with TemporaryDirectory(prefix="fourstar-demo-") as scratch:
        clock = DemoClock()
        async with StandIn(clock=clock.now) as stand_in, start_bot(stand_in, Path(scratch)) as endpoint:
            stand_in.line.url = endpoint
            if not wishes.skip_story:
                narrator = Narrator(stand_in, clock, console)
                try:
                    await story(stand_in, narrator)
                finally:
                    stand_in.screens.clear()
                for violation in stand_in.violations:
                    console.print(f"[red]Teams would not take this: {violation}[/red]")
                if wishes.once:
                    faulty = await draw(narrator.write(wishes.output))
                    console.print(f"\nThe cards of the story are in {wishes.output}/")
                    return int(bool(faulty or stand_in.violations))
            await _open_windows(stand_in, Path(scratch) / "windows", console)
    return 0


async def _open_windows(stand_in: StandIn, folder: Path, console: Console) -> None:
    """A window per person, until the program is stopped."""
    console.print("\nStarting a window for everybody (Microsoft 365 Agents Playground) …")
    async with Clients(stand_in, [stand_in.person(who) for who in WITH_WINDOW], folder) as clients:
        for window in clients.windows.values():
            who = window.person.identity
            console.print(f"  [bold]{window.playground.url}[/bold]  {who.name}, {who.part} at {who.organisation.name}")
        console.print("Open an address in a browser; one tab per person. Ctrl-C ends everything.")
        await _stopped()


async def _stopped() -> None:
    """Until somebody asks this process to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def main(arguments: list[str], start_bot: StartBot, story: Story) -> int:
    """The command `python -m demo`; returns the exit code."""
    wishes = read_arguments(arguments)
    console = Console(highlight=False)
    # Between the lines of a story only what really went wrong: a busy machine makes the bot warn that it is slow.
    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s")
    try:
        return asyncio.run(run(start_bot, story, wishes, console))
    except (ToolMissing, ClientFailed) as missing:
        console.print(missing, style="red", markup=False)
    except AssertionError as failure:
        console.print("\n[red]The story stopped:[/red]")
        console.print(failure, markup=False)
    except KeyboardInterrupt:
        console.print("Stopped.")
    return 1
