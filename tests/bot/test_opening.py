"""Opening a ticket, through the router, on both engines."""

from __future__ import annotations

from bot.wire import IncomingKind
from cards.clicks.tickets import OpenTicket, ShowTickets, StartTicket
from storage.database import Database
from tests.bot.people import buttons_of, make_world, text_of


async def test_the_form_becomes_the_tickets_card_and_everybody_hears(database: Database) -> None:
    """Submitting the form opens a ticket, puts its card in the form's place and shows it to everybody else (R2, R5)."""
    world = await make_world(database)
    reply = await world.click(
        world.anna, OpenTicket(form_id=world.form(), description="Outlook toont geen nieuwe mail.")
    )
    assert "Ticket 1001" in text_of(reply)
    assert "Outlook toont geen nieuwe mail" in text_of(reply)
    told = {row["person"] for row in await world.waiting() if row["kind"] == "show"}
    assert told == {world.bram.id, world.eva.id, world.finn.id, world.mia.id}


async def test_a_second_submit_is_the_first_ones_answer(database: Database) -> None:
    """The same form, however often it is submitted, opens one ticket (R31: a double click must not cost 15 minutes)."""
    world = await make_world(database)
    click = OpenTicket(form_id=world.form(), description="Printer")
    first = await world.click(world.anna, click)
    again = await world.click(world.anna, click)
    assert "Ticket 1001" in text_of(first)
    assert "Ticket 1001" in text_of(again)
    listed = await world.click(world.bram, ShowTickets())
    assert "1002" not in text_of(listed)


async def test_an_urgency_in_the_payload_is_refused(database: Database) -> None:
    """A customer can not set an urgency, whatever the payload carries (R12)."""
    world = await make_world(database)
    reply = await world.send(
        world.anna, "open_ticket", {"form_id": world.form(), "description": "Printer", "urgency": "critical"}
    )
    assert reply is not None
    assert reply.is_error
    assert not [row for row in await world.waiting() if row["kind"] == "show"]


async def test_typed_words_open_the_form_filled_in(database: Database) -> None:
    """A problem in own words opens the form with that text in it."""
    world = await make_world(database)
    reply = await world.say(world.anna, "Mijn Outlook doet het niet meer")
    assert "Mijn Outlook doet het niet meer" in text_of(reply)
    assert any(action["verb"] == "open_ticket" for action in buttons_of(reply).values())


async def test_nobody_else_gets_a_form(database: Database) -> None:
    """Only a contact opens tickets; strangers are told who the contacts are, outsiders nothing (R4)."""
    world = await make_world(database)
    refused = await world.click(world.stranger, StartTicket())
    assert "Anna de Vries" in text_of(refused)
    assert "Bakkerij" in text_of(refused)
    nothing = await world.say(world.outsider, "hello")
    assert "Bakkerij" not in text_of(nothing)
    assert "Anna" not in text_of(nothing)
    assert await world.happen(world.outsider, IncomingKind.INSTALLED) is None
