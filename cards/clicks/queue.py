"""Buttons of the engineers' side: the queue, and what is done with a ticket there (R11, R17, R34, D5, D22)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.hours import LogFields
from cards.clicks.tickets import Page, Query, Words
from contract.outcomes import Outcome
from contract.tickets import Product, Urgency

Route = Literal["investigated", "not_applicable"] | None
"""What came of one of the three routes of R17."""


class QueueFilter(StrEnum):
    """Which tickets of all customers the queue shows."""

    OPEN = "open"
    UNCLAIMED = "unclaimed"
    MINE = "mine"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_APPROVAL = "waiting_approval"
    WAITING_ACCESS = "waiting_access"
    OVERDUE = "overdue"


class ShowQueue(Click):
    """Show a page of the queue over all customers, narrowed to a filter, a customer or a search."""

    filter: QueueFilter = QueueFilter.OPEN
    customer: Id | None = None
    page: Page = 1
    query: Query = ""


class SearchQueue(Form):
    """Narrow the queue to what was chosen and typed."""

    filter: QueueFilter = QueueFilter.OPEN
    customer: Id | None = None
    query: Query = ""


class ClaimTicket(Click):
    """Pick the ticket up: the first click wins (R34)."""

    ticket: Id


class TakeOverTicket(Click):
    """Take the ticket from a colleague who is away."""

    ticket: Id


class StartHandOver(Click):
    """Show who the ticket can be handed to."""

    ticket: Id


class HandOverTicket(Form):
    """Give the ticket to a colleague, with a word about how it stands."""

    ticket: Id
    engineer: Id | None = None
    text: Words = ""


class StartUrgency(Click):
    """Show the urgencies with the response times that follow from them."""

    ticket: Id


class SetUrgency(Form):
    """Set the ticket's urgency, or take it away (R11); staff only, audited."""

    ticket: Id
    urgency: Urgency | None = None
    reason: Annotated[str, Field(max_length=500)] = ""


class StartNote(Click):
    """Show the form for an internal note."""

    ticket: Id


class AddNote(Form):
    """Keep an internal note that no contact ever sees."""

    ticket: Id
    text: Words = Field(default="", min_length=1)


class KeepNote(Form):
    """Keep words typed in the chat as an internal note; `activity` is the message they came from."""

    ticket: Id
    text: Words = Field(default="", min_length=1)
    activity: Annotated[str, Field(max_length=300)] = ""


class StartWaiting(Click):
    """Show the form that says for whom the ticket waits."""

    ticket: Id


class WaitForCustomer(Form):
    """Wait for an answer of the customer; what is asked goes to both contacts."""

    ticket: Id
    text: Words = ""


class WaitForMicrosoft(Form):
    """Wait for Microsoft, with the number of the case there."""

    ticket: Id
    case: Annotated[str, Field(max_length=60)] = ""


class ResumeTicket(Click):
    """Go on with a ticket that waited."""

    ticket: Id


class StartResolving(Click):
    """Show the form that closes a ticket."""

    ticket: Id
    outcome: Outcome = Outcome.SOLVED


class StartDuplicate(Click):
    """Show the form that marks a ticket as a duplicate of another."""

    ticket: Id


def _without_sign(value: object) -> object:
    """A ticket's number, which people write as "#1002" too."""
    return value.removeprefix("#").strip() if isinstance(value, str) else value


class MarkDuplicate(Form):
    """Close the ticket as a technical duplicate: void, not charged (D22)."""

    ticket: Id
    duplicate_of: Annotated[Id | None, BeforeValidator(_without_sign)] = None


class StartWaiving(Click):
    """Show the form that waives the 15-minute minimum."""

    ticket: Id


class WaiveMinimum(Form):
    """Waive the minimum, with a reason that the invoice shows (D5)."""

    ticket: Id
    reason: Annotated[str, Field(max_length=500)] = ""


class ShowMore(Click):
    """Show the rarer things that can be done with a ticket."""

    ticket: Id


class StartPhoneTicket(Click):
    """Show the form for a ticket of a contact who phoned; first the customer, then who of them."""

    customer: Id | None = None


class OpenPhoneTicket(Form):
    """Open a ticket for a contact who phoned: marked as such, both contacts are told."""

    customer: Id
    contact: Id | None = None
    description: Words = Field(default="", min_length=1)
    subject: Annotated[str, Field(max_length=200)] = ""
    product: Product | None = None
    affected: Annotated[str, Field(max_length=500)] = ""
    reach: Annotated[str, Field(max_length=500)] = ""
    outside_hours_allowed: bool = False


class ResolveTicket(LogFields):
    """Close the ticket with an outcome of R17, and log the last time in the same form where there is some."""

    ticket: Id
    outcome: Outcome = Outcome.SOLVED
    summary: Words = ""
    microsoft_case: Annotated[str, Field(max_length=60)] = ""
    fits: bool = False
    """Carried by the button that logs what fits and the rest not billable (D27)."""
    workaround: Route = None
    workaround_reason: Annotated[str, Field(max_length=1000)] = ""
    redesign: Route = None
    redesign_reason: Annotated[str, Field(max_length=1000)] = ""
    escalation: Route = None
    escalation_reason: Annotated[str, Field(max_length=1000)] = ""
