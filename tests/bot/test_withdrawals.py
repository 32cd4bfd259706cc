"""A contact withdraws the consent and gives it again, through the router, on both engines (R25)."""

from __future__ import annotations

from datetime import timedelta

from cards.clicks.access import (
    LiftWithdrawal,
    ShowAccess,
    StartAccessWithdrawal,
    StartLifting,
)
from cards.clicks.customers import KeepConsent
from cards.clicks.hours import LogTime
from cards.clicks.queue import QueueFilter, ShowQueue
from cards.clicks.tickets import ShowTicket, ShowTickets
from contract.consents import Proof
from contract.ledger import EntryKind
from contract.remote_sessions import EndedWhy
from storage.database import Database
from storage.people import set_email
from storage.withdrawals import load_withdrawals
from tests.bot.access_acts import (
    find_relationship,
    name_administrator,
    noted,
    running,
    sessions,
    start,
    withdraw,
)
from tests.bot.people import buttons_of, text_of
from tests.bot.worked import TICKET, TODAY, clock, entries, log, world_with_ticket


async def test_a_withdrawal_stops_remote_work_at_once(database: Database) -> None:
    """Sessions end at that instant, none begins, and every list and card says that it waits (R25, D31)."""
    world = await world_with_ticket(database)
    await start(world)
    world.now += timedelta(minutes=30)
    card = await withdraw(world, reason="We have an incident")
    assert "Het werk op afstand is gestopt" in text_of(card)
    [session] = await sessions(world)
    assert (session.ended_at, session.ended_why) == (world.now, EndedWhy.WITHDRAWN)
    assert "Anna de Vries" in text_of(await start(world))
    assert await running(world) is None
    shown = text_of(await world.click(world.bram, ShowTicket(ticket=TICKET)))
    assert "Waiting for remote access since" in shown
    assert "Anna de Vries withdrew the consent" in shown
    assert "waiting for access" in text_of(await world.click(world.bram, ShowTickets()))
    assert "wacht op toegang" in text_of(await world.click(world.eva, ShowTickets()))
    [entry] = await noted(world, EntryKind.WITHDRAWN)
    assert entry.note.by is not None
    assert (entry.note.by.name, entry.note.details["reason"]) == ("Anna de Vries", "We have an incident")


async def test_the_queue_narrows_to_what_waits_for_access(database: Database) -> None:
    """An engineer sees the tickets that wait for a consent, of all customers or of one, and of no other (R25, R34)."""
    world = await world_with_ticket(database)

    async def shown(**values: object) -> str:
        wanted = {"filter": QueueFilter.WAITING_ACCESS, **values}
        return text_of(await world.click(world.eva, ShowQueue.model_validate(wanted)))

    assert f"{TICKET} ·" not in await shown()
    await withdraw(world)
    assert "Wachtrij: wacht op toegang" in await shown()
    assert f"{TICKET} ·" in await shown()
    assert f"{TICKET} ·" in await shown(customer=world.customer_id)
    assert f"{TICKET} ·" not in await shown(customer=world.other_customer_id)


async def test_what_was_done_before_can_be_logged(database: Database) -> None:
    """Judged at the minutes worked: until the withdrawal they count, from it on they don't (R25)."""
    world = await world_with_ticket(database)
    await withdraw(world)
    world.now += timedelta(minutes=30)
    # It is 15:00:30 when the consent is withdrawn.
    await log(world, world.eva, "14:30", "15:00")
    assert [entry.minutes for entry in await entries(world)] == [30]
    form = LogTime(
        form_id=world.form(), ticket=TICKET, worked_on=TODAY, begin=clock("15:05"), end=clock("15:10"), work="Later"
    )
    assert "voor toegang op afstand eindigde" in text_of(await world.click(world.eva, form))
    assert len(await entries(world)) == 1


