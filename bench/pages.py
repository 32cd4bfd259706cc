"""How the lists behave when there are many tickets: the same pages from 1,000 and from 100,000."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.filling import Town, fill_tickets, fill_town
from bench.load import now
from bot.lines import PAGE_TICKETS, line_of
from cards.overview import Overview, overview_card
from contract.people import Language
from storage.database import Database, open_database
from storage.overview import TicketPage, customer_tickets
from storage.queue import Wanted, queue_page
from tests import postgres

CUSTOMERS = 50
SMALL = 1000
TIMES = 15
SIZE = 20

Page = Callable[[Session], TicketPage]


@contextmanager
def a_server() -> Iterator[postgres.Postgres]:
    """A PostgreSQL server that flushes every commit, unlike the one of the tests."""
    running = postgres.start()
    try:
        running.run("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")
        yield running
    finally:
        postgres.stop(running)


def _with_card(page: TicketPage, at: datetime) -> None:
    """Draw what fits a card of a list."""
    lines = tuple(line_of(row, Language.NL) for row in page.rows[:PAGE_TICKETS])
    overview_card(
        Overview(lines=lines, page=page.page, has_more=page.has_more, query="", form_id="12345678", now=at), Language.NL
    )


def questions(town: Town, tickets: int, at: datetime) -> Mapping[str, Page]:
    """What is asked; the first customer has a tenth of all tickets."""
    customer, engineer = town.customer_ids[0], town.engineer_ids[0]

    def overview(query: str, page: int = 1) -> Page:
        return lambda session: customer_tickets(session, customer, query, page, SIZE)

    def queue(wanted: Wanted, query: str = "") -> Page:
        return lambda session: queue_page(
            session, wanted, engineer, at, customer_id=None, query=query, page=1, size=SIZE, waiting=town.customer_ids
        )

    return {
        "overview": overview(""),
        "overview, page 5": overview("", 5),
        "overview, by number": overview("1011"),
        "overview, by frequent words": overview("mailbox fail"),
        "overview, by words of no ticket": overview("zebra crossing"),
        **{f"queue, {wanted.value}": queue(wanted) for wanted in Wanted},
        "queue, by number": queue(Wanted.OPEN, "1011"),
        "queue, by frequent words": queue(Wanted.OPEN, "mailbox fail"),
        "queue, by words of no ticket": queue(Wanted.OPEN, "zebra crossing"),
    }


async def _filled(url: str, tickets: int, at: datetime) -> tuple[Database, Town]:
    database = open_database(url)
    await database.upgrade()
    town = await database.write(lambda session: fill_town(session, CUSTOMERS, "https://example.com", at))
    for first in range(0, tickets, 10_000):
        count = min(10_000, tickets - first)
        await database.write(partial(fill_tickets, town=town, first=first, count=count, now=at))
    await database.write(lambda session: session.execute(text("ANALYZE")))
    return database, town


async def measure_pages(folder: Path, engines: tuple[str, ...], large: int) -> None:
    """Print the median time of each page, in ms from the call to the rows (overview: to the card)."""
    at = now()
    found: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    sizes = (SMALL, large)
    async with AsyncExitStack() as stack:
        databases = []
        server = stack.enter_context(a_server()) if "postgresql" in engines else None
        for engine in engines:
            for size in sizes:
                sqlite = f"sqlite:///{folder / f'pages{size}.sqlite'}"
                url = server.url(server.new_database("template0")) if server and engine != "sqlite" else sqlite
                database, town = await _filled(url, size, at)
                stack.push_async_callback(database.close)
                databases.append((engine, size, database, questions(town, size, at)))
        for _ in range(TIMES):
            for engine, size, database, asked in databases:
                for name, page in asked.items():
                    began = time.perf_counter()
                    answer = await database.read(page)
                    if name.startswith("overview"):
                        _with_card(answer, at)
                    found[engine, name, size].append((time.perf_counter() - began) * 1000)
    columns = [(engine, size) for engine in engines for size in sizes]
    print(f"\n(d) ms for {SIZE} tickets{'':16}" + "".join(f"{engine} {size:,}".rjust(22) for engine, size in columns))
    for name in questions(town, 0, at):
        print(f"{name:38}" + "".join(f"{median(found[engine, name, size]):22.1f}" for engine, size in columns))
