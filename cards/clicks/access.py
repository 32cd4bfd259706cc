"""Buttons about remote access: who had it when, withdrawing it, sessions, and who in a customer's tenant can grant it.

`customer` is the staff's; a contact's own organisation needs no name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.tickets import Page
from contract.people import Language

LONGEST_REASON = 500
LONGEST_NAME, LONGEST_ADDRESS = 200, 320


class SessionFile(StrEnum):
    """How the list of sessions is saved."""

    CSV = "csv"
    JSON = "json"


class ShowAccess(Click):
    """Show what is consented now, and a page of who had access when, for which ticket. Pages count from 1."""

    customer: Id | None = None
    page: Page = 1


class GetSessions(Click):
    """Show the link that saves who had access when as a file."""

    customer: Id | None = None
    kind: SessionFile = SessionFile.CSV


class StartAccessWithdrawal(Click):
    """Ask once more, and why, before a contact withdraws the consent to remote access (contacts)."""


class WithdrawAccess(Form):
    """Withdraw the consent: remote work stops at this instant (contacts)."""

    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


class StartLifting(Click):
    """Ask once more before a contact consents again to what was withdrawn (contacts)."""


class LiftWithdrawal(Form):
    """Consent again (contacts)."""


class StartAdministrator(Click):
    """Show the form for who can grant access in the customer's tenant (contacts, managers)."""

    customer: Id | None = None
    consent_request: Id | None = None


class KeepAdministrator(Form):
    """Name the administrator; with `consent_request` it is forwarded there at once (contacts, managers)."""

    customer: Id | None = None
    consent_request: Id | None = None
    administrator: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    address: Annotated[str, Field(max_length=LONGEST_ADDRESS)] = ""
    reads: Language = Language.NL


class ForwardRequest(Click):
    """Send a request for consent to the administrator by mail (contacts)."""

    consent_request: Id


class MarkForwarded(Form):
    """The contact sent the words of the request by a mail of their own; where none is sent from here (contacts)."""

    consent_request: Id
    words: str = ""


class StartSession(Click):
    """Start a remote session on a ticket, and the work timer along (staff)."""

    ticket: Id


class EndSession(Click):
    """End the engineer's remote session on a ticket; the form to log its time comes filled in (staff)."""

    ticket: Id
