"""Buttons about a contract's course: the contract itself, its renewal, and who has not signed (R6-R8, R27-R30, D17)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.customers import Year
from contract.people import Language

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of a text, in hex."""


class ShowContract(Click):
    """Show the contract of the caller's organisation; staff get the list of customers."""


class ShowEvaluation(Click):
    """Show a contract's year in numbers; left out, that of the caller's organisation which began last (R30)."""

    contract: Id | None = None


class ShowRenewal(Click):
    """Show the renewal of a contract that ends with the year."""

    contract: Id


class SignRenewal(Form):
    """Sign the renewal that the card shows (contact).

    `shown` is the digest of its terms in `language`, the one the card was in: a click signs what its reader saw.
    """

    contract: Id
    shown: Digest
    language: Language
    signatory: Annotated[str, Field(max_length=200)] = ""
    confirmed: bool = False


class ShowRenewals(Click):
    """Show which contracts end with a year and who has not renewed (managers); left out, the year of this time."""

    year: Year | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class SendRenewals(Form):
    """Send the renewal to the contacts again: of one contract, or of everybody who has not signed (managers)."""

    year: Year
    contract: Id | None = None
