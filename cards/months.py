"""The managers' overview of the months: what was issued, what can be, what is open and overdue (R14, R15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cards.clicks.invoices import ShowInvoice
from cards.clicks.invoicing import (
    BookPayment,
    PrepareInvoices,
    ShowCreditDue,
    ShowMonths,
    ShowRun,
    ShowUnpaid,
    ShowWaitingQuestions,
)
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
    Spacing,
    action_row,
    card,
    clip,
    columns,
    execute,
    facts,
    fit,
    heading,
    panel,
    section,
    text,
    wrote,
)
from cards.formats import calendar_date, money, month
from cards.invoicing import state_text, when_issued
from cards.language import Texts, texts_for
from contract.invoice_runs import RunState, Totals
from contract.invoices import Invoice
from contract.months import Month
from contract.people import Language

PAGE_UNPAID = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A month: its run if there is one, and the invoices that were issued for it."""

    month: Month
    key: int
    state: RunState | None
    invoices: int
    net_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsSheet:
    """The months, the running one with what it comes to so far, and what is to be paid."""

    lines: tuple[MonthLine, ...]
    running: Month
    preview: Totals
    is_part: bool
    """Whether the preview is of the first customers only."""
    unpaid: int
    unpaid_cents: int
    overdue: int
    overdue_cents: int
    credits: tuple[tuple[int, str], ...] = ()
    """Invoices of which something is due back: id and number."""
    questions: int = 0
    """How many questions wait for an answer."""


def months_card(sheet: MonthsSheet, language: Language, *, notice: str = "") -> Card:
    """Everything about invoices that a manager may have to do."""
    t = texts_for(language)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(t("Invoices")),
        *(_line(t, line) for line in sheet.lines),
        _preview(t, sheet),
        section(
            heading(t("To be paid"), size=FontSize.MEDIUM),
            facts(
                (t("Still open"), _counted(t, sheet.unpaid, sheet.unpaid_cents)),
                (t("Of which overdue"), _counted(t, sheet.overdue, sheet.overdue_cents)),
            ),
            action_row(
                execute(t("Open invoices"), ShowUnpaid()) if sheet.unpaid else None,
                execute(t("Overdue invoices"), ShowUnpaid(overdue=True)) if sheet.overdue else None,
                *(
                    execute(t("Due back: {number}", number=number), ShowCreditDue(invoice=key))
                    for key, number in sheet.credits
                ),
                execute(t.plural("{n} question waits", "{n} questions wait", sheet.questions), ShowWaitingQuestions())
                if sheet.questions
                else None,
            )
            if sheet.unpaid or sheet.credits or sheet.questions
            else None,
        ),
        fallback_text=t("Invoices: {n} open, {amount}", n=sheet.unpaid, amount=money(sheet.unpaid_cents, language)),
        language=language,
    )


def _counted(t: Texts, count: int, cents: int) -> str:
    return f"{count} · {money(cents, t.language)}"


def _line(t: Texts, line: MonthLine) -> Element:
    name = month(dt.date(*line.month, 1), t.language)
    state = state_text(t, line.state) if line.state is not None else t("Not prepared yet")
    counted = t.plural("{n} invoice", "{n} invoices", line.invoices)
    about = f"{state} · {counted}, {money(line.net_cents, t.language)}" if line.invoices else state
    button = (
        execute(t("Open {month}", month=name), ShowRun(run=line.key))
        if line.state is not None
        else execute(t("Prepare {month}", month=name), PrepareInvoices(run=line.key))
    )
    return section(
        columns(
            [text(name, bold=True), text(about, subtle=True, spacing=Spacing.NONE)],
            [action_row(button)],
            widths=("stretch", "auto"),
        )
    )


def _preview(t: Texts, sheet: MonthsSheet) -> Element:
    name = month(dt.date(*sheet.running, 1), t.language)
    counted = t.plural("{n} invoice", "{n} invoices", sheet.preview.invoices)
    part = t("Of the first customers only; all of them: fourstar invoice preview") if sheet.is_part else ""
    return section(
        heading(t("{month} so far", month=name), size=FontSize.MEDIUM),
        text(f"{counted} · {t('{amount} excl. VAT', amount=money(sheet.preview.net_cents, t.language))}"),
        text(when_issued(t, sheet.running), subtle=True, spacing=Spacing.NONE),
        text(part, subtle=True) if part else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidLine:
    """An invoice that is not paid."""

    id: int
    number: str
    customer: str
    due_date: dt.date
    open_cents: int
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpaidList:
    """A page of the invoices that are not paid, the longest due first."""

    lines: tuple[UnpaidLine, ...]
    page: int
    has_more: bool
    overdue: bool


def unpaid_card(found: UnpaidList, language: Language) -> Card:
    """What customers still have to pay, a page at a time."""
    return fit(lambda count: _unpaid(found, language, count), len(found.lines))


def _unpaid(found: UnpaidList, language: Language, count: int) -> Card:
    t = texts_for(language)
    title = t("Overdue invoices") if found.overdue else t("Open invoices")
    page = found.page
    return card(
        heading(title),
        *(_unpaid_line(t, line) for line in found.lines[:count]),
        text(t("Nothing is overdue.") if found.overdue else t("Nothing is open.")) if not found.lines else None,
        action_row(
            execute(t("Previous"), ShowUnpaid(page=page - 1, overdue=found.overdue)) if page > 1 else None,
            execute(t("Next"), ShowUnpaid(page=page + 1, overdue=found.overdue)) if found.has_more else None,
            execute(t("All months"), ShowMonths()),
        ),
        fallback_text=f"{title}: {', '.join(line.number for line in found.lines)}",
        language=language,
    )


def _unpaid_line(t: Texts, line: UnpaidLine) -> Element:
    due = calendar_date(line.due_date, t.language)
    when = t("overdue since {day}", day=due) if line.is_overdue else t("due on {day}", day=due)
    return section(
        columns(
            [
                wrote(f"{line.number} · {clip(line.customer, 60)}", bold=True),
                text(f"{money(line.open_cents, t.language)} · {when}", spacing=Spacing.NONE),
            ],
            [action_row(execute(t("Open {number}", number=line.number), ShowInvoice(invoice=line.id)))],
            widths=("stretch", "auto"),
        )
    )


def payment_card(
    invoice: Invoice, open_cents: int, form_id: str, today: dt.date, language: Language, *, customer: str
) -> Card:
    """Ask once more before what is open of an invoice is booked as paid today."""
    t = texts_for(language)
    amount = money(open_cents, language)
    title = t("Invoice {number} paid?", number=invoice.number)
    return card(
        heading(title),
        text(customer, subtle=True, spacing=Spacing.NONE),
        text(t("{amount} is booked as paid on {day}.", amount=amount, day=calendar_date(today, language))),
        text(t("Another day or amount: fourstar invoice paid {number}", number=invoice.number), subtle=True),
        action_row(
            execute(
                t("Yes, {amount} was paid", amount=amount),
                BookPayment(form_id=form_id, invoice=invoice.id, amount_cents=open_cents),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowInvoice(invoice=invoice.id)),
        ),
        fallback_text=title,
        language=language,
        is_form=True,
    )
