"""Samples of invoices: the card in its states, the list, how a line came about, questions, and the costs so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cards.components import Card
from cards.costs import CostsSheet, costs_card
from cards.invoice_lines import by_ticket
from cards.invoice_list import InvoiceList, documents_card, invoice_list_card
from cards.invoice_state import InvoiceSums
from cards.invoice_trace import TicketTrace, TracedEntry, trace_card
from cards.invoices import InvoiceSheet, invoice_card
from cards.question_list import WaitingQuestion, waiting_questions_card
from cards.questions import QuestionForm, QuestionSheet, question_card, question_form_card
from contract.invoices import Invoice
from contract.payments import Balance
from contract.people import Language
from contract.questions import Question, Word
from tests.cards.samples import sample
from tests.documents.samples import credited, november, quiet_month

NOW = datetime(2026, 12, 3, 9, 12, tzinfo=UTC)
LATE = datetime(2026, 12, 16, 9, tzinfo=UTC)
TOKEN = "https://support.example.org/files/" + "eyJhbGciOiJIUzI1NiJ9." * 9


def kept(invoice: Invoice, invoice_id: int = 7) -> Invoice:
    """The invoice as it is once it has ids."""
    lines = tuple(replace(line, id=100 + number) for number, line in enumerate(invoice.lines))
    return replace(invoice, id=invoice_id, lines=lines)


NOVEMBER = kept(november())
QUIET = kept(quiet_month(number="2026-0031"), 6)
NOTE = replace(kept(credited(), 9), number="C2026-0003", original_id=7, original_number="2026-0042")
LONG = kept(
    replace(
        NOVEMBER,
        lines=tuple(
            replace(line, ticket_number=2000 + number, subject=f"Outlook op balie {number} *toont* geen [mail](x)")
            for number in range(200)
            for line in NOVEMBER.lines[1:3]
        ),
    )
)


def sums(invoice: Invoice, *, paid_cents: int = 0, note: Invoice | None = None) -> InvoiceSums:
    """The invoice with what was paid of it and given back."""
    return InvoiceSums(
        invoice=invoice,
        balance=Balance(
            net_cents=invoice.net_cents,
            gross_cents=invoice.gross_cents,
            credited_net_cents=note.net_cents if note else 0,
            credited_cents=note.gross_cents if note else 0,
            paid_cents=paid_cents,
            due_date=invoice.due_date,
        ),
    )


SHEET = InvoiceSheet(sums=sums(NOVEMBER), customer_name="", can_ask=True, now=NOW)


@sample("invoice: to pay")
def _(language: Language) -> Card:
    return invoice_card(SHEET, language)


@sample("invoice: overdue, partly paid, a question waits, for a manager")
def _(language: Language) -> Card:
    sheet = replace(
        SHEET,
        sums=sums(NOVEMBER, paid_cents=10_000),
        customer_name="Bakkerij Korenbloem",
        questions=((3, False), (4, True)),
        can_ask=False,
        now=LATE,
    )
    return invoice_card(sheet, language)


@sample("invoice: paid, partly credited, documents not made yet")
def _(language: Language) -> Card:
    left = NOVEMBER.gross_cents - NOTE.gross_cents
    sheet = replace(
        SHEET,
        sums=sums(NOVEMBER, paid_cents=left, note=NOTE),
        credit_notes=((9, "C2026-0003"),),
        has_documents=False,
    )
    return invoice_card(sheet, language)


@sample("invoice: credited as a whole")
def _(language: Language) -> Card:
    return invoice_card(replace(SHEET, sums=sums(QUIET, note=QUIET)), language)


@sample("invoice: credit note")
def _(language: Language) -> Card:
    return invoice_card(replace(SHEET, sums=sums(NOTE)), language)


@sample("invoice: 200 tickets, first page")
def _(language: Language) -> Card:
    return invoice_card(replace(SHEET, sums=sums(LONG)), language)


@sample("invoice: 200 tickets, among them")
def _(language: Language) -> Card:
    return invoice_card(replace(SHEET, sums=sums(LONG)), language, first=96)


@sample("invoice: its documents")
def _(language: Language) -> Card:
    return documents_card(NOVEMBER, TOKEN, TOKEN, language)


@sample("invoice: list, in every state")
def _(language: Language) -> Card:
    lines = (
        sums(NOTE),
        sums(NOVEMBER),
        sums(replace(NOVEMBER, due_date=NOW.date())),
        sums(replace(NOVEMBER, due_date=NOW.date() - timedelta(days=1)), paid_cents=10_000),
        sums(QUIET, paid_cents=QUIET.gross_cents),
        sums(QUIET, note=QUIET),
    )
    return invoice_list_card(InvoiceList(lines=lines, page=2, has_more=True, now=NOW), language)


@sample("invoice: list, none yet")
def _(language: Language) -> Card:
    return invoice_list_card(InvoiceList(lines=(), page=1, has_more=False, now=NOW), language)


def traced(number: int, *, times: int = 1) -> TicketTrace:
    """How the lines of a ticket of November came about."""
    ticket = next(one for one in by_ticket(NOVEMBER.lines) if one.number == number)
    entries = tuple(
        TracedEntry(
            started_at=piece.start,
            ended_at=piece.end,
            engineer="Mark Visser",
            what="Mailboxen overgezet en gecontroleerd. *Rechten* nog niet.",
            charged=((line, piece.minutes, piece.estimate),),
        )
        for line in ticket.lines
        for piece in line.pieces
    )
    named = {piece.estimate for line in ticket.lines for piece in line.pieces}
    approvals = tuple((one, 5) for one in NOVEMBER.approvals if one.estimate in named)
    return TicketTrace(invoice=NOVEMBER, ticket=ticket, entries=entries * times, approvals=approvals, can_ask=True)


@sample("invoice: how a ticket came about, beyond the free minutes")
def _(language: Language) -> Card:
    return trace_card(traced(1002), language)


@sample("invoice: how a ticket came about, by phone, estimate gone, for staff")
def _(language: Language) -> Card:
    trace = traced(1002)
    approvals = tuple((replace(one, is_by_phone=True), None) for one, _ in trace.approvals)
    return trace_card(replace(trace, approvals=approvals, can_ask=False), language)


@sample("invoice: how a ticket came about, many entries")
def _(language: Language) -> Card:
    return trace_card(traced(1003, times=40), language, first=24)


@sample("invoice: how a ticket came about, no work")
def _(language: Language) -> Card:
    return trace_card(traced(1004), language)


# --- questions --------------------------------------------------------------------------------------------------------

FORM = QuestionForm(invoice=NOVEMBER, form_id="form-00000001")
QUESTION = Question(id=3, invoice_id=7, line_id=102, asked_by=1, asked_at=NOW)
WORDS = (
    Word(at=NOW, person_id=1, name="Anna de Vries", text="Waarom zijn dit er *twee*?", id=1),
    Word(at=NOW + timedelta(hours=2), person_id=5, name="Mia Manager", text="Er waren twee bezoeken.", id=2),
)
THREAD = QuestionSheet(
    question=QUESTION,
    invoice=NOVEMBER,
    line=NOVEMBER.lines[2],
    words=WORDS[:1],
    may_answer=True,
    form_id="form-00000002",
    now=NOW,
)


@sample("question: the form, a line chosen")
def _(language: Language) -> Card:
    return question_form_card(replace(FORM, line=NOVEMBER.lines[2]), language)


@sample("question: the form, the whole invoice, nothing written")
def _(language: Language) -> Card:
    notice = {Language.NL: "Schrijf eerst iets.", Language.EN: "Write something first."}[language]
    return question_form_card(replace(FORM, notice=notice), language)


@sample("question: the form, an invoice of 200 tickets")
def _(language: Language) -> Card:
    return question_form_card(replace(FORM, invoice=LONG), language)


@sample("question: waits, for the contact")
def _(language: Language) -> Card:
    return question_card(THREAD, language)


@sample("question: waits, for the manager")
def _(language: Language) -> Card:
    return question_card(replace(THREAD, customer_name="Bakkerij Korenbloem", is_manager=True), language)


@sample("question: answered, about the invoice as a whole")
def _(language: Language) -> Card:
    question = replace(QUESTION, answered_at=NOW, line_id=None)
    return question_card(replace(THREAD, question=question, line=None, words=WORDS), language)


@sample("question: a long thread, for an engineer")
def _(language: Language) -> Card:
    words = tuple(replace(WORDS[number % 2], text="Nog een vraag. " * 250) for number in range(20))
    return question_card(replace(THREAD, words=words, may_answer=False, customer_name="Bakkerij Korenbloem"), language)


@sample("question: those that wait")
def _(language: Language) -> Card:
    line = WaitingQuestion(question=QUESTION, invoice=NOVEMBER, customer_name="Bakkerij Korenbloem")
    return waiting_questions_card([line, line], language, NOW)


@sample("question: none waits")
def _(language: Language) -> Card:
    return waiting_questions_card([], language, NOW)


# --- costs ------------------------------------------------------------------------------------------------------------


@sample("costs: of the month so far")
def _(language: Language) -> Card:
    return costs_card(CostsSheet(month=(2026, 11), lines=NOVEMBER.lines), language)


@sample("costs: 200 tickets, among them")
def _(language: Language) -> Card:
    return costs_card(CostsSheet(month=(2026, 11), lines=LONG.lines), language, first=50)


@sample("costs: nothing yet")
def _(language: Language) -> Card:
    return costs_card(CostsSheet(month=(2026, 11), lines=QUIET.lines), language)
