"""What SQLAlchemy knows of an INSERT or UPDATE it ran, with the types it has but does not show."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, Insert, Table, Update, insert
from sqlalchemy.orm import Session


def insert_row(session: Session, table: Table, **values: Any) -> int:
    """Insert a row; returns the number its key column got."""
    result = cast("CursorResult[Any]", session.execute(_insert_into(table), values))
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


@cache
def _insert_into(table: Table) -> Insert:
    """Made once: building a statement with its values costs more than running it."""
    return insert(table)


def count_changed(session: Session, statement: Update) -> int:
    """Run an UPDATE; returns how many rows it changed."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
