"""Payments and credit notes in chat, for managers (R15, D5, D9, D22)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest_asyncio
from sqlalchemy.orm import Session

from bot import terms
from cards.clicks.hours import CorrectTime
from cards.clicks.invoices import ShowInvoice
from cards.clicks.invoicing import (
    BookPayment,
    CreditInvoice,
    IssueCredit,
    ShowCreditDue,
    ShowMonths,
    StartCredit,
    StartPayment,
)
from cards.clicks.queue import MarkDuplicate, WaiveMinimum
from contract.invoices import InvoiceKind
from storage.database import Database
from storage.hours import load_entries
from tests.bot.billing import FIRST
from tests.bot.month import ANYTHING, issued, month_world, november, shown_to
from tests.bot.people import World, buttons_of, text_of
from tests.bot.worked import TICKET, add_ticket


@pytest_asyncio.fixture
async def world(database: Database) -> World:
    """The issue moment of November."""
    return await month_world(database)


# --- payments ---------------------------------------------------------------------------------------------------------


async def test_paid_in_two_clicks(world: World) -> None:
    """The card asks once more, and then books what is open as paid today; a second click books nothing (R15)."""
    invoice = await november(world)
    asked = await world.click(world.mia, StartPayment(invoice=invoice.id))
    assert "€ 401,32 wordt geboekt als betaald op 1 december 2026." in text_of(asked)
    book = BookPayment(form_id=world.form(), invoice=invoice.id, amount_cents=invoice.gross_cents)
    for _ in range(2):
        assert "Betaald" in text_of(await world.click(world.mia, book))
    assert "Is betaald" not in buttons_of(await world.click(world.mia, ShowInvoice(invoice=invoice.id)))
    # A paid invoice is simply shown.
    assert "Factuur 2026-0001 betaald?" not in text_of(await world.click(world.mia, StartPayment(invoice=invoice.id)))


# --- credit notes -----------------------------------------------------------------------------------------------------


async def correct(world: World, minutes: int) -> None:
    """Eva corrects her entry to so many minutes."""
    [entry] = await world.database.read(lambda session: load_entries(session, TICKET))
    fixed = CorrectTime(form_id=world.form(), ticket=TICKET, entry=entry.id, worked_minutes=minutes, work="x", why="y")
    await world.click(world.eva, fixed)


async def test_a_correction_prepares_a_credit_note(world: World) -> None:
    """40 invoiced minutes become 30: € 14.17 are due back, and one click issues the credit note, once (D9)."""
    invoice = await november(world)
    world.now += timedelta(days=1)
    await correct(world, 30)
    assert len(await shown_to(world, world.mia, "credit")) == 1
    world.now += timedelta(minutes=1)
    card = await world.click(world.mia, ShowCreditDue(invoice=invoice.id))
    assert "Er is € 17,15 terug te geven." in text_of(card)
    shown = buttons_of(card)["Creditnota versturen"]["data"]["shown"]
    await world.click(world.mia, IssueCredit(invoice=invoice.id, shown=ANYTHING))
    assert len(await issued(world)) == 1
    for _ in range(2):
        text = text_of(await world.click(world.mia, IssueCredit(invoice=invoice.id, shown=shown)))
    assert "Er is niets terug te geven." in text
    _, note = await issued(world)
    assert (note.number, note.kind, note.net_cents) == ("C2026-0001", InvoiceKind.CREDIT_NOTE, 1417)
    assert note.reason == "Na de factuur gecorrigeerd: ticket 1001"
    assert (note.original_number, note.lines[0].original_id) == ("2026-0001", invoice.lines[1].id)


async def test_a_correction_upwards_is_nothing_to_give_back(world: World) -> None:
    """More than was invoiced goes on the next invoice; nobody is shown a credit note (D9)."""
    await november(world)
    world.now += timedelta(days=1)
    await correct(world, 50)
    assert await shown_to(world, world.mia, "credit") == []


async def test_a_duplicate_after_its_invoice(world: World) -> None:
    """A ticket that turns out to be a duplicate is due back whole (D22)."""
    await add_ticket(world, TICKET + 1)
    world.now = FIRST
    invoice = await november(world)
    world.now += timedelta(hours=1)
    await world.click(world.eva, MarkDuplicate(form_id=world.form(), ticket=TICKET, duplicate_of=TICKET + 1))
    world.now += timedelta(minutes=1)
    card = text_of(await world.click(world.mia, ShowCreditDue(invoice=invoice.id)))
    assert "€ 56,67" in card


async def test_a_minimum_waived_after_its_invoice(world: World) -> None:
    """The minimum that was charged is due back (D5)."""
    world.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    await add_ticket(world, TICKET + 1)
    world.now = FIRST
    invoice = await november(world)
    world.now += timedelta(hours=1)
    waive = WaiveMinimum(form_id=world.form(), ticket=TICKET + 1, reason="Ons eigen foutje")
    await world.click(world.eva, waive)
    assert len(await shown_to(world, world.mia, "credit")) == 1
    world.now += timedelta(minutes=1)
    assert "€ 21,25" in text_of(await world.click(world.mia, ShowCreditDue(invoice=invoice.id)))


async def test_a_manager_gives_lines_back(world: World) -> None:
    """Chosen lines, for a reason that stands on the credit note; a line that is gone is not given back twice (D9)."""
    invoice = await november(world)
    form = await world.click(world.mia, StartCredit(invoice=invoice.id))
    assert "Teruggeven van factuur 2026-0001" in text_of(form)
    chosen = CreditInvoice(form_id=world.form(), invoice=invoice.id, lines=("2",), reason="Verkeerde klant")
    empty = CreditInvoice(form_id=world.form(), invoice=invoice.id, lines=(), reason="Zomaar")
    assert "Kies wat er wordt teruggegeven" in text_of(await world.click(world.mia, empty))
    assert "Creditnota C2026-0001" in text_of(await world.click(world.mia, chosen))
    assert "Van regel 2 is niets meer over" in text_of(await world.click(world.mia, chosen))
    rest = CreditInvoice(form_id=world.form(), invoice=invoice.id, lines=("all",), reason="Alles")
    await world.click(world.mia, rest)
    _, first, second = await issued(world)
    assert (first.net_cents, first.reason, second.net_cents) == (5667, "Verkeerde klant", 27500)
    assert "Gecrediteerd" in text_of(await world.click(world.mia, ShowInvoice(invoice=invoice.id)))


async def test_a_credit_note_is_no_invoice(world: World) -> None:
    """A credit note can be neither paid nor given back (D9)."""
    invoice = await november(world)
    await world.click(
        world.mia, CreditInvoice(form_id=world.form(), invoice=invoice.id, lines=("all",), reason="Alles")
    )
    note = (await issued(world))[1]
    for click in (StartPayment(invoice=note.id), StartCredit(invoice=note.id), ShowCreditDue(invoice=note.id)):
        answer = await world.click(world.mia, click)
        assert answer is not None
        assert answer.is_error


async def test_a_cancellation_that_came_to_be_known_late(world: World) -> None:
    """It took effect before a month that was invoiced: the fee of that is due back, once, the work is not (D18)."""
    invoice = await november(world)
    assert invoice.number is not None
    world.now += timedelta(days=1)
    received = datetime(2026, 10, 30, 12, tzinfo=UTC)

    def cancel(session: Session) -> None:
        terms.cancel_contract(session, world.customer_id, world.now, received_at=received)

    await world.database.write(cancel)
    assert len(await shown_to(world, world.mia, "credit")) == 1
    assert invoice.number in text_of(await world.click(world.mia, ShowMonths()))
    card = await world.click(world.mia, ShowCreditDue(invoice=invoice.id))
    assert "Er is € 332,75 terug te geven." in text_of(card)
    shown = buttons_of(card)["Creditnota versturen"]["data"]["shown"]
    for _ in range(2):
        text = text_of(await world.click(world.mia, IssueCredit(invoice=invoice.id, shown=shown)))
    assert "Er is niets terug te geven." in text
    _, note = await issued(world)
    assert (note.net_cents, note.reason) == (27500, "Het contract was al voor deze maand beëindigd")
    assert invoice.number not in text_of(await world.click(world.mia, ShowMonths()))
