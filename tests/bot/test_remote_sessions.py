"""Remote sessions through the router, on both engines: they run under a consent or not at all (R25)."""

from __future__ import annotations

from datetime import timedelta

from bot.appointments import take_from_staff
from cards.clicks.access import EndSession
from cards.clicks.hours import StartTimer
from cards.clicks.queue import ResolveTicket
from cards.clicks.tickets import ShowTicket, WithdrawTicket
from contract.consents import GrantState, Mechanism
from contract.events import EventKind
from contract.hours import Place
from contract.ledger import EntryKind
from contract.remote_sessions import EndedWhy
from storage.database import Database
from tests.bot.access_acts import (
    ROLE,
    drop_consents,
    find_relationship,
    noted,
    pass_time,
    running,
    sessions,
    start,
    withdraw,
)
from tests.bot.people import buttons_of, json_of, text_of
from tests.bot.test_timer import running as running_timer
from tests.bot.worked import TICKET, add_ticket, entries, events, filled, log, revoke_access, world_with_ticket

MINUTE = timedelta(minutes=1)


async def test_a_session_is_started_and_ended(database: Database) -> None:
    """Both are on the ticket and in the ledger, with consent and scope; the form comes filled in with the time."""
    world = await world_with_ticket(database)
    await drop_consents(world)
    await find_relationship(world)
    card = await start(world)
    assert "end_remote_session" not in text_of(card)
    assert {"end_session", "stop_timer"} <= {one["verb"] for one in buttons_of(card).values()}
    session = await running(world)
    assert session is not None
    assert (session.mechanism, session.scope, session.is_carried) == (Mechanism.GDAP, (ROLE,), False)
    world.now += 40 * MINUTE
    form = await world.click(world.eva, EndSession(ticket=TICKET))
    assert (filled(json_of(form))["begin"], filled(json_of(form))["end"]) == ("15:00", "15:40")
    [ended] = await sessions(world)
    assert (ended.ended_at, ended.ended_why) == (world.now, EndedWhy.BY_ENGINEER)
    [began, over] = await events(world, EventKind.SESSION_STARTED, EventKind.SESSION_ENDED)
    assert (began.actor_name, over.details["minutes"]) == ("Eva Engineer", 40)
    [first, last] = await noted(world, EntryKind.SESSION_STARTED, EntryKind.SESSION_ENDED)
    assert first.note.ticket_number == last.note.ticket_number == TICKET
    assert first.note.by is not None
    assert first.note.by.name == "Eva Engineer"
    assert (first.note.details["mechanism"], first.note.details["scope"][0]["name"]) == ("gdap", ROLE.name)
    assert last.note.details["why"] == "by_engineer"


async def test_both_sides_see_who_is_in(database: Database) -> None:
    """While it runs the ticket's card says so, to a contact in their own language."""
    world = await world_with_ticket(database)
    await start(world)
    assert "Sessie op afstand: Eva Engineer" in text_of(await world.click(world.anna, ShowTicket(ticket=TICKET)))
    assert "Remote session: Eva Engineer" in text_of(await world.click(world.bram, ShowTicket(ticket=TICKET)))
    await world.click(world.eva, EndSession(ticket=TICKET))
    card = text_of(await world.click(world.bram, ShowTicket(ticket=TICKET)))
    assert "Remote session: Eva Engineer" not in card
    assert "Eva Engineer started a remote session" in card


async def test_without_consent_none_begins(database: Database) -> None:
    """It is refused, and said what is missing; advice by chat can be logged meanwhile, remote work can't (R25)."""
    world = await world_with_ticket(database)
    await revoke_access(world)
    card = await start(world)
    assert "heeft nu geen toestemming gegeven" in text_of(card)
    assert await running(world) is None
    assert await running_timer(world) is None
    assert "start_session" not in {one["verb"] for one in buttons_of(card).values()}
    # Access was withdrawn at 13:00.
    assert "voor toegang op afstand eindigde" in text_of(await log(world, world.eva, "13:10", "13:20"))
    await log(world, world.eva, "13:10", "13:20", place=Place.ADVICE)
    assert [(one.place, one.minutes) for one in await entries(world)] == [(Place.ADVICE, 10)]


async def test_one_session_an_engineer(database: Database) -> None:
    """A second ticket's is refused until the first is ended; on the same ticket it goes on; a colleague has an own."""
    world = await world_with_ticket(database)
    await add_ticket(world, 1002)
    await start(world)
    first = await running(world)
    assert "1001" in text_of(await start(world, ticket=1002))
    await start(world)
    assert await running(world) == first
    await start(world, world.finn, ticket=1002)
    assert len(await sessions(world)) == 2
    await world.click(world.eva, EndSession(ticket=1002))
    assert await running(world) == first
    await world.click(world.eva, EndSession(ticket=TICKET))
    await start(world, ticket=1002)
    second = await running(world)
    assert second is not None
    assert second.ticket_number == 1002


