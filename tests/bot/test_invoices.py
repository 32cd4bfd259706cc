"""Invoices in chat: the list, the card, how a line came about, the costs so far; on both engines (R3, R5, R14, D33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.costs import running_costs
from bot.invoice_news import invoice_changed
from bot.views import VIEWS
from bot.wire import Reply
from bot.words import Typed, understand
from cards.clicks.estimates import ApproveEstimate, SendEstimate
from cards.clicks.hours import LogTime
from cards.clicks.invoices import GetInvoice, ShowCosts, ShowInvoice, ShowInvoices, ShowInvoiceTicket
from cards.clicks.tickets import OpenTicket, ShowTicket
from contract.invoices import CreditCause, Invoice, credit_note
from contract.people import Language
from storage.database import Database
from storage.errors import NotFound
from storage.invoices import issue
from storage.payments import add_payment
from storage.people import load_standings
from tests.bot.invoiced import invoiced, issued_invoice, worked_ticket
from tests.bot.people import Somebody, World, buttons_of, make_world, text_of


async def paid(world: World, invoice: Invoice, cents: int) -> None:
    """The customer paid so much."""
    day = invoice.invoice_date
    await world.database.write(
        lambda session: add_payment(session, invoice.id, paid_on=day, amount_cents=cents, now=world.now)
    )


async def credited(world: World, invoice: Invoice, lines: slice = slice(None)) -> Invoice:
    """The manager gave some of it back."""
    chosen = tuple(replace(line, original_id=line.id) for line in invoice.lines[lines])
    note = credit_note(invoice, chosen, dated=invoice.invoice_date, cause=CreditCause.CHOICE, reason="Dubbel berekend")
    return await world.database.write(lambda session: issue(session, note, now=world.now))


async def test_contacts_read_the_invoice_in_their_language(database: Database) -> None:
    """Number, month, amounts, due date; per ticket its time and amount, and behind a button its lines with days."""
    world = await make_world(database)
    invoice = await invoiced(world)
    dutch = text_of(await world.click(world.anna, ShowInvoice(invoice=invoice.id)))
    for words in (
        "Factuur 2026-0001",
        "Te betalen",
        "november 2026 · uiterlijk te betalen op 15 december 2026",
        "1001 · Outlook",
        "0:40 · € 56,67",
        "0:40 × € 85 per uur = € 56,67",
        "ma 23 nov 0:40",
        "€ 331,67",
        "€ 69,65",
        "€ 401,32",
    ):
        assert words in dutch
    english = text_of(await world.click(world.bram, ShowInvoice(invoice=invoice.id)))
    assert "0:40 × € 85 per hour = € 56.67" in english


async def test_the_card_says_how_the_invoice_stands(database: Database) -> None:
    """To pay, partly paid, overdue from the day after the due date, paid; each from what was booked (R15, D8)."""
    world = await make_world(database)
    invoice = await invoiced(world)

    async def says() -> str:
        return text_of(await world.click(world.anna, ShowInvoice(invoice=invoice.id)))

    await paid(world, invoice, 10_000)
    assert "€ 301,32" in await says()
    world.now = world.now.replace(month=12, day=15)
    assert "Te laat" not in await says()
    world.now += timedelta(days=1)
    assert "Te laat" in await says()
    await paid(world, invoice, 30_132)
    assert "Betaald" in await says()
    assert "Te laat" not in await says()


async def test_credit_notes_are_shown_the_same_way(database: Database) -> None:
    """A credit note names its invoice and why; the invoice leads to it, and says what is left."""
    world = await make_world(database)
    invoice = await invoiced(world)
    note = await credited(world, invoice, slice(1, 2))
    shown = await world.click(world.anna, ShowInvoice(invoice=note.id))
    assert "Dubbel berekend" in text_of(shown)
    assert "Factuur 2026-0001" in buttons_of(shown)
    left = await world.click(world.anna, ShowInvoice(invoice=invoice.id))
    assert note.number in buttons_of(left)
    assert "€ 332,75" in text_of(left)
    await credited(world, invoice, slice(1))
    assert "Gecrediteerd" in text_of(await world.click(world.anna, ShowInvoice(invoice=invoice.id)))


async def test_the_list_has_everything_of_the_organisation(database: Database) -> None:
    """Typed in either language: newest first, how many days are left; of another organisation nothing."""
    world = await make_world(database)
    invoice = await invoiced(world)
    note = await credited(world, invoice, slice(1, 2))
    listed = await world.say(world.anna, "facturen")
    assert text_of(listed).index(note.number or "?") < text_of(listed).index("Factuur 2026-0001")
    assert "te betalen binnen 22 dagen, nog € 332,75" in text_of(listed)
    assert text_of(await world.say(world.bram, "Invoices")) != ""
    assert "There are no invoices yet." in text_of(await world.say(world.other, "invoices"))
    assert "Factuur 2026-0001" in text_of(await world.say(world.anna, "factuur 2026-0001"))
    assert "Niet gevonden" in text_of(await world.say(world.anna, "2026-0999"))
    assert "Not found" in text_of(await world.say(world.other, "2026-0001"))


async def test_a_long_list_is_paged(database: Database) -> None:
    """Eight at a time, none twice and none left out."""
    world = await make_world(database)
    invoice = await invoiced(world)
    for _ in range(9):
        await credited(world, invoice, slice(1, 2))
    seen: list[str] = []
    for page in (1, 2):
        shown = buttons_of(await world.click(world.anna, ShowInvoices(page=page)))
        seen += [title for title in shown if title.startswith("Open ")]
    assert len(seen) == len(set(seen)) == 10


async def test_others_do_not_see_it(database: Database) -> None:
    """Another organisation, a stranger, and delivery for somebody who is no contact any more."""
    world = await make_world(database)
    invoice = await invoiced(world)
    for click in (
        ShowInvoice(invoice=invoice.id),
        ShowInvoiceTicket(invoice=invoice.id, ticket=1001),
        GetInvoice(invoice=invoice.id),
    ):
        shown = text_of(await world.click(world.other, click))
        assert "Outlook" not in shown
        assert "56" not in shown

    def render(session: Any, who: Somebody) -> Reply:
        reader = load_standings(session, [who.id])[who.id]
        return Reply(card=VIEWS["invoice"](session, reader, {"invoice": invoice.id}, world.now, world.router.policy))

    assert "Bakkerij" in text_of(await database.read(lambda session: render(session, world.mia)))
    with pytest.raises(NotFound):
        await database.read(lambda session: render(session, world.other))


async def test_every_open_card_follows(database: Database) -> None:
    """Booked as paid: the cards that stand with the contacts are brought up to date, without a new one."""
    world = await make_world(database)
    invoice = await invoiced(world)
    await world.click(world.anna, ShowInvoice(invoice=invoice.id))
    await database.write(lambda session: invoice_changed(session, invoice.id, invoice.customer_id, world.now))
    rows = [row for row in await world.waiting(world.anna) if row.get("view") == "invoice"]
    assert [(row["post"], row["subject"]) for row in rows] == [(False, f"invoice:{invoice.id}")]


async def test_a_line_leads_to_its_entries_and_approvals(database: Database) -> None:
    """Who worked when on what, and for what is beyond 120 minutes who approved it, when, and the price they saw."""
    world = await make_world(database)
    await worked_ticket(world, 120)
    await world.click(world.eva, SendEstimate(form_id=world.form(), ticket=1001, minutes=60, what="Verder zoeken"))
    await world.click(world.bram, ApproveEstimate(estimate=1, revision=1, minutes=60))
    world.now += timedelta(hours=1)
    logged = LogTime(form_id=world.form(), ticket=1001, worked_minutes=30, work="Gevonden")
    await world.click(world.eva, logged)
    invoice = await database.write(lambda session: issued_invoice(session, world.customer_id, 1001, world.now))
    trace = await world.click(world.anna, ShowInvoiceTicket(invoice=invoice.id, ticket=1001))
    for words in (
        "maandag 23 november 2026 · 11:00–13:00 · Eva Engineer",
        "Profiel hersteld",
        "maandag 23 november 2026 · 13:30–14:00 · Eva Engineer",
        "0:30 Werk in kantooruren (inschatting 1001-1)",
        "Inschatting 1001-1 is goedgekeurd door Bram Bakker, maandag 23 november 2026 13:00.",
        "1:00 extra, hoogstens € 85,00 in kantooruren",
        "€ 130 per uur",
    ):
        assert words in text_of(trace)
    assert buttons_of(trace)["Toon inschatting 1001-1"]["data"] == {"estimate": 1}
    assert "Vraag over deze regel" in buttons_of(trace)
    staff = await world.click(world.eva, ShowInvoiceTicket(invoice=invoice.id, ticket=1001))
    assert "Vraag over deze regel" not in buttons_of(staff)
    missing = await world.click(world.anna, ShowInvoiceTicket(invoice=invoice.id, ticket=1002))
    assert "Niet gevonden" in text_of(missing)


# --- costs so far -----------------------------------------------------------------------------------------------------


async def test_costs_so_far_are_what_the_invoice_says(database: Database) -> None:
    """To the line: what the running month shows is what its invoice has when nothing happens any more (D33)."""
    world = await make_world(database)
    await worked_ticket(world, 7)
    await world.click(world.bram, OpenTicket(form_id=world.form(), description="Nog iets", subject="Agenda"))
    month, lines = await database.read(lambda session: running_costs(session, world.customer_id, world.now))
    invoice = await database.write(lambda session: issued_invoice(session, world.customer_id, 1001, world.now))
    assert month == (2026, 11)
    assert [replace(line, id=0) for line in invoice.lines] == list(lines)
    shown = text_of(await world.say(world.anna, "kosten"))
    for words in (
        "Voorlopig, tot de factuur van 1 december 2026",
        "exclusief btw",
        "Werk in kantooruren 0:07 · Minimum van 15 minuten per ticket 0:08",
        "1002 · Agenda",
        "€ 42,50",
        "€ 317,50",
    ):
        assert words in shown


async def test_costs_are_the_own_organisations(database: Database) -> None:
    """Another organisation sees its own fee and no ticket of ours."""
    world = await make_world(database)
    await worked_ticket(world)
    shown = text_of(await world.click(world.other, ShowCosts()))
    assert "Outlook" not in shown
    assert "No tickets cost anything in this month so far." in shown
    assert "€ 275.00" in shown


def test_an_invoice_number_is_no_ticket() -> None:
    """An invoice may be named in any case and with the word before it; what has words behind it is no command."""
    for typed in ("2026-0001", "factuur 2026-0001", "Invoice 2026-0001.", "creditnota c2026-0003", "C2026-0003"):
        assert isinstance(understand(typed, Language.NL), ShowInvoices), typed
    assert understand("c2026-0003", Language.EN) == ShowInvoices(number="C2026-0003")
    assert understand("2026", Language.NL) == ShowTicket(ticket=2026)
    assert isinstance(understand("2026-0001 klopt niet", Language.NL), Typed)
    assert understand("kosten?", Language.EN) == ShowCosts()
    assert isinstance(understand("kosten van de printer zijn te hoog", Language.NL), Typed)
