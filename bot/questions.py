"""Questions about invoices: asking, answering, settling (R5, R15).

Whoever adds a word holds the question's row. The same form sent twice with the same words is one word; words that are
refused stay in the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import invoice_news
from bot.invoice_documents import check_theirs
from bot.invoices import visible_invoice
from bot.replies import digest
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from cards.clicks.invoices import AnswerQuestion, AskQuestion, SettleQuestion, ShowQuestion, StartQuestion
from cards.components import Card
from cards.questions import QuestionForm, QuestionSheet, question_card, question_form_card
from cards.refusals import refusal_text
from contract.errors import TextMissing
from contract.invoices import Invoice, InvoiceLine
from contract.people import Role
from contract.questions import Question, Word, check_text, heard, settled
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.invoices import load_invoice
from storage.people import Standing
from storage.questions import add_question, add_word, find_word, load_question, load_words, save_question


def start_question(turn: Turn, click: StartQuestion) -> Answer:
    """Show the form, with the line chosen that the button was on."""
    invoice = visible_invoice(turn, click.invoice)
    form = QuestionForm(invoice=invoice, form_id=new_form_id(), line=_line(invoice, click.line))
    return question_form_card(form, turn.language)


def _line(invoice: Invoice, line_id: int | None) -> InvoiceLine | None:
    """The line with this id; None for the invoice as a whole. Raises NotFound for a line of another invoice."""
    if not line_id:
        return None
    found = next((line for line in invoice.lines if line.id == line_id), None)
    if found is None:
        raise NotFound("line", line_id)
    return found


def ask_question(turn: Turn, click: AskQuestion) -> Answer:
    """Ask the managers; a second submit of the same words shows the question that the first one opened."""
    invoice = visible_invoice(turn, click.invoice)
    line = _line(invoice, click.line)
    try:
        text = check_text(click.text)
    except TextMissing as error:
        notice = refusal_text(error, turn.language, turn.now)
        form = QuestionForm(invoice=invoice, form_id=click.form_id, line=line, text=click.text, notice=notice)
        return question_form_card(form, turn.language)
    key = f"question:{turn.person.id}:{invoice.id}:{click.form_id}:{digest(text)}"
    kept = find_word(turn.session, key)
    if kept is not None:
        return question_answer(turn, kept[0])
    question = Question(
        id=0,
        invoice_id=invoice.id,
        line_id=line.id if line else None,
        asked_by=turn.person.id,
        asked_at=turn.now,
    )
    question = replace(question, id=add_question(turn.session, question))
    add_word(turn.session, question.id, _word(turn, text), key=key)
    invoice_news.question_asked(turn.session, question, invoice.customer_id, turn.now)
    invoice_news.invoice_changed(turn.session, invoice.id, invoice.customer_id, turn.now)
    return question_answer(turn, question.id)


def _word(turn: Turn, text: str) -> Word:
    return Word(at=turn.now, person_id=turn.person.id, name=turn.person.name, text=text)


def show_question(turn: Turn, click: ShowQuestion) -> Answer:
    """A question with everything that was said in it."""
    return question_answer(turn, click.question)


def answer_question(turn: Turn, click: AnswerQuestion) -> Answer:
    """Say something in a question: a manager's answer ends the waiting, a contact's next word renews it."""
    question, invoice = _held(turn, click.question)
    try:
        text = check_text(click.text)
    except TextMissing as error:
        return question_answer(turn, question.id, refusal_text(error, turn.language, turn.now))
    key = f"question:{turn.person.id}:{question.id}:{click.form_id}:{digest(text)}"
    if find_word(turn.session, key) is not None:
        return question_answer(turn, question.id)
    word = _word(turn, text)
    word = replace(word, id=add_word(turn.session, question.id, word, key=key))
    after = heard(question, is_staff=turn.role.is_staff, now=turn.now)
    _keep(turn, question, after, invoice, word)
    return question_answer(turn, question.id)


def settle_question(turn: Turn, click: SettleQuestion) -> Answer:
    """Say that it needs no answer any more; a second click finds it settled."""
    question, invoice = _held(turn, click.question)
    after = settled(question, turn.now)
    if after != question:
        _keep(turn, question, after, invoice)
    return question_answer(turn, question.id)


def _held(turn: Turn, question_id: int) -> tuple[Question, Invoice]:
    question = load_question(turn.session, question_id, lock=True)
    return question, visible_invoice(turn, question.invoice_id)


def _keep(turn: Turn, before: Question, after: Question, invoice: Invoice, word: Word | None = None) -> None:
    save_question(turn.session, after)
    invoice_news.question_changed(turn.session, after, invoice.customer_id, turn.now, word)
    if after.is_waiting != before.is_waiting:
        # The invoice says whether reminders are held.
        invoice_news.invoice_changed(turn.session, invoice.id, invoice.customer_id, turn.now)


def question_answer(turn: Turn, question_id: int, notice: str = "") -> Card:
    """The card of a question for the caller, as it is now. Raises NotFound."""
    sheet = question_sheet(turn.session, turn.caller, question_id, turn.now)
    return question_card(replace(sheet, notice=notice), turn.language)


def question_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """A question for delivery. Raises NotFound where the reader may not see it."""
    return question_card(question_sheet(session, reader, args["question"], now), reader.person.language)


def question_sheet(session: Session, reader: Standing, question_id: int, now: datetime) -> QuestionSheet:
    """Everything the card of a question shows to this reader. Raises NotFound."""
    question = load_question(session, question_id)
    invoice = check_theirs(load_invoice(session, question.invoice_id), reader)
    is_staff = reader.role.is_staff
    return QuestionSheet(
        question=question,
        invoice=invoice,
        line=_line(invoice, question.line_id),
        words=load_words(session, question.id),
        customer_name=load_customer(session, invoice.customer_id).name if is_staff else "",
        may_answer=reader.role in (Role.CONTACT, Role.MANAGER),
        is_manager=reader.role is Role.MANAGER,
        form_id=new_form_id(),
        now=now,
    )
