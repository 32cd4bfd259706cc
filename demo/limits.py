"""Teams' limits per bot and chat (platform documentation, rate-limit page of 2026-10-08), as sliding windows."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from time import monotonic

from demo.faults import Call

# seconds -> calls
POSTING = {1.0: 7, 2.0: 8, 30.0: 60, 3600.0: 1800}
READING = {1.0: 14, 2.0: 16, 30.0: 120, 3600.0: 3600}
TEAMS_LIMITS: Mapping[Call, Mapping[float, int]] = {Call.SEND: POSTING, Call.CREATE: POSTING, Call.MEMBER: READING}
LARGEST_ACTIVITY_BYTES = 28 * 1024


class Limits:
    """Counts accepted calls per kind and chat. `clock` is monotonic, in seconds."""

    def __init__(
        self, windows: Mapping[Call, Mapping[float, int]] = TEAMS_LIMITS, clock: Callable[[], float] = monotonic
    ) -> None:
        self._windows, self._clock = windows, clock
        self._accepted: defaultdict[tuple[Call, str], deque[float]] = defaultdict(deque)

    def wait_s(self, call: Call, chat_id: str) -> float:
        """0 when the call is within every window, and counts it; otherwise the seconds until it would be."""
        windows = self._windows.get(call)
        if windows is None:
            return 0.0
        now, accepted = self._clock(), self._accepted[call, chat_id]
        while accepted and accepted[0] <= now - max(windows):
            accepted.popleft()
        waits = [0.0]
        for seconds, most in windows.items():
            if len(accepted) >= most and accepted[-most] > now - seconds:
                waits.append(accepted[-most] + seconds - now)
        if max(waits) == 0.0:
            accepted.append(now)
        return max(waits)
