"""The end of a month in the local client: issued with one click, asked about, answered and paid."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser

from cards.language import texts_for
from contract.people import Language
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.people import ANNA, BEN, MARK
from demo.product import ClockOf, product
from tests.browser.teams_window import TeamsWindow, teams_windows

pytestmark = pytest.mark.asyncio(loop_scope="session")
NL, EN = texts_for(Language.NL), texts_for(Language.EN)
AFTER_NOON = datetime(2026, 12, 1, 11, 1, tzinfo=UTC)  # 12:01 in Amsterdam
NUMBER = "2026-0001"
WHY, BECAUSE = "Is december hier al bij?", "No: this is November’s fee only."


async def test_a_month_is_issued_asked_about_and_paid(browser: Browser, tmp_path: Path) -> None:
    """One click of the manager brings both contacts the invoice, each in the own language; a question about it is
    answered on the same card, and the payment shows in every window without another card.
    """
    clock = DemoClock(AFTER_NOON)
    async with (
        StandIn(clock=clock.now) as stand_in,
        product(stand_in, f"sqlite:///{tmp_path / 'bot.sqlite'}", ClockOf(stand_in)),
        teams_windows(stand_in, [ANNA, BEN, MARK], browser, tmp_path / "windows") as windows,
    ):
        anna, ben, mark = (windows[key] for key in ("anna", "ben", "mark"))
        await _issued(mark)
        await asyncio.gather(
            anna.sees_card(NL("Invoice {number}", number=NUMBER)),
            ben.sees_card(EN("Invoice {number}", number=NUMBER)),
        )
        await asyncio.gather(anna.sees_card("€ 332,75"), ben.sees_card("€ 332.75"))
        await _asked_and_answered(anna, ben, mark)
        await _paid(anna, ben, mark)
        assert stand_in.violations == []


async def _issued(mark: TeamsWindow) -> None:
    await mark.says("invoices")
    months = EN("To be paid")
    await mark.clicks(months, EN("Prepare {month}", month="November 2026"))
    ready = EN("Ready to issue")
    await mark.sees_card("€ 332.75")
    await mark.clicks(ready, "Issue 1 invoice")
    await mark.sees_card(EN("Issued"))


async def _asked_and_answered(anna: TeamsWindow, ben: TeamsWindow, mark: TeamsWindow) -> None:
    await anna.clicks(NL("Invoice {number}", number=NUMBER), NL("Question about it"))
    form = NL("Send question")
    await anna.fill(form, NL("Your question"), WHY)
    await anna.clicks(form, NL("Send question"))
    await asyncio.gather(ben.sees_card(WHY), mark.sees_card(WHY))
    await mark.fill(WHY, EN("Your answer (both contacts read it)"), BECAUSE)
    await mark.clicks(WHY, EN("Send answer"))
    await asyncio.gather(anna.sees_card(BECAUSE), ben.sees_card(BECAUSE))
    for window in (anna, ben, mark):
        await window.counts(1, BECAUSE)


async def _paid(anna: TeamsWindow, ben: TeamsWindow, mark: TeamsWindow) -> None:
    title = EN("Invoice {number}", number=NUMBER)
    await mark.says(NUMBER)
    await mark.clicks(title, EN("It was paid"))
    yes = EN("Yes, {amount} was paid", amount="€ 332.75")
    await mark.clicks(yes, yes)
    await mark.counts(0, yes)
    await ben.sees_card(EN("Still to pay"))
    await anna.says(NUMBER)
    card = await anna.sees_card(NL("Still to pay"))
    assert NL("Paid") in await card.inner_text()
