"""Tells a story while it happens: what people do, line by line, and what the bot shows each of them.

A narrator watches chats as a window would. New messages are told one by one; that open cards changed is told once per
scene, since every change of a ticket reaches every open card of it. Cards that the story wants to keep are written as
JSON at its end.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from demo.buttons import Json
from demo.chat import ChatMessage, Version
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.person import Person

_LONGEST_LINE = 130
_DAY = 24 * 60  # minutes
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class _Watch:
    """One person's chat, watched for the narrator."""

    def __init__(self, narrator: Narrator, person: Person) -> None:
        self._narrator, self._person = narrator, person

    async def posted(self, message: ChatMessage) -> None:
        """The bot said something."""
        self._narrator.shown(self._person, message)

    async def updated(self, message: ChatMessage) -> None:
        """The bot changed a message."""
        self._narrator.changed(self._person)


class Narrator:
    """Prints a story and keeps its cards."""

    def __init__(self, stand_in: StandIn, clock: DemoClock, console: Console) -> None:
        self._console, self._clock = console, clock
        self._cards: dict[str, Json] = {}
        self._files: dict[str, bytes] = {}
        self._changed: Counter[str] = Counter()
        for person in stand_in.people.values():
            stand_in.screens[person.chat.id] = _Watch(self, person)

    def _print(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)

    def scene(self, title: str) -> None:
        """A new part of the story."""
        self.close_scene()
        at = self._clock.now().astimezone(AMSTERDAM)
        self._print(f"\n[bold]{escape(title)}[/bold]  [dim]{at:%A %H:%M}[/dim]")

    def close_scene(self) -> None:
        """Tell which open cards changed since the last time this was told."""
        if self._changed:
            names = ", ".join(f"{name} {count}×" for name, count in sorted(self._changed.items()))
            self._print(f"  [dim]↻ open cards brought up to date: {escape(names)}[/dim]")
            self._changed.clear()

    def later(self, minutes: int, why: str = "") -> None:
        """Let time pass."""
        self._clock.let_pass(minutes)
        at = self._clock.now().astimezone(AMSTERDAM)
        days = f"{minutes // _DAY} days" if minutes >= _DAY else f"{minutes} minutes"
        self._print(f"  [dim]… {days} later, {at:%A %H:%M}{': ' if why else ''}{escape(why)}[/dim]")

    def until(self, instant: datetime, why: str = "") -> None:
        """Let time pass until an instant, which lies ahead."""
        self.later(math.ceil((instant - self._clock.now()) / timedelta(minutes=1)), why)

    def did(self, person: Person, what: str) -> None:
        """Somebody did something."""
        self._print(f"  [cyan]{escape(person.name):<14}[/cyan] {escape(what)}")

    def tells(self, name: str, what: str) -> None:
        """Somebody who has no chat did something."""
        self._print(f"  [cyan]{escape(name):<14}[/cyan] {escape(what)}")

    def shown(self, person: Person, message: ChatMessage) -> None:
        """The bot posted something; a card is told by its first lines."""
        lines = message.words.splitlines()
        text = " · ".join(lines[:4] if message.card else filter(None, lines))
        if len(text) > _LONGEST_LINE:
            text = text[:_LONGEST_LINE] + "…"
        kind = "▣ " if message.card else ""
        self._print(f"  [dim]{escape(person.name):<14} ← {kind}{escape(text)}[/dim]")

    def changed(self, person: Person) -> None:
        """The bot changed a card, which notifies nobody."""
        self._changed[person.name] += 1

    def keep(self, name: str, what: ChatMessage | Version) -> None:
        """Keep the card that `what` shows now under this name. Raises AssertionError when it shows none."""
        if what.card is None:
            raise AssertionError(f"Not a card: {what.words}")
        number = len(self._cards) + 1
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        self._cards[f"{number:02}-{stem}"] = what.card

    def keep_file(self, name: str, content: bytes) -> None:
        """Keep a file that somebody got, under this name."""
        self._files[name] = content
        self._print(f"  [dim]{'':<14} ↓ {escape(name)}, {max(1, len(content) // 1024)} KB[/dim]")

    def write(self, folder: Path) -> list[Path]:
        """Write the kept files, and the kept cards as JSON files; returns the paths of the cards."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self._files.items():
            (folder / name).write_bytes(content)
        paths = [folder / f"{name}.json" for name in self._cards]
        for path, card in zip(paths, self._cards.values(), strict=True):
            path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return paths
