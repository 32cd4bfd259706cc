"""Buttons of the managers' month: preparing and issuing invoices, payments, credit notes (R14, R15, D9)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from cards.clicks.base import Click, Form, Id


def _a_month(key: int) -> int:
    if key % 100 not in range(1, 13):
        raise ValueError(key)
    return key


RunKey = Annotated[int, Field(ge=200001, le=299912), AfterValidator(_a_month)]
"""A month as one number, such as 202611."""

Digest = Annotated[str, Field(min_length=32, max_length=32, pattern=r"^[0-9a-f]+$")]
"""What was shown, in short: a click binds to it."""

Place = Annotated[str, Field(pattern=r"^(all|[1-9][0-9]{0,4})$")]
"""A line of an invoice, counted from 1, or everything that is left of it."""

Page = Annotated[int, Field(ge=1, le=10_000)]


class ShowMonths(Click):
    """Show the months: what was issued, what can be, what is open."""


class ShowRun(Click):
    """Show how far the invoices of a month are."""

    run: RunKey


class PrepareInvoices(Click):
    """Make the drafts of a month, or make them again."""

    run: RunKey


class IssueInvoices(Click):
    """Issue the invoices of a month, as they were shown."""

    run: RunKey
    shown: Digest


class ShowUnpaid(Click):
    """Show the invoices of all customers that are not paid, the longest due first."""

    page: Page = 1
    overdue: bool = False


class ShowWaitingQuestions(Click):
    """Show the questions about invoices that wait for an answer."""


class StartPayment(Click):
    """Ask once more before an invoice is booked as paid."""

    invoice: Id


class BookPayment(Form):
    """Book what is open of an invoice as paid today."""

    invoice: Id
    amount_cents: Annotated[int, Field(ge=1, le=2**31 - 1)]


class StartCredit(Click):
    """Show the form for giving back lines of an invoice, or all of it."""

    invoice: Id


class CreditInvoice(Form):
    """Give back the chosen lines of an invoice, for a reason that the credit note shows."""

    invoice: Id
    lines: tuple[Place, ...] = ()
    reason: Annotated[str, Field(max_length=500)] = ""


class ShowCreditDue(Click):
    """Show what is due back of an invoice."""

    invoice: Id


class IssueCredit(Click):
    """Issue the credit note for what is due back of an invoice, as it was shown."""

    invoice: Id
    shown: Digest
