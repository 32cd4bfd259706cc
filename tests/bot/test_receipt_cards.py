"""Receipts as both sides see them: the card, the file behind its link, and nobody else (R19, D15, D32)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.receipts import receipt_view
from cards.clicks.estimates import ShowEstimate, ShowReceipt
from contract.estimates import Estimate
from documents.receipts import read_receipts
from storage import contacts
from storage.database import Database
from storage.people import load_standings
from tests.bot.estimate_acts import approve, click, offered, outbox_rows, shown_to
from tests.bot.people import POLICY, Somebody, World, buttons_of, make_world, text_of
from tests.bot.test_file_pages import serving
from tests.bot.test_receipts import receipts


async def test_both_sides_reach_it_without_more_noise(database: Database) -> None:
    """The decided card that everybody gets anyway, and the decider's own answer, lead to the receipt."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    before = buttons_of(await click(world, world.anna, ShowEstimate(estimate=estimate.id)))
    assert "Bewijs" not in before
    answer = await click(world, world.anna, approve(estimate))
    button = buttons_of(answer)["Bewijs"]
    assert (button["verb"], button["data"]) == ("show_receipt", {"estimate": estimate.id})
    assert b'"Receipt"' in (await shown_to(world, world.bram, estimate.id)).json
    assert b'"Bewijs"' in (await shown_to(world, world.eva, estimate.id)).json
    views = {row["payload"].get("view") for row in await outbox_rows(world)}
    assert views <= {"estimate", "ticket", None}


async def test_the_card_says_it_in_plain_words(database: Database) -> None:
    """What was approved, by whom, when, the number and the fingerprint, in each reader's language."""
    world = await make_world(database)
    _, estimate = await offered(world, 240)
    await click(world, world.anna, approve(estimate))
    [sealed] = await receipts(world)
    grouped = " ".join(sealed.digest[start : start + 8] for start in range(0, 64, 8))
    english = text_of(await click(world, world.bram, ShowReceipt(estimate=estimate.id)))
    assert "Anna de Vries approved 4:00 of extra work on ticket 1001: at most € 340.00 excl. VAT" in english
    assert "Monday 23 November 2026 10:30" in english
    assert grouped in english
    dutch = text_of(await click(world, world.eva, ShowReceipt(estimate=estimate.id)))
    assert "Anna de Vries keurde 4:00 extra werk aan ticket 1001 goed: maximaal € 340,00 excl. btw" in dutch
    assert "Bakkerij Brood & Zo" in dutch


async def test_the_card_goes_back_by_itself(database: Database) -> None:
    """The links on it end after ten minutes, so it stands in the estimate's place like a form."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    reply = await click(world, world.anna, ShowReceipt(estimate=estimate.id))
    assert reply.card is not None
    assert (reply.card.subject, reply.card.is_form) == (f"estimate:{estimate.id}", True)


async def test_an_undecided_estimate_has_none(database: Database) -> None:
    """Who asks all the same is told so."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    reply = await click(world, world.bram, ShowReceipt(estimate=estimate.id))
    assert "There is no receipt for this estimate." in text_of(reply)


async def link_of(world: World, who: Somebody, estimate: Estimate) -> str:
    """The path behind somebody's download button."""
    reply = await click(world, who, ShowReceipt(estimate=estimate.id))
    [url] = [action["url"] for action in buttons_of(reply).values() if action["type"] == "Action.OpenUrl"]
    return str(url).removeprefix(POLICY.public_url)


async def test_the_file_is_the_receipt(database: Database) -> None:
    """What a contact or an engineer downloads checks out by itself, under a name that says what it is."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    [sealed] = await receipts(world)
    async with serving(world) as client:
        for who in (world.anna, world.bram, world.eva):
            answer = await client.get(await link_of(world, who, estimate))
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "application/json")
            assert 'filename="receipt-1-1001-1.json"' in answer.headers["Content-Disposition"]
            assert list(read_receipts(text)) == [replace(sealed, place=None)]
            assert json.loads(text)["receipt"]["decided_by"]["name"] == "Anna de Vries"


async def test_a_receipt_is_for_the_two_sides_only(database: Database) -> None:
    """Neither the card nor the file is anybody else's; a removed contact's link ends at once; so does an old one."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))
    for who in (world.other, world.stranger, world.outsider):
        refused = await world.click(who, ShowReceipt(estimate=estimate.id))
        assert "1001" not in text_of(refused)
        assert (await receipts(world))[0].digest[:8] not in text_of(refused)
    path = await link_of(world, world.bram, estimate)
    async with serving(world) as client:
        assert (await client.get(path)).status == 200
        await database.write(
            lambda session: contacts.remove_contact(session, world.customer_id, world.bram.id, world.mia.id, world.now)
        )
        assert (await client.get(path)).status == 404
        mine = await link_of(world, world.anna, estimate)
        world.now += timedelta(minutes=10)
        gone = await client.get(mine)
        assert gone.status == 410
        assert "Ga terug naar Teams" in await gone.text()


async def test_the_view_is_for_whoever_may_see_the_ticket(database: Database) -> None:
    """Delivery can show a receipt by the estimate's id, with a link of that reader's own."""
    world = await make_world(database)
    _, estimate = await offered(world, 60)
    await click(world, world.anna, approve(estimate))

    def render(session: Session) -> bytes:
        reader = load_standings(session, [world.bram.id])[world.bram.id]
        return receipt_view(session, reader, {"receipt": estimate.id}, world.now, POLICY).json

    assert b"Download receipt 1" in await database.read(render)
