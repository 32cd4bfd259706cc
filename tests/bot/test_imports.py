"""Importing time entries: the checks and acts of logging in chat, in the order of time, all or nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.imports import Imported
from storage import billing_tables, people
from storage.database import Database
from tests.bot.import_desk import make_desk, open_ticket


async def test_lines_become_entries(database: Database) -> None:
    """Each line is logged for its engineer, with event and announcements as in chat, whatever the order of the file."""
    desk = await make_desk(database)
    imported = await desk.run(
        desk.line("12:00", "12:30", engineer="Finn Fixer", billable="no"),
        desk.line("10:30", "11:00", what="=1+1"),
    )
    assert imported == Imported(added=2, minutes=60, known=0, refused=())
    first, second = await desk.entries()
    assert (first.engineer_id, first.minutes, first.is_billable, first.what) == (desk.world.eva.id, 30, True, "=1+1")
    assert (second.engineer_id, second.minutes, second.is_billable) == (desk.world.finn.id, 30, False)
    assert first.recorded_at == second.recorded_at == desk.world.now
    assert (await desk.events()).count("time_logged") == 2
    assert await desk.world.waiting(desk.world.anna)


async def test_a_dry_run_keeps_nothing(database: Database) -> None:
    """It says what would come of it, and writes neither entry nor event nor announcement."""
    desk = await make_desk(database)
    before = (await desk.events(), await desk.world.waiting())
    imported = await desk.run(desk.line("10:30", "11:00"), apply=False)
    assert imported == Imported(added=1, minutes=30, known=0, refused=())
    assert await desk.entries() == ()
    assert (await desk.events(), await desk.world.waiting()) == before
    assert (await desk.run(desk.line("10:30", "11:00"))).added == 1


async def test_one_refused_line_refuses_the_file(database: Database) -> None:
    """Every refused line is said with its number and reason; the good ones are not kept either."""
    desk = await make_desk(database)
    imported = await desk.run(
        desk.line("10:30", "11:00"),
        desk.line("10:45", "11:15"),
        desk.line("9:00", "9:30"),
        desk.line("12:00", "12:30", ticket=999),
        desk.line("12:00", "12:30", engineer="Nobody"),
        desk.line("12:00", "12:30", engineer="Anna de Vries"),
        desk.line("17:00", "17:30"),
        desk.line("13:00", "13:30", place="on_site"),
        desk.line("14:00", "14:30", what=""),
        desk.line("20:00", "20:30", reason="urgency"),
        desk.line("noon", "13:00"),
    )
    assert [(one.line, one.why.partition(":")[0]) for one in imported.refused] == [
        (3, "You already logged time on ticket 1001 from today 10"),
        (4, "That is before the ticket was opened (today 10"),
        (5, "there is no ticket 999"),
        (6, "nobody of the provider is known as Nobody"),
        (7, "nobody of the provider is known as Anna de Vries"),
        (8, "0"),
        (9, "On-site work needs a signed addendum for that day."),
        (10, "Say what was done."),
        (11, "That lies in the future. Log it once the work is done."),
        (12, "2026-11-23 noon is no time"),
    ]
    assert await desk.entries() == ()
    assert "time_logged" not in await desk.events()


async def test_the_allowance_is_used_up_across_the_lines(database: Database) -> None:
    """In the order of time: what no longer fits is refused, with what is left, whoever worked (D12)."""
    desk = await make_desk(database)
    lines = [desk.line("12:00", "13:00", engineer="Finn Fixer"), desk.line("10:30", "12:00")]
    imported = await desk.run(*lines)
    assert [(one.line, one.why) for one in imported.refused] == [
        (2, "That is more than may be spent without asking: 0:30 left.")
    ]
    fitting = await desk.run(desk.line("12:00", "12:30", engineer="Finn Fixer"), lines[1])
    assert (fitting.added, fitting.minutes) == (2, 120)
    assert (await desk.events()).count("allowance_notice_reached") == 2


async def test_the_same_file_again_adds_nothing(database: Database) -> None:
    """A line is known by its id, or by all that it says; new lines beside it are added."""
    desk = await make_desk(database)
    lines = [desk.line("10:30", "11:00", id="a-1"), desk.line("11:00", "11:30")]
    assert (await desk.run(*lines)).added == 2
    again = await desk.run(*reversed(lines), desk.line("11:30", "11:40"))
    assert (again.added, again.known, again.refused) == (1, 2, ())
    assert len(await desk.entries()) == 3
    twice = await desk.run(desk.line("12:00", "12:10", id="b"), desk.line("12:00", "12:10", id="b"))
    assert (twice.added, twice.known) == (1, 1)


async def test_an_id_that_means_something_else_now(database: Database) -> None:
    """An id that comes back with another time is no entry that is known: refused, not dropped."""
    desk = await make_desk(database)
    await desk.run(desk.line("10:30", "11:00", id="a-1"))
    imported = await desk.run(desk.line("12:00", "12:30", id="a-1"))
    assert [one.why for one in imported.refused] == ["this id was imported before, with another ticket or another time"]
    # What was said of it may have changed; the work is the same.
    assert (await desk.run(desk.line("10:30", "11:00", id="a-1", what="moved two"))).known == 1


async def test_nobody_has_the_ticket(database: Database) -> None:
    """Work on a ticket that nobody picked up is refused, as in chat (R34)."""
    desk = await make_desk(database)
    number = await open_ticket(desk.world)
    desk.world.now += timedelta(hours=1)
    imported = await desk.run(desk.line("18:00", "18:10", ticket=number, reason="urgency"))
    assert [one.why for one in imported.refused] == ["Nobody has picked this ticket up yet. Claim it first."]


async def test_engineers_by_address_id_or_name(database: Database) -> None:
    """Capitals do not matter; a name that two have is refused."""
    desk = await make_desk(database)
    world = desk.world
    await world.database.write(
        lambda session: people.set_email(session, world.eva.id, "Eva Engineer", "Eva@Example.com")
    )
    imported = await desk.run(
        desk.line("10:30", "10:40", engineer="eva@example.com"),
        desk.line("10:40", "10:50", engineer=world.eva.object_id.upper()),
        desk.line("10:50", "11:00", engineer="EVA ENGINEER"),
    )
    assert imported.added == 3
    await world.database.write(lambda session: people.set_email(session, world.finn.id, "Eva Engineer", None))
    imported = await desk.run(desk.line("11:00", "11:10"))
    assert imported.refused[0].why == "2 engineers are called Eva Engineer: write the e-mail address or the object id"


@pytest.mark.parametrize("seed", range(3))
async def test_a_file_is_taken_wholly_or_not_at_all(database: Database, seed: int) -> None:
    """Wherever a bad line stands among however many good ones, the database is as it was; without it all are taken."""
    chance = random.Random(seed)
    desk = await make_desk(database)
    for _ in range(8):
        begin = chance.sample(range(11), chance.randint(1, 8))
        good = [desk.line(f"12:{5 * slot:02}", f"12:{5 * slot + 5:02}") for slot in begin]
        bad = chance.choice(
            [
                desk.line("09:00", "09:05"),
                desk.line("12:00", "15:00"),
                desk.line("12:00", "12:05", engineer="Nobody"),
                desk.line("12:00", "12:05", ticket=999),
                desk.line("12:00", "12:05", billable="perhaps"),
                desk.line("12:05", "12:05"),
            ]
        )
        lines = [*good]
        lines.insert(chance.randint(0, len(lines)), bad)
        imported = await desk.run(*lines)
        assert imported.refused
        assert await desk.entries() == ()
        assert "time_logged" not in await desk.events()
        assert not await desk.world.database.read(
            lambda session: session.execute(select(billing_tables.imported_entries)).all()
        )
        assert (await desk.run(*good, apply=False)).added == len(good)
    assert (await desk.run(*good)).minutes == 5 * len(good)
