"""Nothing that a client can send is a 5xx: random JSON with a valid token, through the real door and SDK."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wire import Reply
from tests.bot.teams.stand_in import CARD, PAYLOADS, Bot, payload

NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
KEYS = sorted({key for name in NAMES for key in payload(name)} | {"deliveryMode", "expiration", "relatesTo", "label"})
INNER = ["id", "name", "aadObjectId", "tenantId", "tenant", "action", "verb", "data", "type", "trigger", "text"]
ENVELOPE = {"type", "channelId", "serviceUrl"}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "\0", "2026-11-23T04:22:51Z", "9999-12-31T23:59:59.9999999+14:00", "Action.Execute", "add"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(INNER) | st.text(max_size=5), inner),
    max_leaves=8,
)


@st.composite
def activities(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded activity with some of its fields, at the top or one below, replaced, added or removed."""
    activity = payload(draw(st.sampled_from(NAMES)))
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=4)):
        inner = activity.get(key)
        if isinstance(inner, dict) and inner and draw(st.booleans()):
            inner[draw(st.sampled_from(sorted(inner) + INNER))] = draw(values)
        elif key not in ENVELOPE and draw(st.booleans()):
            activity.pop(key, None)
        else:
            activity[key] = draw(values)
    return activity


class Running:
    """A bot on a loop of its own, because hypothesis calls ordinary functions."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.bot = self.runner.run(Bot(limit_bytes=100_000).__aenter__())

    def say(self, activity: object) -> tuple[int, Any]:
        """Posts one activity."""
        return self.runner.run(self.bot.say(activity))

    def close(self) -> None:
        """Ends bot and loop."""
        self.runner.run(self.bot.__aexit__())
        self.runner.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """One bot for all examples."""
    running = Running()
    running.bot.router.reply = Reply(card=CARD)
    yield running
    running.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(activity=activities())
def test_no_activity_is_a_5xx(running: Running, activity: dict[str, Any]) -> None:
    """Recorded activities with random fields are taken (200) or refused (400, 401), and an invoke's answer is
    readable.
    """
    if "serviceUrl" in activity and isinstance(activity["serviceUrl"], str):
        activity["serviceUrl"] = running.bot.service_url
    status, body = running.say(activity)
    assert status in (200, 400, 401)
    if isinstance(body, dict) and "statusCode" in body:
        assert set(body) == {"statusCode", "type", "value"}
    unforeseen = [reason for reason in running.bot.door.refusals if reason.startswith("unreadable")]
    assert not unforeseen


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.binary(max_size=200) | values.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_a_5xx(running: Running, body: bytes) -> None:
    """Random bytes and random JSON are refused."""
    status, _ = running.say(body)
    assert status in (400, 401)
