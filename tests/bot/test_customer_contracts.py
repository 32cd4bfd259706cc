"""Contracts of a customer in chat: signed, renewed, cancelled, and who hears of it (R5-R8, R27, R28, D16-D18)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from bot.views import VIEWS
from cards.clicks.customers import (
    CancelContract,
    CheckCancellation,
    KeepContract,
    KeepRenewal,
    StartCancellation,
    StartContract,
    StartRenewal,
)
from cards.clicks.people import ShowCustomer
from cards.clicks.tickets import OpenTicket, ShowTicket
from contract.local_time import day_start
from contract.periods import Cancellation, Side
from storage.database import Database
from storage.errors import NotFound
from storage.people import load_standings
from storage.signatures import find_signature
from tests.bot.customer_acts import JANUARY, SIGNED, contracts_of, keep, submit
from tests.bot.people import POLICY, Somebody, World, buttons_of, json_of, make_world, text_of

TODAY = date(2026, 11, 23)


async def told(world: World, who: Somebody) -> list[str]:
    """The cards of contracts that somebody is about to get, as they read, oldest first."""
    rows = [row for row in await world.waiting(who) if row.get("view") == "term" and row["fresh"]]

    def render(session: Any) -> list[str]:
        reader = load_standings(session, [who.id])[who.id]
        return [
            VIEWS["term"](session, reader, row["args"], world.now, POLICY).json.decode().replace("\u00a0", " ")
            for row in rows
        ]

    return await world.database.read(render)


async def test_a_contract_is_recorded_once(database: Database) -> None:
    """The form proposes the next possible term; the same submit again changes nothing (R8, R27, D16, D17)."""
    world = await make_world(database)
    form = await world.click(world.mia, StartContract(customer=world.customer_id))
    fields = {node["id"]: node.get("value") for node in json_of(form)["body"] if "id" in node}
    assert (fields["starts_on"], fields["ends_on"]) == ("2027-01-01", "2027-12-31")
    for _ in range(2):
        shown = await keep(world, KeepContract, form_id="contract-1", number="C-9", **JANUARY)
        assert "C-9 · 1 januari 2027" in shown
    assert [one.number for one in await contracts_of(world)] == ["C-1", "C-9"]
    later = {**SIGNED, "number": "C-10", "starts_on": "2028-01-01", "ends_on": "2028-12-31"}
    await asyncio.gather(*(submit(world, KeepContract, form_id="contract-2", **later) for _ in range(3)))
    assert [one.number for one in await contracts_of(world)] == ["C-1", "C-9", "C-10"]


async def test_the_signature_is_kept(database: Database) -> None:
    """Who signed when, and who recorded it, are kept with the contract (R27, D16)."""
    world = await make_world(database)
    await keep(world, KeepContract, number="C-9", **JANUARY)
    contract = (await contracts_of(world))[-1]
    assert (contract.signatory, contract.signed_at) == ("A. de Vries", day_start(date(2026, 11, 20)))
    signature = await database.read(lambda session: find_signature(session, contract.id))
    assert signature is not None
    assert (signature.recorded_by, signature.recorded_at) == (world.mia.id, world.now)


async def test_both_sides_hear_of_it(database: Database) -> None:
    """Both contacts get the contract's card in their language, once, and who recorded it does not (R5, R27)."""
    world = await make_world(database)
    for _ in range(2):
        await keep(world, KeepContract, form_id="contract-1", number="C-9", **JANUARY)
    (dutch,) = await told(world, world.anna)
    (english,) = await told(world, world.bram)
    assert "Contract C-9 is getekend" in dutch
    assert "Het begint op 1 januari 2027" in dutch
    assert "It starts on 1 January 2027" in english
    assert await told(world, world.mia) == []
    assert await told(world, world.other) == []


async def test_the_card_is_for_its_own_contacts(database: Database) -> None:
    """Somebody of another customer, or a contact who was removed, does not get to see the contract."""
    world = await make_world(database)
    contract = (await contracts_of(world))[0]

    def render(session: Any) -> None:
        reader = load_standings(session, [world.other.id])[world.other.id]
        VIEWS["term"](session, reader, {"term": contract.id}, world.now, POLICY)

    with pytest.raises(NotFound):
        await database.read(render)


