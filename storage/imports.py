"""Which rows of which files became time entries: importing the same file again adds nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contract.hours import WorkEntry
from storage.billing_tables import imported_entries
from storage.hours import entry_of
from storage.tables import work_entries

_AT_ONCE = 500
"""Keys in one question: SQLite takes a limited number."""


def load_imported(session: Session, keys: Collection[str]) -> dict[str, WorkEntry]:
    """The entries that these rows became, as they were imported: also where they were corrected since."""
    ordered = sorted(set(keys))
    found: dict[str, WorkEntry] = {}
    for first in range(0, len(ordered), _AT_ONCE):
        query = (
            select(imported_entries.c.key, work_entries)
            .join(work_entries, work_entries.c.id == imported_entries.c.entry_id)
            .where(imported_entries.c.key.in_(ordered[first : first + _AT_ONCE]))
        )
        found |= {row.key: entry_of(row) for row in session.execute(query)}
    return found


def keep_imported(session: Session, key: str, entry_id: int) -> None:
    """Remember which entry a row became. The same key twice violates its unique constraint."""
    session.execute(insert(imported_entries).values(key=key, entry_id=entry_id))
