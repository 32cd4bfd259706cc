"""Buttons about who is to become contact, and about watching the contacts' accounts (R4, D15, D32)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id

Address = Annotated[str, Field(max_length=320)]


class StartContactSearch(Click):
    """Show the form for a contact by address (managers)."""

    customer: Id


class SearchForContact(Form):
    """Look somebody up in the customer's directory, and appoint who is found (managers)."""

    customer: Id
    email: Address = ""


class ProposeContact(Form):
    """Propose somebody for the free place: by address, picked from the directory, or somebody who wrote (contacts)."""

    email: Address = ""
    picked: Annotated[str, Field(max_length=100)] = ""
    """The object id that a people picker sends."""
    knock: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class ShowContactSearch(Click):
    """Show how far a search for a contact is (managers)."""

    search: Id


class ConfirmContact(Click):
    """Have the person appointed who was proposed or whose account is back (managers)."""

    search: Id


class DeclineContact(Click):
    """Leave it: the person who was proposed or is looked up does not become contact (managers)."""

    search: Id


class TakePlace(Click):
    """Have the person who was found appointed in the place of a contact (managers)."""

    search: Id
    contact: Id


class LookAgain(Click):
    """Look the person up again (managers)."""

    search: Id


class StartWatchStop(Click):
    """Ask why the contacts' accounts are to be watched no longer (managers)."""

    customer: Id


class StopWatching(Form):
    """Watch the contacts' accounts no longer, for a reason (managers)."""

    customer: Id
    reason: Annotated[str, Field(max_length=300)] = Field(default="", min_length=1)


class WatchAgain(Click):
    """Watch the contacts' accounts again (managers)."""

    customer: Id
