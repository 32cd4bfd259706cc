"""`fourstar receipts`: hand over evidence, and find whatever was done to it, with and without the database."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.cli import app
from contract.receipts import SealedReceipt
from documents.receipts import public_pem, read_receipts, receipt_file, receipt_line, signer_of
from storage.database import open_database
from storage.receipts import all_receipts
from tests.bot.cli.test_commands import SETTINGS
from tests.bot.estimate_acts import approve, click, decline, offered
from tests.bot.people import make_world
from tests.receipt_chains import sealed_chain
from tests.receipt_keys import OTHER_KEY, TEST_KEY

FINGERPRINT = signer_of(TEST_KEY.encode()).fingerprint


@pytest.fixture(autouse=True)
def environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation with its settings where a test asks for a database; otherwise a machine without any."""
    monkeypatch.chdir(tmp_path)
    if "filled" in request.fixturenames:
        for name, value in {**SETTINGS, "DATABASE_URL": request.getfixturevalue("filled")}.items():
            monkeypatch.setenv(f"FOURSTAR_{name}", value)


@pytest.fixture
def filled(database_url: str) -> str:
    """A database in which three estimates were decided, on both engines."""

    async def fill() -> None:
        database = open_database(database_url)
        world = await make_world(database)
        for number in range(3):
            _, estimate = await offered(world, 60 + number)
            await click(world, world.anna, approve(estimate) if number else decline(estimate))
        await database.close()

    asyncio.run(fill())
    return database_url


def fourstar(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["receipts", *map(str, arguments)])


