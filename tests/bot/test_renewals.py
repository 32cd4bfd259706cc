"""The renewal: warned of, signed with a click, once, and what was shown is what was signed (D16, D17, D34)."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from sqlalchemy import select

from bot.prices import keep_prices
from bot.wire import Reply
from cards.clicks.contracts import ShowContract, ShowRenewal
from contract.people import Language
from contract.prices import contract_prices
from storage.billing_tables import signatures
from storage.database import Database
from storage.files import load_content
from storage.signatures import find_signature
from tests.bot.people import NOW, buttons_of, make_world, text_of
from tests.bot.year_end import cancel, contracts_of, day, ending, offer, posted, shown, sign
from tests.contract.builders import at


async def test_signing(database: Database) -> None:
    """A contact's click makes the contract of the next year, with who signed, from which click, and what was shown."""
    world = await make_world(database)
    contract_id = await ending(world)
    click = await offer(world, world.anna, contract_id)
    reply = await world.click(world.anna, click)
    before, after = await contracts_of(world)
    assert (after.starts_on, after.ends_on, after.signed_at) == (day("2027-01-01"), day("2027-12-31"), NOW)
    assert after.number == f"{before.number}-2027"
    assert "Ondertekend door A. de Vries" in text_of(reply)
    signature = await database.read(lambda session: find_signature(session, after.id))
    assert signature is not None
    assert (signature.signatory, signature.person_id) == ("A. de Vries", world.anna.id)
    assert signature.activity_id is not None
    assert signature.activity_id.startswith("activity-")
    assert signature.document_sha256 == click.shown
    kept = await database.read(lambda session: load_content(session, click.shown))
    assert hashlib.sha256(kept).hexdigest() == click.shown
    assert "1 januari 2027 t/m 31 december 2027" in kept.decode()
    assert "€\xa0275,00 per maand" in kept.decode()


async def test_both_sides_hear_of_it(database: Database) -> None:
    """The other contact and the manager get a message; who signed gets the answer; open copies follow."""
    world = await make_world(database)
    await sign(world, world.anna, await ending(world))
    assert sorted(await posted(world, "term")) == sorted([world.bram.id, world.mia.id])
    # The copy of the one who signed stands where the button was.
    assert (world.anna.id, False) in await shown(world, "renewal")


async def test_a_copy_that_is_on_its_way_follows(database: Database) -> None:
    """Anna signs in the second in which Bram's card is posted and not yet known to stand: it is brought up to date."""
    world = await make_world(database)
    await sign(world, world.anna, await ending(world))
    assert (world.bram.id, False) in await shown(world, "renewal")
    assert (world.mia.id, False) in await shown(world, "renewals")


async def test_the_other_contacts_copy_follows(database: Database) -> None:
    """The card that Bram has open turns to the signed one, and his click signs nothing more."""
    world = await make_world(database)
    contract_id = await ending(world)
    theirs = await offer(world, world.bram, contract_id, Language.EN)
    await sign(world, world.anna, contract_id)
    assert (world.bram.id, False) in await shown(world, "renewal")
    late = await world.click(world.bram, theirs)
    assert "Signed by A. de Vries" in text_of(late)
    assert len(await contracts_of(world)) == 2


async def test_signing_twice(database: Database) -> None:
    """A double click, and both contacts at the same instant, make one contract, and everybody sees it signed."""
    world = await make_world(database)
    contract_id = await ending(world)
    first = await offer(world, world.anna, contract_id)
    second = await offer(world, world.bram, contract_id, Language.EN)
    clicks = ((world.anna, first), (world.anna, first), (world.bram, second), (world.bram, second))
    replies = await asyncio.gather(*(world.click(who, click) for who, click in clicks))
    assert all("A. de Vries" in text_of(reply) for reply in replies)
    assert len(await contracts_of(world)) == 2
    assert len(await database.read(lambda session: session.execute(select(signatures)).all())) == 1


@pytest.mark.parametrize(
    "changed, said",
    [({"signatory": "  "}, "Vul de naam in"), ({"confirmed": False}, "Bevestig dat deze persoon mag ondertekenen")],
)
async def test_what_is_missing_is_asked_for(database: Database, changed: dict[str, object], said: str) -> None:
    """Without a name or without the tick nothing is signed; what was filled in stays."""
    world = await make_world(database)
    click = await offer(world, world.anna, await ending(world))
    reply = await world.click(world.anna, click.model_copy(update=changed))
    assert said in text_of(reply)
    assert "Ondertekenen" in buttons_of(reply)
    assert len(await contracts_of(world)) == 1


