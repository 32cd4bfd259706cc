"""People of tenants that nobody knows: one data-free answer each, then silence for a while.

A valid token proves only that Teams sent the activity; anybody's tenant can find the bot. What is kept is in memory and
bounded, so that a stranger's tenant can fill neither a disk nor a process.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

ANSWER_EVERY = timedelta(hours=1)
REMEMBERED = 10_000


class OutsiderLimit:
    """Says whether an outsider is answered this time."""

    def __init__(self) -> None:
        self._answered: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def may_answer(self, tenant_id: str, object_id: str, now: datetime) -> bool:
        """True once per person and hour."""
        key = (tenant_id, object_id)
        last = self._answered.pop(key, None)
        may = last is None or now - last >= ANSWER_EVERY
        self._answered[key] = now if may or last is None else last
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return may
