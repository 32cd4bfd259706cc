"""Issued invoices in chat: the list, the card, how a line came about, and the addresses of the documents (R3, R5, R14).

An invoice is seen by the contacts of its customer and by managers. Everybody else is told that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.invoice_documents import check_theirs
from bot.invoice_months import months_answer
from bot.links import Purpose, link_url
from bot.opening import customer_of
from bot.turn import Answer, Policy, Turn
from cards.clicks.invoices import GetInvoice, ShowInvoice, ShowInvoices, ShowInvoiceTicket
from cards.clicks.invoicing import ShowWaitingQuestions
from cards.components import Card
from cards.invoice_lines import TicketLines, by_ticket
from cards.invoice_list import PAGE_INVOICES, InvoiceList, documents_card, invoice_list_card
from cards.invoice_state import InvoiceSums
from cards.invoice_trace import TicketTrace, TracedEntry, trace_card
from cards.invoices import InvoiceSheet, invoice_card
from cards.question_list import WaitingQuestion, waiting_questions_card
from contract.invoices import Invoice, InvoiceKind
from contract.people import Role
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.estimates import load_estimates
from storage.hours import load_entries_by_id
from storage.invoice_documents import DocumentKind, load_document, load_documents
from storage.invoices import credit_notes_of, find_invoice, invoices_page, load_invoice, load_invoices
from storage.payments import load_balances
from storage.people import Standing
from storage.questions import load_questions, waiting_questions
from storage.tickets import names_of


def visible_invoice(turn: Turn, invoice_id: int) -> Invoice:
    """The invoice, if the caller may see it. Raises NotFound."""
    return check_theirs(load_invoice(turn.session, invoice_id), turn.caller)


def show_invoices(turn: Turn, click: ShowInvoices) -> Answer:
    """A page of the invoices and credit notes of the organisation; for a manager the months of all customers."""
    if click.number:
        wanted = find_invoice(turn.session, click.number)
        if wanted is None:
            raise NotFound("invoice", click.number)
        return show_invoice(turn, ShowInvoice(invoice=wanted.id))
    if turn.role.is_staff:
        return months_answer(turn)
    customer = customer_of(turn)
    ids = invoices_page(turn.session, customer.id, skip=(click.page - 1) * PAGE_INVOICES, limit=PAGE_INVOICES + 1)
    shown = {invoice.id: invoice for invoice in load_invoices(turn.session, ids[:PAGE_INVOICES])}
    balances = load_balances(turn.session, shown)
    return invoice_list_card(
        InvoiceList(
            lines=tuple(InvoiceSums(invoice=shown[key], balance=balances[key]) for key in ids[:PAGE_INVOICES]),
            page=click.page,
            has_more=len(ids) > PAGE_INVOICES,
            now=turn.now,
        ),
        turn.language,
    )


def show_waiting_questions(turn: Turn, _click: ShowWaitingQuestions) -> Answer:
    """The questions of all customers that wait for an answer, the longest first."""
    waiting = waiting_questions(turn.session, PAGE_INVOICES)
    invoices = {one.id: one for one in load_invoices(turn.session, {question.invoice_id for question in waiting})}
    names = {one.customer_id: load_customer(turn.session, one.customer_id).name for one in invoices.values()}
    lines = [
        WaitingQuestion(
            question=question,
            invoice=invoices[question.invoice_id],
            customer_name=names[invoices[question.invoice_id].customer_id],
        )
        for question in waiting
    ]
    return waiting_questions_card(lines, turn.language, turn.now)


def show_invoice(turn: Turn, click: ShowInvoice) -> Answer:
    """An invoice in the place of the clicked card, from one of its tickets on."""
    visible_invoice(turn, click.invoice)
    sheet = invoice_sheet(turn.session, turn.caller, click.invoice, turn.now)
    return invoice_card(sheet, turn.language, first=click.first)


def invoice_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """An invoice for delivery. Raises NotFound where the reader may not see it."""
    return invoice_card(invoice_sheet(session, reader, args["invoice"], now), reader.person.language)


def invoice_sheet(session: Session, reader: Standing, invoice_id: int, now: datetime) -> InvoiceSheet:
    """Everything the card of an invoice shows to this reader. Raises NotFound."""
    invoice = check_theirs(load_invoice(session, invoice_id), reader)
    is_staff = reader.role.is_staff
    notes = credit_notes_of(session, invoice.id) if invoice.kind is InvoiceKind.INVOICE else ()
    return InvoiceSheet(
        sums=InvoiceSums(invoice=invoice, balance=load_balances(session, [invoice.id])[invoice.id]),
        customer_name=load_customer(session, invoice.customer_id).name if is_staff else "",
        credit_notes=tuple((note.id, note.number or "") for note in notes),
        questions=tuple((one.id, one.is_waiting) for one in load_questions(session, invoice.id)),
        has_documents=len(load_documents(session, invoice.id)) == len(DocumentKind),
        can_ask=reader.role is Role.CONTACT,
        can_book=reader.role is Role.MANAGER,
        now=now,
    )


def get_invoice(turn: Turn, click: GetInvoice) -> Answer:
    """The addresses of the documents, which open for this reader for ten minutes. Raises NotFound while not made."""
    invoice = visible_invoice(turn, click.invoice)
    for kind in DocumentKind:
        load_document(turn.session, invoice.id, kind)
    pdf, ubl = (
        link_url(turn.policy, purpose, invoice.id, turn.person, turn.now)
        for purpose in (Purpose.INVOICE_PDF, Purpose.INVOICE_UBL)
    )
    return documents_card(invoice, pdf, ubl, turn.language)


def show_invoice_ticket(turn: Turn, click: ShowInvoiceTicket) -> Answer:
    """How the lines of one ticket came about: its entries, and the approvals behind what is over the free minutes."""
    invoice = visible_invoice(turn, click.invoice)
    ticket = next((one for one in by_ticket(invoice.lines) if one.number == click.ticket), None)
    if ticket is None:
        raise NotFound("ticket", click.ticket)
    named = {piece.estimate for line in ticket.lines for piece in line.pieces}
    estimates = {one.number: one.id for one in load_estimates(turn.session, ticket.number)}
    trace = TicketTrace(
        invoice=invoice,
        ticket=ticket,
        entries=_entries(turn.session, ticket),
        approvals=tuple((one, estimates.get(one.estimate)) for one in invoice.approvals if one.estimate in named),
        can_ask=turn.role is Role.CONTACT,
    )
    return trace_card(trace, turn.language, first=click.first)


def _entries(session: Session, ticket: TicketLines) -> tuple[TracedEntry, ...]:
    """The entries that the lines rest on, by begin, with what each line charges of them."""
    charged: dict[int, list[Any]] = {}
    for line in ticket.lines:
        for piece in line.pieces:
            charged.setdefault(piece.entry_id, []).append((line, piece.minutes, piece.estimate))
    entries = load_entries_by_id(session, charged)
    names = names_of(session, sorted({entry.engineer_id for entry in entries.values()}))
    return tuple(
        TracedEntry(
            started_at=entry.started_at,
            ended_at=entry.ended_at,
            engineer=names[entry.engineer_id],
            what=entry.what,
            charged=tuple(charged[entry.id]),
        )
        for entry in sorted(entries.values(), key=lambda one: (one.started_at, one.id))
    )
