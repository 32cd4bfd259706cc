"""Access to a customer's Microsoft 365 as its people see it: the administrator in a browser, a contact in Teams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from rich.console import Console

from cards.language import texts_for
from contract.people import Language
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.narrator import Narrator
from demo.people import CARLA, EVA, GARAGE, PROVIDER
from demo.pictures import DESKTOP
from demo.product import ClockOf, product
from demo.scenes.garage import BEGINS_AT, PROBLEM, approves, asks, customer_card, garage
from demo.stage import Stage
from demo.tenants import HANS, HANS_ADDRESS
from demo.visitor import link_in, mails_to
from tests.browser.teams_window import PATIENCE_MS, TeamsWindow, teams_windows

pytestmark = pytest.mark.asyncio(loop_scope="session")
NL = texts_for(Language.NL)
TICKET = "Ticket 1001"
PHONE_WIDTH = 375
READABLE = 4.5
"""The contrast that WCAG 2.2 AA asks of text (criterion 1.4.3)."""
FAULTS = """() => {
    const found = [];
    const level = (color) => {
        const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        return /, 0\\)$/.test(color) && element.parentElement ? ground(element.parentElement) : color;
    };
    const words = [...document.querySelectorAll("body *")].filter((one) =>
        [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()));
    for (const one of words) {
        const [light, dark] = [level(getComputedStyle(one).color), level(ground(one))].sort((a, b) => b - a);
        if ((light + 0.05) / (dark + 0.05) < READABLE) found.push(`hard to read: ${one.textContent}`);
    }
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.push(`sticks out by ${page.scrollWidth - page.clientWidth} px`);
    if (document.querySelectorAll("main").length !== 1) found.push("not one main part");
    if (!document.querySelector("h1")) found.push("no heading");
    if (!page.lang || !document.title) found.push("no language or title");
    return found;
}""".replace("READABLE", str(READABLE))


async def test_the_administrator_consents_and_a_contact_sees_who_gets_in(browser: Browser, tmp_path: Path) -> None:
    """By keyboard alone the administrator goes from the mail to Microsoft and back; the contact's open cards say whom a
    ticket waits for, then who is in, and one click ends that in every window.
    """
    async with _stage(tmp_path) as (stage, stand_in):
        await _consented(stage, browser)
        customer = await customer_card(stage)
        form = await stage.mark.clicks(customer, "Contact by e-mail")
        await stage.mark.clicks(form, "Look up and appoint", email=CARLA.email)
        await stage.carla.gets("Welcome to the support of {provider}", provider=PROVIDER.name)
        async with teams_windows(stand_in, [CARLA], browser, tmp_path / "windows") as windows:
            carla = windows["carla"]
            await _waits(stage, carla)
            await _somebody_is_in(stage, carla)
            await _withdrawn(stage, carla)
        assert stand_in.violations == []


@asynccontextmanager
async def _stage(folder: Path) -> AsyncIterator[tuple[Stage, StandIn]]:
    clock = DemoClock(BEGINS_AT)
    async with (
        StandIn(clock=clock.now) as stand_in,
        product(stand_in, f"sqlite:///{folder / 'bot.sqlite'}", ClockOf(stand_in)),
    ):
        stage = Stage(stand_in, Narrator(stand_in, clock, Console(quiet=True)))
        for actor in stage.staff:
            await actor.installs()
        yield stage, stand_in


async def _consented(stage: Stage, browser: Browser) -> None:
    """Hans is named and gets a mail; he declines, which the page says, and then consents."""
    access = await stage.mark.clicks(await customer_card(stage), "Who had access")
    form = await stage.mark.clicks(access, "Name an administrator")
    await stage.mark.clicks(form, "Keep", administrator=HANS, address=HANS_ADDRESS, reads="nl")
    await asks(stage, "Ask for the app's permission")
    await stage.until_so(lambda: bool(mails_to(stage.graph, PROVIDER.tenant_id, HANS_ADDRESS)), "a mail to Hans")
    link = link_in(mails_to(stage.graph, PROVIDER.tenant_id, HANS_ADDRESS)[0], "/consent/")
    login = stage.graph.login.browser
    login.sign_in(garage(stage), next(one for one in garage(stage).users.values() if one.mail == HANS_ADDRESS))
    context = await browser.new_context(ignore_https_errors=True)  # the stand-in's certificates are its own
    page = await context.new_page()
    login.declines = True
    await page.goto(link)
    await _is_fine(page, NL("{provider} asks for access to your Microsoft 365", provider=PROVIDER.name))
    await expect(page.get_by_text("User.Read.All")).to_be_visible()
    await _presses_the_button(page)
    await _is_fine(page, NL("Nothing was granted"))
    login.declines = False
    await page.goto(link)
    await _presses_the_button(page)
    await _is_fine(page, NL("Thank you. We are checking it with Microsoft."))
    await stage.mark.sees(f"{GARAGE.name}: consent is in force")
    await page.goto(link)
    await _is_fine(page, NL("This was granted already"))
    await context.close()


async def _presses_the_button(page: Page) -> None:
    """The first thing that the keyboard reaches is the one button there is."""
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name=NL("Go on to Microsoft"))).to_be_focused()
    async with page.expect_navigation(url="**/consent/done**"):
        await page.keyboard.press("Enter")


async def _is_fine(page: Page, title: str) -> None:
    """The page says so in Dutch, fits a phone and a desktop, and can be read by everybody."""
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("html")).to_have_attribute("lang", "nl")
    for width in (PHONE_WIDTH, DESKTOP):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(FAULTS) == []


async def _waits(stage: Stage, carla: TeamsWindow) -> None:
    await carla.says(PROBLEM)
    await carla.clicks(NL("Submit ticket"), NL("Submit ticket"))
    await carla.sees_card(TICKET)
    await stage.eva.gets(TICKET)
    await stage.eva.clicks(stage.eva.ticket(1001), "Claim")
    await carla.sees_card(NL("We have no consent to work in your Microsoft 365. We will ask for it."))
    await asks(stage, "Ask access for our engineers")
    await carla.sees_card(NL("{provider} asks for access", provider=PROVIDER.name))
    # Hans got a mail: there is nothing left to forward today.
    await expect(carla.page.get_by_role("button", name=NL("Forward to {name}", name=HANS))).to_have_count(0)
    waiting = NL(
        "It waits for {administrator}, to whom the request was mailed on {when}.", administrator=HANS, when="|"
    )
    await carla.sees_card(waiting.partition("|")[0])


async def _somebody_is_in(stage: Stage, carla: TeamsWindow) -> None:
    await approves(stage, days=90)
    await carla.sees_card(NL("Consent is in force"))
    await carla.counts(0, NL("We can answer and advise meanwhile."))
    await stage.eva.clicks(stage.eva.ticket(1001), "Start remote session")
    await carla.sees_card(_in_session())


async def _withdrawn(stage: Stage, carla: TeamsWindow) -> None:
    await carla.says("toegang")
    access = NL("Who had access when")
    assert EVA.name in await (await carla.sees_card(access)).inner_text()
    await carla.clicks(access, NL("Withdraw consent"))
    form = NL("Withdraw the consent to remote access?")
    await carla.fill(form, NL("Why? (optional)"), "Eerst intern overleg")
    await carla.clicks(form, NL("Withdraw consent"))
    await carla.sees_card(NL("The consent is withdrawn. Remote work has stopped."))
    await carla.counts(0, _in_session())
    await carla.counts(1, NL("We can answer and advise meanwhile."))
    # Who did it is not told of it.
    await expect(carla.messages(NL("The end of a consent was asked for"))).to_have_count(0)
    await stage.eva.hears("ended because consent was withdrawn")


def _in_session() -> str:
    said = NL("Remote session: {name} since {when} ({consent})", name=EVA.name, when="|", consent="")
    return said.partition("|")[0]
