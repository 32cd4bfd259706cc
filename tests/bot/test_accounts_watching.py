"""The contacts follow their directory: names, lock-outs, the other contact, and coming back (R4, R5, D15, D32)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot import appointments, watches
from bot.outcomes import Done
from bot.watching import finish_look
from cards.clicks.accounts import StopWatching, WatchAgain
from cards.clicks.estimates import ApproveEstimate
from cards.clicks.people import ShowCustomer
from cards.clicks.tickets import AnswerTicket, OpenTicket, ShowTicket, StartTicket
from contract.accounts import AccountState, ChangeKind
from graph.errors import AccessRefused, GraphRefused, GraphUnavailable, LinkExpired
from graph.people import Changes
from storage import accounts, contacts
from storage.database import Database
from storage.watches import load_watch
from tests.bot.directories import WATCH, Office, changes_of, errand, open_office, said_of
from tests.bot.people import NOW, Somebody, text_of
from tests.bot.test_people import contacts_of

QUARTER = timedelta(minutes=15)


async def state_of(office: Office, who: Somebody) -> AccountState | None:
    """What is known of somebody's account."""
    found = await office.world.database.read(lambda session: accounts.load_accounts(session, [who.id]))
    return found[who.id].state if who.id in found else None


async def test_the_first_look_tells_nobody_anything(database: Database) -> None:
    """Contacts by the provider's word are found in the directory: name, address and state are known from then on."""
    async with open_office(database) as office:
        assert await state_of(office, office.world.anna) is AccountState.ENABLED
        assert await office.world.waiting() == []
        kept = await database.read(partial(changes_of, person_id=office.world.anna.id))
        assert [kind for kind, _before, _after in kept] == [ChangeKind.FOUND]
        reply = text_of(await office.world.click(office.world.eva, ShowCustomer(customer=office.world.customer_id)))
        assert "Account actief, volgens de directory" in reply
        assert "anna@brood.example" in reply


async def test_names_and_addresses_follow(database: Database) -> None:
    """A new name is the person's from then on, whatever Teams still calls them; the history keeps the old one."""
    async with open_office(database) as office:
        world = office.world
        await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
        office.directory.change(world.anna, name="Anna Jansen", mail="jansen@brood.example")
        await office.later()
        await world.say(world.anna, "1001")
        reply = text_of(await world.click(world.eva, ShowCustomer(customer=world.customer_id)))
        assert "Anna Jansen" in reply
        assert "jansen@brood.example" in reply
        kept = await database.read(partial(changes_of, person_id=world.anna.id))
        assert kept[1:] == [
            (ChangeKind.RENAMED, "Anna de Vries", "Anna Jansen"),
            (ChangeKind.ADDRESS, "anna@brood.example", "jansen@brood.example"),
        ]
        assert "Anna de Vries" in text_of(await world.click(world.eva, ShowTicket(ticket=1001)))


async def test_a_link_is_about_the_people_it_was_made_for(database: Database) -> None:
    """The next look asks for changes only, with a new link once somebody else is to be watched."""
    async with open_office(database) as office:
        world = office.world
        await office.later()
        both = (world.anna.object_id, world.bram.object_id)
        assert [about for what, about in office.directory.asked if what == "changes"] == [
            (both, None),
            (both, "link-1"),
        ]
        await world.database.write(
            lambda session: contacts.remove_contact(session, world.customer_id, world.bram.id, None, world.now)
        )
        await office.later()
        assert office.directory.asked[-1] == ("changes", ((world.anna.object_id,), None))
        office.directory.fails = [LinkExpired(410, "syncStateNotFound")]
        await office.later()
        assert [about[1] for _what, about in office.directory.asked[-2:]] == ["link-3", None]


