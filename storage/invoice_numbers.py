"""Numbers of invoices and credit notes: 1, 2, 3 ... within a year, without a gap and without a double.

The row of a series is held from the moment a number is taken until the transaction ends, so whoever issues at the same
time waits, and what is undone gives its numbers back. No sequence of the database does that.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from contract.invoices import InvoiceKind
from storage.billing_tables import invoice_counters
from storage.sessions import insert_into


def take_numbers(session: Session, kind: InvoiceKind, dated: date, count: int = 1) -> list[str]:
    """The next numbers of the series of a year: "2026-0001", of credit notes "C2026-0001"."""
    series = f"{'C' if kind is InvoiceKind.CREDIT_NOTE else ''}{dated.year}"
    engine = session.get_bind().dialect.name
    last = int(session.execute(_take(engine), {"series": series, "last": count}).scalar_one())
    return [f"{series}-{number:04}" for number in range(last - count + 1, last + 1)]


@cache
def _take(engine: str) -> ReturningInsert[Any]:
    """Made once: building the statement costs more than running it."""
    taken = insert_into(engine, invoice_counters)
    return taken.on_conflict_do_update(
        index_elements=["series"], set_={"last": invoice_counters.c.last + taken.excluded.last}
    ).returning(invoice_counters.c.last)
