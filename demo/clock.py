"""The demo's day: a Tuesday in November, whatever day it really is, so that prices, bands and dates are always the
same.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

START = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)  # 9:12 in Amsterdam, office hours


class DemoClock:
    """Runs like any clock from `START` on, and forward by as much as a story says."""

    def __init__(self, start: datetime = START) -> None:
        self._start, self._began = start, monotonic()
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The demo's present instant, aware, UTC."""
        return self._start + self._ahead + timedelta(seconds=monotonic() - self._began)

    def let_pass(self, minutes: int) -> None:
        """Be so much later."""
        self._ahead += timedelta(minutes=minutes)
