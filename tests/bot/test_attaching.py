"""Files sent in the chat: whose they are, and what is asked; through the router, on both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.wire import Attachment, Reply
from cards.clicks.files import AttachFiles, RetryFile, ShowFiles
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket, ShowHistory, ShowTicket, StartTicket, WithdrawTicket
from storage.database import Database
from tests.bot.people import World, buttons_of, json_of, make_world, text_of
from tests.bot.stored_files import Place, file_rows, files_shown, lines_for


async def opened(database: Database, *, tickets: int = 1) -> World:
    """A world in which Anna has opened tickets, from 1001 on."""
    world = await make_world(database)
    for number in range(tickets):
        await world.click(world.anna, OpenTicket(form_id=world.form(), description=f"Storing {number + 1}"))
    return world


def submit_of(form: Reply | None) -> dict[str, Any]:
    """What the button of the form for a new ticket carries."""
    [data] = [action["data"] for action in buttons_of(form).values() if action.get("verb") == "open_ticket"]
    return dict(data)


async def test_a_number_says_where_a_file_belongs(database: Database) -> None:
    """The message "1001 see picture" is an answer with a picture; both contacts see it, the other one is told (R5)."""
    world, place = await opened(database), Place()
    before = await lines_for(world, world.bram)
    assert await world.say(world.anna, "1001 zie plaatje", place.offer("image-1", pasted=True)) is None
    [row] = await file_rows(world)
    assert (row["ticket_number"], row["state"]) == (1001, "fetching")
    assert len(await files_shown(world, world.anna)) == 1
    await place.fetch(world)
    shown = text_of(await world.click(world.bram, ShowTicket(ticket=1001)))
    assert "zie plaatje" in shown
    assert "Anna de Vries attached image-1.png (1 KB)" in shown
    assert "Files (1)" in shown
    assert await lines_for(world, world.bram) == before + 2
    assert await lines_for(world, world.anna) == 0
    assert await lines_for(world, world.eva) == 2


async def test_a_contact_is_asked_where_it_is_unclear(database: Database) -> None:
    """Without a number the contact chooses among the open tickets; the words travel along and are kept once."""
    world, place = await opened(database, tickets=2), Place()
    asked = await world.say(world.anna, "dit zie ik", place.offer("scherm.png"), activity_id="m-77")
    assert {"Bij 1001", "Bij 1002", "Nieuw ticket"} <= buttons_of(asked).keys()
    assert "dit zie ik" in text_of(asked)
    await place.fetch(world)
    assert "scherm.png" not in text_of(await world.click(world.bram, ShowTicket(ticket=1002)))
    choice = AttachFiles(form_id=world.form(), ticket=1002, activity="m-77", text="dit zie ik nu")
    answer = await world.click(world.anna, choice)
    assert "Bestanden bij ticket 1002" in text_of(answer)
    assert "bewaard, 1 KB" in text_of(answer)
    again = await world.click(world.anna, AttachFiles(form_id=world.form(), ticket=1001, activity="m-77", text="x"))
    assert "Bestanden bij ticket 1002" in text_of(again)
    history = text_of(await world.click(world.bram, ShowHistory(ticket=1002)))
    assert history.count("dit zie ik nu") == history.count("attached scherm.png") == 1
    assert "attached" not in text_of(await world.click(world.bram, ShowHistory(ticket=1001)))


async def test_files_without_a_ticket_open_the_form(database: Database) -> None:
    """With nothing open the form for a new ticket comes at once, and the ticket gets the files of that message."""
    world, place = await make_world(database), Place()
    form = await world.say(world.anna, "Outlook kapot", place.offer("a.png"), place.offer("b.pdf"), activity_id="m-1")
    assert "Meegestuurd: a.png, b.pdf" in text_of(form)
    submit = submit_of(form)
    await place.fetch(world)
    done = await world.send(world.anna, "open_ticket", {**submit, "description": "Outlook kapot"})
    assert "Bestanden (2)" in text_of(done)
    assert {row["ticket_number"] for row in await file_rows(world)} == {1001}


async def test_a_new_ticket_from_the_question_gets_the_files(database: Database) -> None:
    """The button "new ticket" below the question opens the form with the words, and the files wait for it."""
    world, place = await opened(database), Place()
    asked = await world.say(world.anna, "heel iets anders", place.offer("a.png"), activity_id="m-2")
    click = buttons_of(asked)["Nieuw ticket"]
    form = await world.send(world.anna, click["verb"], {**click["data"], "text": "heel iets anders"})
    assert "heel iets anders" in text_of(form)
    assert "Meegestuurd: a.png" in text_of(form)
    submit = submit_of(form)
    await world.send(world.anna, "open_ticket", {**submit, "description": "heel iets anders"})
    assert [row["ticket_number"] for row in await file_rows(world)] == [1002]
    await place.fetch(world)
    assert "Files (1)" in text_of(await world.click(world.bram, ShowTicket(ticket=1002)))


@pytest.mark.parametrize("number,reason", [(1009, "Er is geen ticket 1009"), (1003, "Er is geen ticket 1003")])
async def test_a_number_that_is_not_theirs_is_asked_about(database: Database, number: int, reason: str) -> None:
    """A number that does not exist and one of another organisation give the same question; nothing is lost."""
    world, place = await opened(database, tickets=2), Place()
    await world.click(world.other, OpenTicket(form_id=world.form(), description="Other"))
    asked = await world.say(world.anna, f"{number} kijk", place.offer("a.png"))
    assert reason in text_of(asked)
    assert f"{number} kijk" in text_of(asked)
    assert [row["ticket_number"] for row in await file_rows(world)] == [None]


async def test_a_closed_ticket_takes_no_files(database: Database) -> None:
    """On a closed ticket the contact is told so, and the files wait for another answer."""
    world, place = await opened(database, tickets=2), Place()
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=1001))
    asked = await world.say(world.anna, "1001 kijk", place.offer("a.png"), activity_id="m-3")
    assert "Ticket 1001 is gesloten" in text_of(asked)
    assert "Bij 1001" not in buttons_of(asked)
    late = await world.click(world.anna, AttachFiles(form_id=world.form(), ticket=1001, activity="m-3", text="kijk"))
    assert "Ticket 1001 is gesloten" in text_of(late)
    await world.click(world.anna, AttachFiles(form_id=world.form(), ticket=1002, activity="m-3"))
    assert [row["ticket_number"] for row in await file_rows(world)] == [1002]


async def test_a_message_that_comes_again_is_the_same(database: Database) -> None:
    """Teams delivers a message again, with its id or under a new one: no second file and no second fetch."""
    world, place = await opened(database), Place()
    file = place.offer("a.png")
    for activity_id in ("m-4", "m-4", "m-5"):
        await world.say(world.anna, "1001 kijk", file, activity_id=activity_id)
    await place.fetch(world)
    await world.say(world.anna, "1001 kijk", file, activity_id="m-6")
    await place.fetch(world)
    assert len(await file_rows(world)) == len(place.asked) == 1
    assert text_of(await world.click(world.bram, ShowHistory(ticket=1001))).count("kijk") == 1


async def test_two_people_may_have_messages_of_the_same_number(database: Database) -> None:
    """Teams numbers messages by chat: one person's message never hides or reaches another one's."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "1001", place.offer("a.png"), activity_id="1790000000001")
    await world.say(world.bram, "1001", place.offer("b.png"), activity_id="1790000000001")
    assert [row["name"] for row in await file_rows(world)] == ["a.png", "b.png"]


