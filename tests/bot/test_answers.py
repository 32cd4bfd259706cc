"""What people write on a ticket, through the router, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.wire import IncomingKind
from cards.clicks.queue import AddNote, ClaimTicket, WaitForCustomer
from cards.clicks.tickets import (
    AnswerTicket,
    KeepAnswer,
    OpenTicket,
    ReopenTicket,
    ShowHistory,
    ShowTicket,
    StartReopening,
    WithdrawTicket,
)
from storage.database import Database
from tests.bot.people import World, buttons_of, make_world, text_of


async def _ticket(database: Database, *, claimed: bool = True) -> World:
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail"))
    if claimed:
        await world.click(world.eva, ClaimTicket(ticket=1001))
    return world


async def _lines(world: World, who: str) -> int:
    return sum(row["kind"] == "line" for row in await world.waiting(getattr(world, who)))


async def test_an_answer_reaches_everybody_but_who_wrote_it(database: Database) -> None:
    """An engineer's answer goes to both contacts, a contact's to the other contact and the engineer (R5)."""
    world = await _ticket(database)
    before = {who: await _lines(world, who) for who in ("anna", "bram", "eva", "finn")}
    await world.click(world.eva, AnswerTicket(form_id=world.form(), ticket=1001, text="Start hem eens opnieuw"))
    await world.click(world.bram, AnswerTicket(form_id=world.form(), ticket=1001, text="Did that"))
    after = {who: await _lines(world, who) - before[who] for who in before}
    assert after == {"anna": 2, "bram": 1, "eva": 1, "finn": 0}


async def test_a_double_click_is_one_answer_and_other_words_are_another(database: Database) -> None:
    """The same words from the same box are kept once; different words from it are never swallowed."""
    world = await _ticket(database)
    form = world.form()
    for text in ("Het werkt weer", "Het werkt weer", "Toch niet"):
        await world.click(world.anna, AnswerTicket(form_id=form, ticket=1001, text=text))
    history = text_of(await world.click(world.bram, ShowHistory(ticket=1001)))
    assert history.count("Het werkt weer") == 1
    assert history.count("Toch niet") == 1


async def test_words_with_a_number_are_an_answer_once_per_message(database: Database) -> None:
    """A message that begins with a ticket's number answers it, once however often the channel delivers it."""
    world = await _ticket(database)
    incoming = world.bram.incoming(IncomingKind.MESSAGE, text="1001 it works again")
    for _ in range(3):
        reply = await world.router.handle(incoming, world.now)
    assert "1001" in text_of(reply)
    history = text_of(await world.click(world.anna, ShowHistory(ticket=1001)))
    assert history.count("it works again") == 1


async def test_words_are_asked_about_while_something_is_open(database: Database) -> None:
    """With open tickets the bot asks whether typed words answer one or are new; the words travel along."""
    world = await _ticket(database)
    reply = await world.say(world.anna, "Nu doet de printer ook raar")
    titles = buttons_of(reply)
    answer = next(action for action in titles.values() if action["verb"] == "keep_answer")
    assert any(action["verb"] == "start_ticket" for action in titles.values())
    assert "Nu doet de printer ook raar" in text_of(reply)
    inputs = {**answer["data"], "text": "Nu doet de printer ook raar"}
    for _ in range(2):
        await world.send(world.anna, "keep_answer", inputs)
    history = text_of(await world.click(world.anna, ShowHistory(ticket=1001)))
    assert history.count("Nu doet de printer ook raar") == 1


async def test_a_contacts_answer_resumes_a_waiting_ticket(database: Database) -> None:
    """A ticket that waits for the customer goes on with the customer's answer (D31)."""
    world = await _ticket(database)
    waiting = await world.click(world.eva, WaitForCustomer(form_id=world.form(), ticket=1001, text="Welke pc?"))
    assert "Wacht op de klant" in text_of(waiting)
    reply = await world.click(world.bram, AnswerTicket(form_id=world.form(), ticket=1001, text="All of them"))
    assert "In progress" in text_of(reply)


async def test_an_edited_message_adds_its_new_words(database: Database) -> None:
    """Changing a message that became an answer adds the change; what was written first stays (history is kept)."""
    world = await _ticket(database)
    first = world.anna.incoming(IncomingKind.MESSAGE, text="1001 sinds gisteren")
    await world.router.handle(first, world.now)
    edited = replace(first, kind=IncomingKind.EDITED, text="sinds vanmorgen")
    for _ in range(2):
        await world.router.handle(edited, world.now)
    history = text_of(await world.click(world.anna, ShowHistory(ticket=1001)))
    assert history.count("sinds gisteren") == 1
    assert history.count("sinds vanmorgen") == 1


async def test_a_note_never_reaches_a_contact(database: Database) -> None:
    """An internal note is seen by engineers only: not on a card, not in the history, not as a line."""
    world = await _ticket(database)
    lines = await _lines(world, "anna")
    noted = await world.click(world.finn, AddNote(form_id=world.form(), ticket=1001, text="Lastige klant"))
    assert "Lastige klant" in text_of(noted)
    for click in (ShowTicket(ticket=1001), ShowHistory(ticket=1001)):
        assert "Lastige klant" not in text_of(await world.click(world.anna, click))
    assert await _lines(world, "anna") == lines


async def test_withdrawing_closes_and_says_what_it_costs(database: Database) -> None:
    """A contact withdraws a ticket; it is closed and its minimum still charged (D22, R31)."""
    world = await _ticket(database, claimed=False)
    form = world.form()
    reply = await world.click(world.anna, WithdrawTicket(form_id=form, ticket=1001, reason="Al opgelost"))
    again = await world.click(world.anna, WithdrawTicket(form_id=form, ticket=1001, reason="Al opgelost"))
    assert "Ingetrokken" in text_of(reply)
    assert "€ 21,25" in text_of(reply)
    assert text_of(again).count("trok het ticket in") == 1


async def test_reopening_is_possible_through_the_fourteenth_day(database: Database) -> None:
    """A closed ticket is reopened through the end of the 14th local day, later there is a follow-up (D30)."""
    world = await _ticket(database)
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=1001))
    world.now += timedelta(days=14, hours=13)  # 7 December, 23:30 in Amsterdam
    form = await world.click(world.anna, StartReopening(ticket=1001))
    assert any(action["verb"] == "reopen_ticket" for action in buttons_of(form).values())
    world.now += timedelta(hours=1)
    late = await world.click(world.anna, ReopenTicket(form_id=world.form(), ticket=1001, text="Toch weer"))
    assert any(action["data"].get("follow_up_of") == 1001 for action in buttons_of(late).values())
    world.now -= timedelta(hours=1)
    reopened = await world.click(world.anna, ReopenTicket(form_id=world.form(), ticket=1001, text="Toch weer"))
    assert "In behandeling" in text_of(reopened)


async def test_somebody_elses_ticket_does_not_exist(database: Database) -> None:
    """A contact of another customer learns nothing, not even that the number is taken (R3)."""
    world = await _ticket(database)
    for click in (
        ShowTicket(ticket=1001),
        AnswerTicket(form_id=world.form(), ticket=1001, text="x"),
        KeepAnswer(form_id=world.form(), ticket=1001, text="x"),
    ):
        foreign = await world.click(world.other, click)
        missing = await world.click(world.other, click.model_copy(update={"ticket": 999_999}))
        assert text_of(foreign) == text_of(missing)
        assert "Outlook" not in text_of(foreign)
