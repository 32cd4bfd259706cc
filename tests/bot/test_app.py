"""The whole bot as operators see it: its pages, over HTTP, on both engines."""

from __future__ import annotations

from aiohttp import ClientSession
from yarl import URL

from demo.clock import DemoClock
from demo.connector import StandIn
from demo.people import ANNA
from demo.product import ClockOf, product


async def test_operators_see_that_it_runs_and_what_it_refused(database_url: str) -> None:
    """It says that it lives and is ready, counts what the door refused by reason, and shows no page without its key.

    Graph's handshake passes at both of its addresses.
    """
    clock = DemoClock()
    async with (
        StandIn(clock=clock.now) as stand_in,
        product(stand_in, database_url, ClockOf(stand_in)),
        ClientSession() as session,
    ):
        base = URL(stand_in.line.url).origin()
        anna = stand_in.person(ANNA)
        await anna.says("help")
        await anna.waits_for(lambda message: bool(message.card))
        for bearer in ("garbage", "other garbage"):
            headers = {"Authorization": f"Bearer {bearer}"}
            async with session.post(base / "api/messages", json={}, headers=headers) as refused:
                assert refused.status == 401
        for path in ("graph/notifications", "graph/lifecycle"):
            async with session.post(base / path, params={"validationToken": "is it you"}) as shaken:
                assert (shaken.status, await shaken.text()) == (200, "is it you")
        pages = {}
        for path in ("healthz", "readyz", "metrics", "metrics", "files/forged"):
            async with session.get(base / path) as response:
                pages[path] = response.status, await response.text()
    assert pages["healthz"] == (200, "ok")
    assert pages["readyz"] == (200, "ready")
    counted = [line for line in pages["metrics"][1].splitlines() if line.startswith("fourstar_refused_requests_total")]
    # Looked at twice, counted once.
    assert [float(line.rpartition(" ")[2]) for line in counted] == [2.0]
    assert 'fourstar_turns_total{kind="activity",outcome="answered"} 1.0' in pages["metrics"][1]
    assert pages["files/forged"][0] in (403, 404, 410)
