"""What Graph is answered and what follows from it: nothing is believed, and a burst is one look."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.graph_notices import LONGEST_TOKEN, SETTLES, SPACED
from bot.subscriptions import KEEP_SUBSCRIPTION, LIFECYCLE, NOTIFICATIONS
from bot.watches import WATCH_PEOPLE
from storage import watches
from storage.database import Database
from tests.bot.notice_desk import SECRET, item, open_desk
from tests.bot.people import OTHER_TENANT

# --- the handshake ----------------------------------------------------------------------------------------------------


async def test_the_handshake_gives_the_token_back(sqlite: Database) -> None:
    """The decoded token comes back as plain text and nothing else, harmless in a browser, at both addresses."""
    async with open_desk(sqlite) as desk:
        for path in (NOTIFICATIONS, LIFECYCLE):
            sent = f"{path}?validationToken=Validation%3A+a%20b+%3Cscript%3E"
            async with desk.client.post(sent) as answer:
                assert (answer.status, answer.content_type) == (200, "text/plain")
                assert await answer.text() == "Validation: a b &lt;script&gt;"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("token", ["", "x" * (LONGEST_TOKEN + 1)])
async def test_what_is_no_token_is_not_echoed(sqlite: Database, token: str) -> None:
    """Nobody has pages of text repeated in our name."""
    params = {"validationToken": token}
    async with open_desk(sqlite) as desk, desk.client.post(NOTIFICATIONS, params=params) as answer:
        assert (answer.status, await answer.text()) == (400, "")


# --- what follows from a notification ---------------------------------------------------------------------------------


async def test_a_genuine_notification_is_a_look(database: Database) -> None:
    """It is answered 202 and has the tenant looked at two seconds later; nothing else of it is used."""
    async with open_desk(database) as desk:
        assert await desk.post(item()) == 202
        assert await desk.planned() == desk.world.now + SETTLES
        assert await desk.asked(WATCH_PEOPLE) == []
        await desk.pass_time(SETTLES)
        assert [row["customer"] for row in await desk.asked(WATCH_PEOPLE)] == [desk.world.customer_id]
        assert desk.count("accepted") == 1


async def test_a_burst_is_one_look(database: Database) -> None:
    """However many come, in one request or in many, one look is planned; the next is spaced, and none is lost."""
    async with open_desk(database) as desk:
        began = desk.world.now
        assert await desk.post(*[item() for _ in range(50)]) == 202
        desk.world.now += timedelta(seconds=1)
        assert {await desk.post(item()) for _ in range(20)} == {202}
        assert await desk.planned() == began + SETTLES
        await desk.pass_time(timedelta(seconds=1))
        assert len(await desk.asked(WATCH_PEOPLE)) == 1
        assert await desk.post(item()) == 202
        assert await desk.planned() == began + SPACED
        assert desk.count("accepted") == 71


async def test_one_request_may_be_about_several_tenants(database: Database) -> None:
    """Each item stands for itself: a forged one spoils no genuine one beside it."""
    async with open_desk(database) as desk:
        assert await desk.post(item(clientState="x"), item(subscriptionId="nobody's"), 7, item()) == 202
        assert await desk.planned() is not None
        found = {one: desk.count(one) for one in ("accepted", "wrong_secret", "unknown", "unreadable")}
        assert found == {"accepted": 1, "wrong_secret": 1, "unknown": 1, "unreadable": 1}


@pytest.mark.parametrize(
    "forged,counted",
    [
        ({"clientState": SECRET + "x"}, "wrong_secret"),
        ({"clientState": ""}, "wrong_secret"),
        ({"clientState": None}, "unreadable"),
        ({"clientState": "é" * 128}, "wrong_secret"),
        ({"subscriptionId": "5f0a7c52-0000-4000-8000-00000000000b"}, "unknown"),
        ({"subscriptionId": "\x00"}, "unreadable"),
        ({"subscriptionId": "x", "clientState": ""}, "unknown"),
        ({"tenantId": OTHER_TENANT}, "other_tenant"),
        ({"tenantId": 5}, "unreadable"),
        ({"lifecycleEvent": 5}, "unreadable"),
    ],
)
async def test_a_forged_notification_does_nothing(
    database: Database, caplog: pytest.LogCaptureFixture, forged: dict[str, Any], counted: str
) -> None:
    """It is answered like a genuine one, changes nothing, is counted, and no secret gets into the log."""
    with caplog.at_level(logging.DEBUG):
        async with open_desk(database) as desk:
            assert await desk.post(item(**forged)) == 202
            assert (await desk.planned(), await desk.asked(KEEP_SUBSCRIPTION)) == (None, [])
            assert desk.count(counted) == 1
            assert desk.count("accepted") == 0
    assert SECRET not in caplog.text


async def test_who_is_no_longer_watched_is_unknown(database: Database) -> None:
    """A subscription whose watch was stopped has nothing looked at, although it may go on for a while."""
    async with open_desk(database) as desk:
        await database.write(
            lambda session: watches.switch_off(session, desk.world.customer_id, desk.world.now, by=None, why="x")
        )
        assert await desk.post(item()) == 202
        assert await desk.planned() is None
        assert desk.count("unknown") == 1


# --- lifecycle --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event,renews,looks",
    [
        ("reauthorizationRequired", True, False),
        ("subscriptionRemoved", True, True),
        ("missed", False, True),
        ("somethingNew", False, False),
    ],
)
async def test_lifecycle_events(database: Database, event: str, renews: bool, looks: bool) -> None:
    """Graph wants the subscription renewed or has dropped it: it is cared for; has it missed some: somebody looks."""
    async with open_desk(database) as desk:
        for _ in range(3):
            assert await desk.post(item(lifecycleEvent=event), path=LIFECYCLE) == 202
        expected = [{"customer": desk.world.customer_id, "renews": True}] if renews else []
        asked = await desk.asked(KEEP_SUBSCRIPTION)
        assert [{name: row[name] for name in ("customer", "renews")} for row in asked] == expected
        assert (await desk.planned() is not None) == looks
