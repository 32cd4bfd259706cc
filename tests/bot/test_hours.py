"""Logging time, through the router, on both engines (R18, R20, R24-R26, D4, D11, D23-D26, D33)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from cards.clicks.hours import LogTime, StartLogging
from contract.events import EventKind
from contract.hours import OutsideHoursReason, Place
from contract.life_cycle import withdraw
from contract.rate_bands import RateBand
from storage.database import Database
from storage.tables import tickets
from storage.tickets import load_ticket, save_ticket
from tests.bot.people import World, json_of, text_of
from tests.bot.worked import (
    TICKET,
    TODAY,
    add_ticket,
    clock,
    entries,
    events,
    filled,
    hours,
    log,
    revoke_access,
    sign_addendum,
)
from tests.bot.worked import world_with_ticket as make


async def test_logged_time_is_answered_with_bands_and_amount(database: Database) -> None:
    """The answer to logged time shows the minutes per rate band and the amount (D33)."""
    world = await make(database)
    reply = await log(world, world.eva, "14:00", "14:45")
    assert "0:45 kantooruren" in text_of(reply) or "0:45 office hours" in text_of(reply)
    assert "63,75" in text_of(reply)
    logged = await events(world, EventKind.TIME_LOGGED)
    assert [dict(event.details) for event in logged] == [
        {"entry": 1, "minutes": 45, "is_billable": True, "bands": {"office": 45}, "amount_cents": 6375}
    ]
    assert logged[0].text == "Rules of the mailbox repaired"


async def test_every_open_card_follows(database: Database) -> None:
    """Both contacts see logged time on their card; a line, which notifies, is not owed for it (R5)."""
    world = await make(database)
    before = len(await world.waiting())
    await log(world, world.eva, "14:00", "14:45")
    after = (await world.waiting())[before:]
    assert {row["person"] for row in after if row["kind"] == "show"} >= {world.anna.id, world.bram.id}
    assert [row for row in after if row["kind"] == "line"] == []


async def test_minutes_until_now(database: Database) -> None:
    """Minutes alone are the minutes until now, both ends truncated to the minute (D4)."""
    world = await make(database)
    await world.click(
        world.eva, LogTime(form_id=world.form(), ticket=TICKET, worked_on=TODAY, worked_minutes=20, work="Called")
    )
    [entry] = await entries(world)
    assert (entry.started_at, entry.ended_at) == (
        datetime(2026, 11, 23, 13, 40, tzinfo=UTC),
        datetime(2026, 11, 23, 14, 0, tzinfo=UTC),
    )


async def test_the_fields_arrive_as_clients_send_them(database: Database) -> None:
    """Teams sends every field as text, and empty ones as empty text."""
    world = await make(database)
    sent = {
        "form_id": world.form(), "ticket": "1001", "worked_on": "2026-11-23", "begin": "09:00", "end": "09:30",
        "worked_minutes": "", "place": "remote", "billable": "false", "work": "Looked at it",
    }  # fmt: skip
    await world.send(world.eva, "log_time", sent)
    [entry] = await entries(world)
    assert (entry.minutes, entry.is_billable) == (30, False)


async def test_not_billable_time_costs_and_counts_nothing(database: Database) -> None:
    """Not billable minutes are neither billed nor part of the allowance (D11)."""
    world = await make(database)
    await log(world, world.eva, "09:00", "12:00", billable=False)
    reply = await log(world, world.eva, "12:00", "14:00")
    assert "170,00" in text_of(reply)
    assert [entry.minutes for entry in await entries(world)] == [180, 120]


async def test_a_second_submit_logs_once(database: Database) -> None:
    """The same form, however often it is submitted, is one entry, and the answer is the first one's."""
    world = await make(database)
    click = hours(world, "14:00", "14:45")
    first = await world.click(world.eva, click)
    again = await world.click(world.eva, click)
    assert len(await entries(world)) == 1
    assert "63,75" in text_of(first)
    assert "63,75" in text_of(again)


@pytest.mark.parametrize(
    "begin, end, reason",
    [("17:10", "18:00", None), ("08:30", "09:00", OutsideHoursReason.AGREED_TIME)],
)
async def test_the_reason_is_asked_only_outside_office_hours(
    database: Database, begin: str, end: str, reason: OutsideHoursReason | None
) -> None:
    """Why there was work outside office hours is asked when there was some, and not before (R20, D26)."""
    world = await make(database)
    world.now = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    form = await world.click(world.eva, StartLogging(ticket=TICKET))
    assert "outside_hours_reason" not in filled(json_of(form))
    reply = await log(world, world.eva, begin, end)
    assert await entries(world) == ()
    assert "outside_hours_reason" in filled(json_of(reply))
    chosen = reason or OutsideHoursReason.CUSTOMER_ASKED
    await log(world, world.eva, begin, end, outside_hours_reason=chosen)
    assert [entry.outside_hours_reason for entry in await entries(world)] == [chosen]


async def test_own_choice_is_billed_as_office_time(database: Database) -> None:
    """Minutes outside office hours by the engineer's own choice cost the office rate, as a kept override (D26, D33)."""
    world = await make(database)
    world.now = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    await log(world, world.eva, "18:00", "19:00", outside_hours_reason=OutsideHoursReason.OWN_CHOICE)
    [logged] = await events(world, EventKind.TIME_LOGGED)
    assert (logged.details["bands"], logged.details["amount_cents"]) == ({RateBand.OFFICE.value: 60}, 8500)


