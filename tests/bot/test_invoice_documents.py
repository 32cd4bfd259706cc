"""The documents of an invoice: made once from what was issued, kept by digest, opened by who may; on both engines."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot import announcements, invoice_documents
from bot.links import Purpose, link_url
from bot.wire import Reply
from cards.clicks.invoices import GetInvoice
from cards.clicks.people import RemoveContact
from contract.invoices import Invoice
from documents.ubl import invoice_ubl
from storage import outbox
from storage.database import Database
from storage.files import forget_files, load_content
from storage.invoice_documents import DocumentKind, InvoiceDocument, keep_document
from storage.people import load_standings
from storage.tables import files
from tests.bot.invoiced import documents_of, invoiced, make_documents
from tests.bot.people import POLICY, Somebody, World, buttons_of, make_world, text_of
from tests.bot.test_file_pages import serving


async def shown(world: World, who: Somebody) -> list[str]:
    """The views that wait for somebody about invoices."""
    return [row["view"] for row in await world.waiting(who) if row.get("view") == "invoice"]


async def test_documents_are_made_before_anybody_hears(database: Database) -> None:
    """Issued: nobody has a card yet. Made: both contacts have it, nobody of another customer or of the staff."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)
    assert [await shown(world, who) for who in (world.anna, world.bram)] == [[], []]
    await make_documents(world)
    assert [await shown(world, who) for who in (world.anna, world.bram)] == [["invoice"], ["invoice"]]
    assert [await shown(world, who) for who in (world.other, world.eva, world.mia)] == [[], [], []]
    kept = await documents_of(world, invoice)
    assert {kind: document.name for kind, document in kept.items()} == {
        DocumentKind.PDF: "2026-0001.pdf",
        DocumentKind.UBL: "2026-0001.xml",
    }


async def test_documents_are_kept_by_their_digest(database: Database) -> None:
    """What is kept is what the rules make of the invoice as it was issued, under its own SHA-256."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)
    await make_documents(world)
    kept = await documents_of(world, invoice)
    ubl = await database.read(lambda session: load_content(session, kept[DocumentKind.UBL].sha256))
    assert ubl == invoice_ubl(invoice)
    assert hashlib.sha256(ubl).hexdigest() == kept[DocumentKind.UBL].sha256
    pdf = await database.read(lambda session: load_content(session, kept[DocumentKind.PDF].sha256))
    assert pdf.startswith(b"%PDF-")


async def test_documents_never_change(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, in doubt, or with another program that would draw it otherwise: the first bytes stay."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)
    await make_documents(world)
    before = await documents_of(world, invoice)
    monkeypatch.setattr(invoice_documents, "render", lambda _invoice: (b"<other/>", b"%PDF-other"))
    await database.write(
        lambda session: announcements.invoice_issued(session, invoice.id, invoice.customer_id, world.now)
    )
    other = InvoiceDocument(DocumentKind.PDF, "other.pdf", "0" * 64)
    await database.write(lambda session: keep_document(session, invoice.id, other, world.now))
    await make_documents(world)
    assert await documents_of(world, invoice) == before


async def test_what_can_not_be_made_is_a_dead_letter_that_can_be_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After eight attempts operators see it and nobody has a card; tried again, everything follows."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)

    def fail(_invoice: Invoice) -> tuple[bytes, bytes]:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(invoice_documents, "render", fail)
        for _ in range(8):
            await make_documents(world)
            world.now += timedelta(minutes=6)
    [letter] = await database.read(outbox.dead_letters)
    assert (letter.kind, letter.attempts, letter.error) == ("make_documents", 8, "failed: ValueError")
    assert await shown(world, world.anna) == []
    await database.write(lambda session: outbox.retry(session, world.now, [letter.id]))
    await make_documents(world)
    assert await shown(world, world.anna) == ["invoice"]
    assert len(await documents_of(world, invoice)) == 2


async def test_documents_outlive_a_file_with_the_same_bytes(database: Database) -> None:
    """Somebody drops the PDF in the chat and gives it to no ticket: forgetting that file leaves the invoice whole."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)
    await make_documents(world)
    digest = (await documents_of(world, invoice))[DocumentKind.PDF].sha256
    sent: dict[str, Any] = {
        "person_id": world.anna.id,
        "name": "2026-0001.pdf",
        "content_type": "application/pdf",
        "state": "stored",
        "sha256": digest,
        "created_at": world.now,
        "activity_id": "1:x",
        "position": 0,
        "is_internal": False,
    }
    await database.write(lambda session: session.execute(insert(files).values(sent)))
    later = world.now.replace(year=2027)
    assert await database.write(lambda session: forget_files(session, later)) == 1
    assert await database.read(lambda session: load_content(session, digest))


# --- links ------------------------------------------------------------------------------------------------------------


async def addresses(world: World, who: Somebody, invoice: Invoice) -> dict[str, str]:
    """The paths behind somebody's buttons PDF and XML."""
    reply = await world.click(who, GetInvoice(invoice=invoice.id))
    found = buttons_of(reply).items()
    return {title.upper(): a["url"].removeprefix(POLICY.public_url) for title, a in found if "url" in a}


async def test_contacts_and_staff_open_the_documents(database: Database) -> None:
    """Both contacts and the staff get the PDF and the UBL, to be saved under the invoice's number."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)
    await make_documents(world)
    async with serving(world) as client:
        for who in (world.anna, world.bram, world.mia):
            paths = await addresses(world, who, invoice)
            pdf, xml = await client.get(paths["PDF"]), await client.get(paths["XML"])
            assert (pdf.status, pdf.content_type) == (200, "application/pdf")
            assert (xml.status, xml.content_type) == (200, "application/xml")
            assert 'filename="2026-0001.pdf"' in pdf.headers["Content-Disposition"]
            assert await xml.read() == invoice_ubl(invoice)


async def test_a_link_ends_with_the_right_to_see(database: Database) -> None:
    """Of another organisation, or no contact any more: not found, also with a link that is still good."""
    world = await make_world(database)
    invoice = await invoiced(world)
    paths = await addresses(world, world.bram, invoice)
    standing = (await database.read(lambda session: load_standings(session, [world.other.id])))[world.other.id]
    forged = link_url(POLICY, Purpose.INVOICE_PDF, invoice.id, standing.person, world.now)
    removal = RemoveContact(form_id=world.form(), customer=world.customer_id, contact=world.bram.id)
    await world.click(world.mia, removal)
    async with serving(world) as client:
        for path in (*paths.values(), forged.removeprefix(POLICY.public_url)):
            assert (await client.get(path)).status == 404


async def test_a_link_ends_after_ten_minutes(database: Database) -> None:
    """Whoever finds it later gets a page that says what to do."""
    world = await make_world(database)
    paths = await addresses(world, world.anna, await invoiced(world))
    world.now = world.now.replace(minute=world.now.minute + 10)
    async with serving(world) as client:
        assert (await client.get(paths["PDF"])).status == 410


async def test_no_link_before_the_documents_are_made(database: Database) -> None:
    """A moment after issuing there is nothing to open yet: the card has no button, and an old click is told so."""
    world = await make_world(database)
    invoice = await invoiced(world, announced=True)
    reply: Reply | None = await world.click(world.anna, GetInvoice(invoice=invoice.id))
    assert "Niet gevonden" in text_of(reply)