@pytest.mark.parametrize(
    "filled,reason",
    [
        ({"starts_on": "2027-01-15"}, "begint op de 1e"),
        ({"ends_on": "2027-12-15"}, "laatste dag van een maand"),
        ({"ends_on": "2028-01-31"}, "uiterlijk op 31 december"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-31"}, "ligt voor de eerste"),
        ({"signed_on": "2026-11-24"}, "ligt in de toekomst"),
        ({"starts_on": "2026-11-01", "ends_on": "2026-12-31"}, "op zijn vroegst op dinsdag 1 december 2026"),
        ({"starts_on": "2026-12-01", "ends_on": "2026-12-31"}, "Contract C-1 dekt al dagen"),
        ({"number": "C-2"}, "ander contract met dit nummer"),
        ({"number": ""}, "Vul alles in"),
        ({"signatory": ""}, "Vul alles in"),
        ({"signed_on": ""}, "Vul alles in"),
        ({"starts_on": ""}, "Vul alles in"),
    ],
)
async def test_dates_that_are_no_contract(sqlite: Database, filled: dict[str, str], reason: str) -> None:
    """What the contract forbids comes back as the form, filled in, with the reason on top (R6-R8, R27, R28)."""
    world = await make_world(sqlite)
    typed = {"number": "C-9", "signatory": "A. de Vries", "signed_on": "2026-11-20"}
    typed |= {"starts_on": "2027-01-01", "ends_on": "2027-12-31", **filled}
    form = await submit(world, KeepContract, **typed)
    assert reason in text_of(form)
    fields = {node["id"]: node.get("value", "") for node in json_of(form)["body"] if "id" in node}
    assert {name: fields[name] for name in typed} == typed
    assert [one.number for one in await contracts_of(world)] == ["C-1"]


async def test_a_renewal_follows_without_a_gap(database: Database) -> None:
    """A renewal signed in time starts the day after, under a number of its own; submitting twice keeps one (D17)."""
    world = await make_world(database)
    form = await world.click(world.mia, StartRenewal(customer=world.customer_id))
    assert "1 januari 2027 t/m 31 december 2027" in text_of(form)
    number = next(node["value"] for node in json_of(form)["body"] if node.get("id") == "number")
    assert number == "C-1-2027"
    renewals = (submit(world, KeepRenewal, form_id="renewal-1", number=number, **SIGNED) for _ in range(2))
    await asyncio.gather(*renewals)
    before, after = await contracts_of(world)
    assert (before.ends_on, after.starts_on, after.ends_on) == (
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 12, 31),
    )
    assert len(await told(world, world.anna)) == 1
    again = await keep(world, KeepRenewal, number="C-1-2028", signatory="B. Bakker", signed_on=TODAY)
    assert "al verlengd" in again
    assert len(await contracts_of(world)) == 2


