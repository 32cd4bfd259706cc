"""The whole product watching ten thousand customers: contacts, an app consent and a relationship each, hour after hour.

    .venv/bin/python -m bench.graph_watch                                  # four simulated hours: about an hour
    .venv/bin/python -m bench.graph_watch --customers 1000 --hours 1 --latency 0
    .venv/bin/python -m bench.graph_watch --faults 0.05 --hanging 0.01

Database, schedule, outbox, both lanes of delivery and all their kinds are the real ones, as `bot/app.py` starts them;
questions go through msgraph-sdk to a Microsoft in the same process (`bench/microsoft.py`). Idle time is skipped
(`bench/skipping.py`): "busy" says which share of the time is left when it is. Not a test: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.microsoft import URL, BenchTenants, Microsoft
from bench.skipping import LoopClock, Skipping, SkippingLoop, counted
from bench.watched import BEGIN, PROBE, Probe, Teams, filled, people_of, settings_of
from bot.app import GRAPH_SLOTS, GRAPH_TIMEOUT_S
from bot.delivery import Delivery
from bot.kinds import graph_kinds, teams_kinds
from bot.limits import Limits
from bot.outcomes import Kind
from bot.policies import policy_of
from bot.reminders import recurring_with, timers_with
from bot.schedule import Schedule
from demo.people import PROVIDER
from graph.line import _make as line_over
from storage import outbox
from storage.access_tables import consent_grants, consent_ledger, tenant_watches
from storage.database import Database, open_database
from storage.outbox_states import Lane
from storage.outbox_tables import outbox as rows

EVERY_S = 900.0


# --- looking on -------------------------------------------------------------------------------------------------------


def standing(session: Session, now: datetime) -> dict[str, Any]:
    """What there is in the database."""

    def count(what: Any) -> int:
        return session.scalar(select(func.count()).select_from(what)) or 0

    late = select(tenant_watches.c.customer_id).where(tenant_watches.c.next_look_at < now - timedelta(minutes=1))
    overdue = select(consent_grants.c.id).where(consent_grants.c.next_check_at < now - timedelta(minutes=1))
    gauges = outbox.gauges(session, now)
    return {
        "outbox": count(rows),
        "waiting": gauges.waiting,
        "oldest_s": round(gauges.graph_oldest_s),
        "dead": gauges.dead,
        "late": count(late.subquery()) + count(overdue.subquery()),
        "ledger": count(consent_ledger),
    }


@dataclass(slots=True)
class Watching:
    """What is printed each quarter of an hour."""

    path: Path
    database: Database
    microsoft: Microsoft
    clock: LoopClock
    loop: SkippingLoop

    async def run(self, hours: float) -> None:
        """Look on, for so many hours."""
        for quarter in range(1, round(hours * 3600 / EVERY_S) + 1):
            cpu_s, wall_s, total = time.process_time(), time.perf_counter(), self.microsoft.asked.total
            await asyncio.sleep(EVERY_S)
            cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
            found = await self.database.read(partial(standing, now=self.clock.now()))
            gc.collect()
            size = sum(file.stat().st_size for file in self.path.parent.iterdir()) / 1e6
            memory = psutil.Process().memory_info().rss / 1e6
            asked = self.microsoft.asked.total - total
            print(
                f"{quarter * 15:4} min: busy {wall_s / EVERY_S:.0%} (CPU {cpu_s / EVERY_S:.0%}), {asked} questions;"
                f" {memory:.0f} MB, file {size:.0f} MB; {found}",
                flush=True,
            )
            if quarter == 1:
                # What was switched on all at once has its turns by now.
                self.microsoft.asked.gaps.clear()


async def live(count: int, hours: float, *, latency_s: float, faults: float, hanging: float) -> None:
    """Start everything as the bot does, and look on."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SkippingLoop)  # noqa: S101 - made below
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = settings_of(f"sqlite:///{folder}/bench.sqlite")
        policy, clock = policy_of(settings), LoopClock(loop, BEGIN)
        database = open_database(settings.database_url)
        stack.push_async_callback(database.close)
        await database.upgrade()
        began_s = time.perf_counter()
        town = await filled(database, count, policy)
        people = people_of(town)
        silent = frozenset(list(people)[:: round(1 / hanging)]) if hanging else frozenset()
        print(
            f"{count} customers filled in after {time.perf_counter() - began_s:.0f} s; {len(silent)} hang", flush=True
        )
        microsoft = Microsoft(
            PROVIDER.tenant_id, people, BEGIN, loop.time, latency_s=latency_s, faults=faults, hanging=silent
        )
        line = await asyncio.to_thread(line_over, URL, microsoft)
        clock = LoopClock(loop, BEGIN)
        counted(database, loop)
        limits, teams, probe = Limits(clock), Teams(), Probe(database, clock)
        said: dict[tuple[str, str], int] = {}

        def observe(kind: str, outcome: str) -> None:
            said[kind, outcome] = said.get((kind, outcome), 0) + 1

        kinds = teams_kinds(database, teams, policy, mailer=None, clock=clock, limits=limits)
        out = Delivery(database, (*kinds, Kind(PROBE, probe.perform, is_limited=False)), clock, limits, observe=observe)
        lane = Delivery(
            database,
            graph_kinds(database, BenchTenants(line, microsoft), settings, policy, clock=clock),
            clock,
            limits,
            slots=GRAPH_SLOTS,
            timeout_s=GRAPH_TIMEOUT_S,
            lane=Lane.GRAPH,
            observe=observe,
        )
        schedule = Schedule(database, timers_with(policy), recurring_with(policy), clock)
        for part in (out, lane, schedule):
            await part.start()
            stack.push_async_callback(part.stop)
        probing = asyncio.create_task(probe.run())
        stack.callback(probing.cancel)
        async with Skipping(loop):
            await Watching(folder / "bench.sqlite", database, microsoft, clock, loop).run(hours)
        say(microsoft, teams, probe, said, loop.time())


def say(microsoft: Microsoft, teams: Teams, probe: Probe, said: dict[tuple[str, str], int], at_s: float) -> None:
    """What came of it."""
    asked = microsoft.asked
    asked.rest(at_s)
    print(f"Microsoft was asked {asked.total} times, {asked.logins} logins; in 10 s at most {asked.most} times,"
          f" {asked.most_of_home} in the provider's tenant, {asked.most_of_one} in a customer's")  # fmt: skip
    gaps = {what: f"{seconds / 60:.1f} min" for what, seconds in sorted(asked.gaps.items())}
    print(f"longest between two looks at the same source: {gaps}")
    waits = sorted(probe.waits_s)
    print(f"a line to Teams: {waits[len(waits) // 2]:.3f} s, 99 % {waits[len(waits) * 99 // 100]:.3f} s,"
          f" longest {waits[-1]:.3f} s; {teams.sent} cards sent")  # fmt: skip
    for (kind, outcome), times in sorted(said.items()):
        print(f"  {kind:22} {outcome:8} {times}")


def main() -> None:
    """Run it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=10_000)
    options.add_argument("--hours", type=float, default=4.0)
    options.add_argument("--latency", type=float, default=0.2)
    options.add_argument("--faults", type=float, default=0.0)
    options.add_argument("--hanging", type=float, default=0.0)
    given = options.parse_args()
    logging.basicConfig(level=logging.ERROR)
    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        runner.run(
            live(given.customers, given.hours, latency_s=given.latency, faults=given.faults, hanging=given.hanging)
        )


if __name__ == "__main__":
    main()