@pytest.mark.parametrize("how", ["disabled", "deleted", "gone"])
async def test_a_lost_account_locks_out_in_the_middle_of_a_conversation(database: Database, how: str) -> None:
    """Open forms, old cards and typed words do nothing from that moment; the ticket stays with the organisation."""
    async with open_office(database) as office:
        world = office.world
        await world.click(world.bram, OpenTicket(form_id=world.form(), description="Secret trouble"), reply_to="b-1")
        await world.click(world.bram, StartTicket(), reply_to="b-2")
        form = world.form()
        if how == "disabled":
            office.directory.change(world.bram, enabled=False)
        else:
            office.directory.delete(world.bram, for_good=how == "gone")
        await office.later()
        assert await state_of(office, world.bram) == how
        assert await contacts_of(world) == ["Anna de Vries"]
        for click in (
            OpenTicket(form_id=form, description="From an old form"),
            AnswerTicket(form_id=world.form(), ticket=1001, text="still here"),
            ShowTicket(ticket=1001),
            ApproveEstimate(estimate=1, revision=1),
        ):
            reply = text_of(await world.click(world.bram, click, reply_to="b-1"))
            assert "Secret" not in reply
            assert "Anna de Vries" in reply
        assert "Anna de Vries" in text_of(await world.say(world.bram, "1001 still here"))
        seen = text_of(await world.click(world.anna, ShowTicket(ticket=1001)))
        assert "Secret trouble" in seen
        assert "still here" not in seen
        assert "old form" not in seen


async def test_everybody_concerned_hears_it_once(database: Database) -> None:
    """The other contact can propose somebody, the managers can look for somebody, who left hears it; no engineer."""
    async with open_office(database) as office:
        world = office.world
        office.directory.change(world.bram, enabled=False)
        await office.later()
        await office.later()
        (told,) = await office.shown(world.anna, "contact_changed")
        assert "Bram Bakker is geen contactpersoon van" in told
        assert "uitgeschakeld" in told
        assert "Wie stel je voor" in told
        (told,) = await office.shown(world.mia, "contact_changed")
        assert "Contactpersoon via e-mail" in told
        (told,) = await office.shown(world.bram, "contact_changed")
        assert "disabled" in told
        assert await office.shown(world.eva, "contact_changed") == []


@pytest.mark.parametrize("answer", ["disabled", "deleted", "gone"])
async def test_one_odd_answer_is_not_believed(sqlite: Database, answer: str) -> None:
    """Where only the delta says so and the account itself says otherwise, nobody is locked out."""
    async with open_office(sqlite) as office:
        bram = office.world.bram
        lost = frozenset({bram.object_id})
        changed = office.directory.accounts[bram.object_id]
        office.directory.odd = Changes(
            accounts=(replace(said_of(changed), enabled=False),) if answer == "disabled" else (),
            deleted=lost if answer == "deleted" else frozenset(),
            gone=lost if answer == "gone" else frozenset(),
            link="",
        )
        await office.later()
        assert office.directory.asked[-1][1] == bram.object_id
        assert await contacts_of(office.world) == ["Anna de Vries", "Bram Bakker"]
        assert await state_of(office, bram) is AccountState.ENABLED


async def test_a_whole_look_notices_who_is_left_out(sqlite: Database) -> None:
    """An account that was deleted before the first look is not in it, and is found out by asking for it."""
    async with open_office(sqlite, watched=False) as office:
        office.directory.delete(office.world.bram)
        await office.watch()
        assert await contacts_of(office.world) == ["Anna de Vries"]


@pytest.mark.parametrize(
    "error",
    [
        GraphUnavailable(503, "serviceNotAvailable"),
        TimeoutError(),
        GraphRefused(403, "Authorization_RequestDenied"),
        GraphRefused(404, "Directory_ObjectNotFound"),
        AccessRefused("t", "AADSTS7000229"),
    ],
    ids=lambda error: f"{type(error).__name__}-{getattr(error, 'status', '')}",
)
async def test_a_failed_look_locks_nobody_out_for_a_day(sqlite: Database, error: Exception) -> None:
    """Whatever fails, and be it a refusal: the known state holds for 24 hours, then the contacts only read (D32)."""
    async with open_office(sqlite) as office:
        world = office.world
        began = world.now
        await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
        office.directory.down = error
        for hours in (1, 12, 23):
            world.now = began + timedelta(hours=hours)
            await office.look()
            reply = await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text=f"at {hours}"))
            assert f"at {hours}" in text_of(reply)
        assert await office.shown(world.anna, "directory_silent") == []
        world.now = began + timedelta(hours=24)
        await office.look()
        await office.later()
        reply = await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text="too late"))
        assert "alleen lezen" in text_of(reply)
        assert "+31 85 808 6950" in text_of(reply)
        assert "only read" in text_of(await world.say(world.bram, "Printer is broken again"))
        seen = text_of(await world.click(world.anna, ShowTicket(ticket=1001)))
        assert "at 23" in seen
        assert "too late" not in seen
        for who in (world.anna, world.bram, world.mia):
            assert len(await office.shown(who, "directory_silent")) == 1
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]
        office.directory.down = None
        await office.later()
        reply = await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text="back again"))
        assert "back again" in text_of(reply)
        (told,) = await office.shown(world.anna, "directory_silent")
        assert "Alles werkt weer" in told


