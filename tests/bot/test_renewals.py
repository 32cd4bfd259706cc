"""The renewal: warned of, signed with a click, once, and what was shown is what was signed (D16, D17, D34)."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from sqlalchemy import select

from bot import terms
from bot.prices import keep_prices
from bot.wire import Reply
from cards.clicks.contracts import SendRenewals, ShowContract, ShowRenewal, ShowRenewals
from contract.people import Language
from contract.periods import Side
from contract.prices import contract_prices
from storage.billing_tables import signatures
from storage.database import Database
from storage.files import load_content
from storage.signatures import find_signature
from tests.bot.people import NOW, World, buttons_of, make_world, text_of
from tests.bot.year_end import begin, contracts_of, day, drawn, offer, posted, run, shown, sign
from tests.contract.builders import at


async def ending(world: World) -> int:
    """The id of the contract that ends with the year."""
    return (await contracts_of(world))[0].id


async def cancel(world: World, received: str, ends_on: str | None = None) -> None:
    """The customer's cancellation is recorded."""

    def act(session: object) -> None:
        terms.cancel_contract(
            session,  # type: ignore[arg-type]
            world.customer_id,
            at(received),
            received_at=at(received),
            requested_end=day(ends_on) if ends_on else None,
            by=Side.CUSTOMER,
        )

    await world.database.write(act)


async def test_three_warnings_a_year(database: Database) -> None:
    """Both contacts of every customer get the renewal on 1 November, 1 December and 15 December at 9:00, once each."""
    world = await make_world(database)
    await begin(world, at("2026-10-30 12:00"))
    everybody = sorted([world.anna.id, world.bram.id, world.other.id])
    for count, (before, instant) in enumerate(
        [
            ("2026-11-01 08:59", "2026-11-01 09:00"),
            ("2026-12-01 08:59", "2026-12-01 09:00"),
            ("2026-12-15 08:59", "2026-12-15 09:00"),
        ]
    ):
        await run(world, at(before))
        assert len(await posted(world, "renewal")) == 3 * count
        for _ in range(2):
            await run(world, at(instant))
        assert sorted((await posted(world, "renewal"))[3 * count :]) == everybody
        assert len(await posted(world, "renewals")) == count + 1
    await run(world, at("2026-12-31 23:59"))
    assert len(await posted(world, "renewal")) == 9


async def test_both_replicas_at_once(database: Database) -> None:
    """Two replicas look at the same instant, and everybody is warned once."""
    world = await make_world(database)
    await begin(world, at("2026-10-30 12:00"))
    await asyncio.gather(*(run(world, at("2026-11-01 09:00")) for _ in range(3)))
    assert sorted(await posted(world, "renewal")) == sorted([world.anna.id, world.bram.id, world.other.id])
    assert await posted(world, "renewals") == [world.mia.id]


async def test_of_missed_warnings_the_last_is_made_up_for(database: Database) -> None:
    """After six weeks without power everybody is warned once, and the new year brings no more of it."""
    world = await make_world(database)
    await begin(world, at("2026-10-30 12:00"))
    await run(world, at("2026-12-20 12:00"))
    assert len(await posted(world, "renewal")) == 3
    await run(world, at("2027-01-03 08:00"))
    assert len(await posted(world, "renewal")) == 3


async def test_a_warning_made_up_for_after_the_year(database: Database) -> None:
    """The warning of 15 December that goes out on 3 January says that the contract ended, and what follows."""
    world = await make_world(database)
    await begin(world, at("2026-12-14 12:00"))
    await run(world, at("2027-01-03 08:00"))
    assert len(await posted(world, "renewal")) == 3
    card = await drawn(world, world.bram, "renewal", {"renewal": await ending(world)})
    assert "Your contract ended on 31 December 2026" in card.fallback_text
    assert "Not covered: January 2027" in card.fallback_text


async def test_who_is_not_warned(database: Database) -> None:
    """Whoever cancelled, or has signed, hears no more of it; the others still do."""
    world = await make_world(database)
    await begin(world, at("2026-10-30 12:00"))
    await cancel(world, "2026-10-31 12:00", "2026-12-31")
    await run(world, at("2026-11-01 09:00"))
    assert await posted(world, "renewal") == [world.other.id]
    await sign(world, world.other, (await contracts_of(world, world.other_customer_id))[0].id, Language.EN)
    await run(world, at("2026-12-15 09:00"))
    assert await posted(world, "renewal") == [world.other.id]


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


async def test_the_managers_card(database: Database) -> None:
    """It counts who has renewed and who has not, follows a signature, and sends the offer again, once a click."""
    world = await make_world(database)
    await begin(world, at("2026-10-30 12:00"))
    await run(world, at("2026-11-01 09:00"))
    card = await drawn(world, world.mia, "renewals", {"renewals": 2026})
    assert "0 van 2 verlengd, 2 nog niet" in card.fallback_text
    shown_now = await world.click(world.mia, ShowRenewals())
    assert "Bakkerij Brood & Zo" in text_of(shown_now)
    assert "Other Company" in text_of(shown_now)
    await sign(world, world.anna, await ending(world))
    assert (world.mia.id, False) in await shown(world, "renewals")
    left = await world.click(world.mia, ShowRenewals(year=2026))
    assert "Bakkerij Brood & Zo" not in text_of(left)
    again = SendRenewals(form_id=world.form(), year=2026)
    for _ in range(2):
        assert "onderweg" in text_of(await world.click(world.mia, again))
        await run(world, world.now)
    assert (await posted(world, "renewal")).count(world.other.id) == 2
    one = SendRenewals(
        form_id=world.form(), year=2026, contract=(await contracts_of(world, world.other_customer_id))[0].id
    )
    for _ in range(2):
        await world.click(world.mia, one)
    assert (await posted(world, "renewal")).count(world.other.id) == 3
    signed = SendRenewals(form_id=world.form(), year=2026, contract=await ending(world))
    assert "onderweg" not in text_of(await world.click(world.mia, signed))


async def test_in_january_it_is_about_the_year_before(database: Database) -> None:
    """Asked without a year in January, the manager sees the year that is over."""
    world = await make_world(database)
    world.now = at("2027-01-10 12:00")
    assert "31 december 2026" in text_of(await world.say(world.mia, "verlengingen"))
    world.now = at("2027-03-01 12:00")
    assert "31 december 2027" in text_of(await world.say(world.mia, "verlengingen"))


async def test_open_cards_follow_the_month(database: Database) -> None:
    """At the begin of a month the cards of those who have not signed turn to the later term, without a sound."""
    world = await make_world(database)
    await begin(world, at("2026-12-20 12:00"))
    contract_id = await ending(world)
    await world.click(world.bram, ShowRenewal(contract=contract_id))
    await run(world, at("2027-01-01 00:00"))
    assert await shown(world, "renewal") == [(world.bram.id, False)]
    card = await drawn(world, world.bram, "renewal", {"renewal": contract_id})
    assert b"1 February 2027 through 31 December 2027" in card.json
