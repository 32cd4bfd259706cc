"""Column types mean the same on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from storage.columns import Instant
from storage.database import Database
from storage.errors import NaiveInstant
from storage.outbox_tables import timer

SUMMER = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 7, 1, 10, 30, 0, 123456, tzinfo=SUMMER),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=UTC),
    ],
)
async def test_an_instant_comes_back_in_utc(database: Database, at: datetime) -> None:
    """Whatever zone an instant came in, it comes back as the same instant in UTC, to the microsecond."""

    def write(session: Session) -> None:
        session.execute(insert(timer).values(key="a", due_at=at, kind="example", payload={"é": [1, None]}))

    await database.write(write)
    found, payload = await database.read(
        lambda session: tuple(session.execute(select(timer.c.due_at, timer.c.payload)).one())
    )
    assert found == at
    assert found.utcoffset() == timedelta(0)
    assert payload == {"é": [1, None]}


async def test_an_instant_without_zone_is_refused(database: Database) -> None:
    """A naive time means nothing and is not stored."""
    with pytest.raises(StatementError) as refused:
        await database.read(
            lambda session: session.scalar(select(timer.c.key).where(timer.c.due_at > datetime(2026, 1, 1)))  # noqa: DTZ001
        )
    assert isinstance(refused.value.orig, NaiveInstant)


async def test_instants_sort_and_compare_in_the_engine(database: Database) -> None:
    """The engine orders instants by time, whatever zones they were written in."""
    at = [datetime(2026, 7, 1, 12, 0, tzinfo=UTC), datetime(2026, 7, 1, 13, 0, tzinfo=SUMMER)]

    def write(session: Session) -> None:
        for number, one in enumerate(at):
            session.execute(insert(timer).values(key=str(number), due_at=one, kind="example", payload={}))

    await database.write(write)
    ordered = select(timer.c.key).where(timer.c.due_at <= at[0]).order_by(timer.c.due_at)
    assert await database.read(lambda session: list(session.scalars(ordered))) == ["1", "0"]


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_survives_being_an_integer(at: datetime) -> None:
    """On SQLite no instant that Python knows loses anything."""
    column, dialect = Instant(), sqlite.dialect()
    assert column.process_result_value(column.process_bind_param(at, dialect), dialect) == at