async def test_everybody_who_has_to_is_told(database: Database) -> None:
    """The other contact and the managers get the card, managers and administrator a mail; who did it gets none."""
    world = await world_with_ticket(database)
    await name_administrator(world)
    await database.write(lambda session: set_email(session, world.mia.id, "Mia Manager", "mia@oxineo.example"))
    await find_relationship(world)
    world.now += timedelta(minutes=1)
    await withdraw(world)
    rows = await world.waiting()
    shown = {row["person"] for row in rows if row["kind"] == "show" and row["view"] == "access" and row["fresh"]}
    assert shown == {world.bram.id, world.mia.id}
    mailed = {row["to"]: row["args"] for row in rows if row["kind"] == "mail" and row["what"] == "access_withdrawn"}
    assert set(mailed) == {"ton@brood.example", "mia@oxineo.example"}
    assert mailed["ton@brood.example"]["is_administrator"]
    # What still stands in the tenant is offered to be ended, which nobody did by withdrawing.
    assert len(await noted(world, EntryKind.END_ASKED)) == 1


async def test_a_withdrawal_counts_once(database: Database) -> None:
    """Of two contacts who withdraw, the first did; the second sees that it is withdrawn (R25)."""
    world = await world_with_ticket(database)
    await withdraw(world)
    world.now += timedelta(minutes=1)
    card = await withdraw(world, world.bram)
    assert "Anna de Vries withdrew the consent" in text_of(card)
    assert len(await database.read(lambda session: load_withdrawals(session, world.customer_id))) == 1
    assert "start_lifting" in {one["verb"] for one in buttons_of(await world.click(world.bram, ShowAccess())).values()}
    again = await world.click(world.bram, StartAccessWithdrawal())
    assert "withdraw_access" not in {one["verb"] for one in buttons_of(again).values()}


async def test_only_a_contact_gives_it_again(database: Database) -> None:
    """A consent that a manager records lifts nothing; a contact's click does, and is the proof (R25)."""
    world = await world_with_ticket(database)
    await withdraw(world)
    world.now += timedelta(minutes=1)
    recorded = KeepConsent(
        form_id=world.form(), customer=world.customer_id, given_by="A", document="B", valid_from=TODAY
    )
    await world.click(world.mia, recorded)
    await start(world)
    assert await running(world) is None
    question = await world.click(world.bram, StartLifting())
    assert "lift_withdrawal" in {one["verb"] for one in buttons_of(question).values()}
    card = await world.click(world.bram, LiftWithdrawal(form_id=world.form()))
    assert "Our engineers can go on" in text_of(card)
    await start(world)
    assert await running(world) is not None
    [entry] = await noted(world, EntryKind.LIFTED)
    assert entry.note.by is not None
    assert (entry.note.by.name, entry.note.details["proof"]) == ("Bram Bakker", Proof.CARD.value)
    # A second click finds nothing to lift.
    await world.click(world.anna, LiftWithdrawal(form_id=world.form()))
    assert len(await noted(world, EntryKind.LIFTED)) == 1


async def test_giving_it_again_brings_back_nothing_that_ended(database: Database) -> None:
    """Where the consent itself ended meanwhile, the contact reads that it has to be given anew (R25)."""
    world = await world_with_ticket(database)
    await withdraw(world)
    await world.send(world.mia, "withdraw_consent", {"form_id": world.form(), "customer": world.customer_id})
    world.now += timedelta(minutes=1)
    card = await world.click(world.bram, LiftWithdrawal(form_id=world.form()))
    assert "has to be given anew" in text_of(card)
    await start(world)
    assert await running(world) is None


async def test_the_other_customer_goes_on(database: Database) -> None:
    """What one organisation withdraws is its own (R25)."""
    world = await world_with_ticket(database)
    await withdraw(world)
    assert "Given" in text_of(await world.click(world.other, ShowAccess()))
    assert await database.read(lambda session: load_withdrawals(session, world.other_customer_id)) == ()
