"""The contract as contacts read it, before, during and after (R1-R34, D18, D28)."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from bot import terms
from bot.prices import keep_prices
from cards.clicks.contracts import ShowContract
from contract.contracts import Addendum, AddendumItem
from contract.periods import Side
from contract.prices import PriceList
from storage.contracts import revoke_consents
from storage.database import Database
from tests.bot.people import POLICY, buttons_of, make_world, text_of
from tests.bot.year_end import contracts_of, day, sign
from tests.contract.builders import at

RAISED = PriceList(year=2027, fee_cents=29900, office_cents=9000, after_hours_cents=11500, weekend_holiday_cents=13500)


@pytest.mark.parametrize("word", ["contract", "Contract", "overeenkomst", "mijn contract", "my contract"])
async def test_typed(database: Database, word: str) -> None:
    """Either language's word shows it, in the reader's language, with prices, rules, people and the way out."""
    world = await make_world(database)
    dutch, english = text_of(await world.say(world.anna, word)), text_of(await world.say(world.bram, word))
    for said in (
        "Contract C-1",
        "Loopt t/m 31 december 2026",
        "€ 275,00 per maand",
        "€ 85 per uur: werkdagen 9–17",
        "€ 130 per uur",
        "excl. btw",
        "vr 25 dec (eerste kerstdag)",
        "minstens 15 minuten",
        "tot 2 uur",
        "14 dagen geldig",
        "een oplossing kunnen we niet garanderen",
        "binnen 3 dagen",
        "Alleen op afstand",
        "Betalen binnen 14 dagen",
        "gegeven, tot je die intrekt",
        "Anna de Vries, Bram Bakker",
        "info@oxineo.nl",
        "laatste dag van de maand waarin we het ontvangen",
    ):
        assert said in dutch
    assert "Runs through 31 December 2026" in english
    assert "At least 15 minutes" in english


async def test_its_buttons(database: Database) -> None:
    """Tickets, costs and invoices are a click away; so is the contract from the help card."""
    world = await make_world(database)
    verbs = {button["verb"] for button in buttons_of(await world.click(world.anna, ShowContract())).values()}
    assert {"show_tickets", "show_costs", "show_invoices"} <= verbs
    helped = {button["verb"] for button in buttons_of(await world.say(world.anna, "help")).values()}
    assert "show_contract" in helped


async def test_staff_get_the_customers(database: Database) -> None:
    """Staff have no contract of their own: they choose whose."""
    world = await make_world(database)
    for who in (world.eva, world.mia):
        assert "Bakkerij Brood & Zo" in text_of(await world.say(who, "contract"))


async def test_words_around_it_are_a_problem(database: Database) -> None:
    """With more words around it, it is a problem in own words, not the command."""
    world = await make_world(database)
    reply = await world.say(world.anna, "contract van de printer is zoek")
    assert "Contract C-1" not in text_of(reply)


async def test_renewed_and_its_prices(database: Database) -> None:
    """What follows is named; from its first day on its own prices stand on the card."""
    world = await make_world(database)
    await database.write(lambda session: keep_prices(session, world.customer_id, RAISED, world.now))
    await sign(world, world.anna, (await contracts_of(world))[0].id)
    before = text_of(await world.click(world.anna, ShowContract()))
    assert "contract C-1-2027: 1 januari 2027 t/m 31 december 2027" in before
    assert "€ 275,00 per maand" in before
    world.now = at("2027-01-01 00:00")
    after = text_of(await world.click(world.anna, ShowContract()))
    assert "Contract C-1-2027" in after
    assert "€ 299,00 per maand" in after
    assert "A. de Vries, 23 november 2026" in after


async def test_before_and_after(database: Database) -> None:
    """Before its start it says from when, after its end that it is over, and what that means."""
    world = await make_world(database)
    await sign(world, world.anna, (await contracts_of(world))[0].id)
    world.now = at("2025-12-20 12:00")
    assert "Begint op 1 januari 2026" in text_of(await world.click(world.anna, ShowContract()))
    assert "Vanaf 1 januari 2026 kun je tickets openen" in text_of(await world.click(world.anna, ShowContract()))
    world.now = at("2028-01-01 00:00")
    over = text_of(await world.click(world.anna, ShowContract()))
    assert "Afgelopen op 31 december 2027" in over
    assert "Je tickets blijven leesbaar" in over


@pytest.mark.parametrize("by, said", [(Side.CUSTOMER, "door je organisatie"), (Side.PROVIDER, "door Oxineo")])
async def test_cancelled(database: Database, by: Side, said: str) -> None:
    """Who cancelled and when, and until when it still runs; how to cancel is no longer said."""
    world = await make_world(database)
    received = at("2026-10-10 12:00")
    await database.write(
        lambda session: terms.cancel_contract(session, world.customer_id, world.now, received_at=received, by=by)
    )
    card = text_of(await world.click(world.anna, ShowContract()))
    assert said in card
    assert "Opzeggen" not in card
    last = "Afgelopen op 31 oktober 2026" if by is Side.CUSTOMER else "Opgezegd, loopt t/m 30 november 2026"
    assert last in card


async def test_cancelled_before_its_start(database: Database) -> None:
    """A contract that never started is not shown as one that ended; the one that runs is shown."""
    world = await make_world(database)
    await sign(world, world.anna, (await contracts_of(world))[0].id)
    await database.write(
        lambda session: terms.cancel_contract(
            session, world.customer_id, world.now, received_at=world.now, number="C-1-2027"
        )
    )
    assert "Contract C-1-2027" not in text_of(await world.click(world.anna, ShowContract()))
    world.now = at("2027-02-01 12:00")
    assert "Afgelopen op 31 december 2026" in text_of(await world.click(world.anna, ShowContract()))


async def test_only_one_that_never_started(database: Database) -> None:
    """A customer whose only contract was cancelled before its start reads just that."""
    world = await make_world(database)
    world.now = at("2025-12-10 12:00")
    await database.write(
        lambda session: terms.cancel_contract(session, world.customer_id, world.now, received_at=world.now)
    )
    card = text_of(await world.click(world.anna, ShowContract()))
    assert "Opgezegd voordat het begon" in card
    assert "zou begonnen zijn op 1 januari 2026" in card


async def test_access_and_addendum(database: Database) -> None:
    """Withdrawn access is said, and what an addendum allows and charges (R25, R26)."""
    world = await make_world(database)
    addendum = Addendum(day("2026-11-05"), day("2026-11-10"), day("2026-11-30"), (AddendumItem("Reiskosten", 4500),))
    await database.write(lambda session: terms.keep_addendum(session, world.customer_id, addendum, world.now))
    await database.write(lambda session: revoke_consents(session, world.customer_id, world.now))
    card = text_of(await world.click(world.anna, ShowContract()))
    assert "10 november 2026 t/m 30 november 2026" in card
    assert "Reiskosten € 45,00" in card
    assert "niet gegeven" in card
    world.now = at("2026-12-01 12:00")
    assert "Reiskosten" not in text_of(await world.click(world.anna, ShowContract()))


async def test_access_until_a_day(database: Database) -> None:
    """Of several consents the one that lasts longest is said, with its last day."""
    world = await make_world(database)
    await database.write(lambda session: revoke_consents(session, world.customer_id, world.now))
    for last in (date(2026, 12, 31), date(2027, 6, 30)):
        kept = partial(
            terms.keep_consent,
            customer_id=world.customer_id,
            now=world.now,
            document=f"until {last}",
            recorded_by=None,
            first=date(2026, 11, 1),
            last=last,
            policy=POLICY,
        )
        await database.write(kept)
    assert "gegeven, t/m 30 juni 2027" in text_of(await world.click(world.anna, ShowContract()))
