"""Questions about an invoice: the form, and the one card on which a question and its answers stand (R5, R15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.invoices import AnswerQuestion, AskQuestion, SettleQuestion, ShowInvoice
from cards.clicks.invoicing import StartCredit
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    Spacing,
    action_row,
    badge,
    card,
    choice_input,
    clip,
    execute,
    fit,
    heading,
    panel,
    section,
    text,
    text_input,
    wrote,
)
from cards.formats import stamp
from cards.invoice_lines import line_name
from cards.invoice_state import invoice_title
from cards.language import Texts, texts_for
from contract.invoices import Invoice, InvoiceKind, InvoiceLine
from contract.people import Language
from contract.questions import Question, Word

LONGEST_QUESTION = 4000
QUOTED = 140
MOST_CHOICES = 40
WHOLE = "0"
"""What the choice sends that is no line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """The form for a question; `line` is the one that is chosen, `text` what was typed before."""

    invoice: Invoice
    form_id: str
    line: InvoiceLine | None = None
    text: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSheet:
    """A question as its readers see it."""

    question: Question
    invoice: Invoice
    line: InvoiceLine | None
    words: tuple[Word, ...]
    customer_name: str = ""
    """For the staff: whose invoice it is."""
    may_answer: bool
    """Whether the reader takes part: a contact or a manager."""
    is_manager: bool = False
    form_id: str
    text: str = ""
    notice: str = ""
    now: datetime


def question_form_card(form: QuestionForm, language: Language) -> Card:
    """Ask about one line or about the invoice as a whole; it costs nothing."""
    t = texts_for(language)
    lines = _offered(form)
    return fit(lambda count: _form(t, form, lines[:count]), min(MOST_CHOICES, len(lines)))


def _title(t: Texts, invoice: Invoice) -> str:
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return t("Question about credit note {number}", number=invoice.number)
    return t("Question about invoice {number}", number=invoice.number)


def _offered(form: QuestionForm) -> list[InvoiceLine]:
    """The lines to choose from: of the chosen line's ticket, or all while there are few."""
    if form.line is None:
        return list(form.invoice.lines)
    return [line for line in form.invoice.lines if line.ticket_number == form.line.ticket_number]


def _form(t: Texts, form: QuestionForm, lines: list[InvoiceLine]) -> Card:
    invoice = form.invoice
    title = _title(t, invoice)
    choices: Mapping[str, str] = {
        WHOLE: t("The invoice as a whole"),
        **{str(line.id): clip(line_name(t, line), 120) for line in lines},
    }
    chosen = str(form.line.id) if form.line is not None and str(form.line.id) in choices else WHOLE
    return card(
        panel(text(form.notice), style=ContainerStyle.WARNING) if form.notice else None,
        heading(title),
        choice_input("line", t("What is it about?"), choices, value=chosen),
        text(t("Another line? Open its ticket on the invoice and ask from there."), subtle=True)
        if len(lines) < len(invoice.lines)
        else None,
        text_input(
            "text",
            t("Your question"),
            value=form.text,
            multiline=True,
            required=True,
            max_length=LONGEST_QUESTION,
            error=t("Write something first."),
        ),
        text(
            t(
                "It is free of charge: this is no ticket and no time is charged for it. Both contacts see it. Until it "
                "is answered no reminder to pay is sent."
            )
        ),
        action_row(
            execute(
                t("Send question"),
                AskQuestion(form_id=form.form_id, invoice=invoice.id),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowInvoice(invoice=invoice.id)),
        ),
        fallback_text=title,
        language=t.language,
        subject=f"invoice:{invoice.id}",
        is_form=True,
    )


def question_card(sheet: QuestionSheet, language: Language) -> Card:
    """The question with everything that was said, as much of it from the end as fits, and the box to go on."""
    t = texts_for(language)
    return fit(lambda count: _card(t, sheet, count), len(sheet.words))


def _card(t: Texts, sheet: QuestionSheet, count: int) -> Card:
    invoice, question = sheet.invoice, sheet.question
    title = _title(t, invoice)
    state = t("Waits for an answer") if question.is_waiting else t("Answered")
    hidden = len(sheet.words) - count
    answers = sheet.may_answer and sheet.is_manager
    return card(
        panel(text(sheet.notice), style=ContainerStyle.WARNING) if sheet.notice else None,
        heading(title),
        badge(state, ContainerStyle.WARNING if question.is_waiting else ContainerStyle.GOOD),
        text(sheet.customer_name, subtle=True) if sheet.customer_name else None,
        panel(wrote(line_name(t, sheet.line) if sheet.line else t("The invoice as a whole"))),
        text(t.plural("{n} earlier message is not shown", "{n} earlier messages are not shown", hidden), subtle=True)
        if hidden
        else None,
        *(_word(word, sheet.now, t.language) for word in sheet.words[hidden:]),
        section(
            text_input(
                "text",
                t("Your answer (both contacts read it)") if answers else t("Anything to add?"),
                value=sheet.text,
                multiline=True,
                max_length=LONGEST_QUESTION,
            ),
            text(t("Free of charge. No reminder to pay is sent while it waits for an answer."), subtle=True),
        )
        if sheet.may_answer
        else None,
        action_row(
            execute(
                t("Send answer") if answers else t("Send"),
                AnswerQuestion(form_id=sheet.form_id, question=question.id),
                style=ActionStyle.POSITIVE,
            )
            if sheet.may_answer
            else None,
            execute(t("Settled"), SettleQuestion(question=question.id)) if answers and question.is_waiting else None,
            execute(t("Give back"), StartCredit(invoice=invoice.id))
            if answers and invoice.kind is InvoiceKind.INVOICE
            else None,
            execute(t("To the invoice"), ShowInvoice(invoice=invoice.id)),
        ),
        fallback_text=f"{title} · {state}",
        language=t.language,
        subject=f"question:{question.id}",
        summary=f"{title}: {clip(' '.join(sheet.words[-1].text.split()), QUOTED)}" if sheet.words else "",
    )


def question_line(word: Word, invoice: Invoice, language: Language, *, is_answer: bool, customer: str = "") -> str:
    """The line of a notification: which invoice (for staff also whose), who, the beginning of what was said."""
    t = texts_for(language)
    about = invoice_title(t, invoice) + (f" · {customer}" if customer else "")
    who = t("{name} answers", name=word.name) if is_answer else t("{name} asks", name=word.name)
    return f"{about}: {who}: “{clip(' '.join(word.text.split()), QUOTED)}”"


def _word(word: Word, now: datetime, language: Language) -> Element:
    return section(
        text(f"{word.name} · {stamp(word.at, now, language)}", subtle=True),
        wrote(word.text, spacing=Spacing.NONE),
        spacing=Spacing.SMALL,
    )
