"""Graph in ten thousand tenants: what a token and a question cost, what is kept of a tenant, how long a round takes.

    .venv/bin/python -m bench.graph_tenants                        # 10,000 tenants: about ten minutes
    .venv/bin/python -m bench.graph_tenants --tenants 1000

The stand-in (`demo/graph`) runs in a process of its own, over TLS; msal, msgraph-sdk and `graph.tenants` are the real
ones. A round is what the schedule does every quarter of an hour: one question in each tenant, with the slots that
delivery has. The yardstick asks the same questions with httpx alone, over the same kept connections, with a token that
is given. Not a test: read the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import psutil  # type: ignore[import-untyped]

from demo.graph.directory import Tenant, User
from demo.graph.server import GraphStandIn
from graph.access import Secret
from graph.client import Graph
from graph.login_session import trusting
from graph.people import load_account
from graph.tenants import Tenants, open_tenants

APP_ID = "00000000-0000-0000-0000-0000000000b0"
SECRET = "a-secret-of-the-bench"  # noqa: S105  invented
ROUNDS = 4
SLOTS = 16
"""As many as delivery has for Graph (`bot/app.py`)."""
EVERY_S = 900
APP_UNITS_PER_S = 150_000 / 20
"""What Graph allows an app over all tenants, for users and groups."""
TENANT_UNITS_PER_S = 3500 / 10
"""What it allows an app in one small tenant."""
USER = "u"


def tenant_ids(count: int) -> list[str]:
    """The tenants of the bench."""
    return [str(UUID(int=(1 << 124) + number)) for number in range(count)]


# --- the stand-in, in a process of its own ----------------------------------------------------------------------------


async def serve(count: int, latency_s: float) -> None:
    """Answers until the input ends; says where, in one line."""
    with tempfile.TemporaryDirectory() as folder:
        async with GraphStandIn(Path(folder)) as stand_in:
            stand_in.directory.add_app(APP_ID, SECRET)
            for tenant_id in tenant_ids(count):
                tenant = Tenant(tenant_id, tenant_id, f"{tenant_id}.example")
                stand_in.directory.tenants[tenant_id] = tenant
                tenant.consent(APP_ID, "User.Read.All", at=stand_in.clock())
                tenant.users[USER] = User("Anna", f"anna@{tenant.domain}", id=USER)
            if latency_s:
                stand_in.faults.add("* /v1.0/*", delay_s=latency_s, times=sys.maxsize)
            ready = {"login_host": stand_in.login_host, "url": stand_in.url, "ca": str(stand_in.ca_path)}
            print(json.dumps(ready), flush=True)
            await asyncio.to_thread(sys.stdin.read)


@dataclass(frozen=True, slots=True)
class Served:
    """Where the stand-in listens."""

    login_host: str
    url: str
    ca: str


@contextlib.asynccontextmanager
async def served(count: int, latency_s: float = 0.0) -> AsyncIterator[Served]:
    """A running stand-in."""
    command = [sys.executable, "-m", "bench.graph_tenants", "--serve", str(latency_s), "--tenants", str(count)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin is not None  # noqa: S101  asked for above
    assert process.stdout is not None  # noqa: S101
    try:
        yield Served(**json.loads(await process.stdout.readline()))
    finally:
        process.stdin.close()
        await process.wait()


# --- measuring --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """What one round took."""

    wall_s: float
    cpu_s: float
    rss_mb: float


async def a_round(ids: Iterable[str], ask: Callable[[str], Awaitable[object]], slots: int) -> Cost:
    """One question in each tenant, so many at a time."""
    waiting = iter(ids)
    began_s, cpu_s = time.perf_counter(), time.process_time()

    async def slot() -> None:
        for tenant_id in waiting:
            await ask(tenant_id)

    await asyncio.gather(*(slot() for _ in range(slots)))
    wall_s, cpu_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    gc.collect()
    return Cost(wall_s, cpu_s, psutil.Process().memory_info().rss / 1e6)


async def opened(at: Served) -> Tenants:
    """All tenants, led to the stand-in."""
    return await open_tenants(
        client_id=APP_ID,
        home_tenant_id=str(UUID(int=1)),
        credential=Secret(SECRET),
        graph_url=at.url,
        login_host=at.login_host,
        trusted_ca=Path(at.ca),
    )


async def bare(at: Served, ids: list[str], token: str, slots: int) -> Cost:
    """The same questions without anything of ours."""
    limits = httpx.Limits(max_keepalive_connections=slots)
    async with httpx.AsyncClient(verify=trusting(Path(at.ca)), limits=limits) as client:
        address = f"{at.url}/v1.0/users/{USER}"

        async def ask(_tenant_id: str) -> None:
            (await client.get(address, headers={"Authorization": f"Bearer {token}"})).raise_for_status().json()

        return await a_round(ids, ask, slots)


async def measure(count: int, slots: int) -> None:
    """Cold, warm, against the yardstick, and with answers that take as long as Graph's."""
    ids = tenant_ids(count)
    async with served(count) as at:
        tenants = await opened(at)
        await load_account(tenants.of(ids[0]), USER)

        async def ask(tenant_id: str) -> None:
            await load_account(tenants.of(tenant_id), USER)

        gc.collect()
        before_mb = psutil.Process().memory_info().rss / 1e6
        costs = [await a_round(ids, ask, slots) for _ in range(ROUNDS)]
        token = await tenants._tenant(ids[0]).tokens.get()  # noqa: SLF001  the yardstick has one for nothing
        yardstick = await bare(at, ids, token, slots)
        cold, warm = costs[0], costs[-1]
        print(f"{count} tenants, {slots} questions at a time; {before_mb:.0f} MB before the first round")
        for number, cost in enumerate(costs, 1):
            say(f"round {number}", cost, count)
        say("httpx alone", yardstick, count)
        print(f"a question costs {warm.cpu_s / yardstick.cpu_s:.1f} times what it costs httpx alone (CPU)")
        print(f"a login costs {(cold.cpu_s - warm.cpu_s) / count * 1000:.1f} ms CPU, once an hour in each tenant")
        print(f"kept of a tenant: {(cold.rss_mb - before_mb) / count * 1000:.1f} KB")
        print(f"growth in {ROUNDS - 1} warm rounds: {warm.rss_mb - cold.rss_mb:+.1f} MB")
        await tenants.close()
    for latency_s in (0.2, 1.0):
        await with_latency(min(count, 1000), count, slots, latency_s)


