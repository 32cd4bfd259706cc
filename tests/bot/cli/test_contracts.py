"""`fourstar contract | prices | addendum | settings`: what was agreed, without chat (R6-R8, R25-R29, D16-D18)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.opened import NOT_KEPT
from bot.setting_values import MASK
from bot.settings import Settings, variables
from bot.terms import Reason
from tests.bot.cli.test_commands import SETTINGS, TENANT, done, environment, fourstar, listed, refused

__all__ = ["environment"]

YEAR = datetime.now(ZoneInfo("Europe/Amsterdam")).year
"""A command reads the clock itself."""


@pytest.fixture
def customer() -> None:
    """Customer 1, with a contract of this year."""
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)
    days = ("--signed", "2020-01-10", "--starts", f"{YEAR}-01-01")
    done("contract", "sign", "1", "--number", f"{YEAR}-7", *days, "--signatory", "A. de Vries")


def shown(number: str) -> dict[str, Any]:
    """Everything about one contract."""
    (row,) = listed("contract", "show", number)
    return dict(row)


@pytest.mark.usefixtures("customer")
def test_a_renewal_and_its_number(database_url: str) -> None:
    """A renewal starts the day after, under the number of its year; a second one is refused (D17)."""
    signed = ("--signed", f"{YEAR}-01-01", "--signatory", "A. de Vries")
    assert f"contract {YEAR + 1}-7, {YEAR + 1}-01-01 to {YEAR + 1}-12-31" in done("contract", "renew", "1", *signed)
    done("contract", "renew", "1", *signed)
    rows = listed("contract", "list")
    assert [(row["number"], row["state"]) for row in rows] == [(f"{YEAR}-7", "running"), (f"{YEAR + 1}-7", "to come")]
    other = ("--signed", f"{YEAR}-01-01", "--signatory", "B. Bakker")
    assert "renewed already" in refused("contract", "renew", "1", *other)
    assert "no such contract" in refused("contract", "renew", "1", *other, "--renews", "X")


@pytest.mark.usefixtures("customer")
def test_a_cancellation_says_the_last_day_first(database_url: str) -> None:
    """It is asked once more, and what is asked is what happens; the first one stands (D18)."""
    per = ("--received", f"{YEAR}-01-01", "--per", f"{YEAR}-12-31")
    asked = CliRunner().invoke(app, ["contract", "cancel", "1", *per], input="n\n")
    assert asked.exit_code == 1
    assert f"contract {YEAR}-7 ends on {YEAR}-12-31. Cancel it?" in asked.output
    assert shown(f"{YEAR}-7")["cancelled_by"] is None
    assert f"ends on {YEAR}-12-31" in done("contract", "cancel", "1", *per, "--by", "provider", "--yes")
    row = shown(f"{YEAR}-7")
    assert (row["cancelled_by"], row["cancellation_received_on"]) == ("provider", f"{YEAR}-01-01")
    assert (row["agreed_end"], row["state"]) == (f"{YEAR}-12-31", "cancelled")
    assert "first cancellation stands" in refused("contract", "cancel", "1", "--yes")


@pytest.mark.usefixtures("customer")
def test_which_contract_is_cancelled() -> None:
    """With a renewal that is still to start there are two to choose from; cancelled now, it never starts (D18)."""
    done("contract", "renew", "1", "--signed", f"{YEAR}-01-01", "--signatory", "A. de Vries")
    assert "--number" in refused("contract", "cancel", "1", "--yes")
    received = ("--received", f"{YEAR}-01-02", "--number", f"{YEAR + 1}-7", "--yes")
    assert "never starts" in done("contract", "cancel", "1", *received)
    row = shown(f"{YEAR + 1}-7")
    assert (row["months_billed"], row["first_invoice"], row["state"]) == (0, None, "never starts")
    assert "no such contract" in refused("contract", "cancel", "1", "--number", "X", "--yes")


def test_the_signed_paper_is_kept(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes come back as they were given; a paper that is too large is refused before anything is kept."""
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)
    paper, copy = tmp_path / "signed.pdf", tmp_path / "copy.pdf"
    paper.write_bytes(b"%PDF-1.7 signed")
    sign = ("contract", "sign", "1", "--number", "C-1", "--signed", "2020-01-10", "--signatory", "A. de Vries")
    assert "2020-02-01 to 2020-12-31" in done(*sign, "--document", str(paper))
    row = shown("C-1")
    assert (row["signatory"], row["signed_on"], row["document"]) == ("A. de Vries", "2020-01-10", "signed.pdf")
    assert (row["months_billed"], row["first_invoice"], row["last_invoice"]) == (11, "2020-03-01", "2021-01-01")
    done("contract", "show", "C-1", "--save-document", str(copy))
    assert copy.read_bytes() == paper.read_bytes()
    assert "exists already" in refused("contract", "show", "C-1", "--save-document", str(copy), code=2)
    monkeypatch.setenv("FOURSTAR_FILE_LIMIT_MB", "1")
    paper.write_bytes(b"x" * 2_000_000)
    renewal = ("contract", "renew", "1", "--signed", "2020-12-10", "--signatory", "A. de Vries")
    assert "FOURSTAR_FILE_LIMIT_MB" in refused(*renewal, "--document", str(paper))
    assert [one["number"] for one in listed("contract", "list", "1")] == ["C-1"]
    done(*renewal)
    assert "No signed paper" in refused("contract", "show", "C-1-2021", "--save-document", str(tmp_path / "none.pdf"))
    assert "fourstar contract list" in refused("contract", "show", "C-9")


