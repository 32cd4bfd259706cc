"""The command `fourstar`: set up a customer without chat, beside a running bot; every failure says what to do next."""

from __future__ import annotations

import json
import logging
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.cli.opened import change
from storage import attempts, timers
from storage.engines import OwnedFile
from tests.receipt_keys import TEST_KEY

TENANT = "aaaaaaaa-0000-4000-8000-000000000001"
PROVIDER = "9b1e0d4c-53a7-4d2b-8c11-0d7a52a5f0aa"
PEOPLE = {
    name: f"10000000-0000-4000-8000-{number:012}" for number, name in enumerate(("Anna", "Bram", "Carla", "Dirk"))
}
SETTINGS = {
    "APP_ID": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "APP_TENANT_ID": PROVIDER,
    "APP_SECRET": "s3cret",
    "PUBLIC_URL": "https://support.example.com",
    "LINK_SIGNING_KEY": "k" * 32,
    "RECEIPT_KEY": TEST_KEY,
}

DAYS = ("--signed", "2020-01-10", "--starts", "2027-01-01")
SIGN = ("contract", "sign", "1", "--number", "C-1", *DAYS, "--signatory", "A. de Vries")


@pytest.fixture(autouse=True)
def environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation's settings; the database is fresh, on both engines where a test asks for it."""
    url: str = request.getfixturevalue("database_url" if "database_url" in request.fixturenames else "sqlite_url")
    for name, value in {**SETTINGS, "DATABASE_URL": url}.items():
        monkeypatch.setenv(f"FOURSTAR_{name}", value)


def fourstar(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, arguments)


def done(*arguments: str) -> str:
    """Run the command, which must succeed; what it prints."""
    result = fourstar(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str, code: int = 1) -> str:
    """Run the command, which must fail; what it says."""
    result = fourstar(*arguments)
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return result.stderr


def listed(*arguments: str) -> Any:
    """Run a command that prints JSON."""
    result = fourstar(*arguments, "--json")
    return json.loads(result.stdout)


def add_customer() -> None:
    """A customer with contract and consent for this year."""
    done("customer", "add", "Bakkerij Brood", "--tenant", TENANT)
    done("customer", "consent", "1", "--document", "A. de Vries: form of 5 January")


def test_a_customer_is_set_up_without_chat(database_url: str) -> None:
    """Customer, contract, prices, consent and contacts, and everything can be read back for a script."""
    add_customer()
    assert "2027-01-01 to 2027-12-31" in done(*SIGN)
    done("addendum", "add", "1", "--signed", "2020-01-10", "--starts", "2027-01-02", "--ends", "2027-03-31")
    done("prices", "set", "Bakkerij Brood", "--year", "2027", "--office", "87,50")
    for name in ("Anna", "Bram"):
        done("contact", "add", TENANT, "--object-id", PEOPLE[name], "--name", name, "--email", f"{name}@brood.example")
    (row,) = listed("customer", "list")
    assert (row["number"], row["contacts"], row["access_today"]) == (1, ["Anna", "Bram"], True)
    (shown,) = listed("customer", "show", "1")
    assert shown["contracts"] == ["C-1: 2027-01-01 to 2027-12-31"]
    assert [contact["email"] for contact in listed("contact", "list", "1")] == [
        "Anna@brood.example",
        "Bram@brood.example",
    ]
    assert "A. de Vries" in done("customer", "show", "1")
    assert "Anna" in done("contact", "list")


def test_check_says_who_can_not_be_reached(database_url: str) -> None:
    """A contact whose app has not arrived makes the exit code 3, as a customer without contacts does."""
    add_customer()
    result = fourstar("customer", "check")
    assert (result.exit_code, result.stdout.strip()) == (3, "Nobody is appointed: fourstar contact add --help")
    assert "Bakkerij Brood has no contacts" in result.stderr
    done("contact", "add", "1", "--object-id", PEOPLE["Anna"], "--name", "Anna", "--language", "en")
    result = fourstar("customer", "check", "1", "--json")
    assert result.exit_code == 3
    (row,) = json.loads(result.stdout)
    assert (row["contact"], row["by"], row["reachable"], row["language"]) == ("Anna", "not_at_all", False, "en")


