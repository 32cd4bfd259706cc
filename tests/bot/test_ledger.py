"""The ledger of consents: one chain for each customer, and what is judged by it, on both engines (R25)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from bot import ledger, terms
from bot.access import access_spans, covering
from cards.clicks.hours import CorrectTime, ShowEntries
from cards.clicks.tickets import ShowHistory
from contract.consents import (
    CARRIED,
    Change,
    ChangeKind,
    Finding,
    GrantState,
    Mechanism,
    NoFinding,
    Permission,
    Proof,
)
from contract.events import EventKind
from contract.ledger import Entry, EntryKind
from contract.ledger_bodies import read_entry
from documents.ledger import check_entries
from storage.database import Database
from storage.grants import find_grant, load_grants
from storage.ledger import entries_of, ledger_head
from storage.people import load_person
from tests.bot.people import POLICY, World, make_world, text_of
from tests.bot.worked import TICKET, TODAY, clock, events, log, world_with_ticket
from tests.bot.worked import entries as entries_on

pytestmark = pytest.mark.timeout(120)

ROLES = (Permission("r-1", "Exchange Administrator"), Permission("r-2", "User Administrator"))
SOURCE = "6f0e-admin-relationship"
AT_ONCE = 30


def active(world: World, **values: object) -> Finding:
    """A relationship in force since a day ago."""
    given = {"scope": ROLES, "valid_from": world.now - timedelta(days=1), "proof": Proof.RELATIONSHIP, "title": "GDAP"}
    return Finding(state=GrantState.ACTIVE, **{**given, **values})  # type: ignore[arg-type]


def seen(
    session: Session, world: World, finding: Finding | NoFinding, minutes: int = 0, source: str = SOURCE
) -> Change:
    """A check of a relationship, so many minutes from now."""
    now = world.now + timedelta(minutes=minutes)
    return ledger.observe(session, POLICY, world.customer_id, Mechanism.GDAP, source, finding, now)


async def entries(database: Database, customer_id: int) -> list[Entry]:
    """The ledger of a customer, after all of it was checked."""
    sealed = await database.read(lambda session: list(entries_of(session, customer_id)))
    head = await database.read(lambda session: ledger_head(session, customer_id))
    assert check_entries(sealed, head=head) == ()
    return [read_entry(one.body) for one in sealed]


async def test_what_happens_to_a_consent_is_written_down(database: Database) -> None:
    """Found, failed, recovered and gone are an entry each; a check that finds nothing new only moves `checked_at`."""
    world = await make_world(database)

    def act(session: Session) -> list[ChangeKind]:
        return [
            seen(session, world, active(world)).kind,
            seen(session, world, active(world), 60).kind,
            seen(session, world, NoFinding("timeout"), 120).kind,
            seen(session, world, NoFinding("throttled"), 180).kind,
            seen(session, world, active(world), 240).kind,
            seen(session, world, Finding(state=GrantState.NONE), 300).kind,
        ]

    kinds = await database.write(act)
    assert kinds == ["activated", "none", "failed", "none", "recovered", "ended"]
    said = await entries(database, world.customer_id)
    assert [one.note.kind for one in said] == ["activated", "failed", "recovered", "ended"]
    gone = said[-1].note.grant
    assert gone is not None
    assert gone.state is GrantState.REVOKED
    assert gone.valid_until == gone.seen_before == world.now + timedelta(minutes=240)
    grant = await database.read(lambda session: find_grant(session, world.customer_id, Mechanism.GDAP, SOURCE))
    assert grant is not None
    assert (grant.state, grant.checked_at) == (GrantState.REVOKED, world.now + timedelta(minutes=300))


async def test_many_at_once(database: Database) -> None:
    """Checks and notes of one instant stand one behind the other: no gap, no double, each source once."""
    world = await make_world(database)
    eva = await database.read(lambda session: load_person(session, world.eva.id))

    async def look(number: int) -> None:
        await database.write(lambda session: seen(session, world, active(world), source=f"source-{number % 3}"))

    async def note(number: int) -> None:
        details = {"number": number}
        act = partial(ledger.note, kind=EntryKind.ASKED, now=world.now, by=eva, details=details)
        await database.write(lambda session: act(session, POLICY, world.customer_id))

    await asyncio.gather(*(act(number) for number in range(AT_ONCE) for act in (look, note)))
    said = await entries(database, world.customer_id)
    assert [one.sequence for one in said] == list(range(1, AT_ONCE + 4))
    assert sorted(one.note.details["number"] for one in said if one.note.kind is EntryKind.ASKED) == [*range(AT_ONCE)]
    grants = await database.read(lambda session: load_grants(session, world.customer_id))
    assert sorted(grant.source_id for grant in grants) == ["source-0", "source-1", "source-2"]


async def test_judged_by_the_ledger(database: Database) -> None:
    """Covered since it was proven to begin, for 24 hours after it was last seen, and marked once checks fail."""
    world = await make_world(database)
    await database.write(lambda session: seen(session, world, active(world)))
    spans = await database.read(lambda session: access_spans(session, world.customer_id, POLICY))
    found = [span for span in spans if span.mechanism is Mechanism.GDAP]
    assert [(span.begins_at, span.ends_at, span.is_carried) for span in found] == [
        (world.now - timedelta(days=1), world.now + CARRIED, False)
    ]
    await database.write(lambda session: seen(session, world, NoFinding("timeout"), 60))
    at = world.now + timedelta(minutes=61)
    await database.write(lambda session: ledger_only(session, world))
    span = await database.read(lambda session: covering(session, world.customer_id, at, POLICY))
    assert span is not None
    assert span.is_carried
    assert (
        await database.read(lambda session: covering(session, world.customer_id, world.now + CARRIED, POLICY)) is None
    )


def ledger_only(session: Session, world: World) -> None:
    """Take away what was recorded by hand."""
    terms.withdraw_consent(session, world.customer_id, world.now - timedelta(days=2), policy=POLICY)


async def test_app_consent_covers_work_only_where_that_is_set(sqlite: Database) -> None:
    """The permissions of our app let the bot read; an engineer's work they cover only by the provider's setting."""
    world = await make_world(sqlite)

    def act(session: Session) -> list[Mechanism | None]:
        ledger_only(session, world)
        ledger.observe(session, POLICY, world.customer_id, Mechanism.APP, "app-1", active(world), world.now)
        policies = POLICY, replace(POLICY, app_consent_covers_work=True)
        found = [covering(session, world.customer_id, world.now, policy) for policy in policies]
        return [span.mechanism if span else None for span in found]

    assert await sqlite.write(act) == [None, Mechanism.APP]


async def relationship_only(world: World, found: Finding, minutes: int = 0) -> None:
    """Nothing but a relationship stands for the customer's consent."""

    def act(session: Session) -> None:
        ledger_only(session, world)
        seen(session, world, found, minutes)

    await world.database.write(act)


