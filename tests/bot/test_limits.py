"""The limits of Teams, as documented, are kept whatever the bot would like to say."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.limits import LONG, SHORT, TENANT, Bucket, Limits, Pace
from tests.bot.deliveries import START, SetClock

WINDOWS = ((1, 7), (2, 8), (30, 60), (3600, 1800))
"""Seconds, and how many sends to one chat Teams lets through in them."""


def send_all(clock: SetClock, limits: Limits, count: int) -> list[float]:
    """Send as fast as the limits let, and return when, in seconds."""
    times = []
    for _ in range(count):
        while (delay_s := limits.delay_s("chat")) > 0:
            clock.move(delay_s)
        limits.spend("chat")
        times.append((clock.now() - START).total_seconds())
    return times


def most_within(times: list[float], window_s: float) -> int:
    """The most sends within any window of this length, its end included."""
    first = most = 0
    for last, at in enumerate(times):
        while times[first] < at - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_a_chat_that_is_never_silent_keeps_every_window() -> None:
    """Worked: 6 + 1 in a second, 6 + 2 in two, 6 + 30 in half a minute, 900 + 900 in an hour."""
    clock = SetClock()
    times = send_all(clock, Limits(clock), 4000)
    assert times[:8] == [0, 0, 0, 0, 0, 0, 1, 2]
    for window_s, most in WINDOWS:
        assert most_within(times, window_s) <= most


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 90), min_size=20, max_size=60), st.integers(1, 40))
def test_no_pattern_of_pauses_breaks_a_window(pauses_s: list[int], burst: int) -> None:
    """Bursts after pauses of any length keep every window as well."""
    clock = SetClock()
    limits = Limits(clock)
    times: list[float] = []
    for pause_s in pauses_s:
        clock.move(pause_s)
        times += send_all(clock, limits, burst)
    for window_s, most in WINDOWS:
        assert most_within(times, window_s) <= most


def test_one_bucket_would_not_do() -> None:
    """Why there are two: a bucket of 7 that refills with 7 a second breaks the windows it does not know."""
    clock = SetClock()
    alone = Bucket(7, timedelta(seconds=1) / 7)
    times = send_all(clock, Limits(clock, short=alone, long=alone), 200)
    assert [most_within(times, window_s) > most for window_s, most in WINDOWS[:3]] == [True, True, True]


def test_chats_do_not_wait_for_each_other() -> None:
    """Every chat has buckets of its own."""
    clock = SetClock()
    limits = Limits(clock)
    for _ in range(6):
        limits.spend("chat")
    assert limits.delay_s("chat") == 1
    assert limits.delay_s("another") == 0


def test_a_tenant_has_a_limit_over_all_chats() -> None:
    """Many chats of one tenant together stay below 50 a second; another tenant is not kept waiting."""
    clock = SetClock()
    limits = Limits(clock)
    sent = 0
    while clock.now() < START + timedelta(seconds=1):
        delay_s = limits.delay_s(f"chat {sent}", "tenant")
        if delay_s > 0:
            clock.move(delay_s)
            continue
        limits.spend(f"chat {sent}", "tenant")
        sent += 1
    assert 40 <= sent <= 50
    for _ in range(TENANT.size):
        limits.spend("one more", "tenant")
    assert limits.delay_s("new", "tenant") > 0
    assert limits.delay_s("new", "another tenant") == 0


async def test_who_waits_first_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Direct answers to one chat that come at once are spread, in the order they came."""
    clock = SetClock()
    limits = Limits(clock, long=SHORT)
    slept: list[float] = []

    async def sleep(delay_s: float) -> None:
        slept.append(delay_s)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    for _ in range(9):
        await limits.wait("chat")
    assert slept == [1, 2, 3]


def test_a_clock_set_back_blocks_nobody_for_long() -> None:
    """After the clock was set back by a day a chat waits no longer than its buckets are large."""
    clock = SetClock()
    limits = Limits(clock)
    limits.spend("chat")
    clock.move(-86400)
    assert limits.delay_s("chat") <= LONG.size * LONG.every.total_seconds() * 2
    clock.move(-86400)
    short = Limits(clock, long=SHORT)
    short.learn("chat", Pace(START, START))
    assert short.delay_s("chat") <= SHORT.size * 2


def test_what_another_worker_spent_is_learnt() -> None:
    """The fuller of two accounts of a chat counts."""
    clock = SetClock()
    spent, fresh = Limits(clock), Limits(clock)
    for _ in range(6):
        spent.spend("chat")
    fresh.spend("chat")
    fresh.learn("chat", spent.pace("chat"))
    assert fresh.delay_s("chat") == 1
    spent.learn("chat", Pace(START, None))
    assert spent.delay_s("chat") == 1
    fresh.learn("new", Pace())
    assert fresh.pace("new") == Pace()


def test_chats_that_are_silent_are_forgotten() -> None:
    """The memory of ten thousand chats is let go when they have been silent long enough."""
    clock = SetClock()
    limits = Limits(clock)
    for number in range(10_001):
        limits.spend(f"chat {number}", f"tenant {number}")
    clock.move(10)
    limits.spend("one more", "tenant")
    assert (len(limits._chats), len(limits._tenants)) == (1, 1)
    assert isinstance(limits.pace("one more").long_full_at, datetime)