async def test_a_renewal_signed_in_january_leaves_january_uncovered(database: Database) -> None:
    """It starts the month after its signature; no tickets before, and the bot says from when (D17, R27)."""
    world = await make_world(database)
    world.now += timedelta(days=50)
    form = text_of(await world.click(world.mia, StartRenewal(customer=world.customer_id)))
    assert "januari 2027" in form
    await keep(world, KeepRenewal, number="", signatory="A. de Vries", signed_on=date(2027, 1, 12))
    assert (await contracts_of(world))[-1].starts_on == date(2027, 2, 1)
    (card,) = await told(world, world.anna)
    assert "Niet gedekt" in card
    refused = text_of(await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer")))
    assert "1 februari 2027" in refused


@pytest.mark.parametrize(
    "filled,reason",
    [({"signatory": ""}, "Vul alles in"), ({"signed_on": date(2027, 6, 1)}, "toekomst"), ({"number": "C-2"}, "ander")],
)
async def test_a_renewal_that_can_not_be_kept(sqlite: Database, filled: dict[str, Any], reason: str) -> None:
    """The form comes back with the reason on top."""
    world = await make_world(sqlite)
    assert reason in await keep(world, KeepRenewal, **{**SIGNED, "number": "C-9", **filled})
    assert len(await contracts_of(world)) == 1


async def test_a_cancellation_is_asked_for_twice(database: Database) -> None:
    """The second card says the last day; only its click cancels, once, and both sides hear of it (R8, D18)."""
    world = await make_world(database)
    contract = (await contracts_of(world))[0]
    form = await world.click(world.mia, StartCancellation(customer=world.customer_id, contract=contract.id))
    assert "Binnengekomen op" in text_of(form)
    asked = await submit(world, CheckCancellation, contract=contract.id, received_on=TODAY, by="customer")
    assert "De laatste dag is 30 november 2026." in text_of(asked)
    assert (await contracts_of(world))[0].cancellation is None
    data = buttons_of(asked)["Contract opzeggen"]["data"]
    clicks = [world.send(world.mia, CancelContract.verb, data) for _ in range(2)]
    for reply in await asyncio.gather(*clicks):
        assert "De laatste dag is 30 november 2026." in text_of(reply)
    (after,) = await contracts_of(world)
    assert (after.ends_on, after.agreed_ends_on) == (date(2026, 11, 30), date(2026, 12, 31))
    assert after.cancellation == Cancellation(received_at=day_start(TODAY))
    (dutch,) = await told(world, world.anna)
    (english,) = await told(world, world.bram)
    assert "Contract C-1 is opgezegd" in dutch
    assert "Its last day is 30 November 2026" in english
    shown = text_of(await world.click(world.eva, ShowCustomer(customer=world.customer_id)))
    assert "C-1 · 1 januari 2026 – 30 november 2026 (opgezegd)" in shown


async def test_by_the_provider_a_month_later(sqlite: Database) -> None:
    """The provider's own cancellation takes effect at the end of the next month (D18)."""
    world = await make_world(sqlite)
    contract = (await contracts_of(world))[0]
    asked = await submit(
        world, CheckCancellation, contract=contract.id, received_on=date(2026, 10, 5), by=Side.PROVIDER
    )
    assert "30 november 2026" in text_of(asked)


@pytest.mark.parametrize(
    "filled,reason",
    [
        ({"received_on": ""}, "Vul alles in"),
        ({"received_on": "2026-11-24"}, "ligt in de toekomst"),
        ({"requested_end": "2026-12-30"}, "Noem zo'n dag"),
        ({"requested_end": "2026-10-31"}, "is de vroegst mogelijke dag"),
        ({"requested_end": "2027-01-31"}, "het contract eindigt al op"),
    ],
)
async def test_a_cancellation_that_is_refused(sqlite: Database, filled: dict[str, str], reason: str) -> None:
    """The form comes back with why, and what is possible (D18)."""
    world = await make_world(sqlite)
    contract = (await contracts_of(world))[0]
    values = {"received_on": "2026-11-23", "by": "customer", **filled}
    assert reason in await keep(world, CheckCancellation, contract=contract.id, **values)


async def test_the_first_cancellation_stands(sqlite: Database) -> None:
    """A second one is refused, also by a card that was asked before the first one came (D18)."""
    world = await make_world(sqlite)
    contract = (await contracts_of(world))[0]
    assert "30 november" in await keep(world, CancelContract, contract=contract.id, received_on=TODAY)
    later = {"contract": contract.id, "received_on": TODAY, "requested_end": date(2026, 12, 31)}
    assert "de eerste opzegging geldt" in await keep(world, CancelContract, **later)
    assert (await contracts_of(world))[0].ends_on == date(2026, 11, 30)


async def test_after_a_cancellation_tickets_are_read_not_opened(database: Database) -> None:
    """Through the last day everything works; afterwards the bot says per when it was cancelled (R28, D18)."""
    world = await make_world(database)
    await world.click(world.anna, OpenTicket(form_id=world.form(), description="Printer"))
    contract = (await contracts_of(world))[0]
    await keep(world, CancelContract, contract=contract.id, received_on=TODAY)
    world.now += timedelta(days=7)
    assert "1002" in text_of(await world.click(world.anna, OpenTicket(form_id=world.form(), description="Scanner")))
    world.now += timedelta(days=1)
    refused = text_of(await world.click(world.anna, OpenTicket(form_id=world.form(), description="Muis")))
    assert "opgezegd per maandag 30 november 2026" in refused
    assert "Printer" in text_of(await world.click(world.anna, ShowTicket(ticket=1001)))


async def test_cancelled_before_its_start_it_never_starts(database: Database) -> None:
    """A renewal that is cancelled in time costs nothing, and another one can take its place (D18)."""
    world = await make_world(database)
    await keep(world, KeepRenewal, number="C-9", **SIGNED)
    renewal = (await contracts_of(world))[-1]
    asked = await keep(world, CheckCancellation, contract=renewal.id, received_on=TODAY, by="customer")
    assert "begint nooit" in asked
    shown = await keep(world, CancelContract, contract=renewal.id, received_on=TODAY)
    assert "C-9 · opgezegd vóór het begin op 1 januari 2027" in shown
    assert (await contracts_of(world))[-1].never_starts
    assert "C-9-2027" in await keep(world, KeepRenewal, number="C-9-2027", **SIGNED)
    assert [one.starts_on.year for one in await contracts_of(world) if not one.never_starts] == [2026, 2027]


async def test_another_customers_contract_is_not_found(sqlite: Database) -> None:
    """A contract is named with its customer; of another customer it does not exist."""
    world = await make_world(sqlite)
    own = (await contracts_of(world))[0]
    click = StartCancellation(customer=world.other_customer_id, contract=own.id)
    assert "niet gevonden" in text_of(await world.click(world.mia, click)).lower()
