"""Buttons about tickets, for both sides."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from contract.tickets import Product

Page = Annotated[int, Field(ge=1, le=100_000)]
LONGEST_WORDS = 8000
"""Characters of what somebody writes at once: with everything around it that still fits a card."""

Words = Annotated[str, Field(max_length=LONGEST_WORDS)]
Query = Annotated[str, Field(max_length=200)]


class StartTicket(Click):
    """Show the form for a new ticket, filled in with `text`; `activity` is the message the text came from."""

    text: Words = ""
    activity: Annotated[str, Field(max_length=300)] = ""
    follow_up_of: Id | None = None


class OpenTicket(Form):
    """Open a ticket from the form. There is no urgency here, and a payload that carries one is refused (R12)."""

    description: Words = Field(default="", min_length=1)
    subject: Annotated[str, Field(max_length=200)] = ""
    product: Product | None = None
    affected: Annotated[str, Field(max_length=500)] = ""
    reach: Annotated[str, Field(max_length=500)] = ""
    outside_hours_allowed: bool = False
    follow_up_of: Id | None = None
    activity: Annotated[str, Field(max_length=300)] = ""


class ShowTickets(Click):
    """Show a page of the overview, narrowed to what matches `query`. Pages count from 1."""

    page: Page = 1
    query: Query = ""


class SearchTickets(Form):
    """Search the overview for what was typed into its field."""

    query: Query = ""


class ShowTicket(Click):
    """Show the card of a ticket."""

    ticket: Id


class ShowHistory(Click):
    """Show everything that happened on a ticket, a page at a time."""

    ticket: Id
    page: Page = 1


class AnswerTicket(Form):
    """Send the text in the card's answer box to the other side."""

    ticket: Id
    text: Words = Field(default="", min_length=1)


class KeepAnswer(Form):
    """Send words typed in the chat as an answer on this ticket; `activity` is the message they came from."""

    ticket: Id
    text: Words = Field(default="", min_length=1)
    activity: Annotated[str, Field(max_length=300)] = ""


class StartWithdrawal(Click):
    """Ask whether the ticket is really withdrawn: 15 minutes are still charged (D22, R31)."""

    ticket: Id


class WithdrawTicket(Form):
    """Withdraw the ticket."""

    ticket: Id
    reason: Annotated[str, Field(max_length=1000)] = ""


class StartReopening(Click):
    """Show the form that asks what is still wrong."""

    ticket: Id


class ReopenTicket(Form):
    """Reopen a closed ticket within 14 days (D30)."""

    ticket: Id
    text: Words = Field(default="", min_length=1)