def good(*arguments: str | Path) -> str:
    """Run the command, which must succeed; what it prints."""
    result = fourstar(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def bad(*arguments: str | Path) -> str:
    """Run the command, which must find something; what it prints."""
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
    """The receipts in a database."""

    async def run() -> list[SealedReceipt]:
        database = open_database(url, owner=False)
        try:
            return await database.read(lambda session: list(all_receipts(session)))
        finally:
            await database.close()

    return asyncio.run(run())


def written(path: Path, *receipts: SealedReceipt) -> Path:
    """A file of receipts."""
    path.write_text("".join(f"{receipt_line(sealed)}\n" for sealed in receipts), encoding="utf-8")
    return path


# --- on the provider's machine ----------------------------------------------------------------------------------------


def test_receipts_are_listed(filled: str) -> None:
    """All, or those of a customer: which estimate, decided how and by whom, and the fingerprint."""
    rows = json.loads(good("list", "--json"))
    assert [row["receipt"] for row in rows] == [1, 2, 3]
    assert {row["by"] for row in rows} == {"Anna de Vries"}
    assert [row["decision"] for row in rows] == ["declined", "approved", "approved"]
    assert json.loads(good("list", "Bakkerij Brood & Zo", "--json")) == rows
    assert good("list", "Other Company").strip() == "There are no receipts yet."
    assert rows[2]["fingerprint"] in good("list")
    assert "There is no customer Nobody" in fourstar("list", "Nobody").stderr


def test_an_export_checks_out(filled: str, tmp_path: Path) -> None:
    """One a line, each with its public key; printed without --out, and never written over what is there."""
    out = tmp_path / "all.jsonl"
    assert good("export", "--out", out) == ""
    receipts = list(read_receipts(out.read_text(encoding="utf-8")))
    assert [sealed.body for sealed in receipts] == [sealed.body for sealed in kept(filled)]
    assert good("export").encode() == out.read_bytes()
    assert "is not written over" in fourstar("export", "--out", out).stderr
    said = good("verify", out)
    assert "3 receipts are as they were made" in said
    assert FINGERPRINT in said


def test_the_database_checks_out(filled: str) -> None:
    """Without a file the database itself is checked; the last receipt and the key are named."""
    said = good("verify")
    assert "The last, 3: estimate" in said
    assert kept(filled)[-1].digest in said
    assert f"Signed with the key {FINGERPRINT}, this installation's." in said


def test_an_empty_database_has_nothing_wrong(filled: str) -> None:
    """Before the first decision there is nothing to prove."""
    run_sql(filled, "DELETE FROM receipts")
    assert good("verify").strip() == "There are no receipts."
    assert good("list").strip() == "There are no receipts yet."


@pytest.mark.parametrize(
    "statement,words",
    [
        (
            "UPDATE receipts SET body = replace(body, '120', '121') WHERE sequence = 2",
            "was edited",
        ),
        ("UPDATE receipts SET digest = '00' WHERE sequence = 2", "Receipt 2 was edited"),
        ("UPDATE receipts SET body = '{}' WHERE sequence = 2", "Receipt 2 is no receipt, or was changed"),
        ("UPDATE receipts SET signature = 'AAAA' WHERE sequence = 2", "Receipt 2 has no good signature"),
        ("UPDATE receipts SET public_key = 'AAAA' WHERE sequence = 2", "Receipt 2 has no good signature"),
        ("DELETE FROM receipts WHERE sequence = 1", "Receipt 1 is missing: removed"),
        ("DELETE FROM receipts WHERE sequence = 2", "Receipt 2 is missing: removed"),
        ("DELETE FROM receipts WHERE sequence = 3", "was decided, and its receipt is gone"),
        ("UPDATE receipts SET sequence = 9 WHERE sequence = 3", "Receipt 3 is kept as number 9"),
    ],
)
def test_what_was_done_to_the_database_is_found(filled: str, statement: str, words: str) -> None:
    """Edited, removed, cut off or renumbered: which receipt, and what is wrong with it, in plain words."""
    run_sql(filled, statement)
    assert words in bad()


def test_swapped_rows_are_found(filled: str) -> None:
    """Two rows that exchanged everything but their numbers."""
    first, second = kept(filled)[:2]
    for sequence, sealed in ((1, second), (2, first)):
        run_sql(
            filled,
            "UPDATE receipts SET body = :body, digest = :digest, signature = :signature WHERE sequence = :sequence",
            body=sealed.body,
            digest=sealed.digest,
            signature=sealed.signature,
            sequence=sequence,
        )
    assert "Receipt 2 is kept as number 1: swapped" in bad()


def test_a_file_with_its_end_cut_off_is_found_by_the_database(filled: str, tmp_path: Path) -> None:
    """The database goes further than the file; one that a database does not know goes too far."""
    receipts = kept(filled)
    cut = written(tmp_path / "cut", *receipts[:2])
    assert "Receipt 3 is missing at the end: cut off" in bad(cut)
    assert "2 receipts are as they were made" in good("verify", cut, "--offline")
    whole = written(tmp_path / "whole", *receipts)
    run_sql(filled, "DELETE FROM receipts WHERE sequence = 3")
    assert "receipt 3 is not in the database, which ends at 2" in bad(whole)


def test_a_file_of_another_chain_is_found_by_the_database(filled: str, tmp_path: Path) -> None:
    """Good in itself, and signed with the same key, but not what the database has."""
    other = written(tmp_path / "other", *sealed_chain(3))
    assert "is another one elsewhere" in bad(other)
    good("verify", other, "--offline")


def test_a_later_receipt_proves_that_the_database_was_cut(filled: str, tmp_path: Path) -> None:
    """The receipt that a customer kept shows what is missing in the database."""
    mine = tmp_path / "mine.json"
    mine.write_bytes(receipt_file(kept(filled)[2]))
    good("verify", "--after", mine)
    run_sql(filled, "DELETE FROM receipts WHERE sequence > 1")
    assert "Receipt 2 is missing at the end" in bad("--after", mine)


def test_the_keys(filled: str, tmp_path: Path) -> None:
    """The public key is printed as a file for openssl, its fingerprint beside it; a new private key can be used."""
    result = fourstar("key")
    assert result.stdout == public_pem(signer_of(TEST_KEY.encode()).public_key)
    assert result.stderr.strip() == f"Fingerprint: {FINGERPRINT}"
    assert signer_of(good("new-key").encode()).fingerprint != FINGERPRINT


def test_old_receipts_are_good_after_a_change_of_the_key(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of the installation is for what comes; what was signed before carries its own."""
    monkeypatch.setenv("FOURSTAR_RECEIPT_KEY", OTHER_KEY)
    assert f"{FINGERPRINT}, this installation's." not in good("verify")
    assert f"{FINGERPRINT}, which is not this installation's now" in good("verify")


# --- anywhere ---------------------------------------------------------------------------------------------------------


def test_one_receipt_is_checked_without_anything(tmp_path: Path) -> None:
    """A customer's machine has no settings and no database: the file is enough, and says whose key it names."""
    path = tmp_path / "receipt.json"
    path.write_bytes(receipt_file(sealed_chain(4)[2]))
    result = fourstar("verify", path)
    assert result.exit_code == 0
    assert "Receipt 3 is as it was made." in result.stdout
    assert f"Signed with the key {FINGERPRINT}." in result.stdout
    assert "is for you to compare" in result.stdout
    assert "no settings here" in result.stderr


def test_the_key_is_vouched_for(tmp_path: Path) -> None:
    """With --key every receipt has to be signed by it, or be in the chain of one that is; a wrong file is refused."""
    chain = written(tmp_path / "chain", *sealed_chain(4))
    mine, other = tmp_path / "mine.pem", tmp_path / "other.pem"
    mine.write_text(public_pem(signer_of(TEST_KEY.encode()).public_key))
    other.write_text(public_pem(signer_of(OTHER_KEY.encode()).public_key))
    assert "for you to compare" not in good("verify", chain, "--key", mine)
    assert "signed with a key that was not given" in bad(chain, "--key", other)
    good("verify", chain, "--key", other, "--key", mine)
    result = fourstar("verify", chain, "--key", chain)
    assert result.exit_code == 2
    assert "no Ed25519 public key" in result.stderr


def test_what_was_done_to_a_file_is_named_by_line(tmp_path: Path) -> None:
    """Swapped, put in, removed: the line and the receipt are said."""
    one, two, three, four = sealed_chain(4)
    said = bad(written(tmp_path / "a", one, three, two, four))
    assert said.strip() == "Line 3: receipt 2 stands behind receipt 3: they were swapped."
    assert "Line 3: receipt 2 is there a second time" in bad(written(tmp_path / "b", one, two, two, three))
    removed = written(tmp_path / "c", one, four)
    assert "Line 2: receipts 2 to 3 are missing: removed" in bad(removed)
    assert "2 receipts are as they were made" in good("verify", removed, "--partial")
    strange = sealed_chain(4, other=50)[1]
    assert "Line 3: receipt 3 does not follow from the one before" in bad(written(tmp_path / "d", one, strange, three))
    (tmp_path / "e").write_bytes(b"\xff\xfe nothing")
    assert "Line 1: this is no receipt" in bad(tmp_path / "e")


def test_a_later_receipt_proves_that_a_file_was_cut(tmp_path: Path) -> None:
    """Any one receipt from after the end is enough, without a database."""
    chain = sealed_chain(5)
    cut, later = written(tmp_path / "cut", *chain[:2]), written(tmp_path / "later", chain[4])
    assert "Receipts 3 to 4 are missing at the end" in bad(cut, "--after", later)
    good("verify", written(tmp_path / "four", *chain[:4]), "--after", later)


def test_the_command_is_there(tmp_path: Path) -> None:
    """As a process of its own, in a folder without anything."""
    path = written(tmp_path / "chain", *sealed_chain(3))
    program = Path(sys.executable).with_name("fourstar")
    done = subprocess.run(
        [program, "receipts", "verify", path], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
