"""Deciding about estimates through the router, on both engines (R18, R19, D13, D15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from bot.estimates import withdraw_open_estimate
from cards.clicks.base import Click
from cards.clicks.estimates import ApproveEstimate, ShowEstimate, StopWork, WithdrawEstimate
from cards.clicks.people import SetLanguage
from contract.estimates import EstimateState, shown_digest
from contract.people import Language
from storage.contacts import remove_contact
from storage.database import Database
from storage.estimates import load_shown_digest
from tests.bot.estimate_acts import (
    approve,
    claimed,
    click,
    decline,
    estimate_of,
    events_of,
    lines_to,
    offered,
    outbox_rows,
    send,
    shown_to,
    ticket_of,
)
from tests.bot.people import NOW, make_world, text_of
from tests.cards.walk import buttons, read, texts


async def test_approve_with_one_click(database: Database) -> None:
    """One click approves: the allowance grows by exactly those minutes, and the card says who and when."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 120)
    reply = await click(world, world.anna, approve(estimate))
    assert "Akkoord van Anna de Vries, ma 23 nov 10:30" in text_of(reply)
    assert reply.card is not None
    assert reply.card.subject == f"estimate:{estimate.id}"
    after = await ticket_of(world, ticket.number)
    assert (after.granted_minutes, after.approved_minutes) == (240, 120)
    decided = await estimate_of(world, estimate.id)
    assert (decided.state, decided.decided_by) == (EstimateState.APPROVED, world.anna.id)


async def test_the_offer_is_decided_on_the_card_itself(database: Database) -> None:
    """The card that is posted approves with the amount on the button, and declines, without a dialog or a field."""
    world = await make_world(database)
    _, estimate = await offered(world, 120)
    card = await shown_to(world, world.bram, estimate.id)
    found = {button.action["title"].replace("\xa0", " "): button for button in buttons(read(card))}
    assert found["Approve € 170.00"].action["verb"] == "approve_estimate"
    plain = [button for button in buttons(read(card)) if button.action["verb"] == "decline_estimate"]
    assert plain[0].inputs == ()
    assert [field["id"] for field in plain[1].inputs] == ["reason"]
    assert "€\xa0170.00" in card.fallback_text
    assert "approve or decline" in card.fallback_text


async def test_everybody_hears_of_an_approval(database: Database) -> None:
    """After an approval the other contact and the engineer hear a line, who approved does not; all cards follow."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 120)
    before = len(await outbox_rows(world))
    await click(world, world.anna, approve(estimate))
    rows = (await outbox_rows(world))[before:]
    assert lines_to(rows) == {world.bram.id, world.eva.id}
    shown = {(row["payload"]["person"], row["payload"]["subject"]) for row in rows if row["kind"] == "show"}
    for contact in (world.anna, world.bram):
        assert (contact.id, f"estimate:{estimate.id}") in shown
        assert (contact.id, f"ticket:{ticket.number}") in shown


async def test_the_decision_keeps_what_was_seen(database: Database) -> None:
    """A decision keeps the digest of the card as the clicker had it, its revision, minutes and price, and the click."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 120)
    card = await shown_to(world, world.anna, estimate.id)
    found = next(button for button in buttons(read(card)) if button.action["verb"] == "approve_estimate")
    # The card was in Dutch; what Anna reads by the time of the click does not matter.
    await click(world, world.anna, SetLanguage(language=Language.EN))
    await click(world, world.anna, ApproveEstimate.unpacked(found.action["data"]), at=NOW + timedelta(hours=5))
    kept = await database.read(lambda session: load_shown_digest(session, estimate.id))
    assert kept == shown_digest(estimate, card.json.decode())
    event = (await events_of(world, ticket.number))[-1]
    assert event.kind == "estimate_approved"
    assert event.details["estimate"] == "1001-1"
    assert event.details["revision"] == 1
    assert event.details["minutes"] == 120
    assert event.details["at_most_cents"] == 17000
    assert event.details["shown_digest"] == kept


