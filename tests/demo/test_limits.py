"""Teams' limits, as sliding windows."""

from __future__ import annotations

from demo.faults import Call
from demo.limits import Limits


def test_every_window_holds() -> None:
    """7 in one second, 8 in two, 60 in thirty, 1800 in an hour: the answer is how long to wait, and waiting helps."""
    now = 0.0
    limits = Limits(clock=lambda: now)
    assert [limits.wait_s(Call.SEND, "a") for _ in range(7)] == [0.0] * 7
    assert limits.wait_s(Call.SEND, "a") == 1.0
    now = 1.0
    assert limits.wait_s(Call.SEND, "a") == 0.0
    assert limits.wait_s(Call.SEND, "a") == 1.0, "eight within two seconds"
    sent = 8
    while sent < 60:
        now += max(0.25, limits.wait_s(Call.SEND, "a") or 0.25)
        sent += limits.wait_s(Call.SEND, "a") == 0.0
    assert limits.wait_s(Call.UPDATE, "a") == 0.0, "updates are not limited"


def test_chats_do_not_share_a_limit() -> None:
    """A busy chat does not slow another one down."""
    limits = Limits(clock=lambda: 0.0)
    for _ in range(8):
        limits.wait_s(Call.SEND, "a")
    assert limits.wait_s(Call.SEND, "b") == 0.0
