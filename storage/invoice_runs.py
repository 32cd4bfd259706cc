"""The runs of the months: one row a month, held by whoever does the next part of it (R14).

A part is a number of customers, in one transaction with the row's cursor. So any number of replicas and commands can
work on a run at once, each doing what comes next, and what was killed is done again as if it had never begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from contract.invoice_runs import Finding, RunState, Totals, Unusual
from contract.months import Month
from storage.billing_tables import invoice_runs
from storage.recordings import await_recordings
from storage.sessions import insert_into


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRun:
    """How far the invoices of a month are. `cursor` is the last customer that is done in this state."""

    month: Month
    state: RunState
    started_at: datetime
    cursor: int = 0
    totals: Totals = Totals()  # noqa: RUF009 - frozen, and nothing in it
    released_by: int | None = None
    released_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> int:
        """What its card is remembered by, such as 202611."""
        return key_of(self.month)


def key_of(month: Month) -> int:
    """The month as one number, such as 202611."""
    return month[0] * 100 + month[1]


def month_of_key(key: int) -> Month:
    """The month that such a number stands for."""
    return key // 100, key % 100


def begin_run(session: Session, month: Month, now: datetime) -> InvoiceRun:
    """The run of a month, made where there is none, and held until the transaction ends.

    Before it is made everything is waited for that is being written; what comes later is too late for it (D9).
    """
    found = find_run(session, month, lock=True)
    if found is not None:
        return found
    await_recordings(session)
    session.execute(
        insert_into(session, invoice_runs)
        .values(
            year=month[0],
            month=month[1],
            state=RunState.PREPARING.value,
            started_at=now,
            cursor=0,
            totals=_totals_json(Totals()),
        )
        .on_conflict_do_nothing(index_elements=["year", "month"])
    )
    found = find_run(session, month, lock=True)
    if found is None:  # the row was made above, or was there
        raise AssertionError(month)
    return found


def find_run(session: Session, month: Month, *, lock: bool = False) -> InvoiceRun | None:
    """The run of a month; with `lock` its row is held until the transaction ends."""
    query = select(invoice_runs).where(invoice_runs.c.year == month[0], invoice_runs.c.month == month[1])
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    return _run_of(row) if row is not None else None


def list_runs(session: Session, limit: int = 12) -> tuple[InvoiceRun, ...]:
    """The latest runs, newest first."""
    query = select(invoice_runs).order_by(invoice_runs.c.year.desc(), invoice_runs.c.month.desc()).limit(limit)
    return tuple(_run_of(row) for row in session.execute(query))


def save_run(session: Session, run: InvoiceRun) -> None:
    """Write how far a held run is."""
    year, month = run.month
    session.execute(
        update(invoice_runs)
        .where(invoice_runs.c.year == year, invoice_runs.c.month == month)
        .values(
            state=run.state.value,
            started_at=run.started_at,
            cursor=run.cursor,
            totals=_totals_json(run.totals),
            released_by=run.released_by,
            released_at=run.released_at,
            ended_at=run.ended_at,
        )
    )


def _run_of(row: Row[Any]) -> InvoiceRun:
    return InvoiceRun(
        month=(row.year, row.month),
        state=RunState(row.state),
        started_at=row.started_at,
        cursor=row.cursor,
        totals=_totals_of(row.totals),
        released_by=row.released_by,
        released_at=row.released_at,
        ended_at=row.ended_at,
    )


def _totals_json(totals: Totals) -> dict[str, Any]:
    return {
        "invoices": totals.invoices,
        "net_cents": totals.net_cents,
        "vat_cents": totals.vat_cents,
        "gross_cents": totals.gross_cents,
        "refused": totals.refused,
        "found": {what.value: times for what, times in totals.found.items()},
        "findings": [[one.customer_id, one.customer, one.what.value, list(one.facts)] for one in totals.findings],
    }


def _totals_of(kept: Mapping[str, Any]) -> Totals:
    return Totals(
        invoices=kept["invoices"],
        net_cents=kept["net_cents"],
        vat_cents=kept["vat_cents"],
        gross_cents=kept["gross_cents"],
        refused=kept["refused"],
        found={Unusual(what): times for what, times in kept["found"].items()},
        findings=tuple(
            Finding(customer_id, customer, Unusual(what), tuple(facts))
            for customer_id, customer, what, facts in kept["findings"]
        ),
    )
