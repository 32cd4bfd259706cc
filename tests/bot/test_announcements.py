"""Who hears what: one short line for each event of R5, to the right people, never to who did it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot import appointments
from cards.clicks.estimates import ApproveEstimate, SendEstimate, StopWork
from cards.clicks.hours import StartTimer
from cards.clicks.queue import (
    ClaimTicket,
    HandOverTicket,
    MarkDuplicate,
    ResolveTicket,
    ResumeTicket,
    TakeOverTicket,
    WaitForCustomer,
    WaitForMicrosoft,
    WaiveMinimum,
)
from cards.clicks.tickets import AnswerTicket, OpenTicket, ReopenTicket, WithdrawTicket
from cards.events import event_line
from contract.outcomes import Outcome
from contract.people import Language
from storage.database import Database
from storage.tickets import load_events_by_id
from tests.bot.people import Somebody, World, make_world

CONTACTS = {"anna", "bram"}


async def _open(world: World, *, claimed: bool = True) -> None:
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail"))
    if claimed:
        await world.click(world.eva, ClaimTicket(ticket=1001))


class Ears:
    """Who was told since the last time somebody asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen = 0

    async def heard(self, who: Somebody, click: Any) -> set[str]:
        """Who is told a line when `who` clicks; each line names ticket, subject and who did it."""
        world = self.world
        self.seen = len(await self._lines())
        await world.click(who, click)
        new = (await self._lines())[self.seen :]
        names = {getattr(world, name).id: name for name in ("anna", "bram", "eva", "finn", "mia")}
        events = await world.database.read(
            lambda session: load_events_by_id(session, [row["event"] for row in new if row["event"]])
        )
        for event in events:
            line = event_line(event, Language.EN, subject="Outlook toont geen nieuwe mail")
            assert line.startswith(f"{event.ticket_number} Outlook")
            assert who.name in line
            assert len(line) < 300
        return {names[row["person"]] for row in new}

    async def _lines(self) -> list[dict[str, Any]]:
        return [row for row in await self.world.waiting() if row["kind"] == "line"]


async def test_every_step_of_a_ticket_is_heard_by_the_others(database: Database) -> None:
    """Pick-up, waiting, going on, answers, decisions, closing and reopening reach both contacts and the engineer who
    has the ticket, never the one who did it (R5).
    """
    world = await make_world(database)
    await _open(world, claimed=False)
    hears, form = Ears(world).heard, world.form
    eva, bram, anna = world.eva, world.bram, world.anna
    assert await hears(eva, ClaimTicket(ticket=1001)) == CONTACTS
    assert await hears(eva, WaitForCustomer(form_id=form(), ticket=1001, text="Welke pc?")) == CONTACTS
    assert await hears(bram, AnswerTicket(form_id=form(), ticket=1001, text="All")) == {"anna", "eva"}
    assert await hears(eva, WaitForMicrosoft(form_id=form(), ticket=1001, case="MS-1")) == CONTACTS
    assert await hears(eva, ResumeTicket(ticket=1001)) == CONTACTS
    assert await hears(eva, AnswerTicket(form_id=form(), ticket=1001, text="Start opnieuw")) == CONTACTS
    await world.click(eva, SendEstimate(form_id=form(), ticket=1001, minutes=120, what="Migreren"))
    assert await hears(anna, ApproveEstimate(estimate=1, revision=1, minutes=120)) == {"bram", "eva"}
    assert await hears(bram, StopWork(ticket=1001, estimate=1)) == {"anna", "eva"}
    assert await hears(eva, WaiveMinimum(form_id=form(), ticket=1001, reason="Onze fout")) == CONTACTS
    solved = ResolveTicket(form_id=form(), ticket=1001, outcome=Outcome.SOLVED, summary="Klaar")
    assert await hears(eva, solved) == CONTACTS
    assert await hears(anna, ReopenTicket(form_id=form(), ticket=1001, text="Toch niet")) == {"bram", "eva"}
    assert await hears(bram, WithdrawTicket(form_id=form(), ticket=1001)) == {"anna", "eva"}


async def test_who_had_the_ticket_hears_where_it_went(database: Database) -> None:
    """When a manager gives it away or a colleague takes it, the engineer who had the ticket is told (R34)."""
    world = await make_world(database)
    await _open(world)
    hears = Ears(world).heard
    given = HandOverTicket(form_id=world.form(), ticket=1001, engineer=world.finn.id)
    assert await hears(world.mia, given) == CONTACTS | {"eva", "finn"}
    assert await hears(world.eva, TakeOverTicket(ticket=1001)) == CONTACTS | {"finn"}


async def test_a_colleague_whose_timer_runs_hears_that_the_ticket_was_closed(database: Database) -> None:
    """What a running timer measured is still to be logged, so its engineer hears of the closing, whoever closes."""
    world = await make_world(database)
    await _open(world)
    await world.click(world.finn, StartTimer(ticket=1001))
    hears, form = Ears(world).heard, world.form
    solved = ResolveTicket(form_id=form(), ticket=1001, outcome=Outcome.SOLVED, summary="Klaar")
    assert await hears(world.eva, solved) == CONTACTS | {"finn"}
    await world.click(world.anna, ReopenTicket(form_id=form(), ticket=1001, text="Toch niet"))
    assert await hears(world.anna, WithdrawTicket(form_id=form(), ticket=1001)) == {"bram", "eva", "finn"}
    await world.click(world.anna, OpenTicket(form_id=form(), description="Hetzelfde"))
    await world.click(world.eva, ReopenTicket(form_id=form(), ticket=1001, text="Toch niet"))
    dull = MarkDuplicate(form_id=form(), ticket=1001, duplicate_of=1002)
    assert await hears(world.eva, dull) == CONTACTS | {"finn"}


async def test_a_ticket_of_an_engineer_who_left_concerns_everybody(database: Database) -> None:
    """What a contact writes on the ticket of somebody who is no longer on the staff is heard by all who are."""
    world = await make_world(database)
    await _open(world)

    def leave(session: Session) -> None:
        appointments.take_from_staff(session, world.eva.id, world.now)

    await database.write(leave)
    answer = AnswerTicket(form_id=world.form(), ticket=1001, text="Hoe staat het ermee?")
    assert await Ears(world).heard(world.anna, answer) == {"bram", "finn", "mia"}


async def test_a_first_card_on_its_way_follows_as_well(database: Database) -> None:
    """A ticket that changes before an engineer's first card of it stands: the card is brought up to date after it."""
    world = await make_world(database)
    await _open(world, claimed=False)
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=1001, reason="Al opgelost"))
    for engineer in (world.eva, world.finn):
        assert [row["kind"] for row in await world.waiting(engineer)] == ["show", "show", "line"]
