"""The one place that reads the wall clock. Everything else is handed `now`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""


class SystemClock:
    """The clock of the machine. Replicas compare their clocks' times (leases), so they need NTP."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)
