"""Exporting time entries: what stands, with whose it is, and so that it can be read back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.hour_exports import COLUMNS, entry_rows
from bot.hour_files import write_rows
from contract.hours import WorkEntry
from storage import billing_tables, hours, tables
from storage.database import Database
from tests.bot.import_desk import DAY, Desk, make_desk


async def exported(desk: Desk, **asked: Any) -> str:
    """The export as a file."""
    return await desk.world.database.read(lambda session: "".join(write_rows(COLUMNS, entry_rows(session, **asked))))


async def test_an_export_is_read_back(database: Database) -> None:
    """Our own export names entries that are here: it adds nothing, and where they are missing it adds them all."""
    desk = await make_desk(database)
    await desk.run(desk.line("10:30", "11:00", what="-1 @home"), desk.line("11:00", "11:20", billable="no"))
    file = await exported(desk)
    assert "'-1 @home" in file
    again = await desk.run_file(file.encode())
    assert (again.added, again.known, again.refused) == (0, 2, ())
    lost = await desk.entries()
    await desk.world.database.write(
        lambda session: [
            session.execute(table.delete()) for table in (billing_tables.imported_entries, tables.work_entries)
        ]
    )
    assert (await desk.run_file(file.encode())).added == 2
    kept = await desk.entries()
    assert [(one.started_at, one.ended_at, one.what, one.is_billable) for one in kept] == [
        (one.started_at, one.ended_at, one.what, one.is_billable) for one in lost
    ]


async def test_what_an_export_has(database: Database) -> None:
    """The entries that stand, with names, minutes by band, reason and what they correct; of a month or customer."""
    desk = await make_desk(database)
    await desk.run(desk.line("16:30", "17:15", reason="agreed_time"))
    (entry,) = await desk.entries()
    shorter = WorkEntry(
        **{name: getattr(entry, name) for name in WorkEntry.__slots__ if name not in ("id", "ended_at", "corrects_id")},
        id=0,
        ended_at=entry.ended_at - timedelta(minutes=5),
        corrects_id=entry.id,
    )
    await desk.world.database.write(lambda session: hours.add_entry(session, shorter))

    def rows(session: Any, **asked: Any) -> list[dict[str, object]]:
        return list(entry_rows(session, **asked))

    (row,) = await desk.world.database.read(rows)
    assert row.keys() == set(COLUMNS)
    assert (row["customer"], row["ticket"], row["start"]) == ("Bakkerij Brood & Zo", desk.ticket, f"{DAY} 16:30+01:00")
    assert (row["minutes"], row["office"], row["after_hours"], row["reason"]) == (40, 30, 10, "agreed_time")
    assert row["corrected_from"] == f"fourstar:{entry.id}"
    for asked, count in (
        ({"month": (2026, 11)}, 1),
        ({"month": (2026, 12)}, 0),
        ({"month": (2026, 10)}, 0),
        ({"customer_id": desk.world.customer_id}, 1),
        ({"customer_id": desk.world.other_customer_id}, 0),
    ):
        assert len(await desk.world.database.read(partial(rows, **asked))) == count


async def test_an_export_of_many_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry comes once, however many pages are read."""
    monkeypatch.setattr("storage.hour_lists._PAGE", 2)
    desk = await make_desk(database)
    await desk.run(*(desk.line(f"11:{minute:02}", f"11:{minute + 1:02}") for minute in range(7)))
    file = await exported(desk)
    assert [line.split(",")[4] for line in file.splitlines()[1:]] == [
        f"{DAY} 11:{minute:02}+01:00" for minute in range(7)
    ]