def test_no_contracts_yet() -> None:
    """The list says how to begin, and there is nothing to renew or to cancel."""
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)
    assert "fourstar contract sign" in done("contract", "list")
    assert "no such contract" in refused("contract", "cancel", "1", "--yes")
    signed = ("--signed", "2020-01-10", "--signatory", "A. de Vries")
    assert "no such contract" in refused("contract", "renew", "1", *signed)
    assert "in the future" in refused("contract", "sign", "1", "--number", "C-1", *signed[2:], "--signed", "2199-01-01")


@pytest.mark.usefixtures("customer")
def test_prices_are_listed_with_their_origin(database_url: str) -> None:
    """Each year says whether it has its own list, an earlier one's, or the contract's prices (R29, D34)."""
    done("customer", "add", "Slagerij", "--tenant", TENANT.replace("a", "b"))
    said = done("prices", "set", "--all", "--year", str(YEAR + 1), "--fee", "295", "--office", "90", "--dec-24")
    assert "for 2 customers" in said
    rows = listed("prices", "list", "1")
    assert [(row["year"], row["office_cents"], row["origin"]) for row in rows] == [
        (YEAR, 8500, "the contract's prices"),
        (YEAR + 1, 9000, "own list"),
    ]
    assert (rows[1]["fee_cents"], rows[1]["after_hours_cents"], rows[1]["dec_24"]) == (29500, 11000, True)
    done("prices", "set", "2", "--year", "2020", "--office", "80")
    origins = {row["year"]: row["origin"] for row in listed("prices", "list", "2")}
    assert origins[YEAR] == "as in 2020: no list of its own (D34)"


@pytest.mark.usefixtures("customer")
def test_prices_of_whom() -> None:
    """One customer, or everybody, and never both; a year that has begun is not raised for everybody (R29)."""
    for arguments in (("--year", "2027"), ("1", "--all", "--year", "2027")):
        assert "CUSTOMER" in refused("prices", "set", *arguments, code=2)
    assert "name the customer" in refused("prices", "set", "--all", "--year", "2027", "--correct", code=2)
    assert "hold already" in refused("prices", "set", "--all", "--year", str(YEAR), "--office", "90")


@pytest.mark.usefixtures("customer")
def test_an_addendum_with_costs(database_url: str) -> None:
    """Travel and parking have a price for one; what can't be read is refused (R26)."""
    assert "addendum add" in done("addendum", "list", "1")
    days = ("--signed", "2020-01-10", "--starts", f"{YEAR}-01-01", "--ends", f"{YEAR}-12-31")
    costs = ("--item", "Travel, a=b visit=45", "--item", "Parking=3,50")
    assert f"under contract {YEAR}-7, with 2 costs" in done("addendum", "add", "1", *days, *costs)
    (row,) = listed("addendum", "list", "1")
    assert row["items"] == ["Travel, a=b visit: 45.00", "Parking: 3.50"]
    for written in ("Travel", "=45", "Travel=much"):
        assert "85 or 87.50" in refused("addendum", "add", "1", *days, "--item", written)


@pytest.mark.usefixtures("customer")
def test_a_year_in_numbers(database_url: str) -> None:
    """The evaluation is printed, or sent to whoever should see it; of a year without a contract there is none (R30)."""
    (row,) = listed("contract", "evaluate", "1", str(YEAR))
    assert (row["contract"], row["tickets"], row["net_cents"]) == (f"{YEAR}-7", 0, 0)
    result = fourstar("contract", "evaluate", "1", str(YEAR), "--send")
    assert result.exit_code == 0
    assert "billable minutes" in result.stdout
    assert "On its way to 0 people." in result.stderr
    assert f"no contract of {YEAR + 1}" in refused("contract", "evaluate", "1", str(YEAR + 1))


def test_every_reason_has_its_text() -> None:
    """Whatever can't be recorded, the command line says why."""
    assert {reason.name for reason in Reason} == set(NOT_KEPT)


def test_settings_say_where_they_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting is shown with its origin, no secret is, and below it what holds by contract."""
    secret = tmp_path / "secret"
    secret.write_text("very-secret-value")
    monkeypatch.delenv("FOURSTAR_APP_SECRET")
    monkeypatch.setenv("FOURSTAR_APP_SECRET_FILE", str(secret))
    monkeypatch.setenv("FOURSTAR_DATABASE_URL", "postgresql://bot:hunter2@db/fourstar")
    monkeypatch.setenv("FOURSTAR_PICKUP_IN_WORKING_DAYS", "true")
    monkeypatch.setenv("FOURSTAR_PORT", "")
    rows = {row["what"]: row for row in listed("settings")}
    assert set(variables()) <= set(rows)
    assert (rows["FOURSTAR_APP_SECRET"]["value"], rows["FOURSTAR_APP_SECRET"]["from"]) == (MASK, f"file {secret}")
    assert rows["FOURSTAR_DATABASE_URL"]["value"] == f"postgresql+asyncpg://bot:{MASK}@db/fourstar"
    assert (rows["FOURSTAR_PORT"]["value"], rows["FOURSTAR_PORT"]["from"]) == (3978, "default")
    assert rows["FOURSTAR_PUBLIC_URL"]["from"] == "environment"
    assert rows["pick-up target"]["value"].startswith("3 working days")
    assert rows[f"office hours {YEAR}, an hour"]["value"] == "EUR 85.00"
    said = fourstar("settings").output
    for hidden in ("very-secret-value", "hunter2", SETTINGS["LINK_SIGNING_KEY"], "PRIVATE KEY"):
        assert hidden not in said
    assert len(rows) > len(Settings.model_fields)
