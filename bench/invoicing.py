"""What a month's invoices cost: computed from the raw entries and issued, without documents, as `fourstar invoice run`.

    .venv/bin/python -m bench.invoicing                    # SQLite: 1,000 and 10,000 customers, ten entries each
    .venv/bin/python -m bench.invoicing --customers 1000 --url postgresql://...

Each size runs in a process of its own, so that the peak memory is its own. The yardstick inserts the same rows once
more with the driver alone, in transactions of the same size: the least that issuing can cost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.cli.invoice_runs import issue_month
from bot.invoicing import CHUNK
from storage.billing_tables import billing_details, invoice_lines, invoices
from storage.database import open_database
from storage.tables import contracts, customers, people, tickets, work_entries
from tests.bot.billing import BILLING, FIRST, NOVEMBER

ENTRIES = 10
TICKETS = 3
PART = 200
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figures:
    """One run."""

    customers: int
    entries: int
    seconds: float
    memory_mb: float
    added_mb: float
    """What issuing added to the peak that filling the database had reached."""
    cpu_seconds: float
    bare_seconds: float

    def line(self) -> str:
        """The figures in words."""
        ratio = f", {self.seconds / self.bare_seconds:.1f} times the bare inserts" if self.bare_seconds else ""
        return (
            f"{self.customers:>6} customers, {self.entries:>7} entries: {self.seconds:6.1f} s, "
            f"{self.customers / self.seconds:5.0f} invoices/s, {self.cpu_seconds:.1f} s CPU, "
            f"peak {self.memory_mb:.0f} MB, of which {self.added_mb:.0f} by issuing{ratio}"
        )


def fill(session: Session, first: int, count: int) -> None:
    """Customers from `first` on, each with three tickets of November and ten entries."""
    ids = range(first, first + count)
    if first == 1:
        person = {"tenant_id": "t", "object_id": "o", "name": "Eva", "language": "nl", "created_at": MADE_AT}
        session.execute(insert(people), [{**person, "id": 1, "chose_language": False}])
    session.execute(
        insert(customers),
        [{"id": n, "name": f"Customer {n}", "tenant_id": f"tenant-{n}", "created_at": MADE_AT} for n in ids],
    )
    year = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    session.execute(insert(contracts), [{"id": n, "customer_id": n, "number": f"2026-{n:05}", **year} for n in ids])
    place = {"street": "Dorpsstraat 1", "postal_code": "3231 AA", "city": "Brielle", "country": "NL", "language": "nl"}
    session.execute(
        insert(billing_details), [{"customer_id": n, "legal_name": f"Customer {n} B.V.", **place} for n in ids]
    )
    session.execute(insert(tickets), [_ticket(n, place) for n in ids for place in range(TICKETS)])
    session.execute(insert(work_entries), [_entry(n, place) for n in ids for place in range(ENTRIES)])


def _ticket(customer: int, place: int) -> dict[str, Any]:
    created_at = datetime(2026, 11, 2 + place * 8, 8, tzinfo=UTC)
    return {
        "number": 1000 + (customer - 1) * TICKETS + place + 1,
        "customer_id": customer,
        "subject": "Outlook shows no new mail since this morning",
        "description": "Outlook shows no new mail since this morning. Web mail works. " * 4,
        "created_at": created_at,
        "created_by": 1,
        "by_phone": False,
        "state": "in_progress",
        "outcome_details": {},
        "outside_hours_allowed": False,
        "is_void": False,
        "granted_minutes": 120,
        "approved_minutes": 0,
        "version": 1,
        "pickup_due_at": created_at + timedelta(days=3),
        "active_at": created_at,
        "last_event": "ticket_opened",
    }


def _entry(customer: int, place: int) -> dict[str, Any]:
    ticket = place % TICKETS
    begin = datetime(2026, 11, 2 + ticket * 8, 8, tzinfo=UTC) + timedelta(hours=place, minutes=customer % 50)
    end = begin + timedelta(minutes=5 + (customer + place * 7) % 20)
    return {
        "ticket_number": 1000 + (customer - 1) * TICKETS + ticket + 1,
        "engineer_id": 1,
        "started_at": begin,
        "ended_at": end,
        "is_billable": True,
        "place": "remote",
        "what": "Rules of the mailbox repaired",
        "recorded_at": end,
    }


async def measure(url: str, count: int) -> Figures:
    """Fill the database, issue the month, and insert the same rows once more with the driver."""
    database = open_database(url)
    await database.upgrade()
    for first in range(1, count + 1, PART):
        await database.write(lambda session, first=first: fill(session, first, min(PART, count + 1 - first)))  # type: ignore[misc]
    filled, cpu = _peak_mb(), time.process_time()
    before = time.perf_counter()
    totals = await issue_month(database, BILLING, NOVEMBER, FIRST, lambda _: None)
    seconds = time.perf_counter() - before
    memory, cpu = _peak_mb(), time.process_time() - cpu
    if (totals.invoices, totals.refused) != (count, 0):
        raise AssertionError(totals)
    bare = await asyncio.to_thread(bare_inserts, url) if url.startswith("sqlite") else 0.0
    await database.close()
    return Figures(count, count * ENTRIES, seconds, memory, memory - filled, cpu, bare)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare_inserts(url: str) -> float:
    """Seconds for the rows of invoices and lines, inserted once more with `sqlite3`, in as many transactions."""
    path = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path, isolation_level=None)
    rows = [_rows(connection, table.name) for table in (invoices, invoice_lines)]
    copy = sqlite3.connect(path.with_suffix(".bare"), isolation_level=None)
    copy.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    for table in (invoices, invoice_lines):
        [made] = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type='table' AND name=?", (table.name,)
        ).fetchone()
        copy.execute(made)
        for [index] in connection.execute(
            "SELECT sql FROM sqlite_master WHERE type='index' AND tbl_name=? AND sql IS NOT NULL", (table.name,)
        ):
            copy.execute(index)
    before = time.perf_counter()
    parts = max(1, len(rows[0]) // CHUNK)
    for part in range(parts):
        copy.execute("BEGIN IMMEDIATE")
        for table, all_rows in zip((invoices, invoice_lines), rows, strict=True):
            some = all_rows[part * len(all_rows) // parts : (part + 1) * len(all_rows) // parts]
            marks = ",".join("?" * len(some[0]))
            copy.executemany(f"INSERT INTO {table.name} VALUES ({marks})", some)  # noqa: S608 - our own names
        copy.execute("COMMIT")
    return time.perf_counter() - before


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608 - our own names


def _run(url: str, count: int, out: Any) -> None:
    figures = asyncio.run(measure(url, count))
    out.send(json.dumps(astuple(figures)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--url", default="", help="an empty PostgreSQL database; left out: SQLite files")
    given = parser.parse_args(arguments)
    context = multiprocessing.get_context("spawn")
    for count in given.customers:
        with tempfile.TemporaryDirectory() as folder:
            url = given.url or f"sqlite:///{folder}/bench.sqlite"
            receive, send = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(url, count, send))
            process.start()
            print(Figures(*json.loads(receive.recv())).line(), flush=True)
            process.join()


if __name__ == "__main__":
    main()
