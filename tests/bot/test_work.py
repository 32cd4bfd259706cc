"""What engineers do with a ticket, through the router, on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.pickups import remind_pickup
from bot.wire import Reply
from cards.clicks.queue import (
    ClaimTicket,
    HandOverTicket,
    MarkDuplicate,
    OpenPhoneTicket,
    QueueFilter,
    ResolveTicket,
    SetUrgency,
    ShowMore,
    ShowQueue,
    TakeOverTicket,
    WaitForMicrosoft,
    WaiveMinimum,
)
from cards.clicks.tickets import AnswerTicket, OpenTicket, ShowHistory, ShowTicket
from contract.outcomes import Outcome
from contract.tickets import Urgency
from storage.database import Database
from storage.tickets import load_ticket, load_ticket_dates
from tests.bot.people import NOW, World, json_of, make_world, text_of


async def _open(world: World, description: str = "Outlook toont geen nieuwe mail") -> None:
    await world.click(world.anna, OpenTicket(form_id=world.form(), description=description))


async def _world(database: Database, *, claimed: bool = True) -> World:
    world = await make_world(database)
    await _open(world)
    if claimed:
        await world.click(world.eva, ClaimTicket(ticket=1001))
    return world


@pytest.mark.timeout(300)
async def test_exactly_one_of_two_claims_wins(database: Database) -> None:
    """Two engineers claim at the same instant, 200 times: exactly one gets each ticket, the other learns it (R34)."""
    world = await make_world(database)
    for number in range(1001, 1201):
        await _open(world, f"Ticket {number}")
        replies = await asyncio.gather(
            world.click(world.eva, ClaimTicket(ticket=number)), world.click(world.finn, ClaimTicket(ticket=number))
        )
        history = text_of(await world.click(world.finn, ShowHistory(ticket=number)))
        assert history.count("picked up the ticket") == 1, number
        assert sum("just before you" in text_of(one) or "net voor je" in text_of(one) for one in replies) == 1, number


async def test_a_second_click_on_claim_changes_nothing(database: Database) -> None:
    """The one who has the ticket may click again: there is one pick-up, when it was (R34)."""
    world = await _world(database)
    world.now += timedelta(hours=1)
    again = await world.click(world.eva, ClaimTicket(ticket=1001))
    assert text_of(again).count("heeft het ticket opgepakt") == 1
    ticket = await database.read(lambda session: load_ticket(session, 1001))
    assert ticket.claimed_at == NOW


async def test_handing_over_tells_the_colleague(database: Database) -> None:
    """A ticket is given to a colleague, who hears of it; the word along stays internal."""
    world = await _world(database)
    form = HandOverTicket(form_id=world.form(), ticket=1001, engineer=world.finn.id, text="Ik ben weg")
    reply = await world.click(world.eva, form)
    await world.click(world.eva, form)
    ticket = await database.read(lambda session: load_ticket(session, 1001))
    assert ticket.engineer_id == world.finn.id
    assert text_of(reply).count("Ik ben weg") == 1
    assert any(row["kind"] == "line" for row in await world.waiting(world.finn))
    assert "Ik ben weg" not in text_of(await world.click(world.anna, ShowTicket(ticket=1001)))


async def test_a_form_without_a_colleague_comes_back(database: Database) -> None:
    """A hand-over to nobody, or to somebody who is no colleague, is asked again and loses nothing."""
    world = await _world(database)
    for engineer in (None, world.anna.id):
        form = HandOverTicket(form_id=world.form(), ticket=1001, engineer=engineer, text="Ik ben weg")
        reply = await world.click(world.eva, form)
        assert "Ik ben weg" in text_of(reply)
        assert "Kies een collega" in text_of(reply)


async def test_taking_over_tells_who_had_it(database: Database) -> None:
    """A colleague takes over from somebody absent, who hears of it; nobody needs permission (R34)."""
    world = await _world(database)
    reply = await world.click(world.finn, TakeOverTicket(ticket=1001))
    assert "took the ticket over from Eva Engineer" in text_of(reply)
    assert any(row["kind"] == "line" for row in await world.waiting(world.eva))


async def test_urgency_moves_the_target_and_stays_with_us(database: Database) -> None:
    """Urgency brings the pick-up target forward from the creation on; no contact ever sees it (R11, D20)."""
    world = await _world(database, claimed=False)
    form = SetUrgency(form_id=world.form(), ticket=1001, urgency=Urgency.CRITICAL)
    reply = await world.click(world.eva, form)
    assert "Kritiek" in text_of(reply)
    dates = await database.read(lambda session: load_ticket_dates(session, 1001))
    assert dates.pickup_due_at == NOW + timedelta(minutes=240)
    seen = text_of(await world.click(world.anna, ShowTicket(ticket=1001)))
    assert "Kritiek" not in seen
    assert "urgentie" not in seen.lower()


async def test_staff_hear_of_a_target_that_comes_near(database: Database) -> None:
    """Before the target passes everybody on the staff is told once, unless somebody has the ticket by then (R10)."""
    world = await _world(database, claimed=False)
    due = (await database.read(lambda session: load_ticket_dates(session, 1001))).pickup_due_at
    near = due - timedelta(hours=4)
    await database.write(lambda session: remind_pickup(session, {"ticket": 1001}, near))
    told = {row["person"] for row in await world.waiting() if row["kind"] == "line"}
    assert told == {world.eva.id, world.finn.id, world.mia.id}
    await world.click(world.eva, ClaimTicket(ticket=1001))
    before = len(await world.waiting())
    await database.write(lambda session: remind_pickup(session, {"ticket": 1001}, due))
    assert len(await world.waiting()) == before


async def test_waiting_for_microsoft_needs_the_case(database: Database) -> None:
    """A ticket waits for Microsoft only with the number of the case there (R17)."""
    world = await _world(database)
    asked = await world.click(world.eva, WaitForMicrosoft(form_id=world.form(), ticket=1001))
    assert "Geef het nummer" in text_of(asked)
    reply = await world.click(world.eva, WaitForMicrosoft(form_id=world.form(), ticket=1001, case="2611230040001234"))
    assert "2611230040001234" in text_of(reply)


def _resolve(world: World, **values: object) -> ResolveTicket:
    return ResolveTicket.model_validate({"form_id": world.form(), "ticket": 1001, **values})


async def test_resolving_logs_the_last_time_too(database: Database) -> None:
    """One form closes the ticket and logs its last minutes: 30 office minutes cost € 42.50 (R17, D33)."""
    world = await _world(database)
    world.now += timedelta(hours=1)
    click = _resolve(world, summary="Profiel hersteld", worked_minutes=30, work="Profiel")
    reply = await world.click(world.eva, click)
    await world.click(world.eva, click)
    assert "Opgelost" in text_of(reply)
    assert "42,50" in text_of(reply)
    history = text_of(await world.click(world.finn, ShowHistory(ticket=1001)))
    assert history.count("logged 0:30") == 1
    assert history.count("closed the ticket") == 1


async def test_not_solvable_asks_for_every_route(database: Database) -> None:
    """Not solvable needs workaround, redesign and escalation, each with a reason; nothing is logged before (R17)."""
    world = await _world(database)
    world.now += timedelta(hours=1)
    asked = await world.click(
        world.eva, _resolve(world, outcome=Outcome.NOT_SOLVABLE, worked_minutes=30, work="Gezocht")
    )
    assert "Gezocht" in text_of(asked)
    assert _has_input(asked, "redesign_reason")
    assert "tijd:" not in text_of(await world.click(world.eva, ShowHistory(ticket=1001)))
    routes = {"workaround": "investigated", "redesign": "not_applicable", "escalation": "investigated"}
    reasons = {f"{name}_reason": "Bekeken" for name in routes}
    done = await world.click(world.eva, _resolve(world, outcome=Outcome.NOT_SOLVABLE, **routes, **reasons))
    assert "Niet oplosbaar" in text_of(done)


def _has_input(reply: Reply | None, name: str) -> bool:
    return f'"id": "{name}"' in str(json_of(reply)).replace("'", '"')


async def test_the_limit_keeps_the_resolving_form(database: Database) -> None:
    """At the limit the form stays filled and offers to bill what fits; that closes the ticket (R18, D27)."""
    world = await _world(database)
    world.now += timedelta(hours=3)
    refused = await world.click(world.eva, _resolve(world, worked_minutes=150, work="Alles"))
    assert "nog 2:00 over" in text_of(refused)
    assert "Alles" in text_of(refused)
    done = await world.click(world.eva, _resolve(world, worked_minutes=150, work="Alles", fits=True))
    assert "Opgelost" in text_of(done)
    assert "170,00" in text_of(done)


async def test_a_duplicate_costs_nothing(database: Database) -> None:
    """A technical duplicate is closed void and never charged; it names the ticket that stays (D22)."""
    world = await _world(database)
    await _open(world, "Outlook toont geen nieuwe mail (nog een keer)")
    for wrong in (1002, 4711, None):
        asked = await world.click(world.eva, MarkDuplicate(form_id=world.form(), ticket=1002, duplicate_of=wrong))
        assert (await database.read(lambda session: load_ticket(session, 1002))).is_open, asked
    reply = await world.click(world.eva, MarkDuplicate(form_id=world.form(), ticket=1002, duplicate_of=1001))
    assert "Dubbel" in text_of(reply)
    assert "er wordt niets berekend" in text_of(reply)


async def test_waiving_the_minimum_needs_a_reason(database: Database) -> None:
    """The 15 minutes are waived by staff with a reason, which the history keeps (D5)."""
    world = await _world(database)
    asked = await world.click(world.eva, WaiveMinimum(form_id=world.form(), ticket=1001))
    assert "Geef een reden" in text_of(asked)
    reply = await world.click(world.eva, WaiveMinimum(form_id=world.form(), ticket=1001, reason="Onze fout"))
    assert "Onze fout" in text_of(reply)
    assert "21,25" not in text_of(reply)


async def test_a_ticket_by_phone_is_marked_and_told_to_both(database: Database) -> None:
    """An engineer opens a ticket for a contact who phoned: marked as such, both contacts are told (R4)."""
    world = await make_world(database)
    form = OpenPhoneTicket(
        form_id=world.form(), customer=world.customer_id, contact=world.bram.id, description="Teams belt niet"
    )
    reply = await world.click(world.eva, form)
    assert "telefonisch" in text_of(reply)
    told = {row["person"] for row in await world.waiting() if row["kind"] == "show"}
    assert {world.anna.id, world.bram.id} <= told
    stranger = form.model_copy(update={"form_id": world.form(), "contact": world.other.id})
    assert "Teams belt niet" in text_of(await world.click(world.eva, stranger))
    assert "1002" not in text_of(await world.click(world.eva, ShowQueue()))


async def test_the_queue_narrows_and_names_the_customer(database: Database) -> None:
    """The queue shows all customers' tickets by filter, customer and search, and names the customer (R34)."""
    world = await _world(database)
    await _open(world, "Teams belt niet")
    world.now += timedelta(days=4)

    async def shown(**values: object) -> str:
        return text_of(await world.click(world.eva, ShowQueue.model_validate(values)))

    assert "Bakkerij Brood & Zo" in await shown()
    assert "1001" in await shown(filter=QueueFilter.MINE)
    assert "1002" not in await shown(filter=QueueFilter.MINE)
    assert "1002" in await shown(filter=QueueFilter.OVERDUE)
    assert "1001 ·" not in await shown(filter=QueueFilter.UNCLAIMED)
    assert "1002" in await shown(query="belt")
    assert "1001 ·" not in await shown(customer=world.other_customer_id)


