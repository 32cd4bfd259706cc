"""How fast Teams lets the bot speak, and how the bot keeps to it.

Documented per bot and chat (Microsoft, "Optimize your bot with rate limiting", 2026-10-08): 7 sends in 1 second, 8 in
2, 60 in 30, 1800 in 3600; and 50 requests per second per app and tenant. Two buckets hold all four windows of a chat:
one of 6 that refills with 1 a second, one of 900 that refills with 1 every 4 seconds. Worked: within any second at most
6 + 1 = 7, within 2 seconds 6 + 2 = 8, within 30 seconds 6 + 30 = 36, within an hour 900 + 900 = 1800.

A bucket is one instant, the time at which it will be full again (the GCRA algorithm): a send is free while that lies no
further ahead than the bucket is large, and moves it ahead by the time one send takes to refill.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock


@dataclass(frozen=True, slots=True)
class Bucket:
    """Room for `size` sends at once; room for one comes back `every` so long."""

    size: int
    every: timedelta

    def free_at(self, full_at: datetime | None, now: datetime) -> datetime:
        """When the next send has room in a bucket that would be full again at `full_at`."""
        return max(now, self._kept(full_at, now) - self.every * (self.size - 1))

    def spent(self, full_at: datetime | None, now: datetime) -> datetime:
        """The bucket after a send."""
        return self._kept(full_at, now) + self.every

    def _kept(self, full_at: datetime | None, now: datetime) -> datetime:
        # Those who wait have spent already. An instant still further ahead comes from a clock that was set back.
        return now if full_at is None else min(max(full_at, now), now + self.every * self.size * 2)


SHORT = Bucket(6, timedelta(seconds=1))
LONG = Bucket(900, timedelta(seconds=4))
TENANT = Bucket(9, timedelta(seconds=1) / 40)
"""At most 9 + 40 in a second. Every replica has a bucket of its own; what Teams throttles all the same waits."""

_SWEEP_AT = 10_000


@dataclass(slots=True)
class Pace:
    """The buckets of one chat."""

    short_full_at: datetime | None = None
    long_full_at: datetime | None = None


class Limits:
    """The buckets of every chat and tenant this process speaks to."""

    def __init__(
        self, clock: Clock, *, short: Bucket = SHORT, long: Bucket = LONG, tenant: Bucket | None = TENANT
    ) -> None:
        self._clock = clock
        self._short = short
        self._long = long
        self._tenant = tenant
        self._chats: dict[str, Pace] = {}
        self._tenants: dict[str, datetime] = {}

    def delay_s(self, chat: str, tenant: str | None = None) -> float:
        """Seconds until a send to this chat has room; 0 when it has."""
        now = self._clock.now()
        pace = self._chats.get(chat, _FRESH)
        free_at = max(self._short.free_at(pace.short_full_at, now), self._long.free_at(pace.long_full_at, now))
        if tenant is not None and self._tenant is not None:
            free_at = max(free_at, self._tenant.free_at(self._tenants.get(tenant), now))
        return (free_at - now).total_seconds()

    def spend(self, chat: str, tenant: str | None = None) -> None:
        """Count a send, whether it had room or not."""
        now = self._clock.now()
        if len(self._chats) > _SWEEP_AT:
            self._sweep(now)
        pace = self._chats.setdefault(chat, Pace())
        pace.short_full_at = self._short.spent(pace.short_full_at, now)
        pace.long_full_at = self._long.spent(pace.long_full_at, now)
        if tenant is not None and self._tenant is not None:
            self._tenants[tenant] = self._tenant.spent(self._tenants.get(tenant), now)

    async def wait(self, chat: str, tenant: str | None = None) -> None:
        """Count a send and wait until it has room; who comes first goes first."""
        delay_s = self.delay_s(chat, tenant)
        self.spend(chat, tenant)
        if delay_s > 0:
            await asyncio.sleep(delay_s)

    async def wait_tenant(self, tenant: str) -> None:
        """Count a send against its tenant only, and wait until it has room."""
        if self._tenant is None:
            return
        now = self._clock.now()
        free_at = self._tenant.free_at(self._tenants.get(tenant), now)
        self._tenants[tenant] = self._tenant.spent(self._tenants.get(tenant), now)
        if free_at > now:
            await asyncio.sleep((free_at - now).total_seconds())

    def pace(self, chat: str) -> Pace:
        """The buckets of a chat, to be kept for whoever speaks to it next."""
        known = self._chats.get(chat, _FRESH)
        return Pace(known.short_full_at, known.long_full_at)

    def learn(self, chat: str, kept: Pace) -> None:
        """Take over what an earlier speaker kept, where that is the fuller account."""
        if kept.short_full_at is None and kept.long_full_at is None:
            return
        pace = self._chats.setdefault(chat, Pace())
        pace.short_full_at = _later(pace.short_full_at, kept.short_full_at)
        pace.long_full_at = _later(pace.long_full_at, kept.long_full_at)

    def _sweep(self, now: datetime) -> None:
        self._chats = {
            chat: pace
            for chat, pace in self._chats.items()
            if pace.long_full_at is not None and pace.long_full_at > now
        }
        self._tenants = {tenant: full_at for tenant, full_at in self._tenants.items() if full_at > now}


_FRESH = Pace()


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