async def test_the_second_contact_sees_who_was_first(database: Database) -> None:
    """The first decision stands: a late click shows who decided and when, as a card and not as an error."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    for late in (approve(estimate), decline(estimate)):
        reply = await click(world, world.bram, late, at=NOW + timedelta(minutes=3))
        assert not reply.is_error
        assert "Approved by Anna de Vries, Mon 23 Nov 10:30" in text_of(reply)
        assert "decided already" in text_of(reply)
    assert (await ticket_of(world, ticket.number)).granted_minutes == 180


async def test_approving_twice_is_approving_once(database: Database) -> None:
    """The same person's second click simply shows the decided card; nothing grows and nobody hears again."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    first = await click(world, world.anna, approve(estimate))
    before = await outbox_rows(world)
    again = await click(world, world.anna, approve(estimate))
    assert again == first
    assert await outbox_rows(world) == before
    assert (await ticket_of(world, ticket.number)).granted_minutes == 180


async def test_decline_with_and_without_a_reason(database: Database) -> None:
    """Declining needs no reason; one that is given reaches the card, the history and the engineer."""
    world = await make_world(database)
    for reason in ("", "Te duur *zo*"):
        ticket, estimate = await offered(world, 60)
        before = len(await outbox_rows(world))
        reply = await click(world, world.anna, decline(estimate), typed={"reason": reason})
        assert "Afgewezen door Anna de Vries" in text_of(reply)
        assert reason in text_of(reply)
        assert (await ticket_of(world, ticket.number)).granted_minutes == 120
        assert (await events_of(world, ticket.number))[-1].text == reason
        assert lines_to((await outbox_rows(world))[before:]) == {world.bram.id, world.eva.id}


async def test_an_outdated_revision_is_refused(database: Database) -> None:
    """A click that names another revision than the card's decides nothing and gets the card as it is."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    forged = ApproveEstimate(estimate=estimate.id, revision=7, minutes=60)
    assert "not up to date" in text_of(await click(world, world.bram, forged))
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN


async def test_an_estimate_is_approved_whole(database: Database) -> None:
    """A click that carries other minutes than the estimate's is refused."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    for minutes in (59, 61):
        part = ApproveEstimate(estimate=estimate.id, revision=1, minutes=minutes)
        assert "as a whole" in text_of(await click(world, world.bram, part))
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN


async def test_a_superseded_estimate_shows_the_newer_one(database: Database) -> None:
    """A click on a card that a newer estimate replaced is refused with the newer one's card, ready to be decided."""
    world = await make_world(database)
    ticket, old = await offered(world, 60)
    new = await send(world, ticket, 90)
    assert (await estimate_of(world, old.id)).state is EstimateState.SUPERSEDED
    reply = await click(world, world.bram, approve(old))
    assert "A newer estimate" in text_of(reply)
    assert reply.card is not None
    assert reply.card.subject == f"estimate:{new.id}"
    assert "Approve € 127.50" in text_of(reply)
    assert (await ticket_of(world, ticket.number)).granted_minutes == 120
    await click(world, world.bram, approve(new))
    assert (await ticket_of(world, ticket.number)).granted_minutes == 210


async def test_an_expired_estimate_is_refused(database: Database) -> None:
    """From its end on an estimate can not be decided, also before the timer marked it."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await click(world, world.bram, ShowEstimate(estimate=estimate.id), at=estimate.valid_until - timedelta(seconds=1))
    for late in (approve(estimate), decline(estimate)):
        reply = await click(world, world.bram, late, at=estimate.valid_until)
        assert "has expired" in text_of(reply)
        assert "Nobody decided in time." in text_of(reply)
        assert not any(button.action["verb"] == "approve_estimate" for button in buttons(read(reply.card)))  # type: ignore[arg-type]
    assert (await ticket_of(world, ticket.number)).granted_minutes == 120


async def test_the_last_instant_counts(database: Database) -> None:
    """An estimate can be approved until the end of the 14th local day."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await click(world, world.bram, approve(estimate), at=estimate.valid_until - timedelta(microseconds=1))
    assert (await ticket_of(world, ticket.number)).granted_minutes == 180


