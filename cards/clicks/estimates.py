"""Buttons about estimates: asking, deciding, stopping (R18, R19, D13, D15)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cards.clicks.base import LONGEST_TEXT, Click, Form, Id
from contract.people import Language

Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
Minutes = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
"""Whatever was typed; whether it makes an estimate is the contract's to say."""
Reason = Annotated[str, Field(max_length=1000)]


class StartEstimate(Click):
    """Show the form for an estimate (staff), filled in with what is known already."""

    ticket: Id
    minutes: Minutes | None = None
    what: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class SendEstimate(Form):
    """Offer the estimate of the form to both contacts (staff)."""

    ticket: Id
    minutes: Minutes | None = None
    what: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class ShowEstimate(Click):
    """Show the card of an estimate."""

    estimate: Id


class ShowReceipt(Click):
    """Show the receipt of what was decided on an estimate (D13, D15)."""

    estimate: Id


class ApproveEstimate(Click):
    """Approve the revision that the card shows, whole. `language` is the one the card was in."""

    estimate: Id
    revision: Revision
    minutes: Minutes | None = None
    language: Language | None = None


class DeclineEstimate(Click):
    """Decline the revision that the card shows; one click is enough, a reason may go along."""

    estimate: Id
    revision: Revision
    reason: Reason = ""
    language: Language | None = None


class StopWork(Click):
    """Stop further work: the allowance falls to the minutes logged (D13). With `estimate` its card is the answer."""

    ticket: Id
    estimate: Id | None = None


class WithdrawEstimate(Click):
    """Take back an estimate that is still open (staff)."""

    estimate: Id


class StartPhoneDecision(Click):
    """Show the form for a decision that a contact gave by phone (staff, D15)."""

    estimate: Id


class RecordDecision(Form):
    """Record what `contact` decided by phone (staff, D15)."""

    estimate: Id
    revision: Revision
    contact: Id | None = None
    verdict: Literal["approved", "declined"] | None = None
    reason: Reason = ""
