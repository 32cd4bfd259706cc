"""The pictures of the story in the README: four of its cards side by side, as contact and engineer see them.

`python -m demo.story_picture docs` plays the story and draws them anew.
"""

from __future__ import annotations

import asyncio
import base64
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import ViewportSize, async_playwright
from rich.console import Console

from demo.chromium import start_chromium
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.narrator import Narrator
from demo.node import ToolMissing
from demo.pictures import Pictures
from demo.product import start_product
from demo.story import main_story

CARD, GAP = 400, 20  # pixels
PICTURES = {
    "story": (
        ("new-ticket-form-anna-nl", "Anna types what is wrong, and gets a form with her words in it"),
        ("at-the-limit-eva-nl", "Eva logs time: at two hours the work stops, nothing typed is lost"),
        ("estimate-open-ben-en", "Ben, in English, decides with one click; everybody hears"),
        ("invoice-ben-en", "The month’s invoice explains itself, line by line"),
    ),
    "access": (
        ("waiting-for-access-carla-nl", "Nobody touches Carla’s Microsoft 365 before its administrator consents"),
        ("remote-session-carla-nl", "He did: she sees who is in, since when, and by which consent"),
        ("consent-ends-soon-carla-nl", "Before a consent ends, both sides get the link to renew it"),
        ("contact-lost-carla-nl", "A colleague’s account is disabled: out at once, and she names another"),
    ),
}
SHOWN = tuple(card for cards in PICTURES.values() for card in cards)
_STYLE = """
body { margin: 0; padding: 20px; background: #e8e8f4; font: 600 16px/22px "Segoe UI", "Liberation Sans", sans-serif; }
main { display: flex; gap: 20px; align-items: flex-start; }
p { margin: 0 4px 8px; min-height: 44px; color: #242424; display: flex; align-items: end; }
img { display: block; border-radius: 6px; }
"""


async def story_cards() -> dict[str, bytes]:
    """The cards the story keeps, as JSON, by name without its number."""
    clock = DemoClock()
    with TemporaryDirectory(prefix="fourstar-picture-") as scratch:
        folder = Path(scratch)
        async with StandIn(clock=clock.now) as stand_in, start_product(stand_in, folder):
            narrator = Narrator(stand_in, clock, Console(file=StringIO()))
            await main_story(stand_in, narrator)
            return {path.stem.partition("-")[2]: path.read_bytes() for path in narrator.write(folder / "cards")}


async def compose(cards: dict[str, bytes], shown: tuple[tuple[str, str], ...]) -> bytes:
    """One PNG with the chosen cards, a caption above each."""
    columns = ""
    async with Pictures() as pictures:
        for name, caption in shown:
            png = base64.b64encode((await pictures.render(cards[name], CARD)).png).decode()
            columns += f'<div><p>{caption}</p><img width="{CARD + 24}" src="data:image/png;base64,{png}"></div>'
    async with async_playwright() as playwright:
        browser = await start_chromium(playwright)
        width = len(shown) * (CARD + 24) + (len(shown) - 1) * GAP + 40
        page = await browser.new_page(viewport=ViewportSize(width=width, height=400), device_scale_factor=1.25)
        await page.set_content(f"<!doctype html><style>{_STYLE}</style><main>{columns}</main>")
        picture = await page.screenshot(full_page=True)
        await browser.close()
    return picture


def main(arguments: list[str]) -> int:
    """Exit code 1 when a tool is missing."""
    if len(arguments) != 1:
        print("usage: python -m demo.story_picture FOLDER", file=sys.stderr)
        return 2
    try:
        cards = asyncio.run(story_cards())
        for name, shown in PICTURES.items():
            Path(arguments[0], f"{name}.png").write_bytes(asyncio.run(compose(cards, shown)))
    except ToolMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
