"""Buttons about people: the reader's language and help, the contacts of a customer, who knocked (R4, D32)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from contract.people import Language


class SetLanguage(Click):
    """Speak `language` to this person from now on."""

    language: Language


class ShowHelp(Click):
    """Show what the bot can do for this person."""


class ShowContacts(Click):
    """Show who the contacts of the reader's organisation are."""


class ShowCustomers(Click):
    """Show a page of the customers (staff). Pages count from 1."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    query: Annotated[str, Field(max_length=200)] = ""


class AppointContact(Click):
    """Make the person who knocked a contact of their organisation (managers)."""

    knock: Id


class RefuseKnock(Click):
    """Decide that the person who knocked does not become a contact (managers)."""

    knock: Id


class SearchCustomers(Form):
    """Show the first page of the customers that match (staff)."""

    query: Annotated[str, Field(max_length=200)] = ""


class ShowCustomer(Click):
    """Show everything about a customer: contacts, contract, prices, access (staff)."""

    customer: Id


class ShowKnock(Click):
    """Show who knocked (managers)."""

    knock: Id


class StartRemoval(Click):
    """Ask once more before a contact is removed; `knock` proposes who comes in their place (managers)."""

    customer: Id
    contact: Id
    knock: Id | None = None


class RemoveContact(Form):
    """Remove a contact, and appoint the person who knocked in the same instant; 0 for nobody (managers)."""

    customer: Id
    contact: Id
    knock: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
