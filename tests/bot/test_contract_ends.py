"""What happens to tickets when a contract ends: closed without a renewal, going on with one (D9, D17, D23, D28)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import terms
from bot.wire import IncomingKind
from cards.clicks.contracts import SignRenewal
from cards.clicks.estimates import ApproveEstimate, SendEstimate
from cards.clicks.hours import LogTime, StartTimer
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket, ReopenTicket, ShowTicket
from contract.estimates import EstimateState
from contract.events import EventKind
from contract.outcomes import Outcome
from contract.periods import Side
from contract.tickets import State, Ticket
from storage.customers import open_ticket_numbers
from storage.database import Database
from storage.estimates import latest_estimate
from storage.hours import load_entries, load_timer
from storage.outbox_tables import timer
from storage.tickets import load_events, load_ticket
from tests.bot.estimate_acts import lines_to, outbox_rows
from tests.bot.people import World, buttons_of, make_world, text_of
from tests.bot.year_end import begin, contracts_of, day, drawn, offer, posted, run, sign
from tests.contract.builders import at

LAST_AFTERNOON = at("2026-12-31 14:00")
MIDNIGHT = at("2027-01-01 00:00")


async def opened(world: World, subject: str = "Printer") -> int:
    """A ticket of Anna that Eva has."""
    await world.click(world.anna, OpenTicket(form_id=world.form(), description=f"{subject} is broken", subject=subject))
    number = (await world.database.read(lambda session: open_ticket_numbers(session, world.customer_id)))[-1]
    await world.click(world.eva, ClaimTicket(ticket=number))
    return number


async def ticket(world: World, number: int) -> Ticket:
    """The ticket as it stands."""
    return await world.database.read(lambda session: load_ticket(session, number))


async def kinds(world: World, number: int) -> list[EventKind]:
    """What happened on a ticket, oldest first."""
    events = await world.database.read(lambda session: load_events(session, number, internal=True, limit=50))
    return [event.kind for event in events]


async def at_work(database: Database) -> World:
    """The last afternoon of the year; the calendar runs since the day before."""
    world = await make_world(database)
    await begin(world, at("2026-12-30 12:00"))
    await run(world, LAST_AFTERNOON)
    return world


async def test_without_a_renewal_tickets_close(database: Database) -> None:
    """Open until the last minute; at 0:00 closed as "contract ended", estimate withdrawn, reading stays possible."""
    world = await at_work(database)
    number = await opened(world)
    await world.click(world.eva, SendEstimate(form_id=world.form(), ticket=number, minutes=60, what="More work"))
    await run(world, MIDNIGHT - timedelta(seconds=1))
    assert (await ticket(world, number)).is_open
    await run(world, MIDNIGHT)
    closed = await ticket(world, number)
    assert (closed.state, closed.outcome, closed.closed_at) == (State.CLOSED, Outcome.CONTRACT_ENDED, MIDNIGHT)
    estimate = await database.read(lambda session: latest_estimate(session, number))
    assert estimate is not None
    assert estimate.state is EstimateState.WITHDRAWN
    late = ApproveEstimate(estimate=estimate.id, revision=estimate.revision, minutes=60)
    await world.click(world.anna, late)
    assert await ticket(world, number) == closed
    assert "Printer" in text_of(await world.click(world.anna, ShowTicket(ticket=number)))
    assert (await kinds(world, number))[-2:] == [EventKind.ESTIMATE_WITHDRAWN, EventKind.TICKET_ENDED_WITH_CONTRACT]


async def test_one_message_for_each_contact(database: Database) -> None:
    """However many tickets close, each contact gets one card that lists them; the engineer gets a line for each."""
    world = await at_work(database)
    for subject in ("Printer", "Outlook", "Teams"):
        await opened(world, subject)
    before = len(await outbox_rows(world))
    await run(world, MIDNIGHT)
    rows = (await outbox_rows(world))[before:]
    assert sorted(await posted(world, "contract_ended")) == sorted([world.anna.id, world.bram.id])
    assert lines_to(rows) == {world.eva.id}
    assert len([row for row in rows if row["kind"] == "line"]) == 3
    contract_id = (await contracts_of(world))[0].id
    card = await drawn(world, world.bram, "contract_ended", {"contract_ended": contract_id})
    for word in ("3 open tickets are closed", "31 December 2026"):
        assert word in card.fallback_text
    for word in ("Printer", "Outlook", "Teams"):
        assert word.encode() in card.json


async def test_nothing_happens_twice(database: Database) -> None:
    """Two replicas at midnight, and the midnights after, close and tell once."""
    world = await at_work(database)
    number = await opened(world)
    await asyncio.gather(*(run(world, MIDNIGHT) for _ in range(3)))
    await run(world, MIDNIGHT + timedelta(days=2))
    assert (await kinds(world, number)).count(EventKind.TICKET_ENDED_WITH_CONTRACT) == 1
    assert len(await posted(world, "contract_ended")) == 2


async def test_after_days_without_power(database: Database) -> None:
    """Found on 9 January the tickets close as of the first instant without a contract."""
    world = await at_work(database)
    number = await opened(world)
    await run(world, at("2027-01-09 10:00"))
    assert (await ticket(world, number)).closed_at == MIDNIGHT


async def test_who_renewed_goes_on(database: Database) -> None:
    """Signed in the last minute, nothing closes, and new tickets can be opened on 1 January."""
    world = await at_work(database)
    number = await opened(world)
    await run(world, MIDNIGHT - timedelta(seconds=30))
    await sign(world, world.anna, (await contracts_of(world))[0].id)
    await run(world, MIDNIGHT)
    assert (await ticket(world, number)).is_open
    assert await posted(world, "contract_ended") == []
    await opened(world, "New Year")


async def test_renewed_with_a_gap(database: Database) -> None:
    """Signed on 1 January at 0:00 the renewal begins in February: in January the tickets are closed."""
    world = await at_work(database)
    number = await opened(world)
    world.now = MIDNIGHT
    await sign(world, world.anna, (await contracts_of(world))[0].id)
    await run(world, MIDNIGHT)
    assert (await ticket(world, number)).outcome is Outcome.CONTRACT_ENDED


async def test_the_same_instant(database: Database) -> None:
    """A renewal signed in the last second and kept at midnight: whichever is first, the ticket is open afterwards."""
    world = await at_work(database)
    number = await opened(world)
    contract_id = (await contracts_of(world))[0].id
    click = await offer(world, world.anna, contract_id)

    async def signing(now: datetime) -> None:
        incoming = world.anna.incoming(
            IncomingKind.ACTION, verb=SignRenewal.verb, inputs=click.data(), reply_to_id="m1"
        )
        await world.router.handle(incoming, now)

    await asyncio.gather(
        run(world, MIDNIGHT),
        signing(MIDNIGHT - timedelta(seconds=1)),
    )
    assert len(await contracts_of(world)) == 2
    assert (await ticket(world, number)).is_open


async def test_kept_after_the_closing(database: Database) -> None:
    """A paper signed in December and recorded in January: the tickets go on, unless it was too long ago (D30)."""
    world = await at_work(database)
    number = await opened(world)
    await run(world, MIDNIGHT)
    assert not (await ticket(world, number)).is_open
    world.now = at("2027-01-08 10:00")
    await database.write(lambda session: renew(session, world, at("2026-12-20 12:00")))
    reopened = await ticket(world, number)
    assert (reopened.state, reopened.engineer_id) == (State.IN_PROGRESS, world.eva.id)
    assert (await kinds(world, number))[-1] is EventKind.TICKET_REOPENED


async def test_recorded_too_late_to_reopen(database: Database) -> None:
    """Three weeks after the end the tickets stay closed; new ones can be opened."""
    world = await at_work(database)
    number = await opened(world)
    await run(world, MIDNIGHT)
    world.now = at("2027-01-22 10:00")
    await database.write(lambda session: renew(session, world, at("2026-12-20 12:00")))
    assert not (await ticket(world, number)).is_open


async def test_cancelled(database: Database) -> None:
    """A cancelled contract ends its tickets with its month; one that came to be known late ends them at once."""
    world = await make_world(database)
    await begin(world, world.now)
    number = await opened(world)
    await database.write(lambda session: cancel(session, world, world.now))
    await run(world, at("2026-11-30 23:59"))
    assert (await ticket(world, number)).is_open
    await run(world, at("2026-12-01 00:00"))
    assert (await ticket(world, number)).closed_at == at("2026-12-01 00:00")


async def test_a_cancellation_that_came_to_be_known_late(database: Database) -> None:
    """Recorded on 5 December, received on 28 November: the tickets close at once, as of 1 December."""
    world = await make_world(database)
    await begin(world, world.now)
    number = await opened(world)
    await run(world, at("2026-12-05 10:00"))
    assert (await ticket(world, number)).is_open
    await database.write(lambda session: cancel(session, world, at("2026-11-28 10:00")))
    await run(world, world.now)
    assert (await ticket(world, number)).closed_at == at("2026-12-01 00:00")


async def test_work_before_the_end_is_logged_afterwards(database: Database) -> None:
    """Work of 31 December can be logged in January, work of January can not (D9, D23); a running timer stays."""
    world = await at_work(database)
    number = await opened(world)
    await world.click(world.eva, StartTimer(ticket=number))
    await run(world, MIDNIGHT)
    kept = await database.read(lambda session: load_timer(session, world.eva.id))
    assert kept is not None
    assert kept.started_at == LAST_AFTERNOON
    world.now = at("2027-01-04 10:00")
    worked: dict[str, Any] = {"ticket": number, "work": "The last of the year"}
    done = LogTime.model_validate(
        {"form_id": world.form(), "worked_on": "2026-12-31", "begin": "14:00", "end": "14:30", **worked}
    )
    await world.click(world.eva, done)
    entries = await database.read(lambda session: load_entries(session, number))
    assert [entry.minutes for entry in entries] == [30]
    late = LogTime.model_validate(
        {"form_id": world.form(), "worked_on": "2027-01-04", "begin": "09:00", "end": "09:30", **worked}
    )
    await world.click(world.eva, late)
    assert len(await database.read(lambda session: load_entries(session, number))) == 1


async def test_closed_stays_closed(database: Database) -> None:
    """Without a contract the ticket can't be reopened, and the refusal says why (D28)."""
    world = await at_work(database)
    number = await opened(world)
    await run(world, MIDNIGHT)
    assert "Heropenen" not in buttons_of(await world.click(world.anna, ShowTicket(ticket=number)))
    await world.click(world.anna, ReopenTicket(form_id=world.form(), ticket=number, text="Still broken"))
    assert not (await ticket(world, number)).is_open


