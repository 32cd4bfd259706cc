"""The local client's windows show and send what the stand-in's people see and do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from demo.chat import How, card_activity
from demo.connector import StandIn
from demo.people import ANNA, EVA
from tests.browser.teams_window import teams_windows
from tests.demo.tiny_bot import TinyBot, ticket_card

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_windows_type_click_and_follow(browser: Browser, tmp_path: Path) -> None:
    """Words reach the bot signed and as Teams sends them; a click changes the card; an update changes it in place; only
    the person's own window shows any of it, and after a reload the window shows the chat again.
    """
    async with StandIn() as stand_in, TinyBot(stand_in) as bot:
        anna = stand_in.person(ANNA)
        await anna.says("card")  # before there is a window
        async with teams_windows(stand_in, [ANNA, EVA], browser, tmp_path) as windows:
            window = windows["anna"]
            await window.sees_card("seen 0 times")

            await window.says("the mail is down")
            await window.sees_card("What is wrong?")
            assert anna.chat.messages[-2].text == "the mail is down"
            assert bot.received[-1]["locale"] == "nl-NL"
            assert bot.received[-1]["conversation"]["tenantId"] == ANNA.tenant_id

            await window.fill("What is wrong?", "What is wrong?", "all mail")
            await window.choose("What is wrong?", "Affected", "E-mail")
            await window.clicks("What is wrong?", "Send")
            await window.sees_card("all mail")
            sent = bot.received[-1]["value"]
            assert sent["trigger"] == "manual"
            assert sent["action"]["data"] == {"form_id": "f1", "text": "all mail", "affected": "exchange"}
            assert [version.how for version in anna.chat.last.versions] == [How.POSTED, How.ANSWERED]

            first = anna.chat.from_bot[0]
            path = f"conversations/{anna.chat.id}/activities/{first.id}"
            await bot.call("PUT", anna.service_url, path, card_activity(ticket_card(42)))
            await window.sees_card("seen 42 times")
            await window.counts(2)
            await expect(windows["eva"].cards()).to_have_count(0)

            await window.opens()
            await window.sees_card("seen 42 times")
            await window.counts(2)
        assert stand_in.violations == []
        assert stand_in.screens == {}
