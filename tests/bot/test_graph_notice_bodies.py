"""Whatever is sent to the address of Graph's notifications, and however slowly: nobody waits, nothing is believed."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.graph_notices import AT_ONCE, MOST_BYTES, MOST_HELD, MOST_ITEMS, MOST_SUBSCRIPTIONS, PATIENCE_S, read_notices
from bot.subscriptions import NOTIFICATIONS
from storage.database import Database
from tests.bot.notice_desk import item, open_desk


class Slow:
    """A database that takes its time."""

    async def read(self, _fn: Any) -> Any:
        """Longer than anybody waits."""
        await asyncio.sleep(60)


class Broken:
    """A database that is away."""

    async def read(self, _fn: Any) -> Any:
        """At once."""
        raise ConnectionError


@pytest.mark.parametrize("over,counted", [(Slow(), 1), (Broken(), 0)])
async def test_a_slow_database_is_a_503_in_time(sqlite: Database, over: Any, counted: int) -> None:
    """Graph is asked to come again before its three seconds are over, and so it is where the database is away."""
    assert PATIENCE_S < 2.9
    async with open_desk(sqlite, over=over, patience_s=0.05) as desk:
        assert await desk.post(item()) == 503
        assert desk.count("too_slow") == counted
        assert await desk.planned() is None


async def test_a_body_that_does_not_end_is_not_waited_for(sqlite: Database) -> None:
    """Whoever sends a byte now and then is cut off like a slow database."""

    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    async with open_desk(sqlite, patience_s=0.1) as desk, desk.client.post(NOTIFICATIONS, data=drip()) as answer:
        assert answer.status == 503


async def test_not_too_many_at_once(sqlite: Database) -> None:
    """Who comes while so many wait for the database is asked to come again at once."""
    async with open_desk(sqlite, over=Slow(), patience_s=0.5) as desk:
        statuses = await asyncio.gather(*(desk.post(item()) for _ in range(AT_ONCE + 5)))
        assert set(statuses) == {503}
        assert desk.count("too_slow") == AT_ONCE


async def test_a_transaction_that_was_undone_silences_nobody(sqlite: Database) -> None:
    """Where the look could not be written down the next notification of the tenant has it looked at all the same."""

    class Undone:
        read = staticmethod(sqlite.read)
        fails = True

        async def write(self, fn: Any) -> Any:
            if self.fails:
                raise ConnectionError
            return await sqlite.write(fn)

    over = Undone()
    async with open_desk(sqlite, over=over) as desk:
        assert await desk.post(item()) == 503
        over.fails = False
        assert await desk.post(item()) == 202
        assert await desk.planned() is not None


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_has_a_limit(sqlite: Database, declared: bool) -> None:
    """More than a megabyte is not read to its end, whether or not its length was said."""

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 65536 + 1):
            yield b" " * 65536

    async with open_desk(sqlite) as desk:
        body: Any = io.BytesIO(b" " * (MOST_BYTES + 1)) if declared else parts()
        async with desk.client.post(NOTIFICATIONS, data=body) as answer:
            assert answer.status == 413
        assert desk.count("too_large") == 1


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ITEMS = st.dictionaries(
    st.sampled_from(["subscriptionId", "clientState", "tenantId", "organizationId", "lifecycleEvent", "x"]), ANY_JSON
)
ODD = (b"", b"null", b"[]", b"{", b"\xff\xfe", b"{}", b'{"value": {}}', b'{"value": [null]}', b"[" * 5000, b'"\\ud800"')


@given(st.binary(max_size=60) | st.fixed_dictionaries({"value": st.lists(ITEMS | ANY_JSON)}))
def test_anything_can_be_read(sent: Any) -> None:
    """Whatever the body is, reading it fails on nothing and makes no more notices than it has items."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    notices, seen = read_notices(body)
    items = len(sent["value"]) if isinstance(sent, dict) else 0
    assert len(notices) <= items
    assert len(notices) + seen["unreadable"] >= items


async def test_anything_can_be_sent(sqlite: Database) -> None:
    """Odd bodies are answered 202 like all others, and nothing follows from them."""
    async with open_desk(sqlite) as desk:
        for body in ODD:
            assert await desk.post(body=body) == 202
        odd: list[Any] = [0, None, [], {}, "x" * 500, [item()], True, -1.5]
        for value in odd:
            for name in ("subscriptionId", "clientState", "tenantId", "lifecycleEvent"):
                if name == "tenantId" and not value:
                    continue  # said by nobody: the secret is what counts
                assert await desk.post(item(**{name: value})) == 202
        assert await desk.planned() is None
        # An event that nobody knows carried the secret, and asks for nothing.
        assert desk.count("accepted") == 1


def test_one_request_makes_bounded_work() -> None:
    """Of too many items, and of too many subscriptions, the rest is counted and left."""
    many = [item(subscriptionId=f"s{number}") for number in range(MOST_SUBSCRIPTIONS + 7)]
    notices, seen = read_notices(json.dumps({"value": many}).encode())
    assert (len(notices), seen["too_many"]) == (MOST_SUBSCRIPTIONS, 7)
    notices, seen = read_notices(json.dumps({"value": [item()] * (MOST_ITEMS + 3)}).encode())
    assert (len(notices), seen["too_many"]) == (MOST_ITEMS, 3)


async def test_slow_senders_keep_nobody_out(sqlite: Database) -> None:
    """However many send a byte now and then: what Graph sends at once is taken meanwhile."""
    stop = asyncio.Event()

    async def drip() -> AsyncIterator[bytes]:
        while not stop.is_set():
            yield b" "
            await asyncio.sleep(0.05)

    async with open_desk(sqlite, patience_s=5.0) as desk:
        slow = [asyncio.create_task(desk.post(body=drip())) for _ in range(AT_ONCE + 20)]
        await asyncio.sleep(0.2)
        assert await desk.post(item()) == 202
        assert desk.count("accepted") == 1
        stop.set()
        assert set(await asyncio.gather(*slow)) == {202}


async def test_bodies_under_way_have_a_size_together(sqlite: Database) -> None:
    """Many large ones at once are asked to come again before they fill the memory; what was held is free again then."""
    half = MOST_BYTES // 2

    async def stuck() -> AsyncIterator[bytes]:
        yield b" " * half
        await asyncio.sleep(0.6)

    async with open_desk(sqlite, patience_s=2.0) as desk:
        many = 2 * MOST_HELD // MOST_BYTES
        slow = [asyncio.create_task(desk.post(body=stuck())) for _ in range(many + 2)]
        statuses = await asyncio.gather(*slow)
        assert 503 in statuses
        assert statuses.count(202) <= many
        assert await desk.post(item()) == 202
