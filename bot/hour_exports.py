"""Every time entry as a row, for another tool or a spreadsheet; `fourstar hours import` reads it back (D1, D4, D26)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.imports import OWN
from contract.hours import billed_minutes_by_band
from contract.local_time import day_start, local
from contract.months import Month, next_month
from contract.prices import PriceBook
from contract.rate_bands import RateBand
from storage.hour_lists import Worked, list_worked
from storage.prices import load_prices

COLUMNS = (
    "id",
    "ticket",
    "customer",
    "engineer",
    "start",
    "end",
    "minutes",
    "billable",
    "place",
    "reason",
    "what",
    *(band.value for band in RateBand),
    "recorded_at",
    "corrected_from",
)


def entry_rows(
    session: Session, *, customer_id: int | None = None, month: Month | None = None
) -> Iterator[dict[str, object]]:
    """The entries that stand, oldest first; of a month those that touch it, whole. What was corrected away is out."""
    since = until = None
    if month is not None:
        since, until = (day_start(date(*one, 1)) for one in (month, next_month(month)))
    books: dict[tuple[int, int, int], PriceBook] = {}
    for worked in list_worked(session, customer_id=customer_id, since=since, until=until):
        if worked.entry.minutes:
            first, last = local(worked.entry.started_at).year, local(worked.entry.ended_at).year
            key = worked.customer_id, first, last
            if key not in books:
                books[key] = load_prices(session, worked.customer_id, range(first, last + 1))
            yield _row(worked, books[key])


def _row(worked: Worked, prices: PriceBook) -> dict[str, object]:
    entry = worked.entry
    bands = billed_minutes_by_band(entry, prices.profile)
    return {
        "id": f"{OWN}{entry.id}",
        "ticket": entry.ticket_number,
        "customer": worked.customer,
        "engineer": worked.engineer,
        "start": _written(entry.started_at),
        "end": _written(entry.ended_at),
        "minutes": entry.minutes,
        "billable": "yes" if entry.is_billable else "no",
        "place": entry.place.value,
        "reason": entry.outside_hours_reason.value if entry.outside_hours_reason else "",
        "what": entry.what,
        **{band.value: bands[band] for band in RateBand},
        "recorded_at": _written(entry.recorded_at),
        "corrected_from": f"{OWN}{entry.corrects_id}" if entry.corrects_id is not None else "",
    }


def _written(instant: datetime) -> str:
    """An instant on Amsterdam's clock, with its offset: the hour that comes twice stays two hours."""
    return local(instant).isoformat(sep=" ", timespec="minutes")