async def test_a_reason_that_is_no_longer_needed_is_dropped(database: Database) -> None:
    """Who changes the times to office hours after being asked logs ordinary time."""
    world = await make(database)
    await log(world, world.eva, "13:00", "13:30", outside_hours_reason=OutsideHoursReason.OWN_CHOICE)
    assert [entry.outside_hours_reason for entry in await entries(world)] == [None]


async def test_on_site_needs_an_addendum(database: Database) -> None:
    """On-site work is refused without a signed addendum for that day (R24, R26, D25)."""
    world = await make(database)
    reply = await log(world, world.eva, "13:00", "13:30", place=Place.ON_SITE)
    assert await entries(world) == ()
    assert filled(json_of(reply))["place"] == "on_site"
    await sign_addendum(world)
    await log(world, world.eva, "13:00", "13:30", place=Place.ON_SITE)
    assert [entry.place for entry in await entries(world)] == [Place.ON_SITE]


async def test_remote_work_needs_access(database: Database) -> None:
    """Remote work after the customer withdrew access is refused; what was done before it is not (R25)."""
    world = await make(database)
    await revoke_access(world)  # as of 13:00
    await log(world, world.eva, "13:00", "13:30")
    assert await entries(world) == ()
    await log(world, world.eva, "12:30", "13:00")
    assert len(await entries(world)) == 1


@pytest.mark.parametrize(
    "begin, end, day",
    [
        ("13:00", "13:00", TODAY),  # no minute
        ("07:30", "08:30", TODAY),  # before the ticket
        ("14:30", "15:30", TODAY),  # not over yet
        ("13:00", "13:30", date(2025, 11, 24)),  # no contract, and before the ticket
    ],
)
async def test_impossible_times_keep_the_form(database: Database, begin: str, end: str, day: date) -> None:
    """No minutes, before the ticket, in the future: refused, and the form stays as it was filled in (D23)."""
    world = await make(database)
    reply = await log(world, world.eva, begin, end, worked_on=day)
    assert await entries(world) == ()
    assert (filled(json_of(reply))["begin"], filled(json_of(reply))["work"]) == (begin, "Rules of the mailbox repaired")


async def test_unclear_times_keep_the_form(database: Database) -> None:
    """Begin without end, or minutes that contradict them, are asked about instead of guessed (D23)."""
    world = await make(database)
    for fields in ({"end": None}, {"worked_minutes": 5}, {"begin": None, "end": None}):
        reply = await log(world, world.eva, "13:00", "13:30", **fields)
        assert "work" in filled(json_of(reply))
    assert await entries(world) == ()


async def test_what_was_done_is_required(database: Database) -> None:
    """Time is logged with what was done: the customer reads it, and the invoice is made of it."""
    world = await make(database)
    reply = await log(world, world.eva, "13:00", "13:30", work="")
    assert await entries(world) == ()
    assert filled(json_of(reply))["end"] == "13:30"


async def test_overlapping_time_of_one_engineer_is_refused(database: Database) -> None:
    """One engineer can not work twice at the same time, also on different tickets; half-open ends may touch (D24)."""
    world = await make(database)
    world.now = world.now.replace(hour=7, minute=1)
    await add_ticket(world, 1002)
    world.now = world.now.replace(hour=14)
    await log(world, world.eva, "13:00", "13:30")
    reply = await log(world, world.eva, "13:29", "13:40", ticket=1002)
    assert await entries(world, 1002) == ()
    assert "1001" in text_of(reply)
    await log(world, world.eva, "13:30", "13:40", ticket=1002)
    assert len(await entries(world, 1002)) == 1


async def test_on_a_closed_ticket_only_work_from_before(database: Database) -> None:
    """After the closing only work that was begun before it can be logged (D23)."""
    world = await make(database)

    def close(session: Any) -> None:
        at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
        save_ticket(session, withdraw(load_ticket(session, TICKET, lock=True), at))

    await world.database.write(close)
    await log(world, world.eva, "13:00", "13:30")
    assert await entries(world) == ()
    await log(world, world.eva, "12:30", "13:10")
    assert len(await entries(world)) == 1


async def test_a_contact_logs_nothing(database: Database) -> None:
    """Only staff log time, whatever a contact's payload says."""
    world = await make(database)
    await log(world, world.anna, "13:00", "13:30")
    assert await entries(world) == ()


async def test_a_repeated_hour_is_said(database: Database) -> None:
    """When the clock shows an hour twice the shorter reading is taken, and said (D23)."""
    world = await make_october(database)
    begin, end = clock("01:30"), clock("02:30")
    reply = await world.click(
        world.eva,
        LogTime(
            form_id=world.form(), ticket=TICKET, worked_on=date(2026, 10, 25), begin=begin, end=end, work="Night shift",
            outside_hours_reason=OutsideHoursReason.AGREED_TIME,
        ),
    )  # fmt: skip
    [entry] = await entries(world)
    assert entry.minutes == 60
    assert "twee keer" in text_of(reply) or "twice" in text_of(reply)


async def make_october(database: Database) -> World:
    """As always, but the ticket was opened before the clock change of October."""
    world = await make(database)

    def backdate(session: Any) -> None:
        session.execute(update(tickets).values(created_at=datetime(2026, 10, 20, 8, 0, tzinfo=UTC)))

    await database.write(backdate)
    return world
