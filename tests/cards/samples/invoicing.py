"""Samples of the managers' month: the run in its states, the months, unpaid invoices, payments, credit notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from cards.clicks.invoicing import CreditInvoice
from cards.components import Card
from cards.credits import CreditSheet, correction_reason, credit_card, credit_form
from cards.invoices import InvoiceSheet, invoice_card
from cards.invoicing import RunSheet, run_card
from cards.language import texts_for
from cards.months import (
    MonthLine,
    MonthsSheet,
    UnpaidLine,
    UnpaidList,
    months_card,
    payment_card,
    unpaid_card,
)
from contract.credits import digest, left_of
from contract.invoice_runs import Finding, RunState, Totals, Unusual
from contract.invoices import CreditCause, Invoice, credit_note
from contract.people import Language
from tests.cards.samples import sample
from tests.cards.samples.invoices import NOTE, NOVEMBER, sums

NOW = datetime(2026, 12, 1, 11, 4, tzinfo=UTC)
FORM = "form-of-a-sample"


def totals(*findings: Finding) -> Totals:
    """42 invoices, with what is unusual about them."""
    found = Totals()
    for number in range(42):
        found = found.plus(39542, 8304, 47846, findings if not number else ())
    return found


UNUSUAL = (
    Finding(4, "Fietsenmaker Van Dijk & Zn.", Unusual.ABOVE_AVERAGE),
    Finding(7, "Bakkerij Brood & Zo", Unusual.INCOMPLETE, ("buyer.street", "buyer.postal_code", "buyer.city")),
    Finding(9, "Garage *De Hoek* [BV](x)", Unusual.WAIVED_MINIMUM, ("1043", "1051")),
    Finding(9, "Garage *De Hoek* [BV](x)", Unusual.TIMER_RUNNING, ("1050",)),
    Finding(11, "Bloemen van Els", Unusual.CREDIT_PENDING, ("1002",)),
    Finding(12, "Gentse Chocolade NV", Unusual.REVERSE_CHARGE),
    Finding(13, "Notaris Smit", Unusual.QUESTION_OPEN),
    Finding(14, "Slager De Boer", Unusual.NO_PRICE_LIST),
    Finding(15, "Loodgieter Mol", Unusual.NOTHING_TO_PAY),
    Finding(16, "Kapper Kort", Unusual.UNAPPROVED, ("1077",)),
)


def run(state: RunState, found: Totals, **fields: object) -> RunSheet:
    """The run of November."""
    made = {"month": (2026, 11), "key": 202611, "state": state, "totals": found, "now": NOW}
    return RunSheet(**{**made, **fields})  # type: ignore[arg-type]


@sample("month's run: being prepared")
def _(language: Language) -> Card:
    return run_card(run(RunState.PREPARING, Totals()), language)


@sample("month's run: ready, nothing unusual")
def _(language: Language) -> Card:
    return run_card(run(RunState.PREPARED, totals()), language)


@sample("month's run: ready, with everything unusual")
def _(language: Language) -> Card:
    return run_card(run(RunState.PREPARED, totals(*UNUSUAL)), language)


@sample("month's run: changed since it was shown")
def _(language: Language) -> Card:
    notice = texts_for(language)("It has changed meanwhile. This is how it stands now.")
    return run_card(run(RunState.PREPARED, totals(UNUSUAL[0])), language, notice=notice)


@sample("month's run: a setting is missing")
def _(language: Language) -> Card:
    missing = ("FOURSTAR_PROVIDER_VAT_ID", "FOURSTAR_PROVIDER_IBAN")
    fields = ("seller.vat_id", "seller.iban")
    found = Totals().plus(27500, 5775, 33275, [Finding(7, "Bakkerij", Unusual.INCOMPLETE, fields)])
    return run_card(run(RunState.PREPARED, found, missing_settings=missing), language)


@sample("month's run: many findings")
def _(language: Language) -> Card:
    many = (Finding(n, f"Klant {n} met een tamelijk lange naam", Unusual.TIMER_RUNNING, (str(n),)) for n in range(200))
    return run_card(run(RunState.PREPARED, totals(*many)), language)


@sample("month's run: being issued")
def _(language: Language) -> Card:
    return run_card(run(RunState.ISSUING, totals(), released_by="Mia *Manager*", released_at=NOW), language)


@sample("month's run: issued but one")
def _(language: Language) -> Card:
    return run_card(run(RunState.ISSUED, totals(UNUSUAL[1]), released_at=NOW), language)


def months(**fields: object) -> MonthsSheet:
    """The overview of a manager on 1 December."""
    made = {
        "lines": (
            MonthLine(month=(2026, 11), key=202611, state=None, invoices=0, net_cents=0),
            MonthLine(month=(2026, 10), key=202610, state=RunState.ISSUED, invoices=41, net_cents=1621222),
        ),
        "running": (2026, 12),
        "preview": totals(),
        "is_part": False,
        "unpaid": 0,
        "unpaid_cents": 0,
        "overdue": 0,
        "overdue_cents": 0,
    }
    return MonthsSheet(**{**made, **fields})  # type: ignore[arg-type]


@sample("months: nothing open")
def _(language: Language) -> Card:
    return months_card(months(), language)


@sample("months: something to do")
def _(language: Language) -> Card:
    sheet = months(
        is_part=True,
        unpaid=7,
        unpaid_cents=334922,
        overdue=2,
        overdue_cents=95692,
        credits=((7, "2026-0042"),),
        questions=3,
    )
    return months_card(sheet, language, notice=texts_for(language)("That day is still to come."))


@sample("unpaid invoices: a page")
def _(language: Language) -> Card:
    lines = tuple(
        UnpaidLine(
            id=number,
            number=f"2026-{number:04}",
            customer=f"Klant *{number}*",
            due_date=date(2026, 12, 15),
            open_cents=47846,
            is_overdue=number % 2 == 0,
        )
        for number in range(1, 9)
    )
    return unpaid_card(UnpaidList(lines=lines, page=2, has_more=True, overdue=False), language)


@sample("unpaid invoices: none overdue")
def _(language: Language) -> Card:
    return unpaid_card(UnpaidList(lines=(), page=1, has_more=False, overdue=True), language)


@sample("invoice: of a manager, to be paid")
def _(language: Language) -> Card:
    sheet = InvoiceSheet(sums=sums(NOVEMBER), customer_name="Bakkerij Brood & Zo", can_book=True, now=NOW)
    return invoice_card(sheet, language)


@sample("payment: asked once more")
def _(language: Language) -> Card:
    today = date(2026, 12, 14)
    return payment_card(NOVEMBER, NOVEMBER.gross_cents, FORM, today, language, customer="Bakkerij Brood & Zo")


def due(*, language: Language, notes: tuple[Invoice, ...] = (), is_due: bool = True) -> CreditSheet:
    """What is due back of the invoice of November."""
    lines = tuple(replace(line, original_id=line.id) for line in NOVEMBER.lines[1:3]) if is_due else ()
    draft = credit_note(
        NOVEMBER,
        lines,
        dated=date(2026, 12, 9),
        cause=CreditCause.CORRECTION,
        reason=correction_reason(texts_for(language), lines),
    )
    return CreditSheet(
        original=NOVEMBER,
        draft=draft,
        customer="Bakkerij Brood & Zo",
        notes=notes,
        shown=digest(NOVEMBER, lines),
    )


@sample("credit note: prepared")
def _(language: Language) -> Card:
    return credit_card(due(language=language), language)


@sample("credit note: nothing left that is due")
def _(language: Language) -> Card:
    notice = texts_for(language)("It has changed meanwhile. This is how it stands now.")
    return credit_card(due(language=language, notes=(NOTE,), is_due=False), language, notice=notice)


@sample("credit note: chosen lines")
def _(language: Language) -> Card:
    left = {line_id: one.cents for line_id, one in left_of(NOVEMBER, ()).items()}
    filled = CreditInvoice(form_id=FORM, invoice=NOVEMBER.id, lines=("2",), reason="Verkeerd ticket")
    return credit_form(NOVEMBER, left, filled, language, notice=texts_for(language)("Give a reason."))