async def test_work_on_the_last_known_consent_is_marked(database: Database) -> None:
    """It can be logged while checks fail, and says so: to who logs it, in the history, and in the list of hours."""
    world = await world_with_ticket(database)
    await relationship_only(world, active(world), minutes=-180)
    await database.write(lambda session: seen(session, world, NoFinding("timeout"), -60))
    reply = text_of(await log(world, world.eva, "14:00", "14:30"))
    assert "op de laatst bekende" in reply
    (logged,) = await events(world, EventKind.TIME_LOGGED)
    assert logged.details["is_carried"]
    assert "op de laatst bekende toestemming" in text_of(await world.click(world.anna, ShowHistory(ticket=TICKET)))
    assert "op de laatst bekende toestemming" in text_of(await world.click(world.eva, ShowEntries(ticket=TICKET)))
    # A shorter one in its place is marked as well. With each entry a look at the consent is sent for.
    (entry,) = await entries_on(world)
    cut = CorrectTime(
        form_id=world.form(),
        ticket=TICKET,
        entry=entry.id,
        worked_on=TODAY,
        begin=clock("14:00"),
        worked_minutes=20,
        work="Less",
        why="Typo",
    )
    await world.click(world.eva, cut)
    (corrected,) = await events(world, EventKind.TIME_CORRECTED)
    assert corrected.details["is_carried"]
    looks = [row for row in await world.waiting() if row["kind"] == "check_relationships"]
    assert [row["grants"] for row in looks] == [[2], [2]]


async def test_work_under_a_known_consent_is_not_marked(database: Database) -> None:
    """While checks succeed nothing is said, and what was done under a consent can be logged after it ended."""
    world = await world_with_ticket(database)
    await relationship_only(world, active(world), minutes=-30)
    await database.write(lambda session: seen(session, world, Finding(state=GrantState.REVOKED), -10))
    await log(world, world.eva, "14:00", "14:30")
    (logged,) = await events(world, EventKind.TIME_LOGGED)
    assert "is_carried" not in logged.details
    refused = text_of(await log(world, world.eva, "14:31", "14:50"))
    assert "eindigde vandaag 14:30" in refused
    assert len(await entries_on(world)) == 1