async def test_nobody_attaches_what_somebody_else_sent(database: Database) -> None:
    """A forged click names another one's message or file and finds nothing, neither within the organisation nor
    outside it.
    """
    world, place = await opened(database), Place()
    await world.click(world.other, OpenTicket(form_id=world.form(), description="Other"))
    await world.say(world.anna, "", place.offer("a.png"), activity_id="m-8")
    [row] = await file_rows(world)
    for who, ticket in ((world.bram, 1001), (world.other, 1002), (world.eva, 1001)):
        forged = AttachFiles(form_id=world.form(), ticket=ticket, activity="m-8")
        assert (await world.click(who, forged)).is_error  # type: ignore[union-attr]
        assert (await world.click(who, RetryFile(file=row["id"]))).is_error  # type: ignore[union-attr]
        form = await world.click(who, StartTicket(activity="m-8"))
        assert "a.png" not in text_of(form)
    assert [row["ticket_number"] for row in await file_rows(world)] == [None]


async def test_files_of_strangers_are_not_kept(database: Database) -> None:
    """Whoever is no contact gets the refusal; of what they send nothing is kept and nothing is fetched."""
    world, place = await opened(database), Place()
    assert "Anna de Vries" in text_of(await world.say(world.stranger, "1001 kijk", place.offer("a.png")))
    assert "Anna" not in text_of(await world.say(world.outsider, "1001 look", place.offer("a.png")))
    assert await file_rows(world) == []
    await place.fetch(world)
    assert place.asked == []