async def test_a_manager_stops_the_watch_with_a_reason(sqlite: Database) -> None:
    """Then the contacts act by the provider's word again; only a manager starts it, not the next consent."""
    async with open_office(sqlite) as office:
        world = office.world
        office.directory.down = GraphUnavailable(503, "")
        world.now += timedelta(hours=1)
        await office.look()
        world.now += timedelta(hours=24)
        await office.look()
        assert "alleen lezen" in text_of(await world.click(world.anna, StartTicket()))
        stop = StopWatching(form_id=world.form(), customer=world.customer_id, reason="moving to another tenant")
        reply = text_of(await world.click(world.mia, stop))
        assert "moving to another tenant" in reply
        assert "alleen lezen" not in text_of(await world.click(world.anna, StartTicket()))
        again = partial(watches.watch_tenant, customer_id=world.customer_id, now=world.now)
        assert not await sqlite.write(again)
        asked = len(office.directory.asked)
        await office.look()
        assert len(office.directory.asked) == asked
        office.directory.down = None
        await world.click(world.mia, WatchAgain(customer=world.customer_id))
        await office.ask()
        assert len(office.directory.asked) == asked + 1


async def test_a_look_that_was_under_way_when_it_was_stopped_does_nothing(sqlite: Database) -> None:
    """The answer of a watch that is off is not acted on."""
    async with open_office(sqlite) as office:
        world = office.world
        office.directory.change(world.bram, enabled=False)
        stop = partial(
            watches.stop_watching, customer_id=world.customer_id, now=world.now, by=world.mia.id, why="because"
        )
        await sqlite.write(stop)
        work = errand(world, WATCH, customer=world.customer_id)
        seen = {world.bram.object_id: {"state": "gone"}}
        end = Done({"seen": seen, "link": "l", "watched": "w"})
        await sqlite.write(lambda session: finish_look(session, work, end, world.now))
        assert await contacts_of(world) == ["Anna de Vries", "Bram Bakker"]


async def test_looks_are_spread_and_one_at_most_waits(database: Database) -> None:
    """However often it is asked, one look waits in a tenant; the next one is due in the customer's own second."""
    async with open_office(database) as office:
        world = office.world
        watch = await database.read(lambda session: load_watch(session, world.customer_id))
        assert watch is not None
        assert watch.next_look_at == watches.next_look(world.customer_id, world.now)
        office.delivery.pause()
        asked = len(office.directory.asked)
        for _ in range(3):
            await database.write(lambda session: watches.look_now(session, world.customer_id, world.now))
        office.delivery.resume()
        await office.ask()
        assert len(office.directory.asked) == asked + 1
        assert not await database.write(lambda session: watches.look_now(session, world.other_customer_id, world.now))


def test_ten_thousand_customers_are_667_a_minute_at_most() -> None:
    """Each customer is looked at once in every quarter of an hour, and never more than 12 in one second."""
    nexts = [watches.next_look(number, NOW) for number in range(1, 10_001)]
    assert all(NOW < at <= NOW + QUARTER for at in nexts)
    assert max(Counter(nexts).values()) <= 12
    assert max(Counter(at.replace(second=0) for at in nexts).values()) <= 675
    assert all(watches.next_look(number + 1, at) == at + QUARTER for number, at in enumerate(nexts))


async def test_who_is_appointed_with_a_lost_account_is_no_contact_for_long(database: Database) -> None:
    """Appointed anew by the provider's word while the account is known to be disabled: the next look ends that, also
    where the directory has nothing new to say (R4, D32).
    """
    async with open_office(database) as office:
        world = office.world
        office.directory.change(world.bram, enabled=False)
        await office.later()
        assert await contacts_of(world) == ["Anna de Vries"]
        appointed = partial(
            appointments.appoint_contact, customer_id=world.customer_id, person_id=world.bram.id, by=None, now=world.now
        )
        assert await database.write(appointed)
        await office.ask()
        assert await contacts_of(world) == ["Anna de Vries"]
