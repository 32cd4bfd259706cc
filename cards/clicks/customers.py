"""Buttons about what was agreed with a customer: contract, addendum, prices, access (R6, R25, R26, R29; managers)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.hours import Day
from contract.holidays import LiberationDay

Year = Annotated[int, Field(ge=2020, le=2100)]
Amount = Annotated[str, Field(max_length=20)]
"""Euros as people type them: "85", "87,50". Read by the handler, so that a slip keeps the form filled."""

ExtraHoliday = Literal["good_friday", "dec_24", "dec_31"]
"""Days that a price list may add to the contract's holidays (D3)."""


class StartContract(Click):
    """Show the form for the dates of a contract."""

    customer: Id


class KeepContract(Form):
    """Keep a signed contract with its first and last day."""

    customer: Id
    number: Annotated[str, Field(max_length=40)] = ""
    signed_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class StartAddendum(Click):
    """Show the form for an addendum that allows on-site work."""

    customer: Id


class KeepAddendum(Form):
    """Keep a signed addendum."""

    customer: Id
    signed_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class StartPrices(Click):
    """Show the form for the price list of a year."""

    customer: Id
    year: Year


class KeepPrices(Form):
    """Keep the price list of a year."""

    customer: Id
    year: Year
    fee: Amount = ""
    office: Amount = ""
    after_hours: Amount = ""
    weekend_holiday: Amount = ""
    extra_holidays: tuple[ExtraHoliday, ...] = ()
    liberation_day: LiberationDay = LiberationDay.LUSTRUM


class StartConsent(Click):
    """Show the form for a consent to remote access."""

    customer: Id


class KeepConsent(Form):
    """Record that the customer consented to remote access: who, by which document, from when, until when."""

    customer: Id
    given_by: Annotated[str, Field(max_length=90)] = ""
    document: Annotated[str, Field(max_length=200)] = ""
    valid_from: Day | None = None
    valid_until: Day | None = None


class StartConsentWithdrawal(Click):
    """Ask once more before access is withdrawn."""

    customer: Id


class WithdrawConsent(Form):
    """Record that the customer withdrew remote access, from now on."""

    customer: Id
