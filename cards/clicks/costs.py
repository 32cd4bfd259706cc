"""Buttons about what an addendum charges on a ticket beside its hours (R26). Staff only."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.hours import Day

Quantity = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
"""Whatever was typed; whether it can be charged is the contract's to say."""


class StartCost(Click):
    """Show the form to charge something of an addendum on a ticket."""

    ticket: Id


class AddCost(Form):
    """Charge what is in the form."""

    ticket: Id
    item: Id | None = None
    quantity: Quantity | None = None
    happened_on: Day | None = None


class RemoveCost(Click):
    """Charge a cost no longer."""

    ticket: Id
    cost: Id
