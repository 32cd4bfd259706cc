"""Erasing the first customer of the archive, and looking for words in every table."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, String, Text, select

from bot.erasures import erase_customer
from storage.contacts import load_customer
from storage.database import Database
from tests.bot.archive import all_tables
from tests.bot.stage import Stage

ENDED = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2034, 1, 1, 12, tzinfo=UTC)
"""The day after the seven years: the last kept record is of 2026."""


async def erase(stage: Stage, now: datetime = ENDED) -> dict[str, Any]:
    """Erase the first customer; the report."""

    def act(session: Any) -> dict[str, Any]:
        return erase_customer(session, load_customer(session, stage.world.customer_id), now)

    return await stage.world.database.write(act)


async def found(database: Database, *words: str) -> set[tuple[str, str]]:
    """Every text column of every table in which one of these words stands."""

    def read(session: Any) -> set[tuple[str, str]]:
        places = set()
        for table in all_tables():
            for column in table.c:
                if not isinstance(column.type, String | Text | JSON) and not hasattr(column.type, "none_as_null"):
                    continue
                for value in session.scalars(select(column).where(column.is_not(None))):
                    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                    if any(word in text for word in words):
                        places.add((table.name, column.name))
        return places

    return await database.read(read)


async def snapshot(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    return await database.read(
        lambda session: {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in all_tables()}
    )
