"""Tells a story while it happens: what people do, line by line, and what the bot shows each of them.

A narrator watches chats as a window would. Cards that the story wants to keep are written as JSON at its end.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from demo.buttons import Json
from demo.chat import ChatMessage, Version
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.person import Person

_LONGEST_LINE = 110
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class _Watch:
    """One person's chat, watched for the narrator."""

    def __init__(self, narrator: Narrator, person: Person) -> None:
        self._narrator, self._person = narrator, person

    async def posted(self, message: ChatMessage) -> None:
        """The bot said something."""
        self._narrator.shown(self._person, message, "←")

    async def updated(self, message: ChatMessage) -> None:
        """The bot changed a message."""
        self._narrator.shown(self._person, message, "↻")


class Narrator:
    """Prints a story and keeps its cards."""

    def __init__(self, stand_in: StandIn, clock: DemoClock, console: Console) -> None:
        self._console, self._clock = console, clock
        self._cards: dict[str, Json] = {}
        for person in stand_in.people.values():
            stand_in.screens[person.chat.id] = _Watch(self, person)

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self._console.print(f"\n[bold]{escape(title)}[/bold]")

    def later(self, minutes: int) -> None:
        """Let time pass."""
        self._clock.let_pass(minutes)
        at = self._clock.now().astimezone(AMSTERDAM)
        self._console.print(f"  [dim]… {minutes} minutes later, {at:%H:%M}[/dim]")

    def did(self, person: Person, what: str) -> None:
        """Somebody did something."""
        self._console.print(f"  [cyan]{escape(person.name):<14}[/cyan] {escape(what)}")

    def shown(self, person: Person, message: ChatMessage, sign: str) -> None:
        """The bot showed something; a card is told by its first lines."""
        lines = message.words.splitlines()
        text = " · ".join(lines[:3] if message.card else lines)
        if len(text) > _LONGEST_LINE:
            text = text[:_LONGEST_LINE] + "…"
        kind = "▣ " if message.card else ""
        self._console.print(f"  [dim]{escape(person.name):<14} {sign} {kind}{escape(text)}[/dim]")

    def keep(self, name: str, what: ChatMessage | Version) -> None:
        """Keep the card that `what` shows now under this name. Raises AssertionError when it shows none."""
        if what.card is None:
            raise AssertionError(f"Not a card: {what.words}")
        number = len(self._cards) + 1
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        self._cards[f"{number:02}-{stem}"] = what.card

    def write(self, folder: Path) -> list[Path]:
        """Write the kept cards as JSON files; returns their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{name}.json" for name in self._cards]
        for path, card in zip(paths, self._cards.values(), strict=True):
            path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return paths
