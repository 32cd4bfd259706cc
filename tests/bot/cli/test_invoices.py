"""`fourstar invoice`: a month is issued, listed, paid, given back and reminded of (R14, R15, D9)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from storage.database import open_database
from tests.bot.billing import FIRST, add_billed_customer, add_engineer, add_worked_ticket
from tests.bot.cli.test_commands import done, environment, fourstar, listed, refused
from tests.bot.deliveries import SetClock

__all__ = ["environment"]

SELLER = {
    "LEGAL_NAME": "Oxineo B.V.",
    "STREET": "Voorstraat 116",
    "POSTAL_CODE": "3231 BK",
    "CITY": "Brielle",
    "REGISTRATION": "12345678",
    "VAT_ID": "NL123456782B90",
    "IBAN": "NL91 ABNA 0417 1643 00",
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """It is 1 December 2026, 12:00 local time, and the provider's settings for invoices are given."""
    made = SetClock()
    made.at = FIRST
    monkeypatch.setattr("bot.cli.opened.SystemClock", lambda: made)
    for name, value in SELLER.items():
        monkeypatch.setenv(f"FOURSTAR_PROVIDER_{name}", value)
    return made


def keep(url: str, fn: Callable[[Any], object]) -> None:
    """Write something into the database of the commands."""

    async def write() -> None:
        database = open_database(url, owner=False)
        await database.write(fn)
        await database.close()

    asyncio.run(write())


def some(session: Any) -> None:
    """Three customers, the second without an address; the first has a ticket with 40 minutes."""
    engineer = add_engineer(session)
    for number in (1, 2, 3):
        add_billed_customer(session, number, is_complete=number != 2)
    add_worked_ticket(session, 1, engineer, datetime(2026, 11, 23, 9, tzinfo=UTC), [40])


def test_a_month_from_beginning_to_end(database_url: str, clock: SetClock) -> None:
    """Dry run, run, run again, list, show, part payment, the rest, undo, credit: each says what it did."""
    keep(database_url, some)
    dry = fourstar("invoice", "run", "2026-11", "--dry-run")
    assert dry.exit_code == 1
    assert "Dry run of 2026-11, nothing was kept: 3 invoices, € 881.67 excl. VAT" in dry.stdout
    assert "Customer 2: can't be issued: street, postal_code, city missing: fourstar customer billing 2" in dry.stderr
    assert listed("invoice", "list") == []
    for now, before in ((2, 0), (0, 2)):
        ran = fourstar("invoice", "run", "2026-11")
        assert ran.exit_code == 1
        assert f"Issued now: {now}. Issued before: {before}." in ran.stdout
        assert "1 could not be issued" in ran.stderr
    address = ("--street", "Dorpsstraat 1", "--postal-code", "3231 AA", "--city", "Brielle")
    done("customer", "billing", "2", *address)
    assert "Issued now: 1. Issued before: 2." in done("invoice", "run", "2026-11")
    rows = listed("invoice", "list")
    assert [row["number"] for row in rows] == ["2026-0003", "2026-0002", "2026-0001"]
    assert listed("invoice", "list", "Customer 1", "--month", "2026-11")[0]["net_cents"] == 33167
    told = done("invoice", "show", "2026-0001")
    assert "2026-11-23 10:00-10:40 40 min: Looked into it" in told
    assert listed("invoice", "show", "2026-0001")["lines"][1]["pieces"][0]["minutes"] == 40
    assert "€ 100.00 booked, € 301.32 open." in done("invoice", "paid", "2026-0001", "--amount", "100")
    assert "more than is open: € 301.32" in refused("invoice", "paid", "2026-0001", "--amount", "301.33")
    assert "still to come" in refused("invoice", "paid", "2026-0001", "--on", "2026-12-02")
    assert "0.00 open." in done("invoice", "paid", "2026-0001", "--on", "2026-12-01", "--note", "bank")
    assert "Nothing is open" in refused("invoice", "paid", "2026-0001", "--amount", "1")
    assert "€ 301.32 taken back, € 301.32 open." in done("invoice", "paid", "2026-0001", "--undo")
    assert "€ 100.00 taken back, € 401.32 open." in done("invoice", "paid", "2026-0001", "--undo")
    assert "no payment to take back" in refused("invoice", "paid", "2026-0001", "--undo")
    assert [row["number"] for row in listed("invoice", "list", "--open")] == ["2026-0001", "2026-0002", "2026-0003"]
    credited = done("invoice", "credit", "2026-0001", "--line", "2", "--reason", "Wrong ticket")
    assert "C2026-0001: € 68.57 given back of 2026-0001." in credited
    assert "Nothing is left to give back of line 2" in refused(
        "invoice", "credit", "2026-0001", "--line", "2", "--reason", "Again"
    )
    done("invoice", "credit", "2026-0001", "--all", "--reason", "All of it")
    assert "2026-0001" not in [row["number"] for row in listed("invoice", "list", "--open")]
    assert "takes back from 2026-0001: Wrong ticket" in done("invoice", "show", "C2026-0001")


def test_reminders(database_url: str, clock: SetClock) -> None:
    """From the first working day after the due date at 9:00, once an invoice (R15)."""
    keep(database_url, some)
    fourstar("invoice", "run", "2026-11")
    assert done("invoice", "remind") == "0 reminded of.\n"
    clock.at = datetime(2026, 12, 16, 8, tzinfo=UTC)
    assert len(listed("invoice", "list", "--overdue")) == 2
    assert "2 to remind of." in done("invoice", "remind", "--dry-run")
    assert "2 reminded of." in done("invoice", "remind")
    assert done("invoice", "remind") == "0 reminded of.\n"


def test_the_running_month(database_url: str, clock: SetClock) -> None:
    """A preview at any time, of all customers together or of one line by line."""
    keep(database_url, some)
    clock.at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert "So far: 3 invoices, € 881.67 excl. VAT" in done("invoice", "preview")
    told = done("invoice", "preview", "Customer 1")
    assert "Customer 1, 2026-11 so far:" in told
    assert "1001 Outlook shows no mail" in told
    assert "can be issued from" in refused("invoice", "run", "2026-11")


def test_what_is_wrong_is_said(database_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing setting is named, an unknown invoice too; what to give back has to be said (R1)."""
    keep(database_url, some)
    monkeypatch.delenv("FOURSTAR_PROVIDER_IBAN")
    ran = fourstar("invoice", "run", "2026-11")
    assert "can't be issued: give the settings FOURSTAR_PROVIDER_IBAN" in ran.stderr
    assert "Issued now: 0" in ran.stdout
    assert "no invoice 2026-0001" in refused("invoice", "show", "2026-0001")
    assert fourstar("invoice", "credit", "2026-0001", "--reason", "x").exit_code == 2
