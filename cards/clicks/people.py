"""Buttons about the reader: language and help."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Id
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
