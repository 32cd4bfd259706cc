"""The router: forged, stale and automatic clicks, groups, and what is left when something was refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import router as router_module
from bot.wire import IncomingKind
from cards.clicks.estimates import SendEstimate
from cards.clicks.hours import LogTime
from cards.clicks.queue import ClaimTicket, MarkDuplicate
from cards.clicks.tickets import OpenTicket, ShowTicket, ShowTickets
from storage.contacts import find_knock
from storage.database import Database
from storage.metadata import metadata
from tests.bot.people import World, buttons_of, json_of, make_world, text_of


async def _world(database: Database) -> World:
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail"))
    await world.click(world.eva, ClaimTicket(ticket=1001))
    return world


async def _rows(database: Database) -> dict[str, int]:
    """How many rows every table has."""

    def count(session: Any) -> dict[str, int]:
        tables = metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}

    return await database.read(count)


@pytest.mark.parametrize("inputs", [{}, {"revision": "x"}, {"revision": 1}, {"minutes": [], "revision": {}}])
async def test_an_unreadable_click_on_an_estimate_gets_the_estimate(sqlite: Database, inputs: dict[str, Any]) -> None:
    """A card of an estimate that carries too little is answered with the estimate as it is now, undecided."""
    world = await _world(sqlite)
    await world.click(world.eva, SendEstimate(form_id=world.form(), ticket=1001, minutes=60, what="Migreren"))
    reply = await world.send(world.bram, "decline_estimate", {"estimate": 1, "nonsense": 1, **inputs})
    assert "approve_estimate" in {action.get("verb") for action in buttons_of(reply).values()}
    forged = await world.send(world.other, "decline_estimate", {"estimate": 1, **inputs})
    assert forged is not None
    assert forged.is_error
    assert "Migreren" not in text_of(forged)


@pytest.mark.parametrize("fields", [{"begin": "25:00"}, {"worked_on": "gisteren"}, {"worked_minutes": "1.5"}])
async def test_what_somebody_filled_in_wrongly_keeps_the_form(sqlite: Database, fields: dict[str, str]) -> None:
    """A time, a day or a number that can not be read is told in a line: the form stays as it was filled in."""
    world = await _world(sqlite)
    reply = await world.send(world.eva, "log_time", {"form_id": world.form(), "ticket": 1001, "work": "x", **fields})
    assert reply is not None
    assert reply.card is None
    assert reply.is_error


async def test_a_ticket_is_named_with_or_without_the_sign(sqlite: Database) -> None:
    """People write a ticket's number as "#1002" too."""
    world = await _world(sqlite)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Hetzelfde"))
    await world.send(world.eva, MarkDuplicate.verb, {"form_id": world.form(), "ticket": 1002, "duplicate_of": " #1001"})
    shown = text_of(await world.click(world.anna, ShowTicket(ticket=1002)))
    assert "Dubbel van\n1001" in shown


async def test_a_client_that_asks_by_itself_changes_nothing(database: Database) -> None:
    """An automatic refresh decides nothing, moves no card and is no knock (only a person's click is)."""
    world = await _world(database)
    await world.happen(world.stranger, IncomingKind.INSTALLED)
    before = await _rows(database)
    for who, verb, inputs in (
        (world.anna, "answer_ticket", {"form_id": world.form(), "ticket": 1001, "text": "vanzelf"}),
        (world.anna, "show_tickets", {}),
        (world.anna, "nonsense", {"ticket": 1001}),
        (world.stranger, "show_tickets", {}),
        (world.stranger, "nonsense", {}),
    ):
        await world.send(who, verb, inputs, is_automatic=True)
    assert await _rows(database) == before
    await world.click(world.stranger, ShowTickets())
    knocked = await database.read(lambda session: find_knock(session, max(_people(session))))
    assert knocked is not None


def _people(session: Any) -> list[int]:
    return list(session.scalars(select(metadata.tables["people"].c.id)))


async def test_a_click_in_a_group_is_answered_too(sqlite: Database) -> None:
    """Whoever writes or clicks where others read along is told where to go, without data."""
    world = await _world(sqlite)
    clicked = await world.click(world.anna, ShowTickets(), is_personal=False)
    said = await world.say(world.anna, "1001", is_personal=False)
    for reply in (clicked, said):
        assert reply is not None
        assert reply.text
        assert "Outlook" not in text_of(reply)
    assert await world.happen(world.anna, IncomingKind.INSTALLED, is_personal=False) is None


async def test_an_unknown_tenant_is_answered_once_in_a_group_too(sqlite: Database) -> None:
    """People of tenants that nobody knows get one data-free answer, wherever they ask."""
    world = await _world(sqlite)
    first = await world.say(world.outsider, "hello", is_personal=False)
    assert first is not None
    assert "customers only" in text_of(first)
    assert await world.say(world.outsider, "hello", is_personal=False) is None


async def test_a_refusal_leaves_nothing_half_done(database: Database) -> None:
    """Time over the limit is refused whole: no entry, no event, no line, and the form as it was filled in (D12)."""
    world = await _world(database)
    world.now = world.now.replace(hour=14)
    await world.click(world.eva, LogTime(form_id=world.form(), ticket=1001, worked_minutes=110, work="Gekeken"))
    before = await _rows(database)
    world.now += timedelta(minutes=20)
    much = LogTime(form_id=world.form(), ticket=1001, worked_minutes=20, work="Verder gekeken")
    reply = await world.click(world.eva, much)
    after = await _rows(database)
    for table in ("work_entries", "ticket_events", "outbox"):
        assert after[table] == before[table]
    assert "Verder gekeken" in str(json_of(reply))


async def test_what_is_remembered_of_chats_is_bounded(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chats heard lately are forgotten when they become too many; whoever writes next is remembered again."""
    monkeypatch.setattr(router_module, "CHATS_REMEMBERED", 2)
    world = await make_world(sqlite)
    for who in (world.anna, world.bram, world.eva):
        await world.say(who, "help")
    assert world.router.mailboxes == {f"a:{world.eva.object_id}": f"person:{world.eva.id}"}
