"""When a customer is erased and when not, who stays, and who is told that the years are over (R28)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.erasures import kept_over_view, next_month_begin, warn_of_kept
from bot.invoicing import prepare
from contract.retention import StillGoingOn
from storage import tables
from storage.billing_tables import payments
from storage.database import Database
from storage.errors import NotFound
from storage.hours import add_entry, load_entries
from storage.outbox_tables import outbox
from storage.people import find_standing, load_standings
from tests.bot.archive import make_archive
from tests.bot.erased import ENDED, LATER, erase, snapshot
from tests.bot.people import POLICY
from tests.bot.stage import OURS


async def test_refused_while_something_goes_on(database: Database) -> None:
    """A running contract, open tickets and unpaid invoices are named, and nothing is erased."""
    stage = await make_archive(database, closed=False)
    before = await snapshot(database)
    with pytest.raises(StillGoingOn) as refused:
        await erase(stage, datetime(2026, 12, 31, 12, tzinfo=UTC))
    assert [contract.number for contract in refused.value.contracts] == ["C-1"]
    assert refused.value.tickets == (stage.ours["ticket"],)
    assert refused.value.invoices == ()
    assert await snapshot(database) == before

    def owe(session: Any) -> None:
        session.execute(update(payments).values(amount_cents=1))
        session.execute(update(tables.tickets).values(state="closed"))

    await database.write(owe)
    with pytest.raises(StillGoingOn) as refused:
        await erase(stage)
    assert (refused.value.contracts, refused.value.invoices) == ((), ("2026-0001",))


async def test_refused_until_the_last_invoice_is_issued(database: Database) -> None:
    """The last month waits to be released: its invoice needs the address, so nothing is erased before (R14, D9)."""
    stage = await make_archive(database)
    await database.write(partial(prepare, month=(2026, 12), now=ENDED))
    with pytest.raises(StillGoingOn) as refused:
        await erase(stage)
    assert [contract.number for contract in refused.value.contracts] == ["C-1"]


async def test_refused_while_late_work_waits_for_its_invoice(database: Database) -> None:
    """Work that was recorded after the contract's last invoice goes on one more, so nothing is erased (D9)."""
    stage = await make_archive(database)

    def late(session: Any) -> None:
        entry = load_entries(session, stage.ours["ticket"])[0]
        begin = entry.started_at - timedelta(hours=3)
        end = begin + timedelta(minutes=20)
        add_entry(session, replace(entry, id=0, started_at=begin, ended_at=end, recorded_at=ENDED))

    await database.write(late)
    with pytest.raises(StillGoingOn):
        await erase(stage)


async def test_who_went_to_another_customer_stays(database: Database) -> None:
    """Somebody who is another customer's contact by now keeps name and chat; of the old one nothing remains."""
    stage = await make_archive(database)
    world = stage.world

    def move(session: Any) -> None:
        session.execute(
            update(tables.contacts)
            .where(tables.contacts.c.person_id == world.bram.id)
            .values(customer_id=world.other_customer_id, slot=9, removed_at=None)
        )

    await database.write(move)
    await erase(stage)
    standing = await database.read(
        partial(find_standing, tenant_id=world.bram.tenant_id, object_id=world.bram.object_id)
    )
    assert standing is not None
    assert (standing.role, standing.chat is not None) == ("contact", True)


async def test_managers_hear_when_the_years_are_over(database: Database) -> None:
    """Once a month, as long as there are records past their years; the card names the customers, nobody else's eyes."""
    stage = await make_archive(database)
    world = stage.world
    await database.write(lambda session: session.execute(outbox.delete()))
    for now in (datetime(2033, 12, 1, 8, tzinfo=UTC), LATER, LATER + timedelta(hours=1)):
        await database.write(partial(warn_of_kept, slot=now, now=now))
    (row,) = await world.waiting()
    assert (row["person"], row["view"]) == (world.mia.id, "kept_over")
    view = partial(kept_over_view, args=row["args"], now=LATER, policy=POLICY)

    def show(session: Any, person: int) -> str:
        return bytes(view(session, load_standings(session, [person])[person]).json).decode()

    shown = await database.read(partial(show, person=world.mia.id))
    assert "Bakkerij Brood & Zo" in shown
    assert "Other Company" in shown
    with pytest.raises(NotFound):
        await database.read(partial(show, person=world.eva.id))
    await erase(stage, LATER)
    assert "Bakkerij" not in await database.read(partial(show, person=world.mia.id))
    assert next_month_begin(LATER) == datetime(2034, 2, 1, 8, tzinfo=UTC)


async def test_sqlite_overwrites_what_is_erased(sqlite: Database, sqlite_url: str) -> None:
    """What was erased is not in the file either: whoever copies it finds nothing in its free pages."""
    stage = await make_archive(sqlite)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    await erase(stage)
    await sqlite.close()
    content = file.read_bytes()  # noqa: ASYNC240
    assert f"{OURS} work".encode() in content
    for word in ("description", "picture", "summary", "note", "question", "affected"):
        assert f"{OURS} {word}".encode() not in content, word
    assert not file.with_name(f"{file.name}-wal").exists()
