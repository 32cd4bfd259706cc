"""Nothing that somebody wrote is lost: words for a ticket that can not take them, through the router."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cards.clicks.queue import ClaimTicket, MarkDuplicate, ResolveTicket
from cards.clicks.tickets import (
    AnswerTicket,
    KeepAnswer,
    OpenTicket,
    ReopenTicket,
    ShowHistory,
    ShowTicket,
    StartReopening,
    StartWithdrawal,
    WithdrawTicket,
)
from contract.outcomes import Outcome
from storage import timers
from storage.database import Database
from tests.bot.people import World, buttons_of, json_of, make_world, text_of


async def _world(database: Database, *, claimed: bool = True, closed: bool = False) -> World:
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail"))
    if claimed:
        await world.click(world.eva, ClaimTicket(ticket=1001))
    if closed:
        await world.click(
            world.eva, ResolveTicket(form_id=world.form(), ticket=1001, outcome=Outcome.SOLVED, summary="Klaar")
        )
    return world


def _value(reply: Any, name: str) -> str:
    def look(node: Any) -> str | None:
        if isinstance(node, list):
            return next((found for item in node if (found := look(item)) is not None), None)
        if not isinstance(node, dict):
            return None
        if node.get("id") == name:
            return str(node.get("value", ""))
        return next((found for key, item in node.items() if (found := look(item)) is not None), None)

    return look(json_of(reply)) or ""


def _verbs(reply: Any) -> set[str]:
    return {action["verb"] for action in buttons_of(reply).values()}


async def test_an_answer_to_a_ticket_just_closed_is_in_the_form_that_reopens_it(database: Database) -> None:
    """Whoever answers a closed ticket, in its box or by typing its number, finds the words where it is reopened."""
    world = await _world(database, closed=True)
    clicked = await world.click(world.anna, AnswerTicket(form_id=world.form(), ticket=1001, text="Toch weer stuk"))
    typed = await world.say(world.bram, "1001 it broke again")
    for reply, words in ((clicked, "Toch weer stuk"), (typed, "it broke again")):
        assert "reopen_ticket" in _verbs(reply)
        assert _value(reply, "text") == words
        assert "1001" in text_of(reply)


async def test_after_fourteen_days_the_words_are_in_the_form_of_a_follow_up(database: Database) -> None:
    """A ticket that can not be reopened any more takes an answer as the beginning of a follow-up ticket (D30)."""
    world = await _world(database, closed=True)
    world.now += timedelta(days=16)
    reply = await world.say(world.anna, "1001 weer hetzelfde")
    opening = next(action for action in buttons_of(reply).values() if action["verb"] == "open_ticket")
    assert opening["data"]["follow_up_of"] == 1001
    assert _value(reply, "description") == "weer hetzelfde"


async def test_an_engineers_words_stay_where_nobody_has_the_ticket(database: Database) -> None:
    """An engineer who answers before claiming is told to claim, with the words still in the card (R34)."""
    world = await _world(database, claimed=False)
    reply = await world.click(
        world.eva, KeepAnswer(form_id=world.form(), ticket=1001, text="Ik kijk ernaar", activity="1:a")
    )
    assert "Pak het eerst op" in text_of(reply)
    assert _value(reply, "text") == "Ik kijk ernaar"


async def test_a_number_that_is_no_ticket_belongs_to_the_words(database: Database) -> None:
    """A problem may begin with a number; another organisation's number is as unknown as one that does not exist."""
    world = await _world(database)
    assert _value(await world.say(world.anna, "1500 mails staan vast"), "text") == "1500 mails staan vast"
    other = await world.say(world.other, "1001 mails are stuck")
    assert _value(other, "description") == "1001 mails are stuck"
    assert "Outlook" not in text_of(other)


async def test_the_same_message_goes_to_both_tickets_if_that_was_clicked(database: Database) -> None:
    """Words are kept once per message and ticket: a second click is no second answer, another ticket gets its own."""
    world = await _world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    form = world.form()
    for ticket in (1001, 1001, 1002):
        await world.click(
            world.anna, KeepAnswer(form_id=form, ticket=ticket, text="Sinds de update", activity="1700000000001")
        )
    for ticket in (1001, 1002):
        history = text_of(await world.click(world.bram, ShowHistory(ticket=ticket)))
        assert history.count("Sinds de update") == 1


async def test_two_peoples_messages_with_the_same_id_are_two(database: Database) -> None:
    """Teams numbers messages by chat: two people may send one with the same id, and both are kept."""
    world = await _world(database)
    await world.say(world.anna, "1001 ook bij mij", activity_id="1700000000001")
    await world.say(world.bram, "1001 me too", activity_id="1700000000001")
    history = text_of(await world.click(world.anna, ShowHistory(ticket=1001)))
    assert "ook bij mij" in history
    assert "me too" in history


async def test_a_form_never_blocks_another_tickets(database: Database) -> None:
    """The same form id on another ticket is another form: nothing is silently left undone."""
    world = await _world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    form = world.form()
    for ticket in (1001, 1002):
        reply = await world.click(world.anna, WithdrawTicket(form_id=form, ticket=ticket))
        assert "Ingetrokken" in text_of(reply)


async def test_a_form_is_not_shown_for_what_can_not_be_done(database: Database) -> None:
    """A closed ticket shows no form to withdraw it, a duplicate none to reopen it: the card as it is instead (D22)."""
    world = await _world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Hetzelfde"))
    await world.click(world.eva, MarkDuplicate(form_id=world.form(), ticket=1002, duplicate_of=1001))
    assert "withdraw_ticket" not in _verbs(await world.click(world.anna, StartWithdrawal(ticket=1002)))
    assert "reopen_ticket" not in _verbs(await world.click(world.anna, StartReopening(ticket=1002)))
    # Staff made it a duplicate, and staff can undo that.
    assert "reopen_ticket" in _verbs(await world.click(world.finn, StartReopening(ticket=1002)))


async def test_withdrawing_stops_the_reminder_and_reopening_starts_it(database: Database) -> None:
    """Nobody is reminded of a withdrawn ticket; reopened and never picked up, it waits for somebody again (D20)."""
    world = await _world(database, claimed=False)

    async def armed() -> bool:
        later = world.now + timedelta(days=30)
        due = await database.write(lambda session: timers.due(session, later, 50))
        return "pickup:1001" in {one.key for one in due}

    assert await armed()
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=1001))
    assert not await armed()
    await world.click(world.anna, ReopenTicket(form_id=world.form(), ticket=1001, text="Toch nodig"))
    assert await armed()


async def test_words_without_a_contract_are_told_why(database: Database) -> None:
    """With only closed tickets and no contract any more, typed words are answered with since when (R27, D28)."""
    world = await _world(database, closed=True)
    world.now = datetime(2026, 12, 30, 10, 0, tzinfo=UTC)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=1002))
    world.now = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
    shown = text_of(await world.say(world.bram, "My mail is broken"))
    assert "ended on Thursday 31 December 2026" in shown
    closed = text_of(await world.click(world.bram, ShowTicket(ticket=1002)))
    assert "the 15 minutes of every ticket are charged" in closed
    assert "may be spent" not in closed
