"""Files and pasted pictures: to which ticket they belong, fetched in the background (a picture never ends a
conversation).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.outcomes import Kind
from bot.turn import Answer, Notice, Policy, Turn
from bot.wire import Connector
from bot.words import Typed
from contract.tickets import Ticket
from storage.database import Database


def received(turn: Turn, words: Typed) -> Answer:
    """Keep what was sent along with a message."""
    return Notice(turn.texts("Files are not kept yet."), is_error=True)


def attach_from(turn: Turn, ticket: Ticket) -> None:
    """Give the files of the same message to the ticket its words went to."""


@dataclass(frozen=True, slots=True)
class FileKinds:
    """Fetches the bytes of files through the connector."""

    database: Database
    connector: Connector
    policy: Policy

    def kinds(self) -> tuple[Kind, ...]:
        """What delivery registers."""
        return ()


async def serve_file(request: web.Request, database: Database, policy: Policy, now: datetime) -> web.StreamResponse:
    """A file for whoever holds its link."""
    return web.Response(status=404)
