"""Buttons about files that people sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Form, Id
from cards.clicks.tickets import Page, Words


class ShowFiles(Click):
    """Show the files of a ticket, with links that open them for a few minutes."""

    ticket: Id
    page: Page = 1


class AttachFiles(Form):
    """Say to which ticket the files of a message belong, and the words that came with them."""

    ticket: Id | None = None
    activity: Annotated[str, Field(max_length=300)]
    internal: bool = False
    """Staff only: keep it among the engineers."""
    text: Words = ""


class RetryFile(Click):
    """Fetch a file again that could not be fetched."""

    file: Id
