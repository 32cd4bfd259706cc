"""Values for tests of the rules: one ticket, one entry, one estimate; what does not matter is filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from contract.estimates import Estimate, offer
from contract.holidays import HolidayProfile, LiberationDay
from contract.hours import WorkEntry
from contract.local_time import AMSTERDAM
from contract.prices import PriceBook, contract_prices
from contract.tickets import Ticket

PRICES = PriceBook([contract_prices(2026)])
CONTACT, OTHER_CONTACT, ENGINEER, COLLEAGUE, BOSS = 1, 2, 11, 12, 13


def at(text: str) -> datetime:
    """An instant from Amsterdam's clock, "2026-11-23 10:00", or with an offset or Z as it says."""
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=AMSTERDAM)).astimezone(UTC)


MONDAY = at("2026-11-23 10:00")


def ticket(**fields: Any) -> Ticket:
    """A new ticket of Monday 23 November 2026, 10:00."""
    made: dict[str, Any] = {
        "number": 1001,
        "customer_id": 7,
        "subject": "Outlook",
        "description": "Outlook is slow",
        "created_at": MONDAY,
        "created_by": CONTACT,
    }
    return Ticket(**(made | fields))


def entry(start: str | datetime, end: str | datetime, **fields: Any) -> WorkEntry:
    """A billable remote entry, recorded as it ended."""
    start, end = (at(instant) if isinstance(instant, str) else instant for instant in (start, end))
    made: dict[str, Any] = {
        "id": 0,
        "ticket_number": 1001,
        "engineer_id": ENGINEER,
        "started_at": start,
        "ended_at": end,
        "recorded_at": end,
    }
    return WorkEntry(**(made | fields))


def minutes_of_work(minutes: int, **fields: Any) -> WorkEntry:
    """A billable entry of so many minutes from Monday 10:00 on."""
    return entry(MONDAY, MONDAY + timedelta(minutes=minutes), **fields)


def one_after_another(lengths: list[int]) -> list[WorkEntry]:
    """Entries without a gap from Monday 10:00 on, all recorded at the end of the last."""
    worked: list[WorkEntry] = []
    start, end = MONDAY, MONDAY + timedelta(minutes=sum(lengths))
    for number, length in enumerate(lengths, start=1):
        stop = start + timedelta(minutes=length)
        worked.append(entry(start, stop, id=number, recorded_at=end))
        start = stop
    return worked


def estimate(minutes: int = 240, *, revision: int = 1, now: datetime = MONDAY, **fields: Any) -> Estimate:
    """An open estimate, offered on Monday 23 November 2026, 10:00."""
    return offer(
        ticket(**fields),
        estimate_id=revision,
        revision=revision,
        minutes=minutes,
        what="Move the mailbox",
        prices=PRICES,
        created_by=ENGINEER,
        now=now,
    )


def instants(first: int = 2020, last: int = 2035) -> st.SearchStrategy[datetime]:
    """Any instant, seconds included, of some years; often close to midnight, 9:00, 17:00 and a clock change."""
    anywhere = st.datetimes(
        datetime(first, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
        datetime(last, 12, 31),  # noqa: DTZ001
        timezones=st.just(UTC),
    )
    days = st.dates(date(first, 1, 1), date(last, 12, 31)) | st.sampled_from(
        [date(2026, 3, 29), date(2026, 10, 25), date(2027, 4, 27), date(2026, 12, 31)]
    )
    edges = st.builds(
        lambda day, hour, off: datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM).astimezone(UTC) + off,
        days,
        st.sampled_from([0, 1, 2, 3, 9, 17]),
        st.timedeltas(timedelta(minutes=-3), timedelta(minutes=3)),
    )
    return anywhere | edges


def profiles() -> st.SearchStrategy[HolidayProfile]:
    """Every setting of the holidays."""
    return st.builds(
        HolidayProfile,
        good_friday=st.booleans(),
        liberation_day=st.sampled_from(LiberationDay),
        dec_24=st.booleans(),
        dec_31=st.booleans(),
    )