async def test_one_that_fails_keeps_no_other_waiting(database: Database) -> None:
    """Every customer has a timer of its own."""
    world = await at_work(database)
    await opened(world)
    await world.click(world.other, OpenTicket(form_id=world.form(), description="Ours too", subject="Ours"))
    await database.write(lambda session: terms_of_other(session, world))
    await run(world, MIDNIGHT)
    left = await database.read(lambda session: session.execute(timer.select()).all())
    assert [row.key for row in left if row.kind == "close_with_contract"] == []
    assert sorted(await posted(world, "contract_ended")) == sorted([world.anna.id, world.bram.id, world.other.id])


def terms_of_other(session: Session, world: World) -> None:
    """The other customer was once cancelled before its start: that is no contract that ended later."""
    kept = terms.sign_contract(
        session,
        world.other_customer_id,
        world.now,
        number="never",
        signed_at=world.now,
        signatory="Olga Other",
        starts_on=day("2027-01-01"),
    )
    terms.cancel_contract(
        session, world.other_customer_id, world.now, received_at=world.now, by=Side.CUSTOMER, number=kept.number
    )


def renew(session: Session, world: World, signed_at: datetime) -> None:
    """A manager records a renewal on paper."""
    terms.renew_contract(
        session, world.customer_id, world.now, signed_at=signed_at, signatory="A. de Vries", recorded_by=world.mia.id
    )


def cancel(session: Session, world: World, received_at: datetime) -> None:
    """A manager records a cancellation."""
    terms.cancel_contract(session, world.customer_id, world.now, received_at=received_at, recorded_by=world.mia.id)
