"""Mails about invoices as they go out: to the billing address, once, whatever happens; on both engines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cards.clicks.invoices import AskQuestion
from contract.people import Language
from storage import outbox
from storage.database import Database
from storage.outbox_states import State
from storage.payments import add_payment
from tests.bot.invoiced import DOCUMENT, invoiced, make_documents
from tests.bot.mailed import BILLS, ask_mail, billed, ends, mailed, parts, update_language
from tests.bot.people import make_world
from tests.bot.post_office import FROM, PostOffice, post_office


@pytest.mark.parametrize(
    "language,subject,words",
    [
        (Language.NL, "Factuur 2026-0001 voor november 2026", ["Te betalen", "Een vraag over een regel?"]),
        (Language.EN, "Invoice 2026-0001 for November 2026", ["To pay", "A question about a line?"]),
    ],
)
async def test_an_invoice_goes_to_the_billing_address(
    database: Database, tmp_path: Path, language: Language, subject: str, words: list[str]
) -> None:
    """In the invoice's language, as text and as a page, with the PDF and the UBL that the contacts can open."""
    world = await make_world(database)
    await billed(world, language=language)
    invoice = await invoiced(world)
    invoice = replace(invoice, language=language)
    set_language = update_language(invoice.id, language)
    await database.write(set_language)
    await ask_mail(world, invoice.id)
    async with post_office(tmp_path) as office:
        await mailed(world, office.server())
    [mail] = office.mails
    assert office.recipients == [[BILLS]]
    assert mail["Subject"] == f"Oxineo: {subject}"
    assert (mail["From"], mail["To"], mail["Reply-To"]) == (f"Oxineo <{FROM}>", BILLS, "Oxineo <info@oxineo.nl>")
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == (language.value, "auto-generated")
    text, page, attached = parts(mail)
    for word in [*words, "NL91ABNA0417164300", "PO-2026-77"]:
        assert word in text
        assert word in page
    assert f'<html lang="{language.value}">' in page
    assert sorted((name, kind, content) for name, kind, content in attached) == [
        (f"{invoice.number}.pdf", "application/pdf", DOCUMENT),
        (f"{invoice.number}.ubl", "application/xml", DOCUMENT),
    ]


async def test_the_same_mail_is_asked_for_once(database: Database, tmp_path: Path) -> None:
    """Whoever asks again for the mail of an invoice sends none."""
    world = await make_world(database)
    await billed(world)
    invoice = await invoiced(world)
    async with post_office(tmp_path) as office:
        for _ in range(2):
            await ask_mail(world, invoice.id)
            await mailed(world, office.server())
    assert len(office.mails) == 1


async def test_a_second_copy_is_the_same_mail(database: Database, tmp_path: Path) -> None:
    """The server took it and hung up: it is sent again, the same to the date, and its Message-ID says so."""
    world = await make_world(database)
    await billed(world)
    await ask_mail(world, (await invoiced(world)).id)
    async with post_office(tmp_path) as office:
        office.after_mail.append("hang up")
        await mailed(world, office.server(), minutes=10)
    first, second = office.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@oxineo.example>")
    assert (first["Date"], first["Subject"]) == (second["Date"], second["Subject"])
    assert parts(first) == parts(second)
    assert [state for state, _, _ in await ends(world, "mail")] == [State.DONE]


async def test_greylisting_is_waited_out(database: Database, tmp_path: Path) -> None:
    """Put off three times within eight minutes: it arrives all the same, once."""
    world = await make_world(database)
    await billed(world)
    await ask_mail(world, (await invoiced(world)).id)
    async with post_office(tmp_path) as office:
        office.at_recipient += ["451 greylisted"] * 3
        await mailed(world, office.server(), minutes=20)
    assert (len(office.mails), office.tried) == (1, 4)


