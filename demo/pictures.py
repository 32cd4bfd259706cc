"""Pictures of cards, made by Microsoft's own renderer in Chromium with colours and sizes like those of Teams.

    async with Pictures() as pictures:
        picture = await pictures.render(card, width=320)
        picture.problems, picture.overflows, picture.png

One browser serves many cards. `python -m demo.pictures FILES…` writes a PNG beside each card file.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.async_api import FloatRect, Page, ViewportSize, async_playwright

from demo.buttons import Json
from demo.chromium import start_chromium
from demo.node import ToolMissing, find_module

DESKTOP, PHONE = 640, 320  # pixels
SCHEMA_VERSION = "1.5"
PEOPLE_PICKER = 'Property "choices.data"'
"""Teams takes it in a card of 1.5; the renderer knows it only from 1.6 on, and leaves it out."""
_HERE = Path(__file__).parent
_MARGIN = 12
_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><body><div id="card"></div></body></html>'


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered card, and what is wrong with it.

    `problems` the renderer's own complaints; `overflows` what sticks out sideways; `cut` text that was shortened to
    fit; `unlabelled` the ids of inputs without a label. `height` is in pixels. `png` is empty when no picture was
    wanted.
    """

    problems: tuple[str, ...]
    overflows: tuple[str, ...]
    cut: tuple[str, ...]
    unlabelled: tuple[str, ...]
    height: int
    png: bytes = b""

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that must not be, as lines for a failing test."""
        problems = tuple(text for text in self.problems if PEOPLE_PICKER not in text)
        named = (("renderer", problems), ("sticks out", self.overflows), ("no label", self.unlabelled))
        return tuple(f"{what}: {text}" for what, texts in named for text in texts)


class Pictures:
    """A browser with the renderer in it. Renders one card at a time."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._pages: dict[int, Page] = {}
        self._host = json.loads((_HERE / "teams_host.json").read_text(encoding="utf-8"))
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            playwright = await self._stack.enter_async_context(async_playwright())
            self._browser = await start_chromium(playwright)
        except BaseException:
            await self._stack.aclose()
            raise
        self._stack.push_async_callback(self._browser.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _page(self, width: int) -> Page:
        if width not in self._pages:
            viewport = ViewportSize(width=width + 2 * _MARGIN, height=800)
            context = await self._browser.new_context(viewport=viewport, device_scale_factor=2, offline=True)
            page = await context.new_page()
            await page.set_content(_PAGE)
            await page.add_style_tag(path=_HERE / "pictures.css")
            await page.add_script_tag(path=find_module("adaptivecards") / "dist" / "adaptivecards.js")
            await page.add_script_tag(path=_HERE / "pictures.js")
            self._pages[width] = page
        return self._pages[width]

    async def render(
        self, card: Json | bytes, width: int = DESKTOP, *, picture: bool = True, opened: bool = False
    ) -> Picture:
        """Render a card `width` pixels wide; with its ShowCards open when `opened`."""
        content = json.loads(card) if isinstance(card, bytes) else card
        async with self._lock:
            page = await self._page(width)
            what = {"card": content, "hostConfig": self._host, "version": SCHEMA_VERSION, "open": opened}
            found: dict[str, Any] = await page.evaluate("what => renderCard(what)", what)
            frame = FloatRect(x=0, y=0, width=width + 2 * _MARGIN, height=found["height"] + 2 * _MARGIN)
            png = await page.screenshot(full_page=True, clip=frame) if picture else b""
        return Picture(
            problems=tuple(found["problems"]),
            overflows=tuple(found["overflows"]),
            cut=tuple(found["cut"]),
            unlabelled=tuple(found["unlabelled"]),
            height=found["height"],
            png=png,
        )


async def draw(paths: list[Path], widths: tuple[int, ...] = (DESKTOP, PHONE)) -> int:
    """Write `card-640.png` and `card-320.png` beside every `card.json`; returns how many cards have faults."""
    faulty = 0
    async with Pictures() as pictures:
        for path in paths:
            faults: set[str] = set()
            for width in widths:
                picture = await pictures.render(path.read_bytes(), width)
                path.with_name(f"{path.stem}-{width}.png").write_bytes(picture.png)
                faults |= {f"{width} px: {fault}" for fault in picture.faults}
            faulty += bool(faults)
            for fault in sorted(faults):
                print(f"{path.name}: {fault}", file=sys.stderr)
    return faulty


def main(arguments: list[str]) -> int:
    """Exit code 1 when a card has faults or a tool is missing."""
    if not arguments:
        print("usage: python -m demo.pictures CARD.json …", file=sys.stderr)
        return 2
    try:
        return int(asyncio.run(draw([Path(one) for one in arguments])) > 0)
    except ToolMissing as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
