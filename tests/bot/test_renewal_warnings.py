"""Both sides are warned of a year's end, once for each of its days, and the manager sees who has not signed (D17)."""

from __future__ import annotations

import asyncio

from cards.clicks.contracts import SendRenewals, ShowRenewal, ShowRenewals
from contract.people import Language
from storage.database import Database
from tests.bot.people import make_world, text_of
from tests.bot.year_end import begin, cancel, contracts_of, drawn, ending, posted, run, shown, sign
from tests.contract.builders import at


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