async def with_latency(asked: int, count: int, slots: int, latency_s: float) -> None:
    """How long the schedule's round takes where an answer takes as long as this."""
    ids = tenant_ids(asked)
    async with served(asked, latency_s) as at:
        tenants = await opened(at)

        async def ask(tenant_id: str) -> None:
            graph: Graph = tenants.of(tenant_id)
            await load_account(graph, USER)

        cost = await a_round(ids, ask, slots)
        await tenants.close()
    whole_s = cost.wall_s / asked * count
    rate = asked / cost.wall_s
    print(f"answers after {latency_s:g} s: {count} tenants in {whole_s:.0f} s of {EVERY_S} ({rate:.0f}/s, tokens"
          f" included): {rate / APP_UNITS_PER_S:.1%} of what Graph allows the app")  # fmt: skip


def say(name: str, cost: Cost, count: int) -> None:
    """One line."""
    print(f"{name:12} {cost.wall_s:6.1f} s {count / cost.wall_s:6.0f}/s {cost.cpu_s / count * 1000:6.2f} ms CPU each"
          f" {cost.rss_mb:6.0f} MB")  # fmt: skip


def main() -> None:
    """Run it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tenants", type=int, default=10_000)
    options.add_argument("--slots", type=int, default=SLOTS)
    options.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.tenants, given.serve))
    else:
        asyncio.run(measure(given.tenants, given.slots))


if __name__ == "__main__":
    main()
