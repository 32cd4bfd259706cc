"""Recorded consents stand in the ledger, also those from before there was one, and are judged the same (R25)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import ledger, recorded_consents
from bot.access import access_spans, covering
from bot.recorded_consents import ADOPT_CONSENTS, adopt, look_for_old
from bot.reminders import timers_with
from bot.schedule import Schedule
from cards.clicks.customers import KeepConsent, WithdrawConsent
from contract.consents import Finding, Grant, GrantState, Mechanism, Proof
from contract.ledger import Entry
from contract.ledger_bodies import read_entry
from contract.local_time import day_start
from documents.ledger import check_entries
from storage import contracts
from storage.database import Database
from storage.grants import customers_to_adopt, load_grants
from storage.ledger import entries_of
from storage.outbox_tables import timer
from storage.tables import consents
from tests.bot.deliveries import SetClock
from tests.bot.people import POLICY, World, make_world, text_of

DAY = timedelta(days=1)
Span = tuple[datetime, datetime | None]


def written(session: Session, customer_id: int) -> list[Entry]:
    """The ledger of a customer."""
    sealed = list(entries_of(session, customer_id))
    assert check_entries(sealed) == ()
    return [read_entry(one.body) for one in sealed]


def grants(session: Session, customer_id: int) -> list[Grant]:
    """Its sources, by the number of the record."""
    return sorted(load_grants(session, customer_id), key=lambda one: int(one.source_id))


def judged(session: Session, world: World) -> set[Span]:
    """What is covered, by whatever it is judged by."""
    return {(span.begins_at, span.ends_at) for span in access_spans(session, world.customer_id, POLICY)}


async def test_a_consent_is_recorded_and_withdrawn(database: Database) -> None:
    """In chat: with who consented, by which document, who recorded it; and from when on it holds no more."""
    world = await make_world(database)
    await database.write(lambda session: session.execute(consents.delete()))
    kept = KeepConsent(
        form_id=world.form(),
        customer=world.customer_id,
        given_by="Anna de Vries",
        document="mail of 20 November",
        valid_from=date(2026, 11, 20),
        valid_until=date(2026, 12, 31),
    )
    await world.click(world.mia, kept)
    (entry,) = await database.read(lambda session: written(session, world.customer_id))
    fact = entry.note.grant
    assert fact is not None
    assert (entry.note.kind, fact.state, fact.proof) == ("activated", GrantState.EXPIRING, Proof.DOCUMENT)
    assert (fact.title, fact.approved_by) == ("Anna de Vries: mail of 20 November", "Anna de Vries")
    assert entry.note.by is not None
    assert entry.note.by.name == "Mia Manager"
    begin, end = day_start(date(2026, 11, 20)), day_start(date(2027, 1, 1))
    assert await database.read(lambda session: judged(session, world)) == {(begin, end)}
    (grant,) = await database.read(lambda session: grants(session, world.customer_id))
    assert grant.next_check_at is not None
    assert begin < grant.next_check_at < end
    reply = await world.click(world.mia, WithdrawConsent(form_id=world.form(), customer=world.customer_id))
    assert "De toegang op afstand is ingetrokken." in text_of(reply)
    *_, ended = await database.read(lambda session: written(session, world.customer_id))
    assert (ended.note.kind, ended.note.by) == ("ended", entry.note.by)
    assert await database.read(lambda session: judged(session, world)) == {(begin, world.now)}
    (grant,) = await database.read(lambda session: grants(session, world.customer_id))
    assert (grant.state, grant.next_check_at) == (GrantState.REVOKED, None)


async def test_what_was_consented_in_the_tenant_goes_on(database: Database) -> None:
    """The manager who records a withdrawal hears that a relationship still stands."""
    world = await make_world(database)
    found = Finding(state=GrantState.ACTIVE, proof=Proof.RELATIONSHIP)
    source = POLICY, world.customer_id, Mechanism.GDAP, "relationship-1", found, world.now
    await database.write(lambda session: ledger.observe(session, *source))
    reply = await world.click(world.mia, WithdrawConsent(form_id=world.form(), customer=world.customer_id))
    assert "in de tenant van de klant is toegestaan geldt nog wel" in text_of(reply)
    span = await database.read(lambda session: covering(session, world.customer_id, world.now, POLICY))
    assert span is not None
    assert span.mechanism is Mechanism.GDAP


def old_records(session: Session, world: World) -> None:
    """Records of every kind, as they were kept before there was a ledger."""
    session.execute(consents.delete())
    now, of = world.now, world.customer_id
    for number, (begin, end, revoked, created) in enumerate(
        (
            (-90, None, None, -90),  # holds without an end
            (-90, 30, None, -80),  # holds, and expires soon
            (-90, -30, None, -80),  # expired since
            (-90, -60, None, -10),  # was over when it was recorded
            (-90, None, -20, -80),  # withdrawn
            (-90, -30, -20, -80),  # expired, then withdrawn with the others
            (20, 40, None, -5),  # still to come
            (20, None, 0, -5),  # withdrawn before it began
            (-90, None, -20, -20),  # recorded and withdrawn at the same instant
        )
    ):
        record = contracts.add_consent(
            session,
            of,
            document=f"record {number}",
            recorded_by=world.mia.id if number % 2 else None,
            valid_from=now + begin * DAY,
            valid_until=None if end is None else now + end * DAY,
            now=now + created * DAY,
        )
        if revoked is not None:
            session.execute(update(consents).where(consents.c.id == record).values(revoked_at=now + revoked * DAY))


async def test_adopted_records_are_judged_as_before(database: Database) -> None:
    """What was covered by the records is covered by the ledger, and nothing else; adopting again changes nothing."""
    world = await make_world(database)
    await database.write(lambda session: old_records(session, world))
    before = await database.read(lambda session: judged(session, world))
    act = partial(adopt, policy=POLICY, customer_id=world.customer_id, now=world.now)
    await database.write(act)
    assert await database.read(lambda session: judged(session, world)) == before
    found = await database.read(lambda session: grants(session, world.customer_id))
    assert [one.state for one in found] == [
        GrantState.ACTIVE,
        GrantState.EXPIRING,
        GrantState.EXPIRED,
        GrantState.EXPIRED,
        GrantState.REVOKED,
        GrantState.EXPIRED,
        GrantState.EXPIRING,
        GrantState.REVOKED,
        GrantState.REVOKED,
    ]
    entries = await database.read(lambda session: written(session, world.customer_id))
    adopted = [one for one in entries if one.note.kind == "adopted"]
    by = {one.note.grant.title: one.note.by.name if one.note.by else None for one in adopted if one.note.grant}
    assert by == {f"record {number}": "Mia Manager" if number % 2 else None for number in range(9)}
    await database.write(act)
    assert await database.read(lambda session: len(written(session, world.customer_id))) == len(entries)


async def test_old_records_are_adopted_after_the_first_start(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By themselves, some customers at a time; where there are none, nothing is planned."""
    monkeypatch.setattr(recorded_consents, "AT_ONCE", 1)
    world = await make_world(database)
    clock = SetClock()
    clock.at = world.now
    schedule = Schedule(database, timers_with(POLICY), (), clock)
    await database.write(lambda session: look_for_old(session, world.now))
    await schedule.run_due()
    assert await database.read(lambda session: customers_to_adopt(session, 10)) == [world.other_customer_id]
    for _ in range(2):
        clock.move(1)
        await schedule.run_due()
    for customer in (world.customer_id, world.other_customer_id):
        entries = await database.read(lambda session, of=customer: written(session, of))  # type: ignore[misc]
        assert [one.note.kind for one in entries] == ["adopted"]
    waiting = select(timer.c.key).where(timer.c.kind == ADOPT_CONSENTS)
    assert await database.read(lambda session: list(session.scalars(waiting))) == []
    await database.write(lambda session: look_for_old(session, world.now))
    assert await database.read(lambda session: list(session.scalars(waiting))) == []