async def test_the_rarer_moves_fit_the_state(database: Database) -> None:
    """Behind "more" stands what is possible now, nothing else."""
    world = await _world(database)
    mine = text_of(await world.click(world.eva, ShowMore(ticket=1001)))
    assert "Overdragen" in mine
    assert "Overnemen" not in mine


async def test_the_card_says_who_has_the_ticket_since_when(database: Database) -> None:
    """After a hand-over the card names who has the ticket now and since when, also once that is far back (R34)."""
    world = await _world(database)
    world.now += timedelta(hours=2)
    await world.click(world.eva, HandOverTicket(form_id=world.form(), ticket=1001, engineer=world.finn.id))
    since = "Finn Fixer, since Mon 23 Nov 12:30"
    assert since in text_of(await world.click(world.bram, ShowTicket(ticket=1001)))
    world.now += timedelta(hours=1)
    for number in range(7):
        await world.click(world.finn, AnswerTicket(form_id=world.form(), ticket=1001, text=f"Stap {number}"))
    assert since in text_of(await world.click(world.bram, ShowTicket(ticket=1001)))


async def test_an_urgency_can_be_taken_away(sqlite: Database) -> None:
    """Without an urgency the target is the one of every ticket again, and the history says what happened (R11, D20)."""
    world = await _world(sqlite, claimed=False)
    before = await sqlite.read(lambda session: load_ticket_dates(session, 1001))
    await world.click(world.eva, SetUrgency(form_id=world.form(), ticket=1001, urgency=Urgency.CRITICAL))
    reply = await world.click(world.eva, SetUrgency(form_id=world.form(), ticket=1001, urgency=None))
    assert "haalde de urgentie weg" in text_of(reply)
    after = await sqlite.read(lambda session: load_ticket_dates(session, 1001))
    assert after.pickup_due_at == before.pickup_due_at
