"""`fourstar register`, `fourstar export` and `fourstar customer erase`, as they are typed (R3, R28, D6-D9)."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from storage.billing_tables import invoices
from storage.database import open_database
from tests.bot.archive import make_archive
from tests.bot.cli.test_commands import done, environment, fourstar, listed, refused
from tests.bot.stage import OURS, THEIRS

__all__ = ["environment"]

BAKERY = "Bakkerij Brood & Zo"


def filled(url: str, change: Any = None) -> None:
    """Put the archive into the database, and change something in it."""

    async def fill() -> None:
        database = open_database(url)
        try:
            await make_archive(database)
            if change is not None:
                await database.write(change)
        finally:
            await database.close()

    asyncio.run(fill())


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands after the contracts' end."""
    from datetime import UTC, datetime

    from bot.clock import SystemClock

    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime(2027, 3, 1, 12, tzinfo=UTC))


def test_the_register_of_a_year(database_url: str, tmp_path: Path) -> None:
    """On the screen with sums, as CSV for a spreadsheet, as JSON; the numbers are checked each time (D6-D9)."""
    filled(database_url)
    said = done("register", "2026")
    assert "C2026-0002" in said
    assert "The numbers run without a gap." in said
    assert "2026-Q4" in said
    path = tmp_path / "register.csv"
    assert "4 rows" in done("register", "2026", "--csv", str(path))
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row["number"] for row in rows] == ["2026-0001", "C2026-0001", "2026-0002", "C2026-0002"]
    assert rows[1]["gross"].startswith("-")
    assert (rows[0]["open"], rows[0]["month"], rows[0]["vat_percent"]) == ("0,00", "2026-11", "21")
    assert "exists" in refused("register", "2026", "--csv", str(path))
    told = json.loads(done("register", "2026", "--json"))
    gross = sum(row["gross_cents"] for row in told["rows"])
    for title in ("vat", "month", "quarter", "year"):
        assert sum(one["gross_cents"] for one in told["sums"][title].values()) == gross
    assert told["sums"]["month"].keys() == {"2026-12"}
    assert told["faults"] == []
    assert "Nothing was issued." in done("register", "2025")


def test_a_gap_ends_with_exit_code_1(sqlite_url: str) -> None:
    """An accountant's script sees that a number is missing (D6-D9)."""
    filled(
        sqlite_url,
        lambda session: session.execute(
            invoices.update().where(invoices.c.number == "2026-0001").values(number="2026-0009")
        ),
    )
    result = fourstar("register", "2026")
    assert result.exit_code == 1
    assert "2026-0001 is missing" in result.stderr


def test_an_export_is_whole_or_not_there(database_url: str, tmp_path: Path) -> None:
    """To a folder or a zip file, never over something; the manifest is in it (R3)."""
    filled(database_url)
    folder = tmp_path / "out"
    assert "files" in done("export", BAKERY, "--out", str(folder))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["with_internal"] is False
    assert THEIRS not in (folder / "tickets.json").read_text()
    assert OURS in (folder / "tickets.json").read_text()
    assert "exists" in refused("export", BAKERY, "--out", str(folder))
    done("export", BAKERY, "--zip", str(tmp_path / "all.zip"), "--with-internal")
    assert (tmp_path / "all.zip").stat().st_size > 1000
    assert "--out FOLDER or --zip FILE" in refused("export", BAKERY, code=2)
    assert "There is no customer" in refused("export", "Nobody", "--out", str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()
    assert not list(tmp_path.glob("*.partial"))


def test_erasing_is_said_before_it_is_done(database_url: str, long_ago: None) -> None:
    """A dry run changes nothing; without the name nothing happens; then what stays is said with why (R28)."""
    filled(database_url)
    said = done("customer", "erase", BAKERY, "--dry-run")
    assert "Would be erased" in said
    assert "Kept through 2033-12-31" in said
    assert "article 52 AWR" in said
    assert "write the customer's name" in fourstar("customer", "erase", BAKERY).stderr
    told = json.loads(done("customer", "erase", BAKERY, "--confirm", BAKERY, "--json"))
    assert told["dry_run"] is False
    assert told["removed"]["tickets"] == 1
    assert "nothing is left to erase" in done("customer", "erase", BAKERY, "--confirm", BAKERY)


def test_erasing_is_refused_while_something_goes_on(sqlite_url: str) -> None:
    """What has to end first is named (R28, D18)."""
    filled(sqlite_url)
    said = refused("customer", "erase", BAKERY, "--confirm", BAKERY)
    assert "contract C-1 runs until 2026-12-31" in said
    (row,) = [row for row in listed("customer", "list") if row["name"] == BAKERY]
    assert row["contacts"]
