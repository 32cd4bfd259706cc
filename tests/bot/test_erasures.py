"""Erasing a customer: what may go goes, what the law keeps stays and is named, and everything still works (R28)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.cli.erasures import REASONS
from bot.exports import export_customer
from cards.clicks.people import ShowCustomer
from cards.clicks.tickets import ShowHistory, ShowTicket
from contract.retention import RecordClass
from documents.exports import FolderTarget
from documents.receipts import check
from storage import tables
from storage.contacts import load_customer
from storage.database import Database
from storage.erasing import MARK
from storage.erasures import last_erasure
from storage.errors import NotFound
from storage.files import load_content
from storage.invoice_json import used_approvals
from storage.invoices import load_invoices_of
from storage.outbox_tables import outbox
from storage.people import find_standing
from storage.posted_cards import posted_cards
from storage.receipts import all_receipts
from storage.register import load_register, number_faults
from tests.bot.archive import draft_of, make_archive
from tests.bot.erased import ENDED, LATER, erase, found, snapshot
from tests.bot.people import text_of
from tests.bot.stage import OURS, THEIRS

KEPT = {
    ("tickets", "subject"),
    ("work_entries", "what"),
    ("estimates", "what"),
    ("receipts", "body"),
    ("consent_ledger", "body"),
    ("ticket_events", "text"),
    ("invoices", "buyer"),
    ("invoices", "reference"),
    ("invoices", "reason"),
    ("invoice_lines", "details"),
    ("payments", "note"),
    ("signatures", "signatory"),
    ("signatures", "document_name"),
    ("addendum_items", "what"),
}
"""Where words of the customer stay for seven years: what invoices rest on, as docs/keeping.md says."""
NAMES_KEPT = {
    ("people", "name"),
    ("receipts", "body"),
    ("consent_ledger", "body"),
    ("ticket_events", "actor_name"),
    ("invoice_lines", "details"),
}
"""Where the name stays of who decided."""


async def test_only_what_the_law_keeps_stays(database: Database) -> None:
    """Every text column of every table is searched: the customer's words stand only where invoices need them."""
    stage = await make_archive(database)
    before = await found(database, OURS)
    assert before > KEPT
    theirs = await found(database, THEIRS)
    report = await erase(stage)
    assert await found(database, OURS) == KEPT
    assert await found(database, THEIRS, f"{THEIRS} B.V.") == theirs
    assert all(report["removed"][name] for name in report["removed"] if name != "kept_records"), report["removed"]
    assert report["kept_through"] == "2033-12-31"
    kept = {one["what"]: one["count"] for one in report["kept"]}
    assert (kept["invoices"], kept["time_entries"], kept["estimates"], kept["receipts"]) == (2, 1, 1, 1)
    assert {RecordClass(one["class"]) for one in report["kept"]} == set(REASONS)
    assert await database.read(lambda session: last_erasure(session, stage.world.customer_id)) == report
    assert await database.read(lambda session: last_erasure(session, stage.world.other_customer_id)) is None


async def test_names_stay_only_with_decisions(database: Database) -> None:
    """Anna decided and signed: her name stays with that, without any address. The others are nobody any more (D15)."""
    stage = await make_archive(database)
    report = await erase(stage)
    assert report["kept_names"] == 1
    assert await found(database, "Anna de Vries") <= NAMES_KEPT
    assert await found(database, "Bram Bakker", "Steven Stranger") == set()
    own = select(tables.people.c.name).where(tables.people.c.tenant_id == stage.world.anna.tenant_id)
    names = await database.read(lambda session: session.scalars(own).all())
    assert set(names) == {"Anna de Vries", MARK}
    addresses = await found(database, "a:10000000", "29:10000000", f"{OURS}@own.example")
    assert addresses <= {("receipts", "body")}
    assert await found(database, "@mail.example") == {("invoices", "buyer"), ("billing_details", "email")}
    mine = f"{OURS}@mail.example"
    assert await found(database, mine) == {("invoices", "buyer")}
    assert ("people", "name") in await found(database, "Olga Other")


async def test_files_go_and_documents_stay(database: Database) -> None:
    """Bytes of files go, also from the table of bytes; signed contracts and invoices keep theirs."""
    stage = await make_archive(database)
    kept = await _bytes(database)
    await erase(stage)
    gone = kept - await _bytes(database)
    assert gone == {f"{OURS} picture".encode()}
    with pytest.raises(NotFound):
        await database.read(lambda session: load_content(session, "0" * 64))


async def _bytes(database: Database) -> set[bytes]:
    return set(await database.read(lambda session: session.scalars(select(tables.file_contents.c.content)).all()))


