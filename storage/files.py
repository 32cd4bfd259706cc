"""Files that people sent, and their bytes (kept once, under their SHA-256)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.tables import files


def count_files(session: Session, ticket_number: int) -> int:
    """How many files belong to a ticket, stored or still being fetched."""
    query = select(func.count()).where(files.c.ticket_number == ticket_number)
    return int(session.execute(query).scalar_one())
