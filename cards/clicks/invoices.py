"""Buttons about issued invoices: reading them, what a line rests on, questions, costs so far (R3, R5, R14, D33)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import LONGEST_TEXT, Click, Form, Id

Page = Annotated[int, Field(ge=1, le=10_000)]
First = Annotated[int, Field(ge=0, le=100_000)]
"""How many tickets stand before the first one shown: a page holds as many as fit."""


class ShowInvoices(Click):
    """A page of all invoices of the organisation, newest first; for a manager the months."""

    page: Page = 1
    number: Annotated[str, Field(max_length=20)] = ""
    """Of the one invoice that is wanted, as it was typed."""


class ShowInvoice(Click):
    """Show an invoice or a credit note, its tickets from `first` on."""

    invoice: Id
    first: First = 0


class ShowInvoiceTicket(Click):
    """Show how the lines of a ticket on an invoice came about: every entry, every approval."""

    invoice: Id
    ticket: Id
    first: First = 0


class GetInvoice(Click):
    """Ask for the addresses of an invoice's documents, which end after ten minutes."""

    invoice: Id


class ShowCosts(Click):
    """Show what the running month has cost so far (contacts)."""

    first: First = 0


class StartQuestion(Click):
    """Show the form for a question about an invoice, with the line chosen (contacts)."""

    invoice: Id
    line: Id | None = None


class AskQuestion(Form):
    """Ask the managers about an invoice, or about one line of it (contacts)."""

    invoice: Id
    line: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    """0 is the invoice as a whole."""
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class ShowQuestion(Click):
    """Show a question with everything that was said in it."""

    question: Id


class AnswerQuestion(Form):
    """Say something in a question: a contact goes on, a manager answers."""

    question: Id
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class SettleQuestion(Click):
    """Say that a question needs no answer any more (managers)."""

    question: Id