async def test_everything_that_stays_still_works(database: Database, tmp_path: Path) -> None:
    """Invoices load and are rebuilt from the entries, receipts verify, the register adds up, an export is made."""
    stage = await make_archive(database)
    customer_id = stage.world.customer_id
    load = partial(load_invoices_of, customer_id=customer_id)
    before = await database.read(load)
    registered = await database.read(lambda session: list(load_register(session, 2026)))
    await erase(stage)
    assert await database.read(load) == before
    rebuilt = await database.read(lambda session: draft_of(session, customer_id))
    issued = before[0]
    bare = [replace(line, id=0) for line in issued.lines]
    assert list(rebuilt.lines) == bare
    assert used_approvals(rebuilt) == issued.approvals
    assert await database.read(lambda session: list(load_register(session, 2026))) == registered
    assert await database.read(lambda session: number_faults(session, 2026)) == []
    receipts = await database.read(lambda session: list(all_receipts(session)))
    assert len(receipts) == 2
    assert list(check(receipts)) == []

    def export(session: Any) -> dict[str, Any]:
        customer = load_customer(session, customer_id)
        target = FolderTarget(tmp_path / "out")
        return export_customer(session, customer, target, provider="Oxineo", now=ENDED, internal=True)

    manifest = await database.read(export)
    rows = {one["path"]: one.get("rows") for one in manifest["files"]}
    assert (rows["erasures.json"], rows["files.json"], rows["invoices.json"]) == (1, 0, 2)
    description = json.loads((tmp_path / "out" / "tickets.json").read_text())[0]["description"]
    assert description == MARK


async def test_the_people_are_strangers(database: Database) -> None:
    """Who writes after the erasure is answered as somebody who is no contact; the staff still reads the tickets."""
    stage = await make_archive(database)
    world = stage.world
    await erase(stage)
    world.now = ENDED
    for who in (world.anna, world.bram, world.stranger):
        reply = await world.say(who, "hallo")
        assert reply is not None
        assert OURS not in text_of(reply)
        standing = await database.read(partial(find_standing, tenant_id=who.tenant_id, object_id=who.object_id))
        assert standing is not None
        assert standing.role == "stranger"
    ticket = stage.ours["ticket"]
    assert MARK in text_of(await world.click(world.eva, ShowTicket(ticket=ticket)))
    assert "Eva Engineer" in text_of(await world.click(world.eva, ShowHistory(ticket=ticket)))
    assert "Bakkerij Brood" in text_of(await world.click(world.mia, ShowCustomer(customer=world.customer_id)))


async def test_cards_in_the_staffs_chats_are_drawn_again(database: Database) -> None:
    """A ticket's card that stands in an engineer's chat follows, so that the words go from there too."""
    stage = await make_archive(database)
    ticket = f"ticket:{stage.ours['ticket']}"
    cards = [
        {
            "conversation_id": f"a:{who.object_id}",
            "activity_id": "m9",
            "person_id": who.id,
            "subject": ticket,
            "created_at": stage.world.now,
        }
        for who in (stage.world.eva, stage.world.anna)
    ]
    others = [f"consents:{stage.world.customer_id}", f"access:{stage.world.customer_id}"]
    others += [f"consent_request:{stage.ours['consent_request']}", f"contact_search:{stage.ours['search']}"]
    cards += [{**cards[0], "activity_id": one, "person_id": stage.world.mia.id, "subject": one} for one in others]
    await database.write(lambda session: session.execute(posted_cards.insert(), cards))
    await database.write(lambda session: session.execute(outbox.delete()))
    await erase(stage)
    waiting = await stage.world.waiting()
    subjects = {(row["person"], row["subject"]) for row in waiting}
    assert (stage.world.eva.id, ticket) in subjects
    assert {(stage.world.mia.id, one) for one in others} <= subjects
    assert {person for person, _ in subjects} <= {stage.world.eva.id, stage.world.finn.id, stage.world.mia.id}


async def test_a_second_run_changes_nothing(database: Database) -> None:
    """Nothing is left to remove before the years are over; no second report is kept."""
    stage = await make_archive(database)
    await erase(stage)
    before = await snapshot(database)
    report = await erase(stage)
    assert not any(report["removed"].values())
    assert report["kept_through"] == "2033-12-31"
    assert await snapshot(database) == before


async def test_after_seven_years_the_rest_goes(database: Database) -> None:
    """Words and names go from kept records too; numbers and sums stay, receipts stay because they prove each other."""
    stage = await make_archive(database)
    registered = await database.read(lambda session: list(load_register(session, 2026)))
    await erase(stage)
    early = await erase(stage, datetime(2033, 12, 31, 12, tzinfo=UTC))
    assert early["removed"]["kept_records"] == 0
    report = await erase(stage, LATER)
    assert report["removed"]["kept_records"]
    assert (report["kept"], report["kept_through"], report["receipts_stay"]) == ([], None, True)
    assert await found(database, OURS, "Anna de Vries", "Bakkerij Brood") == {("receipts", "body")}
    after = await database.read(lambda session: list(load_register(session, 2026)))
    sums = [(one.number, one.net_cents, one.vat_cents, one.gross_cents, one.open_cents) for one in registered]
    assert [(one.number, one.net_cents, one.vat_cents, one.gross_cents, one.open_cents) for one in after] == sums
    assert await database.read(lambda session: number_faults(session, 2026)) == []
    assert len(await database.read(partial(load_invoices_of, customer_id=stage.world.customer_id))) == 2
    assert list(check(await database.read(lambda session: list(all_receipts(session))))) == []
    assert not any((await erase(stage, LATER))["removed"].values())


async def test_nothing_is_erased_at_once_after_seven_years_only(database: Database) -> None:
    """A first run that comes after the years removes everything in one go."""
    stage = await make_archive(database)
    report = await erase(stage, LATER)
    assert all(report["removed"].values()), report["removed"]
    assert await found(database, OURS) == {("receipts", "body")}
