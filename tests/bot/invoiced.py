"""Invoices of the tests: issued from what was really logged, with their documents, and questions about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot import announcements
from bot.delivery import Delivery
from bot.invoice_documents import DocumentKinds
from bot.limits import Limits
from cards.clicks.hours import LogTime
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket
from contract.contracts import covering
from contract.invoices import Invoice, month_invoice
from contract.local_time import local
from contract.months import Month, month_of
from contract.people import Language
from contract.questions import Question, Word
from storage.billed_customers import load_billed_customers
from storage.files import keep_content
from storage.invoice_documents import DocumentKind, InvoiceDocument, keep_document, load_documents
from storage.invoices import issue
from storage.questions import add_question, add_word
from storage.ticket_records import load_records
from tests.bot.deliveries import SetClock
from tests.bot.people import Somebody, World
from tests.documents.samples import BUYER, SELLER

DOCUMENT = b"%PDF-1.7 of a test"


def issued_invoice(
    session: Any, customer_id: int, ticket: int, now: datetime, *, month: Month | None = None, made: bool = True
) -> Invoice:
    """The customer's invoice of the month, issued from the raw entries; `made`: with stand-ins for its documents."""
    month = month or month_of(now)
    [customer] = load_billed_customers(session, [customer_id], month)
    contract = covering(customer.contracts, local(now).date().replace(day=1))
    assert contract is not None
    tickets = load_records(session, [customer_id], month)[customer_id]
    assert ticket in {one.record.ticket.number for one in tickets}
    invoice = month_invoice(
        contract,
        month,
        [one.record for one in tickets],
        customer.prices,
        seller=SELLER,
        buyer=replace(BUYER, name=customer.name),
        language=Language.NL,
    )
    assert invoice is not None
    allowed = tuple(approval for one in tickets for approval in one.approvals)
    invoice = issue(session, replace(invoice, approvals=allowed), now=now)
    if made:
        digest = f"{invoice.id:064x}"
        keep_content(session, digest, DOCUMENT)
        for kind in DocumentKind:
            keep_document(session, invoice.id, InvoiceDocument(kind, f"{invoice.number}.{kind}", digest), now)
    return invoice


def asked_question(session: Any, invoice: Invoice, who: Somebody, text: str, now: datetime) -> int:
    """A question about the invoice as a whole."""
    asked = Question(id=0, invoice_id=invoice.id, line_id=None, asked_by=who.id, asked_at=now)
    question_id = add_question(session, asked)
    word = Word(at=now, person_id=who.id, name=who.name, text=text)
    add_word(session, question_id, word, key=f"{question_id}:{text}")
    return question_id


async def worked_ticket(world: World, minutes: int = 40) -> int:
    """A ticket of Anna's on which Eva worked so long, in the half-hours before now."""
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook is stuk", subject="Outlook"))
    number = 1001
    await world.click(world.eva, ClaimTicket(ticket=number))
    world.now = world.now.replace(hour=12, minute=0)
    logged = LogTime(form_id=world.form(), ticket=number, worked_minutes=minutes, work="Profiel hersteld")
    await world.click(world.eva, logged)
    return number


async def invoiced(world: World, *, announced: bool = False) -> Invoice:
    """A ticket with work, and the invoice of its month; `announced`: its documents are still to be made."""
    number = await worked_ticket(world)

    def run(session: Any) -> Invoice:
        invoice = issued_invoice(session, world.customer_id, number, world.now, made=not announced)
        if announced:
            announcements.invoice_issued(session, invoice.id, invoice.customer_id, world.now)
        return invoice

    return await world.database.write(run)


async def make_documents(world: World) -> None:
    """Have the documents made that are asked for, as delivery does it."""
    clock = SetClock()
    clock.at = world.now
    delivery = Delivery(world.database, DocumentKinds(world.database).kinds(), clock, Limits(clock), slots=4)
    await delivery.start()
    await delivery.drained()
    await delivery.stop()


async def documents_of(world: World, invoice: Invoice) -> dict[DocumentKind, InvoiceDocument]:
    """The documents that are kept."""
    return await world.database.read(partial(load_documents, invoice_id=invoice.id))
