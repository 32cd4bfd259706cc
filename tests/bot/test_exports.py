"""A customer's data as files: all of it, nobody else's, and nothing that opens anything (R3, R19)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.exports import export_customer
from contract.people import Customer
from documents.exports import ABOUT, FolderTarget, ZipTarget, content_path
from documents.ledger import check_entries, read_entries
from documents.receipts import read_receipts
from documents.row_files import csv_chunks, euros, json_chunks
from storage.contacts import load_customer
from storage.database import Database
from storage.exports import EXCEPTIONS, HIDDEN, PEOPLE, SUBJECTS
from tests.bot.archive import all_tables, make_archive
from tests.bot.people import NOW
from tests.bot.stage import OURS, THEIRS, Stage


async def exported(stage: Stage, folder: Path, *, internal: bool = False) -> dict[str, bytes]:
    """The files of the first customer's export, by path."""

    def act(session: Any) -> dict[str, Any]:
        customer = load_customer(session, stage.world.customer_id)
        return export_customer(session, customer, FolderTarget(folder), provider="Oxineo", now=NOW, internal=internal)

    await stage.world.database.read(act)
    return read_files(folder)


def read_files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_table_is_exported_or_excepted() -> None:
    """A new table has to be exported, or to be named with the reason why not; nothing is named twice (R3)."""
    exported_tables = {subject.table.name for subject in SUBJECTS} | {PEOPLE}
    named = {table.name for table in all_tables()}
    without = {"file_contents", "alembic_version"}  # the bytes are written as files
    assert named - without == exported_tables | (set(EXCEPTIONS) & named)
    assert set(EXCEPTIONS) <= named
    assert not exported_tables & set(EXCEPTIONS)
    assert set(ABOUT) == {subject.name for subject in SUBJECTS} | {PEOPLE}


def test_every_table_that_leads_to_a_customer_is_known() -> None:
    """Whatever refers to a customer, a ticket or a person, however indirectly, is no exception by oversight."""
    leading = {"customers", "people"}
    while more := {
        table.name
        for table in all_tables()
        if table.name not in leading and {key.column.table.name for key in table.foreign_keys} & leading
    }:
        leading |= more
    known = {subject.table.name for subject in SUBJECTS} | {PEOPLE}
    assert leading - known == {"imported_entries", "invoice_runs", "work_timers"}


