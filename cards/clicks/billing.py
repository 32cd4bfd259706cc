"""Buttons about what a customer's invoices need to know (R1, D21; managers)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.hours import Day
from contract.parties import HOME
from contract.people import Language


class StartBilling(Click):
    """Show the form for a customer's billing details."""

    customer: Id


class KeepBilling(Form):
    """Keep a customer's billing details. What is not right is said with the form, so nothing is demanded here."""

    customer: Id
    legal_name: Annotated[str, Field(max_length=200)] = ""
    street: Annotated[str, Field(max_length=200)] = ""
    postal_code: Annotated[str, Field(max_length=20)] = ""
    city: Annotated[str, Field(max_length=100)] = ""
    country: Annotated[str, Field(max_length=2)] = HOME
    registration: Annotated[str, Field(max_length=40)] = ""
    vat_id: Annotated[str, Field(max_length=40)] = ""
    vat_checked_on: Day | None = None
    email: Annotated[str, Field(max_length=320)] = ""
    reference: Annotated[str, Field(max_length=100)] = ""
    invoice_language: Language = Language.NL
