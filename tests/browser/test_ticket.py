"""The main job in the local client, several people at once, against the real bot."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from cards.language import texts_for
from contract.people import Language
from demo.clock import DemoClock
from demo.connector import StandIn
from demo.people import ANNA, BEN, EVA
from demo.product import start_product
from tests.browser.teams_window import teams_windows

pytestmark = pytest.mark.asyncio(loop_scope="session")
NL, EN = texts_for(Language.NL), texts_for(Language.EN)


async def test_a_problem_typed_becomes_a_ticket_everybody_sees(browser: Browser, tmp_path: Path) -> None:
    """Typed words open the form in the person's language; submitting puts the ticket in the form's place; the other
    contact and the engineer get it in their windows.
    """
    clock = DemoClock()
    async with (
        StandIn(clock=clock.now) as stand_in,
        start_product(stand_in, tmp_path),
        teams_windows(stand_in, [ANNA, BEN, EVA], browser, tmp_path / "windows") as windows,
    ):
        anna, ben, eva = windows["anna"], windows["ben"], windows["eva"]
        await anna.says("De kassa’s mailen niet meer")
        await anna.choose(NL("New ticket"), NL("Affected service (optional)"), "Teams")
        await anna.clicks(NL("New ticket"), NL("Submit ticket"))
        await anna.sees_card("1001")
        await anna.counts(0, NL("Submit ticket"))
        await ben.sees_card("1001")
        await eva.sees_card("1001")
        assert stand_in.violations == []
