"""`fourstar access`: what was consented, and the ledger as evidence, with and without the database (R25)."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from bot import ledger, terms
from bot.cli import app
from bot.clock import SystemClock
from contract.consents import Finding, GrantState, Mechanism, NoFinding, Permission, Proof
from contract.ledger import EntryKind
from contract.receipts import SealedReceipt
from documents.ledger import entry_line, read_entries
from documents.receipts import public_pem, signer_of
from storage.contacts import load_contacts
from storage.database import open_database
from storage.ledger import entries_of
from storage.withdrawals import add_withdrawal, lift_withdrawals
from tests.bot.cli.test_commands import SETTINGS
from tests.bot.people import POLICY, make_world
from tests.receipt_keys import OTHER_KEY, TEST_KEY

CUSTOMER = "Bakkerij Brood & Zo"
ROLES = (Permission("r-1", "Helpdesk Administrator"),)
SIGNER = signer_of(TEST_KEY.encode())


def happen(session: Session, customer_id: int) -> None:
    """A relationship asked for, given, unanswered for, and a withdrawal that was lifted."""
    now = SystemClock().now()

    def look(finding: Finding | NoFinding, hours: int) -> None:
        at = now - timedelta(hours=hours)
        ledger.observe(session, POLICY, customer_id, Mechanism.GDAP, "relationship-1", finding, at)

    terms.withdraw_consent(session, customer_id, now - timedelta(hours=9), policy=POLICY)
    look(Finding(state=GrantState.REQUESTED, title="Support by Oxineo"), 8)
    since = now - timedelta(hours=7)
    found = Finding(state=GrantState.ACTIVE, scope=ROLES, valid_from=since, proof=Proof.RELATIONSHIP)
    look(found, 6)
    look(found, 5)
    anna = load_contacts(session, customer_id)[0].person
    add_withdrawal(session, customer_id, anna, "Holiday", now - timedelta(hours=4))
    ledger.note(session, POLICY, customer_id, EntryKind.WITHDRAWN, now - timedelta(hours=4), by=anna)
    lift_withdrawals(session, customer_id, anna, now - timedelta(hours=3))
    ledger.note(session, POLICY, customer_id, EntryKind.LIFTED, now - timedelta(hours=3), by=anna)
    look(NoFinding("timeout"), 2)


@pytest.fixture
def filled(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A database with a customer of whom much was written down, on both engines."""

    async def fill() -> None:
        database = open_database(database_url)
        world = await make_world(database)
        await database.write(lambda session: happen(session, world.customer_id))
        await database.close()

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    for name, value in {**SETTINGS, "DATABASE_URL": database_url}.items():
        monkeypatch.setenv(f"FOURSTAR_{name}", value)
    return database_url


def fourstar(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["access", *map(str, arguments)])