async def test_a_timer_elsewhere_goes_on(database: Database) -> None:
    """The session begins all the same; it is said where the time is measured, and the form has the session's."""
    world = await world_with_ticket(database)
    await add_ticket(world, 1002)
    await world.click(world.eva, StartTimer(ticket=1002))
    assert "1002" in text_of(await start(world))
    world.now += 25 * MINUTE
    form = json_of(await world.click(world.eva, EndSession(ticket=TICKET)))
    assert (filled(form)["begin"], filled(form)["end"]) == ("15:00", "15:25")


async def test_it_ends_with_the_ticket(database: Database) -> None:
    """Withdrawn or resolved: the session is over at that instant, its engineer hears a line, nobody else does."""
    world = await world_with_ticket(database)
    await start(world)
    world.now += 10 * MINUTE
    closed_at = world.now
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=TICKET))
    await pass_time(world, timedelta(seconds=1))
    [session] = await sessions(world)
    assert (session.ended_at, session.ended_why) == (closed_at, EndedWhy.CLOSED)
    [over] = await events(world, EventKind.SESSION_ENDED)
    told = [row["person"] for row in await world.waiting() if row["kind"] == "line" and row["event"] == over.id]
    assert told == [world.eva.id]
    await add_ticket(world, 1002)
    await start(world, ticket=1002)
    world.now += 10 * MINUTE
    await world.click(world.eva, ResolveTicket(form_id=world.form(), ticket=1002, summary="Done"))
    await pass_time(world, timedelta(seconds=1))
    assert (await sessions(world))[0].ended_why is EndedWhy.CLOSED


async def test_it_ends_when_the_engineer_leaves(database: Database) -> None:
    """Who is taken from the staff is in nowhere any more (R25)."""
    world = await world_with_ticket(database)
    await start(world)
    world.now += 10 * MINUTE
    await database.write(lambda session: take_from_staff(session, world.eva.id, world.now))
    await pass_time(world, timedelta(seconds=0))
    [session] = await sessions(world)
    assert (session.ended_at, session.ended_why) == (world.now, EndedWhy.LEFT)


async def test_it_ends_after_twelve_hours(database: Database) -> None:
    """One that nobody ended is over by itself, and told (R25)."""
    world = await world_with_ticket(database)
    await start(world)
    began = world.now
    await pass_time(world, timedelta(hours=11, minutes=59))
    assert await running(world) is not None
    await pass_time(world, timedelta(minutes=1))
    [session] = await sessions(world)
    assert (session.ended_at, session.ended_why) == (began + timedelta(hours=12), EndedWhy.TOO_LONG)
    [entry] = await noted(world, EntryKind.SESSION_ENDED)
    assert entry.note.by is None


async def test_it_ends_with_the_consent(database: Database) -> None:
    """By its date to the instant; what a check finds gone ends now, for until now the engineer was in (R25)."""
    world = await world_with_ticket(database)
    await drop_consents(world)
    ends_at = world.now + timedelta(hours=2)
    await find_relationship(world, until=ends_at)
    await start(world)
    await pass_time(world, timedelta(hours=2, seconds=1))
    assert [(one.ended_at, one.ended_why) for one in await sessions(world)] == [(ends_at, EndedWhy.EXPIRED)]
    await find_relationship(world, until=world.now + timedelta(days=100))
    await start(world)
    world.now += timedelta(hours=1)
    await find_relationship(world, GrantState.REVOKED)
    found = (await sessions(world))[0]
    assert (found.ended_at, found.ended_why) == (world.now, EndedWhy.EXPIRED)
    assert "geen toestemming" in text_of(await start(world))


async def test_a_session_goes_on_while_checks_do(database: Database) -> None:
    """A consent is known for a day after each look; a later look moves the end, and the session goes on (R25)."""
    world = await world_with_ticket(database)
    await drop_consents(world)
    await find_relationship(world, seen=world.now - timedelta(hours=20))
    await start(world)
    world.now += timedelta(hours=1)
    await find_relationship(world)
    await pass_time(world, timedelta(hours=4))
    assert await running(world) is not None


async def test_the_pick_up_goes_on_without_access(database: Database) -> None:
    """A ticket that waits for access has the same target as any other (R10, R25)."""
    world = await world_with_ticket(database)
    before = await world.click(world.anna, ShowTicket(ticket=TICKET))
    world.now += MINUTE
    await withdraw(world)
    after = await world.click(world.anna, ShowTicket(ticket=TICKET))
    facts = [
        {fact["title"]: fact["value"] for element in json_of(card)["body"] for fact in element.get("facts", ())}
        for card in (before, after)
    ]
    assert facts[0].get("Opgepakt") == facts[1].get("Opgepakt") is not None
    assert "Wacht op" in facts[1]
    assert "Wacht op" not in facts[0]


async def test_only_what_is_open_and_taken(database: Database) -> None:
    """No session on a ticket that nobody picked up, nor on a closed one (R34, D31)."""
    world = await world_with_ticket(database)
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=TICKET))
    await start(world)
    assert await sessions(world) == ()
