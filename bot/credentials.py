"""Watches when the bot's own secret or certificate ends, and warns the managers at 30, 7 and 1 days (once each).

The question goes over the network, so it is asked outside any transaction; what is then written are the warnings, whose
keys in the outbox remember what was said. Every replica may ask: a warning is said once all the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings import Settings
from bot.turn import Policy
from cards.components import Card
from cards.credentials import credential_card
from contract.people import Role
from graph.client import Graph
from graph.credentials import CredentialEnd, credential_end, days_left, due_warning
from storage.database import Database
from storage.errors import NotFound
from storage.people import Standing

EVERY = timedelta(hours=12)
FIRST_S = 20.0
"""Seconds after the start: what people wait for comes first."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CredentialWatch:
    """Looks twice a day; in `graph`, the provider's own tenant, unless there is none to ask."""

    database: Database
    settings: Settings
    clock: Clock
    metrics: Metrics
    graph: Graph | None = None

    async def run(self) -> None:
        """Look until cancelled. A look that fails is made again at the next time."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                await self.look()
            except Exception:  # noqa: BLE001 -- logged, and the next look may work
                _log.exception("no look at the end of the secret")
            await asyncio.sleep(EVERY.total_seconds())

    async def look(self) -> None:
        """Ask when the credential ends, set the metric, and warn where a threshold is passed."""
        now = self.clock.now()
        end = await self._ask(now)
        if end is None:
            return
        left = days_left(end.ends_at, now)
        self.metrics.credential(left)
        threshold = due_warning(left)
        if threshold is not None:
            _log.warning("the secret or certificate of the bot ends in %d days", left)
            await self.database.write(lambda session: warn(session, end.ends_at, threshold, now))

    async def _ask(self, now: datetime) -> CredentialEnd | None:
        given = self.settings
        graph = None if given.managed_identity else self.graph
        return await credential_end(
            given.credential, given.app_id, now, graph=graph, expires_on=given.secret_expires_on
        )


def warn(session: Session, ends_at: datetime, threshold: int, now: datetime) -> None:
    """Tell every manager, once for this end and threshold."""
    once = f"credential:{ends_at:%Y-%m-%d}:{threshold}"
    announcements.warn_managers(session, "credential", {"ends_at": ends_at.isoformat()}, now, once=once)


def credential_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The warning, with the days that are left by then. Raises NotFound for anybody but a manager."""
    if reader.role is not Role.MANAGER:
        raise NotFound("credential", args["ends_at"])
    ends_at = datetime.fromisoformat(args["ends_at"])
    return credential_card(ends_at, days_left(ends_at, now), reader.person.language)
