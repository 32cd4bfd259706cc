"""Payments of invoices and credit notes in chat, for managers (R15, D9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import credits as credit_acts
from bot import invoice_news
from bot.credits import NotAnInvoice, due_of
from bot.invoices import show_invoice
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from cards.clicks.invoices import ShowInvoice
from cards.clicks.invoicing import BookPayment, CreditInvoice, IssueCredit, ShowCreditDue, StartCredit, StartPayment
from cards.components import Card
from cards.credits import ALL, CreditSheet, credit_card, credit_form
from cards.months import payment_card
from cards.refusals import refusal_text
from contract.credits import left_of
from contract.invoices import CreditTooHigh, Invoice, InvoiceKind
from contract.local_time import local
from contract.payments import NothingToUndo, check_payment
from contract.people import Language, Role
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.invoices import credit_notes_of, load_invoice
from storage.payments import add_payment, load_balance, load_payments
from storage.people import Standing

# --- acts, shared with the command line -------------------------------------------------------------------------------


def book_payment(
    session: Session,
    invoice_id: int,
    *,
    paid_on: date,
    amount_cents: int | None,
    note: str,
    by: int | None,
    now: datetime,
) -> int:
    """Book a payment, of all that is open where no amount is given; returns it in cents. Raises PaymentRefusal."""
    invoice = load_invoice(session, invoice_id, lock=True)
    if invoice.kind is not InvoiceKind.INVOICE:
        raise NotAnInvoice
    balance = load_balance(session, invoice_id)
    cents = balance.open_cents if amount_cents is None else amount_cents
    check_payment(balance, cents, paid_on=paid_on, today=local(now).date())
    add_payment(session, invoice_id, paid_on=paid_on, amount_cents=cents, note=note, recorded_by=by, now=now)
    invoice_news.invoice_changed(session, invoice_id, invoice.customer_id, now)
    return cents


def undo_payment(session: Session, invoice_id: int, *, note: str, by: int | None, now: datetime) -> int:
    """Take the latest payment that stands back, by a negative one; returns it in cents. Raises NothingToUndo."""
    invoice = load_invoice(session, invoice_id, lock=True)
    standing: list[int] = []
    for payment in load_payments(session, invoice_id):
        if payment.amount_cents > 0:
            standing.append(payment.amount_cents)
        elif standing:
            standing.pop()
    if not standing:
        raise NothingToUndo
    today = local(now).date()
    add_payment(session, invoice_id, paid_on=today, amount_cents=-standing[-1], note=note, recorded_by=by, now=now)
    invoice_news.invoice_changed(session, invoice_id, invoice.customer_id, now)
    return standing[-1]


# --- payments in chat -------------------------------------------------------------------------------------------------


def _invoice(turn: Turn, invoice_id: int, *, lock: bool = False) -> Invoice:
    """An invoice that can be paid or credited. Raises NotFound for a credit note too."""
    invoice = load_invoice(turn.session, invoice_id, lock=lock)
    if invoice.kind is not InvoiceKind.INVOICE:
        raise NotFound("invoice", invoice_id)
    return invoice


def _shown(turn: Turn, invoice_id: int) -> Answer:
    return show_invoice(turn, ShowInvoice(invoice=invoice_id))


def start_payment(turn: Turn, click: StartPayment) -> Answer:
    """Ask once more; an invoice that is paid already is simply shown."""
    invoice = _invoice(turn, click.invoice)
    balance = load_balance(turn.session, invoice.id)
    if balance.is_settled:
        return _shown(turn, invoice.id)
    customer = load_customer(turn.session, invoice.customer_id).name
    today = local(turn.now).date()
    return payment_card(invoice, balance.open_cents, new_form_id(), today, turn.language, customer=customer)


def book_whole_payment(turn: Turn, click: BookPayment) -> Answer:
    """Book the amount that was shown as paid today; a second click finds nothing open and books nothing."""
    invoice = _invoice(turn, click.invoice, lock=True)
    if load_balance(turn.session, invoice.id).open_cents == click.amount_cents:
        book_payment(
            turn.session,
            invoice.id,
            paid_on=local(turn.now).date(),
            amount_cents=click.amount_cents,
            note="",
            by=turn.person.id,
            now=turn.now,
        )
    return _shown(turn, invoice.id)


# --- credit notes in chat ---------------------------------------------------------------------------------------------


def start_credit(turn: Turn, click: StartCredit) -> Answer:
    """Show the form."""
    invoice = _invoice(turn, click.invoice)
    return _form(turn, invoice, CreditInvoice(form_id=new_form_id(), invoice=invoice.id))


def _form(turn: Turn, invoice: Invoice, filled: CreditInvoice, notice: str = "") -> Card:
    left = left_of(invoice, credit_notes_of(turn.session, invoice.id))
    cents = {line_id: one.cents for line_id, one in left.items()}
    return credit_form(invoice, cents, filled, turn.language, notice=notice)


def credit_invoice(turn: Turn, click: CreditInvoice) -> Answer:
    """Issue the credit note; without lines or a reason, and where nothing is left of a line, the form says so."""
    invoice = _invoice(turn, click.invoice, lock=True)
    if not click.lines or not click.reason:
        return _form(turn, invoice, click, turn.texts("Choose what is given back, and give a reason."))
    positions = None if ALL in click.lines else [int(place) for place in click.lines]
    try:
        note = credit_acts.give_back(
            turn.session, invoice.id, positions, reason=click.reason, now=turn.now, by=turn.person.id
        )
    except CreditTooHigh as error:
        return _form(turn, invoice, click, refusal_text(error, turn.language, turn.now))
    return _shown(turn, note.id)


def show_credit_due(turn: Turn, click: ShowCreditDue) -> Answer:
    """What is due back of an invoice."""
    return _credit_answer(turn, _invoice(turn, click.invoice).id)


def issue_credit(turn: Turn, click: IssueCredit) -> Answer:
    """Issue the credit note that was shown; a second click, or somebody else's, gets the card as it is."""
    invoice = _invoice(turn, click.invoice, lock=True)
    due = due_of(turn.session, invoice.id)
    if not due.lines:
        return _credit_answer(turn, invoice.id)
    note = credit_acts.issue_due(turn.session, invoice.id, click.shown, turn.now, turn.person.id)
    if note is None:
        return _credit_answer(turn, invoice.id, turn.texts("It has changed meanwhile. This is how it stands now."))
    return _credit_answer(turn, invoice.id)


def _credit_answer(turn: Turn, invoice_id: int, notice: str = "") -> Card:
    return _credit_card(turn.session, invoice_id, turn.language, notice)


def _credit_card(session: Session, invoice_id: int, language: Language, notice: str = "") -> Card:
    due = due_of(session, invoice_id)
    sheet = CreditSheet(
        original=due.original,
        draft=due.draft,
        customer=load_customer(session, due.original.customer_id).name,
        notes=due.notes,
        shown=due.digest,
    )
    return credit_card(sheet, language, notice=notice)


def credit_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """What is due back of an invoice, for delivery. Raises NotFound for somebody who is no manager."""
    if reader.role is not Role.MANAGER:
        raise NotFound("invoice", args["credit"])
    return _credit_card(session, args["credit"], reader.person.language)
