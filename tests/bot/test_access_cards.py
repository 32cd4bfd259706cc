"""Who had access when, for which ticket: as a card and as a file, for who may see it (R25)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.access_cards import access_view
from bot.downloads import load_download
from bot.links import Purpose, read_link
from cards.clicks.access import EndSession, GetSessions, SessionFile, ShowAccess
from contract.consents import GrantState
from storage.database import Database
from storage.errors import NotFound
from storage.people import load_standings, set_email
from tests.bot.access_acts import drop_consents, find_relationship, start, withdraw
from tests.bot.people import POLICY, Somebody, World, buttons_of, text_of
from tests.bot.worked import TICKET, world_with_ticket


async def visited(database: Database, times: int = 1) -> World:
    """Eva was in so many times, ten minutes each, an hour apart."""
    world = await world_with_ticket(database)
    for _ in range(times):
        await start(world)
        world.now += timedelta(minutes=10)
        await world.click(world.eva, EndSession(ticket=TICKET))
        world.now += timedelta(minutes=50)
    return world


async def saved(world: World, who: Somebody, customer: int | None, kind: SessionFile) -> Any:
    """What the link behind the button opens."""
    card = await world.click(who, GetSessions(customer=customer, kind=kind))
    [url] = [action["url"] for action in buttons_of(card).values() if "url" in action]
    link = read_link(POLICY.link_key, url.rpartition("/")[2])
    return await world.database.read(lambda session: load_download(session, link))


@pytest.mark.parametrize("word", ["access", "toegang", "Toegang?"])
async def test_a_contact_asks_by_a_word(sqlite: Database, word: str) -> None:
    """`access` and `toegang` show what is consented, and who was in, newest first, with a page for the rest."""
    world = await visited(sqlite, 1)
    card = await world.say(world.bram, word)
    assert "Given" in text_of(card)
    assert "Today" in text_of(card) or "15:00–15:10" in text_of(card)
    assert "Ticket 1001: Problem 1001" in text_of(card)


async def test_it_is_paged(sqlite: Database) -> None:
    """Six to a page, newest first; the last page holds the oldest."""
    world = await visited(sqlite, 7)
    first = text_of(await world.click(world.bram, ShowAccess()))
    assert "page 1 of 2" in first
    second = text_of(await world.click(world.bram, ShowAccess(page=2)))
    assert first.count("Eva Engineer") == 6
    assert second.count("Eva Engineer") == 1
    assert "15:00–15:10" in second
    assert text_of(await world.click(world.bram, ShowAccess(page=99))) == second


async def test_names_are_those_of_then(sqlite: Database) -> None:
    """An engineer who is called otherwise now stands there as then (R25)."""
    world = await visited(sqlite)
    await sqlite.write(lambda session: set_email(session, world.eva.id, "Eva Anders", None))
    assert "Eva Engineer" in text_of(await world.click(world.bram, ShowAccess()))


async def test_the_files_say_the_same(database: Database) -> None:
    """JSON and CSV have every session; the staff gets those of the customer that is named."""
    world = await visited(database, 2)
    download = await saved(world, world.bram, None, SessionFile.JSON)
    rows = json.loads(download.content)
    assert [(row["ticket"], row["engineer"], row["minutes"], row["ended_why"]) for row in rows] == [
        (TICKET, "Eva Engineer", 10, "by_engineer")
    ] * 2
    again = await saved(world, world.eva, world.customer_id, SessionFile.CSV)
    table = list(csv.DictReader(io.StringIO(again.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["started_at"] for row in table] == [row["started_at"] for row in rows]


async def test_only_who_may_see_it(database: Database) -> None:
    """Another organisation gets neither card nor file, and a link ends with the right to see (R3)."""
    world = await visited(database)
    assert "Eva" not in text_of(await world.click(world.other, ShowAccess(customer=world.customer_id)))
    assert "Nobody yet." in text_of(await world.click(world.other, ShowAccess()))
    standing = (await database.read(lambda session: load_standings(session, [world.other.id])))[world.other.id]
    with pytest.raises(NotFound):
        await database.read(
            lambda session: access_view(session, standing, {"access": world.customer_id}, world.now, POLICY)
        )
    card = await world.click(world.bram, GetSessions())
    [url] = [action["url"] for action in buttons_of(card).values() if "url" in action]
    link = read_link(POLICY.link_key, url.rpartition("/")[2])
    assert link.purpose is Purpose.SESSIONS_CSV
    await world.send(
        world.mia,
        "remove_contact",
        {"form_id": world.form(), "customer": world.customer_id, "contact": world.bram.id, "knock": 0},
    )
    with pytest.raises(NotFound):
        await database.read(lambda session: load_download(session, link))


async def test_staff_choose_a_customer_first(sqlite: Database) -> None:
    """Without a customer the staff gets the list; with one the same card as its contacts, and the ways on."""
    world = await visited(sqlite)
    assert "Bakkerij Brood & Zo" in text_of(await world.say(world.eva, "toegang"))
    card = await world.click(world.mia, ShowAccess(customer=world.customer_id))
    verbs = {action.get("verb") for action in buttons_of(card).values()}
    assert {"start_administrator", "show_consents", "show_customer"} <= verbs
    engineers = {
        action.get("verb")
        for action in buttons_of(await world.click(world.eva, ShowAccess(customer=world.customer_id))).values()
    }
    assert "start_administrator" not in engineers
    assert "start_access_withdrawal" not in engineers


async def test_what_is_consented_is_told_in_plain_words(sqlite: Database) -> None:
    """A source that is not seen is never shown as given; one that carries is marked (R25)."""
    world = await world_with_ticket(sqlite)
    await drop_consents(world)
    await find_relationship(world, until=world.now + timedelta(days=30))
    card = text_of(await world.click(world.bram, ShowAccess()))
    assert "delegated admin relationship" in card
    assert "Exchange Administrator" in card
    await find_relationship(world, GrantState.UNKNOWN)
    card = text_of(await world.click(world.bram, ShowAccess()))
    assert "Not confirmed" in card
    world.now += timedelta(hours=25)
    assert "Not given" in text_of(await world.click(world.bram, ShowAccess()))


async def test_the_card_stays_current(database: Database) -> None:
    """Whoever has it open sees a session begin, and the withdrawal (R25)."""
    world = await world_with_ticket(database)
    await world.click(world.bram, ShowAccess(), reply_to="the-access-card")
    await start(world)
    rows = [row for row in await world.waiting(world.bram) if row.get("subject") == f"access:{world.customer_id}"]
    assert [row["post"] for row in rows] == [False]
    await withdraw(world)
    rows = [row for row in await world.waiting(world.bram) if row.get("subject") == f"access:{world.customer_id}"]
    assert any(row["fresh"] for row in rows)
