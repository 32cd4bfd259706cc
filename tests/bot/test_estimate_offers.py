"""Asking for approval, taking it back, decisions by phone: the staff's side, on both engines (R18, D13-D15)."""

from __future__ import annotations

from datetime import timedelta

from bot.wire import Reply
from cards.clicks.estimates import RecordDecision, SendEstimate, StartEstimate, StartPhoneDecision, WithdrawEstimate
from cards.events import event_text
from contract.estimates import DecidedVia, Estimate, EstimateState
from contract.life_cycle import withdraw
from contract.people import Language
from storage.contacts import remove_contact
from storage.database import Database
from storage.estimates import load_estimates
from storage.posted_cards import find_copy
from storage.tickets import save_ticket
from tests.bot.estimate_acts import (
    approve,
    claimed,
    click,
    estimate_of,
    events_of,
    form,
    lines_to,
    offered,
    outbox_rows,
    send,
    ticket_of,
)
from tests.bot.people import NOW, Somebody, json_of, make_world, text_of
from tests.cards.walk import inputs, read


def field(reply: Reply, name: str) -> str:
    """What stands in a field of the form."""
    assert reply.card is not None
    found = next(one for one in inputs(read(reply.card)) if one["id"] == name)
    return str(found.get("value", ""))


def by_phone(estimate: Estimate, who: Somebody | None, verdict: str, reason: str = "") -> RecordDecision:
    """The filled-in form for a decision by phone."""
    filled = {"contact": who.id if who else "", "verdict": verdict, "reason": reason}
    return RecordDecision.unpacked(
        {"form_id": f"phone-form-{estimate.id}", "estimate": estimate.id, "revision": estimate.revision, **filled}
    )


async def test_the_form_is_filled_in(database: Database) -> None:
    """The form opens in the place of the ticket's card with what is known, and says who will read it."""
    world = await make_world(database)
    ticket = await claimed(world)
    reply = await click(world, world.eva, StartEstimate(ticket=ticket.number, minutes=45, what="The rest"))
    assert (field(reply, "minutes"), field(reply, "what")) == ("45", "The rest")
    assert "Anna de Vries (NL), Bram Bakker (EN)" in text_of(reply)
    copy = await database.read(
        lambda session: find_copy(
            session, conversation_id=f"a:{world.eva.object_id}", activity_id=f"card-of-{world.eva.id}"
        )
    )
    assert copy is not None
    assert copy.subject == f"ticket:{ticket.number}"
    assert copy.is_held(NOW + timedelta(minutes=5))


async def test_both_contacts_get_the_card(database: Database) -> None:
    """An estimate goes to both contacts as a card that notifies by itself, and to nobody as a line besides."""
    world = await make_world(database)
    _, estimate = await offered(world, 120)
    rows = await outbox_rows(world)
    posted = {
        row["payload"]["person"]
        for row in rows
        if row["kind"] == "show" and row["payload"]["subject"] == f"estimate:{estimate.id}" and row["payload"]["post"]
    }
    assert posted == {world.anna.id, world.bram.id}
    assert lines_to(rows) == set()


async def test_the_same_form_sends_once(database: Database) -> None:
    """A double click, or the same form from an old message, makes one estimate."""
    world = await make_world(database)
    ticket = await claimed(world)
    filled = form(ticket, 60)
    first = await click(world, world.eva, filled)
    again = await click(world, world.eva, filled, at=NOW + timedelta(hours=3))
    assert f"ticket:{ticket.number}" == first.card.subject == again.card.subject  # type: ignore[union-attr]
    assert len(await database.read(lambda session: load_estimates(session, ticket.number))) == 1


async def test_a_form_that_can_not_be_sent_stays_filled(database: Database) -> None:
    """No or absurd minutes, or no words: the form comes back with everything typed and says why."""
    world = await make_world(database)
    ticket = await claimed(world)
    for minutes, what, said in (
        (0, "Work", "An estimate is for"),
        (-5, "Work", "An estimate is for"),
        (60_001, "Work", "An estimate is for"),
        (None, "Work", "An estimate is for"),
        (90, "", "Write something first"),
    ):
        reply = await click(world, world.finn, form(ticket, minutes, what))
        assert said in text_of(reply), text_of(reply)
        assert (field(reply, "minutes"), field(reply, "what")) == ("" if minutes is None else str(minutes), what)
    assert await database.read(lambda session: load_estimates(session, ticket.number)) == ()


async def test_words_survive_a_ticket_that_was_closed_meanwhile(database: Database) -> None:
    """Whoever typed an estimate for a ticket that is closed by then learns so and keeps the words."""
    world = await make_world(database)
    ticket = await claimed(world)
    await database.write(lambda session: save_ticket(session, withdraw(ticket, NOW)))
    reply = await click(world, world.eva, form(ticket, 60, "All that typing"))
    assert field(reply, "what") == "All that typing"
    assert await database.read(lambda session: load_estimates(session, ticket.number)) == ()


async def test_a_newer_estimate_supersedes(database: Database) -> None:
    """A second estimate takes the place of the open one: one is open, the old cards turn, its timers are gone."""
    world = await make_world(database)
    ticket, old = await offered(world, 60)
    before = len(await outbox_rows(world))
    new = await send(world, ticket, 90)
    kept = await database.read(lambda session: load_estimates(session, ticket.number))
    assert [(one.revision, one.state.value) for one in kept] == [(1, "superseded"), (2, "open")]
    rows = (await outbox_rows(world))[before:]
    turned = {row["payload"]["person"] for row in rows if row["payload"]["subject"] == f"estimate:{old.id}"}
    assert turned == {world.anna.id, world.bram.id}
    assert new.approved_before_minutes == 0
    assert [event.kind.value for event in await events_of(world, ticket.number)] == [
        "estimate_offered",
        "estimate_superseded",
        "estimate_offered",
    ]