async def test_new_prices_are_read_before_they_are_signed(database: Database) -> None:
    """A list that was recorded after the card was drawn is shown first: the old card's click signs nothing."""
    world = await make_world(database)
    contract_id = await ending(world)
    click = await offer(world, world.anna, contract_id)
    prices = contract_prices(2027)

    def raise_them(session: object) -> None:
        new = type(prices)(
            year=2027, fee_cents=29900, office_cents=9000, after_hours_cents=11500, weekend_holiday_cents=13500
        )
        keep_prices(session, world.customer_id, new, world.now)  # type: ignore[arg-type]

    await database.write(raise_them)
    assert (world.anna.id, False) in await shown(world, "renewal")
    reply = await world.click(world.anna, click)
    assert "Het aanbod is veranderd" in text_of(reply)
    assert "€ 299,00 per maand" in text_of(reply)
    assert len(await contracts_of(world)) == 1
    await sign(world, world.anna, contract_id)
    assert len(await contracts_of(world)) == 2


@pytest.mark.parametrize(
    "signed, starts_on, says",
    [
        ("2026-12-31 23:59", "2027-01-01", "Open tickets lopen gewoon door"),
        ("2027-01-01 00:00", "2027-02-01", "januari 2027"),
        ("2027-02-28 23:59", "2027-03-01", "januari 2027 t/m februari 2027"),
    ],
)
async def test_signed_late(database: Database, signed: str, starts_on: str, says: str) -> None:
    """Signed after the year's end it starts a month later, and the card says so before and after (D17)."""
    world = await make_world(database)
    world.now = at(signed)
    reply = await sign(world, world.anna, await ending(world))
    assert (await contracts_of(world))[1].starts_on == day(starts_on)
    assert says in text_of(reply)


async def test_a_card_from_before_midnight_signs_nothing_else(database: Database) -> None:
    """The card offered 1 January; clicked at 0:00 it would be 1 February: it is shown, and signed by another click."""
    world = await make_world(database)
    contract_id = await ending(world)
    world.now = at("2026-12-31 23:58")
    click = await offer(world, world.anna, contract_id)
    world.now = at("2027-01-01 00:00")
    reply = await world.click(world.anna, click)
    assert "Het aanbod is veranderd" in text_of(reply)
    assert "1 februari 2027 t/m 31 december 2027" in text_of(reply)
    assert len(await contracts_of(world)) == 1


async def test_too_late_or_cancelled(database: Database) -> None:
    """A year later there is nothing to sign any more, nor after a cancellation: an old click changes nothing."""
    world = await make_world(database)
    contract_id = await ending(world)
    click = await offer(world, world.anna, contract_id)
    world.now = at("2027-12-01 00:00")
    assert "kan niet meer worden ondertekend" in text_of(await world.click(world.anna, click))
    world.now = NOW
    await cancel(world, "2026-11-23 09:00")
    assert "opgezegd" in text_of(await world.click(world.anna, click))
    assert len(await contracts_of(world)) == 1


async def test_another_organisations_renewal(database: Database) -> None:
    """A contact neither reads nor signs the renewal of another organisation; staff read it and sign nothing."""
    world = await make_world(database)
    contract_id = await ending(world)
    click = await offer(world, world.anna, contract_id)
    for reply in (
        await world.click(world.other, click),
        await world.click(world.other, ShowRenewal(contract=contract_id)),
    ):
        assert isinstance(reply, Reply)
        assert reply.card is None
    assert "Bakkerij" in text_of(await world.click(world.eva, ShowRenewal(contract=contract_id)))
    await world.click(world.mia, click)
    assert len(await contracts_of(world)) == 1


async def test_the_contract_card_leads_to_it(database: Database) -> None:
    """From 1 November on the contract's card has the button, until it is signed."""
    world = await make_world(database)
    world.now = at("2026-11-01 08:59")
    assert "Verlenging bekijken" not in buttons_of(await world.click(world.anna, ShowContract()))
    world.now = at("2026-11-01 09:00")
    assert "Verlenging bekijken" in buttons_of(await world.click(world.anna, ShowContract()))
    await sign(world, world.anna, await ending(world))
    assert "Verlenging bekijken" not in buttons_of(await world.click(world.anna, ShowContract()))
