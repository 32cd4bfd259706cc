"""`fourstar hours`: a dry run first, then all of a file or none of it, and out again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.cli.opened import change
from bot.clock import SystemClock
from contract.life_cycle import claim
from contract.local_time import local
from contract.people import Language, Role
from contract.tickets import Ticket
from storage import contacts, contracts, people, tickets
from tests.bot.cli.test_commands import PROVIDER, SETTINGS, TENANT

OPENED = SystemClock().now() - timedelta(hours=2)


@pytest.fixture(autouse=True)
def environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with a ticket of two hours ago that Eva has, on both engines."""
    for name, value in {**SETTINGS, "DATABASE_URL": database_url}.items():
        monkeypatch.setenv(f"FOURSTAR_{name}", value)
    change(lambda session, _settings, now: fill(session, now))


def fill(session: Session, now: datetime) -> None:
    """A customer whose contract and consent cover today."""
    customer = contacts.add_customer(session, "Bakkerij Brood", TENANT, now)
    contracts.add_contract(
        session,
        customer,
        number="C-1",
        signed_at=None,
        starts_on=date(now.year - 1, 1, 1),
        ends_on=date(now.year + 1, 12, 31),
    )
    since = datetime(2020, 1, 1, tzinfo=UTC)
    contracts.add_consent(
        session, customer, document="form", recorded_by=None, valid_from=since, valid_until=None, now=now
    )
    eva = people.add_person(
        session,
        tenant_id=PROVIDER,
        object_id="30000000-0000-4000-8000-000000000001",
        name="Eva",
        email="eva@example.com",
        language=Language.EN,
        now=now,
    )
    people.set_staff_role(session, eva, Role.ENGINEER)
    opened = Ticket(
        number=0, customer_id=customer, subject="Outlook", description="Outlook", created_at=OPENED, created_by=eva
    )
    kept = tickets.insert_ticket(session, opened, OPENED)
    tickets.save_ticket(session, claim(kept, engineer_id=eva, now=now))


def fourstar(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["hours", *arguments])


def written(folder: Path, *spans: tuple[int, int]) -> str:
    """A file with work from so many to so many minutes after the opening."""
    lines = ["ticket,engineer,start,end,reason,what"]
    for first, last in spans:
        start, end = ((OPENED + timedelta(minutes=one)).isoformat(timespec="minutes") for one in (first, last))
        lines.append(f"1001,eva@example.com,{start},{end},urgency,moved it")
    path = folder / "hours.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def exported(*options: str) -> list[str]:
    """The lines of an export."""
    result = fourstar("export", *options)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_import_and_export(tmp_path: Path) -> None:
    """Nothing is kept without --apply; the second time nothing is added; the export names what is there."""
    file = written(tmp_path, (10, 40), (40, 45))
    dry = fourstar("import", file)
    assert dry.exit_code == 0, dry.output
    assert dry.stdout == (
        "Dry run: 2 entries of together 0:35 hours would be imported. Nothing was kept. Do it: add --apply.\n"
    )
    assert len(exported()) == 1
    assert fourstar("import", file, "--apply").stdout == "Imported 2 entries of together 0:35 hours.\n"
    again = fourstar("import", file, "--apply")
    assert again.stdout == "Imported 0 entries of together 0:00 hours. 2 lines were imported before.\n"
    lines = exported("--customer", "Bakkerij Brood", "--month", f"{local(OPENED):%Y-%m}")
    assert len(lines) == 3
    assert ",1001,Bakkerij Brood,eva@example.com," in lines[1]
    out = tmp_path / "out.csv"
    result = fourstar("export", "--out", str(out))
    assert result.stdout == f"2 entries in {out}.\n"
    assert fourstar("import", str(out)).stdout.endswith(
        "2 lines were imported before. Nothing was kept. Do it: add --apply.\n"
    )


def test_refused_lines(tmp_path: Path) -> None:
    """Each with its number and reason on standard error; exit code 1, and nothing is kept."""
    result = fourstar("import", written(tmp_path, (-30, -20), (10, 40), (30, 50)), "--apply")
    assert result.exit_code == 1
    assert result.stdout == ""
    first, second, last = result.stderr.splitlines()
    assert first.startswith("line 2: That is before the ticket was opened")
    assert second.startswith("line 4: You already logged time on ticket 1001")
    assert last == "2 lines are refused, so nothing was imported."
    assert len(exported()) == 1


def test_files_that_are_none(tmp_path: Path) -> None:
    """A file that is missing or has other columns, a customer that nobody knows, a place that can't be written."""
    missing = fourstar("import", str(tmp_path / "nothing.csv"))
    assert (missing.exit_code, "can't be read: No such file" in missing.stderr) == (1, True)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "no column ticket, engineer, start, end, what" in fourstar("import", str(other)).stderr
    assert "There is no customer Nobody" in fourstar("export", "--customer", "Nobody").stderr
    assert "can't be written" in fourstar("export", "--out", str(tmp_path)).stderr