async def test_an_engineer_is_asked_who_may_see_it(database: Database) -> None:
    """What an engineer sends is seen by nobody before the engineer said by whom; internal stays internal."""
    world, place = await opened(database), Place()
    await world.click(world.eva, ClaimTicket(ticket=1001))
    asked = await world.say(world.eva, "1001 intern", place.offer("wachtwoorden.txt", b"geheim"), activity_id="m-9")
    assert {"De klant mag het zien", "Alleen wij"} <= buttons_of(asked).keys()
    assert "Bakkerij Brood & Zo" in text_of(asked)
    await place.fetch(world)
    before = await lines_for(world, world.anna)
    kept = buttons_of(asked)["Alleen wij"]
    answer = await world.send(world.eva, kept["verb"], {**kept["data"], "text": "alleen voor ons"})
    assert "Alleen engineers zien dit" in text_of(answer)
    for contact in (world.anna, world.bram):
        for click in (ShowTicket(ticket=1001), ShowHistory(ticket=1001), ShowFiles(ticket=1001)):
            shown = text_of(await world.click(contact, click))
            assert "wachtwoorden" not in shown
            assert "alleen voor ons" not in shown
            assert "(1)" not in shown
    assert await lines_for(world, world.anna) == before
    history = text_of(await world.click(world.finn, ShowHistory(ticket=1001)))
    assert "attached wachtwoorden.txt (1 KB), for engineers only" in history


async def test_an_engineer_chooses_among_the_own_tickets(database: Database) -> None:
    """Without a number the engineer's own tickets are offered; what the customer may see arrives as an answer."""
    world, place = await opened(database, tickets=3), Place()
    assert "1001 …" in text_of(await world.say(world.eva, "zo moet het", place.offer("x.png")))
    for number in (1001, 1002):
        await world.click(world.eva, ClaimTicket(ticket=number))
    asked = await world.say(world.eva, "zo moet het", place.offer("uitleg.pdf"), activity_id="m-10")
    choices = next(part for part in json_of(asked)["body"] if part.get("id") == "ticket")["choices"]
    assert {choice["value"] for choice in choices} == {"1001", "1002"}
    sent = buttons_of(asked)["De klant mag het zien"]
    nothing = await world.send(world.eva, sent["verb"], {**sent["data"], "ticket": "", "text": "zo"})
    assert "Kies een ticket" in text_of(nothing)
    await world.send(world.eva, sent["verb"], {**sent["data"], "ticket": "1002", "text": "zo moet het"})
    await place.fetch(world)
    shown = text_of(await world.click(world.anna, ShowTicket(ticket=1002)))
    assert "zo moet het" in shown
    assert "Eva Engineer voegde uitleg.pdf toe" in shown


async def test_an_engineer_claims_before_the_customer_sees_anything(database: Database) -> None:
    """On a ticket that nobody has an engineer's file can be internal only, as with an answer (R34)."""
    world, place = await opened(database), Place()
    asked = await world.say(world.eva, "1001 kijk", place.offer("a.png"))
    shown = buttons_of(asked)["De klant mag het zien"]
    refused = await world.send(world.eva, shown["verb"], {**shown["data"], "text": "kijk"})
    assert "Niemand heeft ticket 1001 nog" in text_of(refused)
    kept = buttons_of(refused)["Alleen wij"]
    await world.send(world.eva, kept["verb"], kept["data"])
    assert [(row["ticket_number"], row["is_internal"]) for row in await file_rows(world)] == [(1001, True)]