async def test_a_withdrawn_estimate_is_refused(database: Database) -> None:
    """An estimate that was taken back can not be decided; both contacts heard of it."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    before = len(await outbox_rows(world))
    await click(world, world.eva, WithdrawEstimate(estimate=estimate.id))
    assert lines_to((await outbox_rows(world))[before:]) == {world.anna.id, world.bram.id}
    assert "no longer on offer" in text_of(await click(world, world.bram, approve(estimate)))
    assert (await ticket_of(world, ticket.number)).granted_minutes == 120


async def test_closing_withdraws(database: Database) -> None:
    """The estimate of a ticket that is closed is withdrawn in the same transaction, and its cards follow."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    before = len(await outbox_rows(world))
    for _ in range(2):
        await database.write(lambda session: withdraw_open_estimate(session, ticket, NOW))
    assert (await estimate_of(world, estimate.id)).state is EstimateState.WITHDRAWN
    rows = (await outbox_rows(world))[before:]
    assert {row["payload"]["person"] for row in rows} == {world.anna.id, world.bram.id}
    assert [event.kind.value for event in await events_of(world, ticket.number)].count("estimate_withdrawn") == 1


async def test_a_removed_contact_decides_nothing(database: Database) -> None:
    """The old card of a removed contact does nothing, shows nothing, and the estimate stays with the organisation."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    await database.write(lambda session: remove_contact(session, world.customer_id, world.bram.id, None, NOW))
    clicks: tuple[Click, ...] = (
        approve(estimate),
        decline(estimate),
        ShowEstimate(estimate=estimate.id),
        StopWork(ticket=ticket.number, estimate=estimate.id),
    )
    for one in clicks:
        reply = await click(world, world.bram, one)
        shown = text_of(reply)
        for secret in (ticket.subject, estimate.number, "85.00"):
            assert secret not in shown
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN
    await click(world, world.anna, approve(estimate))
    assert (await ticket_of(world, ticket.number)).granted_minutes == 180


async def test_only_contacts_decide(database: Database) -> None:
    """Staff and colleagues who are no contact can not approve, decline or stop."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    for who in (world.eva, world.mia, world.stranger):
        for one in (approve(estimate), decline(estimate), StopWork(ticket=ticket.number)):
            await click(world, who, one)
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN


async def test_rendered_as_offered(database: Database) -> None:
    """The card shows the rates of the day it was offered, whatever the price list says later."""
    world = await make_world(database)
    _, estimate = await offered(world, 120)
    card = await shown_to(world, world.bram, estimate.id)
    later = await shown_to(world, world.bram, estimate.id, at=NOW + timedelta(days=10))
    assert orjson.loads(later.json) == orjson.loads(card.json)
    said = "\n".join(texts(read(card))).replace("\xa0", " ")
    for part in (
        "At most € 170.00 excl. VAT (2:00 hours, office hours)",
        "€ 220.00",
        "€ 260.00",
        "4:00",
        "7 December 2026",
    ):
        assert part in said


@pytest.mark.parametrize("before, minutes, said", [(0, 480, "Work order"), (0, 481, "Quote"), (480, 1, "Quote")])
async def test_work_order_or_quote(sqlite: Database, before: int, minutes: int, said: str) -> None:
    """Up to 480 extra minutes of a ticket together it is a work order, above them a quote (D14)."""
    world = await make_world(sqlite)
    ticket = await claimed(world)
    if before:
        await click(world, world.anna, approve(await send(world, ticket, before)))
    estimate = await send(world, ticket, minutes)
    card = await shown_to(world, world.bram, estimate.id)
    labels = {"Work order", "Quote"} & set(texts(read(card)))
    assert labels == {said}


async def test_another_organisation_sees_nothing(database: Database) -> None:
    """An estimate is found only by its own organisation's contacts and by staff; a forged id tells nothing."""
    world = await make_world(database)
    ticket, estimate = await offered(world, 60)
    clicks: tuple[Click, ...] = (
        approve(estimate),
        decline(estimate),
        ShowEstimate(estimate=estimate.id),
        StopWork(ticket=ticket.number, estimate=estimate.id),
        ApproveEstimate(estimate=estimate.id + 999, revision=1),
    )
    answers: list[Any] = [await click(world, world.other, one) for one in clicks]
    assert {answer.text for answer in answers} == {answers[0].text}
    assert all(answer.is_error and answer.card is None for answer in answers)
    assert (await estimate_of(world, estimate.id)).state is EstimateState.OPEN
