"""Drives the local client in Chromium as a person would: by what is written on the screen.

Nothing here sleeps: every step waits until the screen shows what it needs.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from demo.client import Clients
from demo.connector import StandIn
from demo.people import Identity

PATIENCE_MS = 20_000


class TeamsWindow:
    """One person's window. Messages and cards are named by a text in them; where several have it, the last is meant."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    async def opens(self) -> None:
        """Open the page and wait until it is ready, its start-up log included (closing it earlier can end its
        process).
        """
        await self.page.goto(self._url)
        await expect(self.page.get_by_role("treeitem", name="Personal Chat")).to_be_visible(timeout=PATIENCE_MS)
        started = self.page.get_by_text("about how to customize context information")
        await expect(started).to_be_visible(timeout=PATIENCE_MS)
        await expect(self.page.get_by_text(re.compile(r"installationUpdate \d+"))).to_be_visible(timeout=PATIENCE_MS)

    async def says(self, text: str) -> None:
        """Type a line and send it."""
        await self.page.locator("[role=textbox][contenteditable=true]").last.click()
        await self.page.keyboard.insert_text(text)
        await self.page.get_by_role("button", name="Send Message").click()

    def cards(self, text: str = "") -> Locator:
        """The cards that say `text`, whole cards only."""
        outermost = self.page.locator(".ac-adaptiveCard:not(.ac-adaptiveCard .ac-adaptiveCard)")
        return outermost.filter(has_text=text) if text else outermost

    def messages(self, text: str) -> Locator:
        """The messages that say `text`, cards included."""
        return self.page.locator('[aria-label="Message header"]').locator("..").filter(has_text=text)

    async def sees(self, text: str) -> Locator:
        """Wait for a message that says `text`; returns it."""
        message = self.messages(text).last
        await expect(message).to_be_visible(timeout=PATIENCE_MS)
        return message

    async def sees_card(self, text: str) -> Locator:
        """Wait for a card that says `text`; returns it."""
        card = self.cards(text).last
        await expect(card).to_be_visible(timeout=PATIENCE_MS)
        return card

    async def sees_no(self, text: str) -> None:
        """Nothing in the chat says `text` (any more)."""
        await expect(self.messages(text)).to_have_count(0, timeout=PATIENCE_MS)

    async def counts(self, cards: int, text: str = "") -> None:
        """Exactly so many cards that say `text`: proves that a card was updated and none added."""
        await expect(self.cards(text)).to_have_count(cards, timeout=PATIENCE_MS)

    async def fills(self, card: str, **values: str) -> None:
        """Type into the inputs of a card, by label (underscores stand for spaces)."""
        for label, value in values.items():
            await self.fill(card, label.replace("_", " "), value)

    async def fill(self, card: str, label: str, value: str) -> None:
        """Type into one input of a card."""
        await (await self.sees_card(card)).get_by_label(label).first.fill(value)

    async def choose(self, card: str, label: str, option: str) -> None:
        """Pick from a drop-down of a card."""
        await (await self.sees_card(card)).get_by_role("combobox", name=label).first.click()
        await self.page.get_by_role("option", name=option, exact=True).click()

    async def clicks(self, card: str, button: str) -> None:
        """Click a button of a card, once."""
        await (await self.sees_card(card)).get_by_role("button", name=button, exact=True).first.click()

    async def picture(self, path: Path) -> None:
        """Keep what the window shows."""
        await self.page.screenshot(path=path)


@asynccontextmanager
async def teams_windows(
    stand_in: StandIn, people: Iterable[Identity], browser: Browser, folder: Path
) -> AsyncIterator[dict[str, TeamsWindow]]:
    """A window per person, by key, each in a browser profile of its own and ready to be used. When the test fails,
    what each showed stays in `folder` as a picture.
    """
    async with AsyncExitStack() as stack:
        persons = [stand_in.person(identity) for identity in people]
        clients = await stack.enter_async_context(Clients(stand_in, persons, folder))
        windows: dict[str, TeamsWindow] = {}
        for key, client in clients.windows.items():
            context = await browser.new_context(viewport={"width": 1280, "height": 900})
            stack.push_async_callback(context.close)
            windows[key] = TeamsWindow(await context.new_page(), client.playground.url)
            await windows[key].opens()
        try:
            yield windows
        except BaseException:
            for key, window in windows.items():
                await window.picture(folder / f"{key}.png")
            raise