async def test_everything_of_a_customer_is_exported(database: Database, tmp_path: Path) -> None:
    """Every word that was written for the customer is in it, and each file is what the manifest says."""
    stage = await make_archive(database)
    files = await exported(stage, tmp_path / "out")
    manifest = json.loads(files["manifest.json"])
    assert manifest["customer"] == {"id": stage.world.customer_id, "name": "Bakkerij Brood & Zo"}
    assert {one["path"] for one in manifest["files"]} == set(files) - {"manifest.json"}
    for one in manifest["files"]:
        content = files[one["path"]]
        assert (one["sha256"], one["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    rows = {subject.name: json.loads(files[f"{subject.name}.json"]) for subject in SUBJECTS}
    for one in manifest["files"]:
        if one["path"].removesuffix(".json") in rows:
            assert one["rows"] == len(rows[one["path"].removesuffix(".json")])
    assert {name for name, found in rows.items() if not found} == {"cancellations", "erasures"}
    whole = b"\n".join(content for path, content in files.items() if path.endswith(".json")).decode()
    said = ("description", "work", "estimate", "summary", "affected", "reach", "case", "consent", "signatory", "travel")
    for what in (*said, "question", "B.V. asked"):
        assert f"{OURS} {what}" in whole, what
    assert f"{OURS}@own.example" in whole
    for subject in SUBJECTS:
        table = list(csv.DictReader(io.StringIO(files[f"{subject.name}.csv"].decode("utf-8-sig")), delimiter=";"))
        assert len(table) == len(rows[subject.name]), subject.name
    bytes_of = {path: content.decode() for path, content in files.items() if "/" in path}
    assert f"{OURS} picture" in bytes_of.values()
    assert f"{OURS} paper" in bytes_of.values()
    assert f"{OURS} B.V. pdf" in bytes_of.values()
    receipts = list(read_receipts(files["receipts.jsonl"].decode()))
    assert len(receipts) == len(rows["receipts"]) == 1
    ledger = list(read_entries(files["consent_ledger.jsonl"].decode()))
    assert len(ledger) == len(rows["consent_ledger"]) >= 3
    assert check_entries(ledger) == ()
    readme = files["README.txt"].decode()
    assert "Alles wat Oxineo bewaart van Bakkerij Brood & Zo" in readme
    assert "Everything that Oxineo keeps of Bakkerij Brood & Zo" in readme


async def test_nothing_of_anybody_else_is_exported(database: Database, tmp_path: Path) -> None:
    """Neither the words nor the people of another customer, nor what the provider noted for itself."""
    stage = await make_archive(database)
    files = await exported(stage, tmp_path / "out")
    whole = b"\n".join(files.values()).decode("utf-8", "replace")
    for word in (THEIRS, "Olga", "Nora", "Other Company", f"{OURS} note"):
        assert word not in whole, word
    with_notes = await exported(stage, tmp_path / "internal", internal=True)
    assert f"{OURS} note".encode() in with_notes["ticket_history.json"]
    assert THEIRS not in b"\n".join(with_notes.values()).decode("utf-8", "replace")


async def test_nothing_that_opens_anything_is_exported(database: Database, tmp_path: Path) -> None:
    """No address of a chat, no name of a message, no key of a form; of the provider's people only names."""
    stage = await make_archive(database)
    files = await exported(stage, tmp_path / "out", internal=True)
    for path, content in files.items():
        # What is signed names the chat or the message; it can't be changed, and README.txt says so.
        if path.startswith(("receipts.", "consent_ledger.")):
            continue
        for secret in (b"smba.trafficmanager.net", b"a:10000000", b"29:10000000", b"activity-", b"form:"):
            assert secret not in content, (path, secret)
        if path.endswith(".json") and path != "manifest.json":
            assert all(not HIDDEN & set(row) for row in json.loads(content)), path
    people = {row["name"]: row for row in json.loads(files["people.json"])}
    assert people["Anna de Vries"]["side"] == "customer"
    eva = people["Eva Engineer"]
    assert {name for name, value in eva.items() if value is not None} == {"id", "name", "side"}


async def test_a_zip_holds_the_same(database: Database, tmp_path: Path) -> None:
    """The archive has the files of the folder, byte for byte."""
    stage = await make_archive(database)
    files = await exported(stage, tmp_path / "out")

    def act(session: Any) -> None:
        customer: Customer = load_customer(session, stage.world.customer_id)
        with zipfile.ZipFile(tmp_path / "all.zip", "x") as archive:
            export_customer(session, customer, ZipTarget(archive, NOW), provider="Oxineo", now=NOW, internal=False)

    await database.read(act)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


@pytest.mark.parametrize(
    "name,path",
    [
        ("screen.png", "files/7 screen.png"),
        ("../../etc/passwd", "files/7 .._.._etc_passwd"),
        ("..", "files/7"),
        ("a/b\\c:d\n.txt", "files/7 a_b_c_d_.txt"),
        ("", "files/7"),
    ],
)
def test_a_name_does_not_leave_its_folder(name: str, path: str) -> None:
    """What somebody called a file is shown, and can not name another place."""
    assert content_path("files", "7", name) == path
    assert len(content_path("files", "7", "x" * 300 + ".pdf")) < 150
    assert content_path("files", "7", "x" * 300 + ".pdf").endswith(".pdf")
    assert len(content_path("files", "7", "x" * 300)) < 150


def test_a_spreadsheet_calculates_nothing() -> None:
    """A text that begins like a formula is a text; amounts are numbers; JSON and CSV without rows are whole files."""
    rows = [{"a": "=1+1", "b": -5, "c": euros(-2125), "d": None, "e": True, "f": {"x": NOW}}]
    text = b"".join(csv_chunks(("a", "b", "c", "d", "e", "f"), rows)).decode("utf-8-sig")
    assert text.splitlines()[1] == "'=1+1;-5;-21,25;;true;" + '"{""x"": ""2026-11-23T09:30:00+00:00""}"'
    assert json.loads(b"".join(json_chunks([]))) == []
    with pytest.raises(TypeError):
        b"".join(json_chunks([{"a": object()}]))