async def test_a_refused_address_is_corrected_and_tried_again(database: Database, tmp_path: Path) -> None:
    """5xx is a dead letter that operators see; after the billing address is corrected the retry goes to the new one."""
    world = await make_world(database)
    await billed(world, "wrong@brood.example")
    await ask_mail(world, (await invoiced(world)).id)
    async with post_office(tmp_path) as office:
        office.at_recipient.append("550 no such mailbox")
        await mailed(world, office.server(), minutes=60)
        assert [(state, error) for state, error, _ in await ends(world, "mail")] == [(State.DEAD, "mail refused 550")]
        await billed(world)
        await database.write(lambda session: outbox.retry(session, world.now))
        await mailed(world, office.server())
    assert office.recipients == [[BILLS]]


async def test_without_a_server_nothing_waits(database: Database) -> None:
    """An installation without mail piles up no rows: each ends, saying why."""
    world = await make_world(database)
    await billed(world)
    await ask_mail(world, (await invoiced(world)).id)
    await mailed(world, None)
    assert await ends(world, "mail") == [(State.DONE, None, {"skipped": "no way to mail is set"})]


async def test_an_address_that_is_none_is_a_dead_letter(database: Database, tmp_path: Path) -> None:
    """What can't be an address is never handed to a server."""
    world = await make_world(database)
    await billed(world, "not an address")
    await ask_mail(world, (await invoiced(world)).id)
    async with post_office(tmp_path) as office:
        await mailed(world, office.server())
    assert office.tried == 0
    assert [(state, error) for state, error, _ in await ends(world, "mail")] == [(State.DEAD, "not a mail address")]


async def test_a_payment_reminder_says_what_is_left(database: Database, tmp_path: Path) -> None:
    """Partly paid: the rest is asked, with the PDF and nothing about costs."""
    world = await make_world(database)
    await billed(world)
    invoice = await invoiced(world)
    day = invoice.invoice_date
    await database.write(
        lambda session: add_payment(session, invoice.id, paid_on=day, amount_cents=10_000, now=world.now)
    )
    await ask_mail(world, invoice.id, "payment_reminder")
    async with post_office(tmp_path) as office:
        await mailed(world, office.server())
    text, _, attached = parts(office.mails[0])
    assert office.mails[0]["Subject"] == "Oxineo: Herinnering: factuur 2026-0001 is nog niet betaald"
    left = (invoice.gross_cents - 10_000) // 100
    assert f"€\xa0{left}," in text
    assert [name for name, _, _ in attached] == ["2026-0001.pdf"]


@pytest.mark.parametrize("meanwhile", ["paid", "asked"])
async def test_no_reminder_once_it_is_paid_or_asked_about(database: Database, tmp_path: Path, meanwhile: str) -> None:
    """What happened between the asking for a mail and its sending counts (R15)."""
    world = await make_world(database)
    await billed(world)
    invoice = await invoiced(world)
    await ask_mail(world, invoice.id, "payment_reminder")
    if meanwhile == "paid":
        day, all_of_it = invoice.invoice_date, invoice.gross_cents
        await database.write(
            lambda session: add_payment(session, invoice.id, paid_on=day, amount_cents=all_of_it, now=world.now)
        )
    else:
        await world.click(world.anna, AskQuestion(form_id=world.form(), invoice=invoice.id, text="Waarom?"))
    async with post_office(tmp_path) as office:
        await mailed(world, office.server())
    assert office.mails == []


async def test_making_the_documents_sends_the_invoice(database: Database, tmp_path: Path) -> None:
    """Issued, documents made, mailed: the whole way, with the real documents."""
    world = await make_world(database)
    await billed(world)
    await invoiced(world, announced=True)
    await make_documents(world)
    office: PostOffice
    async with post_office(tmp_path) as office:
        await mailed(world, office.server())
    names = {name: content for name, _, content in parts(office.mails[0])[2]}
    assert names["2026-0001.pdf"].startswith(b"%PDF-1.")
    assert b"2026-0001" in names["2026-0001.xml"]