def test_a_third_contact_is_refused(database_url: str) -> None:
    """Two contacts at most, also from the command line (R4); removing one makes room; both are said."""
    add_customer()
    for name in ("Anna", "Bram"):
        done("contact", "add", "1", "--object-id", PEOPLE[name], "--name", name)
    assert "already" in done("contact", "add", "1", "--object-id", PEOPLE["Anna"])
    assert "two contacts" in refused("contact", "add", "1", "--object-id", PEOPLE["Carla"], "--name", "Carla")
    assert "no longer" in done("contact", "remove", "1", "Bram")
    assert "no contact of" in refused("contact", "remove", "1", "Bram")
    done("contact", "add", "1", "--object-id", PEOPLE["Carla"], "--name", "Carla")


def test_the_last_manager_stays(database_url: str) -> None:
    """Somebody has to be manager once there is one; an engineer comes and goes."""
    assert "Nobody is manager yet" in done("engineer", "add", "--object-id", PEOPLE["Anna"], "--name", "Anna")
    done("engineer", "add", "--object-id", PEOPLE["Bram"], "--name", "Bram", "--manager")
    assert "only manager" in refused("engineer", "remove", "Bram")
    assert "only manager" in refused("engineer", "add", "--object-id", PEOPLE["Bram"])
    done("engineer", "add", "--object-id", PEOPLE["Anna"], "--manager")
    done("engineer", "remove", PEOPLE["Bram"])
    assert [(row["name"], row["role"]) for row in listed("engineer", "list")] == [("Anna", "manager")]
    assert "not on the staff" in refused("engineer", "remove", "Bram")


@pytest.mark.parametrize(
    "arguments,hint",
    [
        (("customer", "show", "7"), "fourstar customer list"),
        (("customer", "add", "Bakkerij Brood", "--tenant", TENANT), "There is a customer 1 already"),
        (("customer", "add", "Own", "--tenant", PROVIDER), "provider's own tenant"),
        ((*SIGN, "--starts", "2027-01-15"), "1st of a month"),
        ((*SIGN, "--signatory", " "), "--help"),
        (
            ("addendum", "add", "1", "--signed", "2020-01-10", "--starts", "2027-01-02", "--ends", "2027-03-31"),
            "one contract",
        ),
        (("prices", "set", "1", "--year", "2027", "--office", "cheap"), "85 or 87.50"),
        (("customer", "consent", "1"), "--help"),
        (
            ("customer", "consent", "1", "--document", "x", "--from", "2027-01-02", "--until", "2027-01-01"),
            "before the first",
        ),
        (("contact", "add", "1", "--object-id", "anna@brood.example"), "Entra admin center"),
        (("contact", "remove", "1", "Anna"), "object id"),
        (("engineer", "remove", "Anna"), "object id"),
        (("outbox", "retry", "99"), "0 of 1"),
        (("db", "restore", "--yes", "nothing.sqlite"), "no backup"),
    ],
)
def test_a_failure_says_what_to_do(arguments: tuple[str, ...], hint: str) -> None:
    """Nothing was done, the exit code is 1, and standard error names the next step."""
    add_customer()
    assert hint in refused(*arguments)


