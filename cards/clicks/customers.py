"""Buttons about what was agreed with a customer: contract, addendum, prices, access (R6-R8, R25-R29; managers)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.hours import Day
from contract.holidays import LiberationDay
from contract.periods import Side

Year = Annotated[int, Field(ge=2020, le=2100)]
Number = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(max_length=200)]
Item = Annotated[str, Field(max_length=100)]
Amount = Annotated[str, Field(max_length=20)]
"""Euros as people type them: "85", "87,50". Read by the handler, so that a slip keeps the form filled."""

ExtraHoliday = Literal["good_friday", "dec_24", "dec_31"]
"""Days that a price list may add to the contract's holidays (D3)."""


class StartContract(Click):
    """Show the form for a contract that was signed."""

    customer: Id


class KeepContract(Form):
    """Keep a signed contract: who signed when, its first and last day."""

    customer: Id
    number: Number = ""
    signatory: Name = ""
    signed_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class StartRenewal(Click):
    """Show the form for a renewal that was signed on paper."""

    customer: Id


class KeepRenewal(Form):
    """Keep the renewal of the last contract; its days follow from the signature."""

    customer: Id
    number: Number = ""
    signatory: Name = ""
    signed_on: Day | None = None


class StartCancellation(Click):
    """Show the form for a cancellation that came in."""

    customer: Id
    contract: Id


class CheckCancellation(Form):
    """Say which day will be the last, and ask once more."""

    customer: Id
    contract: Id
    received_on: Day | None = None
    requested_end: Day | None = None
    by: Side = Side.CUSTOMER


class CancelContract(Form):
    """Cancel the contract, as it was said."""

    customer: Id
    contract: Id
    received_on: Day
    requested_end: Day | None = None
    by: Side = Side.CUSTOMER


class StartAddendum(Click):
    """Show the form for an addendum that allows on-site work."""

    customer: Id


class KeepAddendum(Form):
    """Keep a signed addendum, with what it charges beside hours (R26)."""

    customer: Id
    signed_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    item_1: Item = ""
    price_1: Amount = ""
    item_2: Item = ""
    price_2: Amount = ""
    item_3: Item = ""
    price_3: Amount = ""


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