async def test_an_approved_estimate_is_not_superseded(database: Database) -> None:
    """An estimate after an approved one adds to it; the approval stands."""
    world = await make_world(database)
    ticket, first = await offered(world, 60)
    await click(world, world.anna, approve(first))
    second = await send(world, ticket, 30)
    assert (await estimate_of(world, first.id)).state is EstimateState.APPROVED
    assert second.approved_before_minutes == 60
    await click(world, world.bram, approve(second))
    assert (await ticket_of(world, ticket.number)).granted_minutes == 210


async def test_only_staff_offer(database: Database) -> None:
    """A contact can neither send nor take back an estimate, nor record a decision as if by phone."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    for one in (
        SendEstimate(form_id="forged-form", ticket=ticket.number, minutes=1, what="x"),
        StartEstimate(ticket=ticket.number),
        WithdrawEstimate(estimate=estimate.id),
        StartPhoneDecision(estimate=estimate.id),
        by_phone(estimate, world.anna, "approved"),
    ):
        await click(world, world.bram, one)
    kept = await database.read(lambda session: load_estimates(session, ticket.number))
    assert [one.state for one in kept] == [EstimateState.OPEN]


async def test_a_decision_by_phone(database: Database) -> None:
    """An engineer records on whose word it was approved: marked everywhere, and both contacts are told."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    form_shown = await click(world, world.finn, StartPhoneDecision(estimate=estimate.id))
    assert [choice["title"] for choice in _choices(form_shown, "contact")] == ["Anna de Vries", "Bram Bakker"]
    before = len(await outbox_rows(world))
    answer = await click(world, world.finn, by_phone(estimate, world.bram, "approved"))
    assert "by Bram Bakker by phone" in text_of(answer)
    decided = await estimate_of(world, estimate.id)
    assert (decided.state, decided.decided_by) == (EstimateState.APPROVED, world.bram.id)
    assert (decided.decided_via, decided.recorded_by) == (DecidedVia.PHONE, world.finn.id)
    assert (await ticket_of(world, ticket.number)).granted_minutes == 180
    rows = (await outbox_rows(world))[before:]
    assert lines_to(rows) == {world.anna.id, world.bram.id, world.eva.id}
    event = (await events_of(world, ticket.number))[-1]
    assert (event.actor_name, event.details["contact"]) == ("Finn Fixer", "Bram Bakker")
    assert event_text(event, Language.EN) == "Bram Bakker approved estimate 1001-1 by phone (recorded by Finn Fixer)"
    late = await click(world, world.bram, approve(estimate))
    assert "Approved by Bram Bakker by phone, Mon 23 Nov 10:30; recorded by Finn Fixer" in text_of(late)


async def test_a_decision_by_phone_is_recorded_once(database: Database) -> None:
    """A second submit of the same form changes nothing; a decision that was clicked meanwhile stands."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await click(world, world.finn, by_phone(estimate, world.bram, "declined", "Too much"))
    rows = await outbox_rows(world)
    await click(world, world.finn, by_phone(estimate, world.bram, "approved"))
    assert await outbox_rows(world) == rows
    declined = await estimate_of(world, estimate.id)
    assert (declined.state, declined.decline_reason) == (EstimateState.DECLINED, "Too much")
    second = await send(world, ticket, 30)
    await click(world, world.anna, approve(second))
    reply = await click(world, world.finn, by_phone(second, world.bram, "declined"))
    assert "Approved by Anna de Vries" in text_of(reply)


async def test_a_decision_by_phone_needs_a_contact(database: Database) -> None:
    """Without a choice, or on the word of somebody who is no contact (any more), the form comes back filled."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    reply = await click(world, world.finn, by_phone(estimate, None, "approved", "said so"))
    assert (field(reply, "verdict"), field(reply, "reason")) == ("approved", "said so")
    await database.write(lambda session: remove_contact(session, world.customer_id, world.bram.id, None, NOW))
    for nobody in (world.bram, world.other, world.eva):
        reply = await click(world, world.finn, by_phone(estimate, nobody, "approved"))
        assert "Only an appointed contact" in text_of(reply)
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN


async def test_nothing_is_taken_back_twice(database: Database) -> None:
    """Taking back an estimate that was decided meanwhile is refused with the card as it is."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    reply = await click(world, world.finn, WithdrawEstimate(estimate=estimate.id))
    assert "Approved by Anna de Vries" in text_of(reply)
    assert (await estimate_of(world, estimate.id)).state is EstimateState.APPROVED


def _choices(reply: Reply, name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def look(node: object) -> None:
        if isinstance(node, list):
            for item in node:
                look(item)
        elif isinstance(node, dict):
            if node.get("id") == name:
                found.extend(node["choices"])
            look(list(node.values()))

    look(json_of(reply))
    return found


async def test_staff_see_the_state_on_the_ticket(database: Database) -> None:
    """The answer to sending is the ticket's card, which says that it waits for a decision."""
    world = await make_world(database)
    ticket = await claimed(world)
    reply = await click(world, world.finn, form(ticket, 120))
    assert "Estimate 1001-1" in text_of(reply)
    assert "Waiting for a decision" in text_of(reply)


async def test_strangers_see_nothing(database: Database) -> None:
    """Somebody of the customer who is no contact learns nothing of an estimate."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    reply = await click(world, world.stranger, StartPhoneDecision(estimate=estimate.id))
    assert estimate.number not in text_of(reply)
