"""Buttons about files that people sent."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cards.clicks.base import Click, Id


class ShowFiles(Click):
    """Show the files of a ticket, for staff with links that open them for a few minutes."""

    ticket: Id


class AttachFiles(Click):
    """Say to which ticket the files of a message belong."""

    ticket: Id
    activity: Annotated[str, Field(max_length=300)]


class RetryFile(Click):
    """Fetch a file again that could not be fetched."""

    file: Id
