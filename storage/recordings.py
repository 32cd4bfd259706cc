"""When something that can be charged counts as recorded: never in a month whose invoices are being made already (D9).

A turn's clock is read as the turn begins, and it is committed a while later; the clocks of two machines differ a
little. Without more, time logged at 11:59:59 on the 1st and committed after the month's run had read the ticket would
belong to that month, by its instant, and be on none of its invoices. So whoever writes asks here, and the run waits:

- the first who begins a month's run waits until everything that is being written is committed; whatever the run reads
  afterwards has all of it,
- whoever writes after that with an instant before the issue moment is dated on the issue moment: it goes on the next
  invoice, and an issued one equals its rebuild.

On PostgreSQL that is a lock of no row, shared by those who write; on SQLite one writes after the other anyway.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contract.events import EventKind
from contract.months import issued_at
from storage.billing_tables import invoice_runs

LOCK = 0x42494C4C  # any number, the same in every replica, and not that of storage/database.py

DATED = frozenset(
    {
        EventKind.TIME_CORRECTED,
        EventKind.TICKET_MARKED_DUPLICATE,
        EventKind.TICKET_REOPENED,
        EventKind.MINIMUM_WAIVED,
        EventKind.COST_REMOVED,
    }
)
"""What happens to a ticket and changes what an invoice has."""

# Statements of every turn are made once: building one costs more than running it.
_SHARED = select(func.pg_advisory_xact_lock_shared(LOCK))
_ALONE = select(func.pg_advisory_xact_lock(LOCK))
_LATEST = (
    select(invoice_runs.c.year, invoice_runs.c.month)
    .order_by(invoice_runs.c.year.desc(), invoice_runs.c.month.desc())
    .limit(1)
)


def recorded_at(session: Session, now: datetime) -> datetime:
    """The instant with which something is kept that an invoice can have; a run that begins waits for this transaction.

    It is `now`, or the issue moment of the latest month whose invoices are being made, where that is later.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_SHARED)
    latest = session.execute(_LATEST).one_or_none()
    return now if latest is None else max(now, issued_at((latest.year, latest.month)))


def await_recordings(session: Session) -> None:
    """Wait until whoever is writing has committed; those who come now wait until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE)