async def test_a_contact_can_not_make_files_internal(database: Database) -> None:
    """A contact's click that carries "internal" is an ordinary one: nothing hides from the other contact (R3)."""
    world, place = await opened(database), Place()
    await world.say(world.anna, "", place.offer("a.png"), activity_id="m-11")
    forged = {"form_id": world.form(), "ticket": 1001, "activity": "m-11", "internal": True, "text": "hoi"}
    await world.send(world.anna, "attach_files", forged)
    [row] = await file_rows(world)
    assert row["is_internal"] is False
    assert "hoi" in text_of(await world.click(world.bram, ShowTicket(ticket=1001)))


async def test_programs_and_too_many_are_refused_at_once(database: Database) -> None:
    """A program is not even fetched, nor is the eleventh file; both are said, and the others are kept."""
    world, place = await opened(database), Place()
    sent = [place.offer("macro.exe"), *(place.offer(f"{n}.png") for n in range(11))]
    asked = text_of(await world.say(world.anna, "", *sent))
    assert "programma's en scripts nemen we niet aan" in asked
    assert "hoogstens 10 bestanden" in asked
    rows = await file_rows(world)
    assert [row["failure"] for row in rows].count(None) == 9
    assert all(row["source"] is None for row in rows if row["failure"])
    await place.fetch(world)
    assert len(place.asked) == 9


async def test_only_refused_files_ask_nothing(database: Database) -> None:
    """Where no file of a message can be kept the sender sees why, and is not asked for a ticket."""
    world, place = await opened(database), Place()
    assert await world.say(world.anna, "", place.offer("a.exe")) is None
    assert len(await files_shown(world, world.anna)) == 1
    await place.fetch(world)
    assert place.asked == []


@pytest.mark.parametrize("text", ["", "1001 luister", "luister"])
async def test_what_teams_does_not_hand_over_gets_an_answer(database: Database, text: str) -> None:
    """A voice message, or whatever comes, never ends the conversation: it is said, and the words are kept."""
    world = await opened(database)
    answer = await world.say(world.anna, text, Attachment("voice.mp3", "audio/mpeg", "", needs_token=False))
    if not text:
        assert "bijlage kan ik niet bewaren" in text_of(answer)
        assert await file_rows(world) == []
    else:
        assert [row["failure"] for row in await file_rows(world)] == ["not_handed_over"]
        assert answer is None or "Teams geeft dit niet aan ons door" in text_of(answer)


async def test_a_message_with_nothing_in_it_gets_an_answer(database: Database) -> None:
    """A moving picture from Teams' own collection comes without words and without a file."""
    world = await opened(database)
    for who in (world.anna, world.eva):
        assert "help" in text_of(await world.say(who, ""))


async def test_two_answers_at_the_same_instant(database: Database) -> None:
    """Two clicks that name two tickets: one of them gets all files, each is announced once; 30 rounds."""
    world, place = await opened(database, tickets=2), Place()
    for round_ in range(30):
        activity = f"race-{round_}"
        await world.say(world.anna, "", place.offer("a.png"), place.offer("b.png"), activity_id=activity)
        clicks = [AttachFiles(form_id=world.form(), ticket=number, activity=activity) for number in (1001, 1002)]
        await asyncio.gather(*(world.click(world.anna, click) for click in clicks), place.fetch(world))
    await place.fetch(world)
    rows = await file_rows(world)
    assert len(rows) == 60
    by_message: dict[str, set[int]] = {}
    for row in rows:
        assert row["state"] == "stored"
        by_message.setdefault(row["activity_id"], set()).add(row["ticket_number"])
    assert all(len(numbers) == 1 and None not in numbers for numbers in by_message.values())
    told = await lines_for(world, world.eva)
    assert told == 60
