"""The main job in the local client, several people at once, against the real bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.app import RUNNING
from cards.language import texts_for
from contract.people import Language
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.people import ANNA, BEN, EVA, SAM
from demo.product import ClockOf, product
from tests.browser.teams_window import TeamsWindow, teams_windows

pytestmark = pytest.mark.asyncio(loop_scope="session")
NL, EN = texts_for(Language.NL), texts_for(Language.EN)
PROBLEM = "De kassa’s mailen niet meer"
TICKET = "Ticket 1001"


async def test_from_a_typed_problem_to_an_approved_estimate(browser: Browser, tmp_path: Path) -> None:
    """Typed words become a ticket in everybody's window; it is claimed, worked on up to the limit, estimated and
    approved with one click. Open cards change where they stand: none is added. A stranger sees nothing of it.
    """
    clock = DemoClock()
    async with (
        StandIn(clock=clock.now) as stand_in,
        product(stand_in, f"sqlite:///{tmp_path / 'bot.sqlite'}", ClockOf(stand_in)) as app,
        teams_windows(stand_in, [ANNA, BEN, EVA, SAM], browser, tmp_path / "windows") as windows,
    ):
        anna, ben, eva, sam = (windows[key] for key in ("anna", "ben", "eva", "sam"))
        await _refused(sam)
        await _opened(anna, ben, eva)
        await eva.clicks(TICKET, NL("Claim"))
        await asyncio.gather(anna.sees_card(NL("In progress")), ben.sees_card(EN("In progress")))
        # A person opens a form some seconds after the last change, not while that is still being shown.
        delivery = app[RUNNING].delivery
        await delivery.drained()
        await _logged_to_the_limit(eva, clock)
        await delivery.drained()
        await _estimated(eva)
        await asyncio.gather(anna.sees_card(NL("What is to be done")), ben.sees_card(EN("What is to be done")))
        await _approved(anna, ben, eva)
        for window, t in ((anna, NL), (ben, EN), (eva, NL)):
            await window.counts(1, t("What happened"))
        await sam.counts(0, TICKET)
        await sam.counts(1)
        assert stand_in.violations == []


async def _refused(sam: TeamsWindow) -> None:
    await sam.says("Mijn laptop start niet op")
    await sam.sees_card(ANNA.name)
    await sam.sees_card(BEN.name)


async def _opened(anna: TeamsWindow, ben: TeamsWindow, eva: TeamsWindow) -> None:
    await anna.says(PROBLEM)
    form = NL("Before you submit")
    await anna.choose(form, NL("Affected service (optional)"), "Teams")
    await anna.clicks(form, NL("Submit ticket"))
    for window in (anna, ben, eva):
        await window.sees_card(TICKET)
        await window.sees_card(PROBLEM)
    await anna.counts(0, form)


async def _logged_to_the_limit(eva: TeamsWindow, clock: DemoClock) -> None:
    clock.let_pass(130)
    form = NL("Log time on ticket {number}", number=1001)
    await eva.clicks(TICKET, NL("Log time"))
    await eva.fill(form, NL("Or only minutes, until now"), "130")
    await eva.fill(form, "Wat is er gedaan?", "Alles nagelopen")
    await eva.clicks(form, NL("Log time"))
    await eva.sees_card(NL("That is more than may be spent without asking: {left} left.", left="2:00"))
    await eva.counts(1, form)
    await eva.clicks(form, NL("Log {left}, rest not billed", left="2:00"))
    await eva.sees_card("€ 170,00")
    await eva.counts(0, form)


async def _estimated(eva: TeamsWindow) -> None:
    form = NL("Estimate for ticket {number}", number=1001)
    await eva.clicks(TICKET, NL("Estimate"))
    await eva.fill(form, "Extra minuten", "120")
    await eva.fill(form, "Wat ga je doen?", "Kassaserver omzetten")
    await eva.clicks(form, NL("Send estimate"))
    await eva.counts(0, form)


async def _approved(anna: TeamsWindow, ben: TeamsWindow, eva: TeamsWindow) -> None:
    before = [await window.cards().count() for window in (anna, ben, eva)]
    await ben.clicks(EN("What is to be done"), EN("Approve {amount}", amount="€ 170.00"))
    await ben.sees_card(EN("Approved by {name}, {when}", name=BEN.name, when=""))
    await anna.sees_card(NL("Approved by {name}, {when}", name=BEN.name, when=""))
    for window in (anna, ben, eva):
        await window.sees_card("2:00 van 4:00" if window is not ben else "2:00 of 4:00")
    await anna.counts(0, NL("Approve {amount}", amount="€ 170,00"))
    assert [await window.cards().count() for window in (anna, ben, eva)] == before