def good(*arguments: str | Path) -> str:
    """Run the command, which must succeed; what it prints."""
    result = fourstar(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def bad(*arguments: str | Path) -> str:
    """Verify what must be wrong; what it prints."""
    result = fourstar("verify", *arguments)
    assert result.exit_code == 1, result.output
    assert "wrong" in result.stderr
    return result.stdout


def run_sql(url: str, statement: str, **values: Any) -> None:
    """Change the database behind everybody's back."""

    async def run() -> None:
        database = open_database(url, owner=False)
        await database.write(lambda session: session.execute(text(statement), values))
        await database.close()

    asyncio.run(run())


def kept(url: str) -> list[SealedReceipt]:
    """The ledger of the customer in a database."""

    async def run() -> list[SealedReceipt]:
        database = open_database(url, owner=False)
        try:
            return await database.read(lambda session: list(entries_of(session, 1)))
        finally:
            await database.close()

    return asyncio.run(run())


def written(path: Path, *entries: SealedReceipt) -> Path:
    """A file of entries."""
    path.write_text("".join(f"{entry_line(sealed)}\n" for sealed in entries), encoding="utf-8")
    return path


def test_what_was_consented(filled: str) -> None:
    """Each source with its state, scope and last check, and whether remote work is covered now, and by what."""
    said = good("show", CUSTOMER)
    assert "covered (gdap)" in said
    assert "on the last known state: checks fail" in said
    (found,) = json.loads(good("show", CUSTOMER, "--json"))
    states = {row["mechanism"]: (row["state"], row["scope"], row["error"]) for row in found["sources"]}
    assert states == {
        "manual": ("revoked", None, None),
        "gdap": ("unknown", "Helpdesk Administrator", "timeout"),
    }
    other = good("show", "Other Company")
    assert "covered (manual) without an end" in other
    assert "Nothing was recorded or found yet." in other
    assert "There is no customer Nobody" in fourstar("show", "Nobody").stderr


def test_the_ledger(filled: str) -> None:
    """What happened, in order, by whom."""
    said = good("ledger", CUSTOMER)
    order = [line.split()[3] for line in said.splitlines()[1:]]
    assert order == ["adopted", "ended", "new", "activated", "withdrawn", "lifted", "failed"]
    assert "Anna de Vries" in said
    assert good("ledger", "Other Company").strip() == "There are no entries yet."


def test_an_export_checks_out(filled: str, tmp_path: Path) -> None:
    """With the database beside it and with nothing but itself; never written over what is there."""
    out = tmp_path / "ledger.jsonl"
    assert good("ledger", CUSTOMER, "--json", out) == ""
    entries = list(read_entries(out.read_text(encoding="utf-8")))
    assert [sealed.body for sealed in entries] == [sealed.body for sealed in kept(filled)]
    assert "is not written over" in fourstar("ledger", CUSTOMER, "--json", out).stderr
    assert "7 entries are as they were made" in good("verify", out)
    key, other = tmp_path / "key.pem", tmp_path / "other.pem"
    key.write_text(public_pem(SIGNER.public_key))
    other.write_text(public_pem(signer_of(OTHER_KEY.encode()).public_key))
    offline = fourstar("verify", out, "--offline", "--key", key)
    assert offline.exit_code == 0
    assert SIGNER.fingerprint in offline.stdout
    assert "nothing is known of entries after the last" in offline.stderr
    assert "is signed with a key that was not given" in bad(out, "--offline", "--key", other)
    run_sql(filled, "DELETE FROM consent_ledger")
    assert "Entry 7 is not in the database" in bad(out).replace("Line 7: e", "E")


def test_the_database_checks_out(filled: str) -> None:
    """A customer's ledger is checked in place, and against what is kept beside it."""
    said = good("verify", CUSTOMER)
    assert "The last, 7: failed" in said
    assert kept(filled)[-1].digest in said
    assert f"Signed with the key {SIGNER.fingerprint}, this installation's." in said
    assert good("verify", "Other Company").strip() == "There are no entries."


def test_whatever_is_done_to_the_database_is_found(filled: str) -> None:
    """A body, a removed entry, a tail that is cut off, a source that was changed, a withdrawal without its entry."""
    last = kept(filled)[-1]
    edited = last.body.replace('"unknown"', '"active"', 1)
    run_sql(filled, "UPDATE consent_ledger SET body = :body WHERE sequence = 7", body=edited)
    assert "Entry 7 was edited" in bad(CUSTOMER)
    run_sql(filled, "UPDATE consent_ledger SET body = 'x' WHERE sequence = 7")
    assert "Entry 7 is no entry" in bad(CUSTOMER)
    assert "covered (gdap)" in good("show", CUSTOMER)
    run_sql(filled, "DELETE FROM consent_ledger WHERE sequence = 7")
    assert "the ledger says otherwise" in bad(CUSTOMER)
    run_sql(filled, "UPDATE consent_grants SET state = 'active' WHERE mechanism = 'gdap'")
    assert "6 entries are as they were made" in good("verify", CUSTOMER)
    run_sql(filled, "DELETE FROM consent_ledger WHERE sequence = 6")
    assert "1 acts (lifted) are kept that have no entry" in bad(CUSTOMER)
    run_sql(filled, "DELETE FROM consent_ledger WHERE sequence = 1")
    assert "Entry 1 is missing: removed." in bad(CUSTOMER)


def test_whatever_is_done_to_a_file_is_found(filled: str, tmp_path: Path) -> None:
    """Swapped, cut off, or another customer's; with the database the missing ones are named."""
    entries = kept(filled)
    swapped = written(tmp_path / "swapped", *entries[:2], entries[3], entries[2], *entries[4:])
    assert "they were swapped" in bad(swapped, "--offline")
    cut = written(tmp_path / "cut", *entries[:5])
    assert "Entries 6 to 7 are missing at the end" in bad(cut)
    assert fourstar("verify", cut, "--offline").exit_code == 0
    broken = tmp_path / "broken"
    broken.write_bytes(b"\xff nothing of ours")
    assert "is no entry" in bad(broken)
    run_sql(filled, "UPDATE consent_ledger SET customer_id = 2")
    elsewhere = fourstar("verify", written(tmp_path / "whole", *entries))
    assert elsewhere.exit_code == 1