def test_prices_of_a_running_year_are_corrected_on_purpose_only() -> None:
    """A list that holds is not changed (R29), unless a typing mistake is put right."""
    add_customer()
    done("prices", "set", "1", "--year", "2026", "--office", "90")
    assert "--correct" in refused("prices", "set", "1", "--year", "2026", "--office", "95")
    done("prices", "set", "1", "--year", "2026", "--office", "95", "--correct")
    assert listed("customer", "show", "1")[0]["office_cents"] == 9500


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, and the variable to change."""
    monkeypatch.setenv("FOURSTAR_APP_ID", "nonsense")
    monkeypatch.setenv("FOURSTAR_PROVIDER_FONE", "x")
    assert "FOURSTAR_PROVIDER_FONE: no such setting" in refused("customer", "list", code=2)
    monkeypatch.delenv("FOURSTAR_PROVIDER_FONE")
    assert "FOURSTAR_APP_ID" in refused("serve", code=2)


def test_ids_and_tenants_are_guids() -> None:
    """A slip in an id is found before anything is written."""
    assert "GUID" in refused("customer", "add", "X", "--tenant", "brood.example", code=2)
    assert "List" in refused("outbox", "retry", code=2) or "outbox list" in refused("outbox", "retry", code=2)


def test_commands_run_beside_the_bot(sqlite_url: str, tmp_path: Path) -> None:
    """While the bot owns the file, commands and backups work; what needs the file alone says to stop the bot first."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    owned = OwnedFile(path)
    try:
        add_customer()
        done("db", "backup", str(tmp_path / "copy.sqlite"))
        assert "exists" in refused("db", "backup", str(tmp_path / "copy.sqlite"))
        for command in (("db", "upgrade"), ("db", "restore", "--yes", str(tmp_path / "copy.sqlite")), ("serve",)):
            assert "is running. Stop it first" in refused(*command)
    finally:
        owned.free()
    done("customer", "add", "Gone again", "--tenant", PEOPLE["Dirk"])
    done("db", "restore", "--yes", str(tmp_path / "copy.sqlite"))
    assert [row["name"] for row in listed("customer", "list")] == ["Bakkerij Brood"]


def test_a_database_without_tables_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, or one of another version: the command says how to make it right, and makes no empty file."""
    path = tmp_path / "none.sqlite"
    monkeypatch.setenv("FOURSTAR_DATABASE_URL", f"sqlite:///{path}")
    assert "fourstar db upgrade" in refused("customer", "list")
    assert not path.exists()
    sqlite3.connect(path).execute("CREATE TABLE x (y)").connection.close()
    assert "fourstar db upgrade" in refused("customer", "list")
    done("db", "upgrade")
    assert listed("customer", "list") == []


def test_a_server_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PostgreSQL server that does not answer is named as such."""
    monkeypatch.setenv("FOURSTAR_DATABASE_URL", "postgresql://u:p@127.0.0.1:1/none")
    assert "FOURSTAR_DATABASE_URL" in refused("customer", "list")


def test_a_slow_command_says_its_own_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bot's log says of long transactions is not printed between the lines of a command."""
    monkeypatch.setattr(attempts, "SLOW_S", 0)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    assert fourstar("customer", "list").stderr == ""


def test_the_outbox_is_listed(database_url: str) -> None:
    """What waits and what was given up, for people and for scripts."""
    add_customer()
    assert "0 waiting, 0 dead" in done("outbox", "list")
    assert listed("outbox", "list") == {"waiting": 0, "dead": 0, "oldest_s": 0.0, "letters": [], "timers": []}
    assert "0 rows" in done("outbox", "retry", "--all")


def test_a_reminder_that_failed_is_seen_and_tried_again() -> None:
    """A reminder that failed too often does not vanish: it is listed with its error, and tried again on demand."""

    def fail_for_good(session: Session, _settings: Any, now: datetime) -> None:
        timers.arm(session, "pickup:1001", now, "remind_pickup", {"ticket": 1001})
        [due] = timers.due(session, now, 1)
        timers.failed(session, due, "NotFound", None)

    change(fail_for_good)
    assert "pickup:1001" in done("outbox", "list")
    assert [row["error"] for row in listed("outbox", "list")["timers"]] == ["NotFound"]
    assert "1 reminders are tried again" in done("outbox", "retry", "--all")
    assert listed("outbox", "list")["timers"] == []


def test_every_command_explains_itself() -> None:
    """`--help` of every command works and ends with 0."""
    import typer

    def walk(command: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        inner = getattr(command, "commands", {})
        return [path, *(one for name, sub in inner.items() for one in walk(sub, (*path, name)))]

    paths = walk(typer.main.get_command(app), ())
    assert len(paths) > 20
    for path in paths:
        assert done(*path, "--help")
