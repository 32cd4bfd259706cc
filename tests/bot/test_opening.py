"""Opening a ticket, through the router, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.wire import IncomingKind
from cards.clicks.queue import StartPhoneTicket
from cards.clicks.tickets import OpenTicket, ShowTickets, StartTicket, WithdrawTicket
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


async def test_the_form_says_what_it_costs_before_it_is_submitted(database: Database) -> None:
    """Target, minimum, what 2 hours cost at most, no VAT, and who reads it stand on the form (R10, R31, R32, D21)."""
    world = await make_world(database)
    shown = " ".join(text_of(await world.click(world.bram, StartTicket())).split())
    for promise in (
        "Thu 26 Nov 17:00",
        "15 minutes (€ 21.25)",
        "at most € 170.00",
        "exclude VAT",
        "Both contacts",
    ):
        assert promise in shown
    assert "outside office hours" not in shown


async def test_outside_office_hours_the_form_says_when_and_what_more_it_may_cost(database: Database) -> None:
    """In the evening it is handled the next working day; what the other bands cost at most stands there too (D26)."""
    world = await make_world(database, now=datetime(2026, 11, 23, 18, 0, tzinfo=UTC))
    shown = " ".join(text_of(await world.click(world.bram, StartTicket())).split())
    assert "Handled from Tuesday 9:00 at € 85 per hour." in shown
    assert "€ 110 per hour or € 130 per hour" in shown
    assert "€ 220.00 in evenings and nights, € 260.00 in weekends" in shown
    allowed = OpenTicket(form_id=world.form(), description="Mail is down", outside_hours_allowed=True)
    assert "allowed by you" in text_of(await world.click(world.bram, allowed))


async def test_the_form_of_a_follow_up_leads_back(database: Database) -> None:
    """A follow-up form stands in the place of the old ticket's card, which is one click away."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    await world.click(world.anna, WithdrawTicket(form_id=world.form(), ticket=1001))
    world.now += timedelta(days=20)
    form = await world.click(world.anna, StartTicket(follow_up_of=1001))
    assert buttons_of(form)["Terug"]["verb"] == "show_ticket"


async def test_without_a_contract_each_side_is_told_in_its_own_words(database: Database) -> None:
    """A contact reads when the own contract ended, an engineer that the customer has none (R27, D28)."""
    world = await make_world(database)
    world.now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    contact = text_of(await world.click(world.bram, StartTicket()))
    assert "Your contract ended on Thursday 31 December 2026" in contact
    staff = text_of(await world.click(world.finn, StartPhoneTicket(customer=world.customer_id)))
    assert "The customer has no contract on Monday 1 March 2027" in staff
